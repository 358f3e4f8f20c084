#include "api/cli/local.hpp"

#include <filesystem>
#include <utility>

#include "api/edge/fields.hpp"
#include "api/ports/opened.hpp"
#include "domain/streams.hpp"

namespace pioneer::cli {
namespace {

namespace fs = std::filesystem;

/// Says whether an opened value is this text, and nothing else about it.
class Equals final : public api::OpenedReader {
 public:
  explicit Equals(std::string_view text) : text_(text) {}
  void read_opened(std::string_view value) override { equal_ = value == text_; }
  bool equal() const { return equal_; }

 private:
  std::string_view text_;
  bool equal_ = false;
};

server::DeploymentOptions options_of(const Place& place) {
  server::DeploymentOptions options;
  options.directory = place.data;
  options.kafka = place.kafka;
  options.master_key = place.master_key;
  return options;
}

}  // namespace

eventstore::Result<std::unique_ptr<server::Deployment>> open_local(const Place& place, bool make) {
  auto options = options_of(place);
  options.make = make;
  if (!make && !fs::is_directory(place.data)) {
    return eventstore::failure("no_log", "There is no directory " + place.data + ".");
  }
  auto opened = server::Deployment::open(options);
  if (opened) (*opened)->start();
  return opened;
}

eventstore::Result<std::unique_ptr<server::Deployment>> open_to_read(const Place& place) {
  auto options = options_of(place);
  options.read_only = true;
  if (!fs::is_directory(place.data)) {
    return eventstore::failure("no_log", "There is no directory " + place.data + ".");
  }
  return server::Deployment::open(options);
}

domain::Id find_organisation(server::Deployment& local, std::string_view id_or_code) {
  return local.node().projector().with_community([&](const node::Community& community) {
    const auto id = domain::Id::parse(id_or_code);
    if (id && community.directory.active(*id) != nullptr) return community.directory.resolve(*id);
    return community.directory.by_code(id_or_code);
  });
}

std::vector<domain::Id> find_members(server::Deployment& local, std::string_view id_or_name) {
  const auto id = domain::Id::parse(id_or_name);
  std::vector<domain::Id> members;
  local.node().projector().with_community([&](const node::Community& community) {
    community.roster.for_each([&](const domain::Id& member, const domain::members::State& state) {
      if (!state.erased) members.push_back(member);
    });
  });
  if (id && std::ranges::find(members, *id) != members.end()) return {*id};
  const auto& opener = local.node().edge().opener();
  std::vector<domain::Id> found;
  for (const auto& member : members) {
    const auto person = local.people().find(member);
    if (!person) continue;
    const auto name =
        opener.open(person->name, domain::stream_of(domain::stream_kind::member, member), api::field::member_name);
    if (!name) continue;
    Equals equals(id_or_name);
    name->reveal_to(equals);
    if (equals.equal()) found.push_back(member);
  }
  return found;
}

std::string name_of(server::Deployment& local, const domain::Id& organisation) {
  return local.node().projector().with_community([&](const node::Community& community) {
    const auto* found = community.directory.find(organisation);
    return found == nullptr ? std::string() : found->name;
  });
}

api::Call system_call(std::string command_id) {
  api::Call call;
  call.system = true;
  call.command_id = std::move(command_id);
  return call;
}

std::expected<node::Outcome, NotDone> carry_out(server::Deployment& local, api::Commanded command) {
  if (!command) return std::unexpected(NotDone{Exit::no, sentence_of(command.error())});
  return accepted(local.execute(std::move(*command)));
}

std::expected<node::Outcome, NotDone> accepted(node::Outcome outcome) {
  using Kind = eventstore::Answer::Kind;
  switch (outcome.answer.kind) {
    case Kind::accepted:
    case Kind::repeated:
      return outcome;
    case Kind::refused:
      return std::unexpected(NotDone{Exit::no, sentence_of(*outcome.refusal)});
    case Kind::unknown:
    case Kind::unavailable:
      break;
  }
  return std::unexpected(NotDone{Exit::could_not_run, sentence_of(outcome.answer.error)});
}

std::string shipped(std::string_view path) {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& base : {fs::path("ops"), program / "../../../ops", program / "../share/pioneer"}) {
    const fs::path candidate = base / path;
    if (fs::exists(candidate, ignored)) return candidate.lexically_normal().string();
  }
  return {};
}

}  // namespace pioneer::cli
