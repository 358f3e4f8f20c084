#include "api/queries/product_view.hpp"
#include "api/text/bytes.hpp"

#include <algorithm>
#include <ranges>
#include <unordered_map>

#include "api/edge/fields.hpp"
#include "api/queries/board_view.hpp"
#include "api/queries/mine.hpp"
#include "api/queries/names.hpp"
#include "api/queries/opened_field.hpp"
#include "api/queries/paging.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/common/refusals.hpp"
#include "domain/streams.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::queries {
namespace {

using domain::Id;
using projections::ProductRow;

template <class Sessions, class Into>
void show_sessions(const Sessions& sessions, Into* into) {
  for (const auto& session : sessions) {
    auto& view = *into->Add();
    set_time(*view.mutable_starts(), session.starts.us);
    set_time(*view.mutable_ends(), session.ends.us);
    view.set_venue(session.venue);
  }
}

void show_picture(const projections::ProductPicture& picture, api::PictureView& view) {
  view.set_blob(api::hex(picture.name));
  view.set_media_type(picture.media_type);
}

void show_product(const ProductRow& row, const domain::organisations::Directory& directory, api::ProductView& view) {
  view.set_id(row.id.text());
  view.set_state(row.counts.state);
  view.set_revision(row.counts.revision);
  view.set_title(row.terms.title);
  view.set_description(row.terms.description);
  view.set_kind(row.terms.kind);
  name_organisation(directory, row.terms.organisation, *view.mutable_organisation());
  show_sessions(row.terms.sessions, view.mutable_sessions());
  view.set_capacity(row.counts.capacity);
  view.set_max_per_member(row.terms.max_per_member);
  view.set_waitlist(row.terms.waitlist);
  if (row.terms.opens.us != 0) set_time(*view.mutable_opens_at(), row.terms.opens.us);
  if (row.terms.closes.us != 0) set_time(*view.mutable_closes_at(), row.terms.closes.us);
  view.set_places_left(row.counts.places_left());
  view.set_waiting(row.counts.lapsed() ? 0 : row.counts.waiting);
  if (row.counts.state == domain::ProductState::cancelled) view.set_cancel_reason(row.terms.cancel_reason);
  view.set_ratings(row.counts.ratings);
  for (const auto& picture : row.terms.pictures) show_picture(picture, *view.add_pictures());
  if (row.counts.ratings != 0) view.set_stars(static_cast<double>(row.counts.stars) / row.counts.ratings);
}

void show_actions(const ProductRow& row, const domain::Actor& actor, const domain::organisations::Directory& directory,
                  domain::Instant now, api::ProductView& view) {
  using domain::Action;
  using domain::ProductState;
  const auto offer = [&](Action action, std::string_view word) {
    if (authorise(action, actor, domain::Relation::none, row.terms.organisation, directory))
      view.add_actions(std::string(word));
  };
  // A closed organisation offers nothing new.
  const bool active = directory.active(row.terms.organisation) != nullptr;
  if (active && row.counts.state == ProductState::draft) offer(Action::publish_product, "publish");
  const bool changeable = row.counts.state == ProductState::draft || row.counts.state == ProductState::published;
  if (changeable) {
    if (active) offer(Action::change_capacity, "capacity");
    offer(Action::cancel_product, "cancel");
  }
  // What is shown can be taken away for ever.
  if ((changeable && active) || !row.terms.pictures.empty()) offer(Action::change_pictures, "pictures");
  if (row.counts.state != ProductState::published) return;
  if (row.terms.ends() <= now) offer(Action::complete_product, "complete");
  const auto closes = row.terms.closes.us != 0 ? row.terms.closes : row.terms.starts();
  const bool open = row.terms.opens <= now && (closes.us == 0 || now < closes);
  const bool room = row.counts.places_left() > 0 || row.terms.waitlist;
  if (active && open && room) offer(Action::place_claim, "claim");
}

domain::Decided<ProductRow> readable_product(const MarketSource& source, const node::Caller& caller, const Id& id) {
  auto row = source.models.products().get(id);
  if (!row || !*row) return domain::refuse(domain::refusals::not_found);
  const bool inner = !(*row)->terms.published;
  // Anybody may follow a link to a product, so a missing one is just that; one of the organisers' looks the same.
  if (inner && caller.actor.kind == domain::Actor::Kind::anonymous) return domain::refuse(domain::refusals::not_found);
  const auto may = source.node.projector().with_community([&](const node::Community& community) {
    return authorise(inner ? domain::Action::get_draft_product : domain::Action::get_product, caller.actor,
                     domain::Relation::none, (*row)->terms.organisation, community.directory);
  });
  if (!may) return std::unexpected(may.error());
  return std::move(**row);
}

void show_claim(const projections::Claim& claim, const ProductRow& product, api::ClaimView& view) {
  view.set_id(claim_id(product.id, claim.ticket));
  view.set_claim_id(std::to_string(claim.ticket));
  view.set_state(claim.state);
  view.set_revision(product.counts.revision);
  view.set_product(product.id.text());
  view.set_places(claim.places);
  if (claim.waitlist_position != 0) view.set_waitlist_position(claim.waitlist_position);
  view.set_passed_over(claim.state == domain::ClaimState::waitlisted && claim.places > product.counts.capacity);
  view.set_title(product.terms.title);
  show_sessions(product.terms.sessions, view.mutable_sessions());
  set_time(*view.mutable_placed_at(), claim.placed.us);
}

bool checks_in(const MarketSource& source, const node::Caller& caller, const ProductRow& product) {
  return source.node.projector().with_community([&](const node::Community& community) {
    return authorise(domain::Action::check_in, caller.actor, domain::Relation::none, product.terms.organisation,
                     community.directory)
        .has_value();
  });
}

/// While it can still be of use.
void show_ticket_code(const MarketSource& source, const Id& product, const projections::Claim& claim,
                      api::ClaimView& view) {
  if (claim.state != domain::ClaimState::confirmed && claim.state != domain::ClaimState::waitlisted) return;
  view.set_code(source.node.edge().opener().ticket_code(product, claim.ticket));
}

/// What lets the claim's owner in, while it does.
void show_ticket(const MarketSource& source, const projections::Claim& claim, const Id& product, api::ClaimView& view) {
  const bool counts = claim.state == domain::ClaimState::confirmed || claim.state == domain::ClaimState::checked_in;
  if (source.ticket && counts) view.set_ticket(source.ticket(product, claim.ticket, claim.places));
}

/// True when the rating tells a problem.
bool show_rating(const MarketSource& source, const Id& product, std::uint32_t ticket, api::ClaimView& view) {
  const auto rating = source.models.claims().rating(product, ticket);
  if (!rating || !*rating) return false;
  auto& shown = *view.mutable_rating();
  shown.set_stars((*rating)->stars);
  set_time(*shown.mutable_at(), (*rating)->at.us);
  open_into(source.node.edge(), (*rating)->comment.message(), domain::stream_of(domain::stream_kind::product, product),
            api::field::claim_comment, [&](std::string s) { shown.set_comment(std::move(s)); });
  return !(*rating)->problem.empty();
}

/// Which of a person's requests their told problems became. A request that came of a rating names the commit that holds
/// it; nothing leads the other way, so the person's own requests are looked through, at most `looked_at_max`.
class ToldProblems {
 public:
  ToldProblems(const MarketSource& source, const Id& member) : source_(source), member_(member) {}

