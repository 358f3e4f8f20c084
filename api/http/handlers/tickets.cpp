// At the door: signed tickets, check-ins by what was read, and calendars.
#include "api/http/tickets.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <vector>

#include "api/http/handlers/service.hpp"
#include "api/http/icalendar.hpp"
#include "api/text/bytes.hpp"
#include "domain/common/refusals.hpp"

namespace pioneer::api::http {

queries::MarketSource market(const Service& service) {
  queries::MarketSource source{service.node, service.node.models()};
  if (service.tickets != nullptr) {
    source.ticket = [tickets = service.tickets](const domain::Id& product, std::uint32_t claim, std::uint32_t places) {
      return tickets->text_of({product, claim, places});
    };
  }
  return source;
}

namespace {

/// What a phone reads at a door while it has no connection; a hall is several uploads.
constexpr int tickets_max = 200;
/// A season of claims; who has more looks them up.
constexpr std::size_t appointments_max = 200;

/// Check-ins on their way through the Writer; the last one answers. Any thread.
class Round {
 public:
  Round(const Service& service, IncomingPointer incoming, const CheckInTicketsBody& body)
      : service_(service), incoming_(std::move(incoming)), open_(body.tickets_size()) {
    for (const auto& ticket : body.tickets()) view_.add_items()->set_ticket(ticket.ticket());
  }

  CheckedTicketView& item(int index) { return *view_.mutable_items(index); }

  void settle(int index, const node::Outcome& outcome) {
    using Kind = eventstore::Answer::Kind;
    const auto kind = outcome.answer.kind;
    const std::lock_guard lock(mutex_);
    auto& into = item(index);
    if (kind == Kind::accepted || kind == Kind::repeated) {
      into.set_outcome(CheckedTicket::checked_in);
      position_ = std::max(position_, outcome.answer.position.value);
    } else if (outcome.refusal &&
               (outcome.refusal->code == "already_checked_in" || outcome.refusal->code == "already_completed")) {
      into.set_outcome(CheckedTicket::checked_in);
    } else {
      into.set_outcome(CheckedTicket::refused);
      into.set_code(outcome.refusal ? outcome.refusal->code : outcome.answer.error.code);
    }
    close_one();
  }
  void refuse(int index, std::string_view code) {
    const std::lock_guard lock(mutex_);
    item(index).set_outcome(CheckedTicket::refused);
    item(index).set_code(std::string(code));
    close_one();
  }

 private:
  void close_one() {
    if (--open_ > 0) return;
    if (position_ == 0) return incoming_->view(view_);
    after_projection(service_, incoming_, eventstore::Sequence{position_},
                     [incoming = incoming_, view = view_, position = position_] {
                       incoming->view(view, {.revision = {}, .position = position});
                     });
  }

