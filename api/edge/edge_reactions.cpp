// What no client sends: deadlines, imports, and the requests that follow from told problems.
#include "api/edge/draft.hpp"
#include "api/edge/edge.hpp"
#include "api/edge/fields.hpp"
#include "domain/common/limits.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

namespace limits = domain::limits;
using domain::Id;

constexpr std::size_t feedback_title_chars = 40;

Call system_call(std::string command_id) {
  Call call;
  call.system = true;
  call.command_id = std::move(command_id);
  return call;
}

/// Re-seals an opened text under another key, without ever handing it out.
class Resealer final : public OpenedReader {
 public:
  Resealer(Draft& draft, domain::SubmitRequest& command, const SealKey& key, const std::string& stream)
      : draft_(draft), command_(command), key_(key), stream_(stream) {}
  void read_opened(std::string_view value) override {
    draft_.seal(*command_.mutable_title(), key_, stream_, field::request_title, beginning(value));
    draft_.seal(*command_.mutable_description(), key_, stream_, field::request_description, value);
  }

 private:
  /// The first line, at most some characters of it.
  static std::string_view beginning(std::string_view value) {
    std::size_t end = 0;
    for (std::size_t count = 0; end < value.size() && value[end] != '\n'; ++end) {
      const bool starts = (static_cast<std::uint8_t>(value[end]) & 0xC0) != 0x80;
      if (starts && ++count > feedback_title_chars) break;
    }
    return value.substr(0, end);
  }
  Draft& draft_;
  domain::SubmitRequest& command_;
  const SealKey& key_;
  const std::string& stream_;
};

}  // namespace

Commanded Edge::pass_deadline(const Id& request, std::uint32_t deadline) {
  const Call call = system_call("deadline:" + request.text() + ":" + std::to_string(deadline));
  Draft draft(*sealing_, call);
  domain::PassDeadline command;
  command.set_request(std::string(request.view()));
  command.set_deadline(deadline);
  return draft.finish(std::move(command), nullptr);
}

// May be needed several times for one product, so it carries no id to be repeated by: state tells whether there is
// more.
Commanded Edge::continue_promotion(const Id& product) {
  const Call call = system_call({});
  Draft draft(*sealing_, call);
  domain::ContinuePromotion command;
  command.set_product(std::string(product.view()));
  return draft.finish(std::move(command), nullptr);
}

Commanded Edge::import_request(const RequestToImport& row) {
  const Call call = system_call("import:" + row.source + ":" + row.number);
  Draft draft(*sealing_, call);
  domain::ImportRequest command;
  const auto title = draft.take(checks::line(row.title, "title", limits::title_chars_max));
  command.set_category(draft.take(checks::word(row.category, "category")));
  command.set_organisation(std::string(row.organisation.view()));
  command.set_channel(row.channel);
  command.set_source(draft.take(checks::line(row.source, "source", limits::title_chars_max)));
  command.set_source_number(draft.take(checks::line(row.number, "number", limits::title_chars_max)));
  command.set_source_type(draft.take(checks::optional_text(row.type, "type", limits::title_chars_max)));
  command.set_source_status(draft.take(checks::optional_text(row.status, "status", limits::title_chars_max)));
  command.set_state(row.state);
  command.set_submitted_us(row.submitted_us);
  command.set_closed_us(row.closed_us);
  // What is compared when the row comes again: all of it, before the sealing.
  domain::ImportRequest content = command;
  content.mutable_title()->set_box(title);
  if (row.location) content.mutable_location()->set_box(row.location->SerializeAsString());
  const Id id = draft.new_id("import");
  const SealKey key = draft.new_case_key(id);
  const std::string stream = domain::stream_of(domain::stream_kind::request, id);
  command.set_id(std::string(id.view()));
  command.set_case_key(std::string(key.id.view()));
  draft.seal(*command.mutable_title(), key, stream, field::request_title, title);
  if (row.location) {
    draft.seal(*command.mutable_location(), key, stream, field::request_location, row.location->SerializeAsString());
  }
  auto finished = draft.finish(std::move(command), &content);
  if (finished) finished->occurred_us = row.submitted_us;
  return finished;
}

Commanded Edge::resolve_reaction(const ToldProblem& told) {
  const Call call = system_call("problem:" + std::to_string(told.cause));
  Draft draft(*sealing_, call);
  const Id author_key = Id::of(told.problem.key());
  const bool erased = sealing_->keyring.state(author_key) != KeyState::active;
  std::optional<Id> member;
  if (!erased && sealing_->people != nullptr) member = sealing_->people->member_of(told.stream, told.author);
  if (!erased && !member) {
    draft.refuse({domain::RefusalKind::conflict, "not_yet_known", "Who told this problem is not known here yet.", {}});
  }
  domain::SubmitRequest command;
  const Id id = draft.new_id("feedback");
  const SealKey key = draft.new_case_key(id);
  const std::string stream = domain::stream_of(domain::stream_kind::request, id);
  command.set_id(std::string(id.view()));
  command.set_case_key(std::string(key.id.view()));
  command.set_category(told.category);
  command.set_organisation(std::string(told.organisation.view()));
  command.set_channel(domain::Channel::feedback);
  command.set_cause(told.cause + 1);
  std::vector<domain::Introduction> introductions;
  if (!erased && !draft.refused()) {
    const SealKey author = draft.fetch(author_key);
    Resealer resealer(draft, command, key, stream);
    if (const auto opened = sealing_->opener.open(told.problem, told.stream, field::claim_problem))
      opened->reveal_to(resealer);
    if (!draft.refused()) {
      introductions.push_back(sealing_->introduce({*member, author_key}, author.material, stream));
      command.set_asker(std::string(introductions.back().pseudonym.view()));
    }
  }
  auto finished = draft.finish(std::move(command), nullptr);
  if (finished) {
    finished->cause = told.cause + 1;
    finished->introductions = std::move(introductions);
  }
  return finished;
}

}  // namespace pioneer::api
