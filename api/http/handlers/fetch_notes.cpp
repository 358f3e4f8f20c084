#include "api/http/handlers/fetch_notes.hpp"

#include <utility>

#include "api/http/handlers/service.hpp"

namespace pioneer::api::http {

void give_noted(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                const domain::Id& root, std::uint64_t entry, std::function<void()> give) {
  const auto note = FetchNote::of(caller.sender->member, root, entry, service.node.clock().now().value);
  if (service.fetches != nullptr && service.fetches->has(note)) return give();
  const auto make = [&note](Edge& edge, Call call) {
    call.command_id = note.command_id();
    return edge.record_entries_fetched(call, note.root, note.first(), note.last());
  };
  send_at_once(service, incoming, make,
               [fetches = service.fetches, note, give = std::move(give)](const node::Caller&, const node::Outcome&) {
                 if (fetches != nullptr) fetches->keep(note);
                 give();
               });
}

}  // namespace pioneer::api::http