  const Service& service_;
  IncomingPointer incoming_;
  std::mutex mutex_;
  CheckInsView view_;
  int open_;
  std::uint64_t position_ = 0;
};

void check_in_each(const Service& service, const IncomingPointer& incoming, const node::Caller& caller,
                   const CheckInTicketsBody& body, const domain::Id& product) {
  const auto round = std::make_shared<Round>(service, incoming, body);
  for (int i = 0; i < body.tickets_size(); ++i) {
    const auto ticket = service.tickets->read(body.tickets(i).ticket());
    if (!ticket || ticket->product != product) {
      round->refuse(i, "not_a_ticket");
      continue;
    }
    const auto claim = std::to_string(ticket->claim);
    round->item(i).set_claim_id(claim);
    round->item(i).set_places(ticket->places);
    CheckInBody one;
    if (body.tickets(i).has_occurred_at()) *one.mutable_occurred_at() = body.tickets(i).occurred_at();
    auto call = call_of(*incoming, caller);
    call.command_id = new_command_id(service.random);  // that it is done already is the claim's state
    call.expected_revision = -1;
    auto command = service.node.edge().check_in(call, incoming->path[0], claim, one);
    if (!command) {
      round->refuse(i, command.error().code);
      continue;
    }
    service.node.submit(std::move(*command), [round, i](const node::Outcome& outcome) { round->settle(i, outcome); });
  }
}

void check_in(const Service& service, const IncomingPointer& incoming) {
  auto body = std::make_shared<CheckInTicketsBody>();
  if (!incoming->read_body(*body)) return;
  // As one request: each ticket is told by what its claim is where the log is written.
  if (service.elsewhere && service.node.unwritable() == "elsewhere") return service.elsewhere(incoming);
  query(service, incoming, [&service, incoming, body](const node::Caller& caller) {
    const auto product = id_in_path(*incoming);
    if (!product) return;
    if (const auto may = queries::may_check_in(market(service), caller, *product); !may)
      return incoming->refuse(may.error());
    if (body->tickets_size() < 1 || body->tickets_size() > tickets_max)
      return incoming->problem(
          {.code = "out_of_bounds", .detail = "From 1 to 200 tickets can be checked at once.", .field = "tickets"});
    check_in_each(service, incoming, caller, *body, *product);
  });
}

void key(const Service& service, const Incoming& incoming, const node::Caller&) {
  const auto& signer = service.tickets->signer();
  TicketKeyView view;
  view.set_name(signer.name());
  view.set_key(base64url(signer.public_key()));
  view.set_verifier(signer.verifier());
  incoming.view(view);
}

void give_calendar(const Service& service, const Incoming& incoming, std::span<const Appointment> appointments) {
  HttpResponse response{.content_type = "text/calendar; charset=utf-8",
                        .fixed = private_headers,
                        .body = icalendar(appointments, service.node.clock().now().value)};
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"pioneer.ics\""});
  incoming.responder.respond(std::move(response));
}

void product_calendar(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  const auto id = id_in_path(incoming);
  if (!id) return;
  const auto view = queries::product_view(market(service), caller, *id);
  if (!view) return incoming.refuse(view.error());
  const Appointment one{.id = view->id(),
                        .revision = view->revision(),
                        .title = view->title(),
                        .description = view->description(),
                        .organiser = view->organisation().name(),
                        .cancelled = view->state() == domain::ProductState::cancelled,
                        .sessions = view->sessions()};
  give_calendar(service, incoming, {&one, 1});
}

/// A product once, however often it was claimed: cancelled when all claims of it are.
void my_calendar(const Service& service, const Incoming& incoming, const node::Caller& caller) {
  std::vector<Appointment> appointments;
  std::string cursor;
  do {
    const auto page = queries::my_claims(market(service), caller, cursor);
    if (!page) return incoming.refuse(page.error());
    for (const auto& claim : page->items()) {
      const bool cancelled = claim.state() == domain::ClaimState::cancelled;
      const auto known = std::ranges::find(appointments, claim.product(), &Appointment::id);
      if (known != appointments.end()) {
        known->cancelled = known->cancelled && cancelled;
        continue;
      }
      appointments.push_back({.id = claim.product(),
                              .revision = claim.revision(),
                              .title = claim.title(),
                              .description = {},
                              .organiser = {},
                              .cancelled = cancelled,
                              .sessions = claim.sessions()});
    }
    cursor = page->next_cursor();
  } while (!cursor.empty() && appointments.size() < appointments_max);
  give_calendar(service, incoming, appointments);
}

template <class Answered>
Handler asked(const Service& service, Answered answer) {
  return [&service, answer](const IncomingPointer& incoming) {
    query(service, incoming,
          [&service, incoming, answer](const node::Caller& caller) { answer(service, *incoming, caller); });
  };
}

}  // namespace

void register_tickets(Router& router, const Service& service) {
  if (service.tickets != nullptr) {
    router.on(Operation::check_in_tickets,
              [&service](const IncomingPointer& incoming) { check_in(service, incoming); });
    router.on(Operation::get_ticket_key, asked(service, key));
  }
  router.on(Operation::get_product_calendar, asked(service, product_calendar));
  router.on(Operation::get_my_calendar, asked(service, my_calendar));
}

}  // namespace pioneer::api::http
