// Receipts: what stands at a position, and the file that proves it.
#include <algorithm>
#include <set>

#include "api/http/handlers/service.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/receipt.hpp"
#include "api/queries/receipt_view.hpp"

namespace pioneer::api::http {
namespace {

/// How many others than the log itself have signed it.
std::uint32_t cosigned(std::string_view note, std::string_view origin) {
  const auto parsed = parse_note(note);
  if (!parsed) return 0;
  std::set<std::string> names;
  for (const auto& signature : parsed->signatures)
    if (signature.name != origin) names.insert(signature.name);
  return static_cast<std::uint32_t>(names.size());
}

struct Found {
  queries::ReceiptSource source;
  std::optional<Inclusion> inclusion;  ///< nothing: no checkpoint covers it yet
};

/// What a receipt of this position stands under: a checkpoint that others have signed enough, where one covers it, else
/// the newest with what is signed of it by now.
std::shared_ptr<const std::string> note_over(const Service& service, std::uint64_t position) {
  if (service.checkpoints == nullptr) return nullptr;
  const auto newest = service.checkpoints->newest();
  if (service.cosignatures == nullptr) return newest;
  if (auto witnessed = service.cosignatures->covering(position)) return witnessed;
  return service.cosignatures->with_cosignatures(newest);
}

/// Nothing: that was answered already.
std::optional<Found> look(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  const auto number = whole_number(incoming.path[0]);
  if (!number || std::to_string(*number) != incoming.path[0]) {
    incoming.problem({.code = "not_found", .detail = "A position is a whole number."});
    return std::nullopt;
  }
  const eventstore::Sequence position{*number};
  auto source = queries::receipt_source(service.node, caller, incoming.route->action, position);
  if (!source) {
    incoming.refuse(source.error());
    return std::nullopt;
  }
  Found asked{std::move(*source), std::nullopt};
  if (service.checkpoints == nullptr) return asked;
  auto inclusion = service.checkpoints->inclusion(position, note_over(service, position.value));
  if (!inclusion) {
    incoming.fail(inclusion.error());
    return std::nullopt;
  }
  asked.inclusion = std::move(*inclusion);
  return asked;
}

void receipt(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  auto asked = look(service, *incoming, caller);
  if (!asked) return;
  auto& view = asked->source.view;
  view.set_state(asked->inclusion ? ReceiptState::in_log : ReceiptState::waiting);
  const auto note = asked->inclusion ? asked->inclusion->checkpoint : note_over(service, asked->source.view.position());
  if (const auto text = note == nullptr ? std::nullopt : parse_checkpoint(*note)) {
    view.set_origin(text->origin);
    view.set_checkpoint_size(text->size);
    view.set_witnesses(cosigned(*note, text->origin));
  }
  incoming->view(view);
}

void proof(const Service& service, const IncomingPointer& incoming, const node::Caller& caller) {
  auto asked = look(service, *incoming, caller);
  if (!asked) return;
  if (!asked->inclusion) {
    return incoming->problem(
        {.code = "not_in_checkpoint",
         .detail = "It is recorded; the next signed checkpoint will cover it. Ask again in a moment.",
         .retry_after_s = 1});
  }
  const auto index = asked->source.view.position();
  auto file = std::make_shared<std::string>(
      write_receipt({std::move(asked->source.record), index, asked->inclusion->path, *asked->inclusion->checkpoint}));
  const auto give = [incoming, index, file = std::move(file)] {
    HttpResponse response{.content_type = receipt_media_type, .fixed = private_headers, .body = std::move(*file)};
    response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + receipt_file_name(index) + "\""});
    incoming->responder.respond(std::move(response));
  };
  if (asked->source.root.is_zero()) return give();
  give_noted(service, incoming, caller, asked->source.root, index, give);
}

using Answering = void (*)(const Service&, const IncomingPointer&, const node::Caller&);

/// It reads from the disk.
Handler reading(const Service& service, Answering answer) {
  return [&service, answer](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, answer, incoming](const node::Caller& caller) { answer(service, incoming, caller); });
  };
}

}  // namespace

void register_receipts(Router& router, const Service& service) {
  router.on(Operation::get_receipt, reading(service, &receipt));
  router.on(Operation::get_receipt_proof, reading(service, &proof));
}

}  // namespace pioneer::api::http