  void show(const Id& product, std::uint32_t ticket, api::ClaimView& view) {
    if (!looked_) look();
    const auto found = requests_.find(claim_id(product, ticket));
    if (found != requests_.end()) view.set_problem_request(found->second.text());
  }

 private:
  static constexpr std::size_t looked_at_max = 1'000;
  static constexpr std::size_t page_size = 200;

  void look() {
    looked_ = true;
    std::string after;
    for (std::size_t looked_at = 0; looked_at < looked_at_max; looked_at += page_size) {
      const auto mine = source_.node.people().streams_of(member_, "request/", after, page_size);
      for (const auto& participation : mine.items)
        if (const auto id = domain::id_in(participation.stream, domain::stream_kind::request)) note(*id);
      if (mine.next.empty()) return;
      after = mine.next;
    }
  }

  void note(const Id& request) {
    const auto row = source_.models.requests().get(request);
    if (!row || !*row || (*row)->channel != domain::Channel::feedback || (*row)->cause == 0) return;
    const eventstore::Sequence cause{(*row)->cause - 1};
    auto record = source_.node.log().read(cause);
    if (!record) return;
    const auto commit = eventstore::parse_commit({cause, std::move(*record)});
    if (!commit) return;
    for (const auto& part : commit->body.parts()) {
      const auto product = domain::id_in(part.stream(), domain::stream_kind::product);
      for (const auto& event : part.events()) {
        domain::ClaimRated rated;
        if (product && event.type() == "ClaimRated" && rated.ParseFromString(event.payload()))
          requests_.emplace(claim_id(*product, rated.ticket()), request);
      }
    }
  }

  const MarketSource& source_;
  const Id member_;
  bool looked_ = false;
  std::unordered_map<std::string, Id> requests_;  ///< by the claim's id
};

/// The owner's name, and the journal's entry for it.
void show_owner(const MarketSource& source, const std::string& stream, const domain::Pseudonym& owner,
                api::ClaimView& view, Journal& journal) {
  const auto member = source.node.people().member_of(stream, owner);
  const auto person = member ? source.node.people().find(*member) : std::nullopt;
  if (!person || person->erased) return;
  open_into(source.node.edge(), person->name, domain::stream_of(domain::stream_kind::member, person->member),
            api::field::member_name, [&](std::string s) { view.set_member_name(std::move(s)); });
  journal.subjects.push_back({person->member, person->key});
}

Id organisation_of_grant(const node::Node& node, const Id& acting_as) {
  return node.projector().with_community([&](const node::Community& community) {
    const auto* holding = community.roster.holding(acting_as);
    return holding == nullptr ? Id{} : holding->organisation;
  });
}

void show_card(const projections::RequestRow& row, const node::Node& node,
               const domain::organisations::Directory& directory, api::RequestCard& card) {
  const std::string stream = domain::stream_of(domain::stream_kind::request, row.id);
  card.set_id(row.id.text());
  card.set_state(row.state);
  card.set_revision(row.revision);
  open_into(node.edge(), row.title.message(), stream, api::field::request_title,
            [&](std::string s) { card.set_title(std::move(s)); });
  card.set_category(row.category);
  name_organisation(directory, row.organisation, *card.mutable_organisation());
  set_time(*card.mutable_submitted_at(), row.submitted.us);
  if (row.closed.us != 0) set_time(*card.mutable_closed_at(), row.closed.us);
  if (const auto* due = row.due()) {
    card.mutable_due()->set_kind(row.due_kind());
    set_time(*card.mutable_due()->mutable_at(), due->due.us);
  }
  card.set_overdue(row.overdue());
  card.set_channel(row.channel);
  if (row.stars != 0) card.set_stars(row.stars);
  if (row.on_behalf) card.set_on_behalf(true);
}

}  // namespace

std::string claim_id(const Id& product, std::uint32_t ticket) { return product.text() + "-" + std::to_string(ticket); }

domain::Decided<api::ProductView> product_view(const MarketSource& source, const node::Caller& caller, const Id& id) {
  auto row = readable_product(source, caller, id);
  if (!row) return std::unexpected(row.error());
  api::ProductView view;
  source.node.projector().with_community([&](const node::Community& community) {
    show_product(*row, community.directory, view);
    if (!source.past) show_actions(*row, caller.actor, community.directory, {source.node.clock().now().value}, view);
  });
  using domain::ProductState;
  const bool attended = row->counts.state == ProductState::published || row->counts.state == ProductState::completed;
  if (attended && checks_in(source, caller, *row))
    view.set_check_in_code(source.node.edge().opener().venue_code(row->id));
  return view;
}

domain::Decided<api::ProductList> list_products(const MarketSource& source, const node::Caller& caller,
                                                const ProductsQuery& query) {
  const auto after = bytes_of_cursor(query.after);
  if (!after) return domain::refuse(bad_cursor);
  return source.node.projector().with_community(
      [&](const node::Community& community) -> domain::Decided<api::ProductList> {
        projections::ProductFilter filter;
        std::vector<Id> organisations;
        if (query.organisation) {
          organisations = organisations_of(community.directory, *query.organisation, query.subtree);
          filter.organisations = organisations;
        }
        if (query.state == domain::ProductState::draft) {
          auto may = authorise(domain::Action::get_draft_product, caller.actor, domain::Relation::none,
                               query.organisation.value_or(Id{}), community.directory);
          if (!may) return std::unexpected(may.error());
        }
        filter.state = query.state;
        filter.kind = query.kind;
        filter.from = query.from;
        filter.q = query.text;
        auto page = source.models.products().page(filter, *after, std::min<std::size_t>(query.limit, 100));
        if (!page) return std::unexpected(refusal_of(page.error()));
        api::ProductList list;
        for (const auto& row : page->products) {
          auto& card = *list.add_items();
          card.set_id(row.id.text());
          card.set_state(row.counts.state);
          card.set_revision(row.counts.revision);
          card.set_title(row.terms.title);
          card.set_kind(row.terms.kind);
          name_organisation(community.directory, row.terms.organisation, *card.mutable_organisation());
          if (!row.terms.sessions.empty()) {
            set_time(*card.mutable_starts(), row.terms.sessions.front().starts.us);
            card.set_venue(row.terms.sessions.front().venue);
          }
          if (!row.terms.pictures.empty()) show_picture(row.terms.pictures.front(), *card.mutable_picture());
          card.set_capacity(row.counts.capacity);
          card.set_places_left(row.counts.places_left());
          card.set_waiting(row.counts.lapsed() ? 0 : row.counts.waiting);
        }
        if (!page->next.empty()) list.set_next_cursor(api::hex(page->next));
        return list;
      });
}

Answered<api::ClaimView> claim_view(const MarketSource& source, const node::Caller& caller, const Id& product,
                                    std::uint32_t ticket) {
  const std::string stream = domain::stream_of(domain::stream_kind::product, product);
  const auto row = source.models.products().get(product);
  const auto claim = source.models.claims().get(product, ticket);
  if (!row || !*row || !claim || !*claim) return domain::refuse_missing(caller.actor);
  const auto me = caller.sender ? source.node.edge().opener().pseudonym(caller.sender->key, stream) : std::nullopt;
  const bool own = me && *me == (*claim)->owner;
  domain::Actor actor = caller.actor;
  if (me) actor.pseudonym = *me;
  const auto may = source.node.projector().with_community([&](const node::Community& community) {
    return authorise(domain::Action::get_claim, actor, own ? domain::Relation::own : domain::Relation::none,
                     (*row)->terms.organisation, community.directory);
  });
  if (!may) return std::unexpected(may.error());
  Answer<api::ClaimView> answer;
  show_claim(**claim, **row, answer.view);
  const bool problem = show_rating(source, product, ticket, answer.view);
  if (own && problem) ToldProblems(source, caller.sender->member).show(product, ticket, answer.view);
  if (own || checks_in(source, caller, **row)) show_ticket_code(source, product, **claim, answer.view);
  if (own) {
    show_ticket(source, **claim, product, answer.view);
  } else {
    show_owner(source, stream, (*claim)->owner, answer.view, answer.journal);
    answer.journal.purpose = "get_claim";
    answer.journal.organisation = organisation_of_grant(source.node, *may);
  }
  return answer;
}

Answered<api::ClaimList> list_claims(const MarketSource& source, const node::Caller& caller, const Id& product,
                                     std::uint32_t after, std::size_t limit) {
  auto row = readable_product(source, caller, product);
  if (!row) return std::unexpected(row.error());
  const auto may = source.node.projector().with_community([&](const node::Community& community) {
    return authorise(domain::Action::list_claims, caller.actor, domain::Relation::none, row->terms.organisation,
                     community.directory);
  });
  if (!may) return std::unexpected(may.error());
  limit = std::min(limit, claims_page_max);
  const auto claims = source.models.claims().page(product, after, limit);
  if (!claims) return std::unexpected(refusal_of(claims.error()));
  Answer<api::ClaimList> answer;
  answer.journal.purpose = "list_claims";
  answer.journal.organisation = organisation_of_grant(source.node, *may);
  const std::string stream = domain::stream_of(domain::stream_kind::product, product);
  const bool at_the_door = checks_in(source, caller, *row);
  for (const auto& claim : *claims) {
    auto& view = *answer.view.add_items();
    show_claim(claim, *row, view);
    if (at_the_door) show_ticket_code(source, product, claim, view);
    show_owner(source, stream, claim.owner, view, answer.journal);
  }
  if (claims->size() == limit) answer.view.set_next_cursor(std::to_string(claims->back().ticket));
  return answer;
}

domain::Decided<void> may_check_in(const MarketSource& source, const node::Caller& caller, const Id& product) {
  const auto row = readable_product(source, caller, product);
  if (!row) return std::unexpected(row.error());
  const auto may = source.node.projector().with_community([&](const node::Community& community) {
    return authorise(domain::Action::check_in_tickets, caller.actor, domain::Relation::none, row->terms.organisation,
                     community.directory);
  });
  if (!may) return std::unexpected(may.error());
  return {};
}

domain::Decided<api::ClaimList> my_claims(const MarketSource& source, const node::Caller& caller,
                                          const std::string& after, std::size_t limit) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  // Finding a person's claims among 100,000 of a product costs reading some 200 KB: once for the order and the page.
  std::unordered_map<Id, std::vector<projections::Claim>, domain::IdHash> claims_of;
  const auto newest = [&](const Id& id, const domain::Pseudonym& me) -> std::int64_t {
    auto claims = source.models.claims().of(id, me);
    if (!claims) return 0;
    std::int64_t at_us = 0;
    for (const auto& claim : *claims) at_us = std::max(at_us, claim.placed.us);
    claims_of.insert_or_assign(id, std::move(*claims));
    return at_us;
  };
  const auto mine =
      mine_page(source.node, caller.sender->member, "product/", after, std::min(limit, mine_page_max), newest);
  if (!mine) return std::unexpected(mine.error());
  ToldProblems told(source, caller.sender->member);
  api::ClaimList list;
  for (const auto& [id, pseudonym, at_us] : mine->items) {
    const auto row = source.models.products().get(id);
    if (!row || !*row) continue;
    for (const auto& claim : claims_of[id] | std::views::reverse) {
      auto& view = *list.add_items();
      show_claim(claim, **row, view);
      show_ticket_code(source, id, claim, view);
      show_ticket(source, claim, id, view);
      if (show_rating(source, id, claim.ticket, view)) told.show(id, claim.ticket, view);
    }
  }
  if (!mine->next.empty()) list.set_next_cursor(mine->next);
  return list;
}

domain::Decided<api::RequestList> my_requests(const MarketSource& source, const node::Caller& caller,
                                              const std::string& after, std::size_t limit) {
  if (!caller.sender) return domain::refuse(domain::refusals::not_signed_in);
  const auto submitted = [&](const Id& id, const domain::Pseudonym& me) -> std::int64_t {
    const auto row = source.models.requests().get(id);
    return row && *row && (*row)->asker == me ? (*row)->submitted.us : 0;
  };
  const auto mine =
      mine_page(source.node, caller.sender->member, "request/", after, std::min(limit, mine_page_max), submitted);
  if (!mine) return std::unexpected(mine.error());
  api::RequestList list;
  for (const auto& each : mine->items) {
    const auto row = source.models.requests().get(each.id);
    if (!row || !*row) continue;
    source.node.projector().with_community([&](const node::Community& community) {
      show_card(**row, source.node, community.directory, *list.add_items());
    });
  }
  if (!mine->next.empty()) list.set_next_cursor(mine->next);
  return list;
}

}  // namespace pioneer::queries
