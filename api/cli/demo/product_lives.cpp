#include "api/cli/demo/product_lives.hpp"

#include <algorithm>

namespace pioneer::cli::demo {
namespace {

constexpr Minute offers_begin = 4 * day;
/// In days: how often a new product is offered somewhere, and how long before its first session.
constexpr int offers_in_ten_days = 14;
/// Enough to fill a hall and a waiting list.
constexpr std::int64_t claims_most = 130;
constexpr Minute notice_least = 4 * day, notice_most = 11 * day;
/// What one can be checked in to while the demo is looked at: days from its end on; offered so long before.
constexpr std::string_view door_kind = "service";
constexpr std::uint32_t door_sessions = 14;
constexpr Minute door_notice = 3 * day;

}  // namespace

Person* ProductLives::rater_at(std::uint64_t position) const {
  const auto found = raters_.find(position);
  return found == raters_.end() ? nullptr : found->second;
}

void ProductLives::plan(Person& shown) {
  Chance& chance = stage_.chance();
  const Minute days = stage_.end() / day;
  const auto somewhere = [&](const api::ProductText& text) -> Place& {
    const bool of_firms = text.kind == "transport" || text.kind == "training";
    if (of_firms && chance.percent(75)) return *chance.one_of(cast_.firms());
    return *chance.one_of(cast_.communities());
  };
  // Each once in the last days, so that the supermarket has all kinds on its shelves; then as it comes.
  for (const auto& text : texts_.products) {
    Place& place = somewhere(text);
    plan_one(text, place, stage_.end() - chance.between(day, 3 * day), place.in_xiamen ? &shown : nullptr);
  }
  for (Minute d = offers_begin / day; d < days; ++d) {
    for (int i = 0; i < 2; ++i) {
      if (!chance.percent(offers_in_ten_days * 5)) continue;
      const auto& text = chance.weighted(texts_.products);
      Place& place = somewhere(text);
      plan_one(text, place, d * day + chance.between(9 * hour, 17 * hour),
               chance.percent(15) && place.in_xiamen ? &shown : nullptr);
    }
  }
  plan_door(shown);
}

/// A service of the busy community with a session every day of the next two weeks: its door opens a day before the
/// first, so that a volunteer has somebody to greet at once.
void ProductLives::plan_door(Person& shown) {
  const auto text = std::ranges::find(texts_.products, door_kind, &api::ProductText::kind);
  if (text == texts_.products.end()) return;
  auto life = std::make_shared<Life>();
  life->text = &*text;
  life->place = &cast_.busy();
  life->sessions = door_sessions;
  const Minute today = stage_.end() - stage_.end() % day + text->starts_minute;
  life->first_session = today > stage_.end() ? today : today + day;
  const Minute offered = stage_.end() - door_notice;
  stage_.at(offered, [this, life] { create(life); });
  stage_.at(offered + slot,
            [this, life] { stage_.send(stage_.edge().publish_product(stage_.as(life->place->cadre), life->id)); });
  plan_claims(life, offered + 2 * slot, &shown);
}

void ProductLives::plan_one(const api::ProductText& text, Place& place, Minute when, Person* shown) {
  auto life = std::make_shared<Life>();
  life->text = &text;
  life->place = &place;
  life->sessions = text.sessions;
  Chance& chance = stage_.chance();
  const Minute noticed = when + chance.between(notice_least, notice_most);
  life->first_session = noticed - noticed % day + text.starts_minute;
  life->over = life->first_session + (static_cast<Minute>(text.sessions) - 1) * day + text.minutes;
  stage_.at(when, [this, life] { create(life); });
  const Minute published = when + chance.between(2, 12) * slot;
  stage_.at(published,
            [this, life] { stage_.send(stage_.edge().publish_product(stage_.as(life->place->cadre), life->id)); });
  plan_claims(life, published + slot, shown);
  if (chance.percent(6)) {
    stage_.at(life->first_session - day, [this, life] {
      api::CancelProductBody body;
      body.set_reason(stage_.chance().one_of(texts_.cancellations).zh);
      stage_.send(stage_.edge().cancel_product(stage_.as(life->place->cadre), life->id, body));
      life->claims.clear();
    });
  }
  stage_.at(life->first_session, [this, life] { attend(life); });
  stage_.at(life->over + hour,
            [this, life] { stage_.send(stage_.edge().complete_product(stage_.as(life->place->cadre), life->id)); });
}

void ProductLives::create(const LifePtr& life) {
  const auto& text = *life->text;
  // One in eight is announced in English: firms with staff from abroad.
  const bool chinese = !stage_.chance().percent(12);
  const auto words = [&](const api::Bilingual& both) { return chinese ? both.zh : both.en; };
  api::CreateProductBody body;
  body.set_title(words(text.title));
  body.set_description(words(text.text));
  body.set_kind(text.kind);
  body.set_organisation(life->place->organisation.text());
  for (std::uint32_t i = 0; i < life->sessions; ++i) {
    auto& session = *body.add_sessions();
    const Minute starts = life->first_session + static_cast<Minute>(i) * day;
    session.mutable_starts()->set_seconds(stage_.us_of(starts) / 1'000'000);
    session.mutable_ends()->set_seconds(stage_.us_of(starts + text.minutes) / 1'000'000);
    session.set_venue(words(text.venue));
  }
  body.set_capacity(text.capacity);
  body.set_max_per_member(text.max_per_member);
  body.set_waitlist(text.waitlist);
  auto command = stage_.edge().create_product(stage_.as(life->place->cadre), body);
  if (command) life->id = domain::Id::of(std::get<domain::CreateProduct>(command->what).id()).text();
  stage_.send(std::move(command));
}

// Half of the claims come on the first day; a claim is for two places or so, so popular products fill and have a line.
void ProductLives::plan_claims(const LifePtr& life, Minute published, Person* shown) {
  Chance& chance = stage_.chance();
  const auto capacity = static_cast<std::int64_t>(life->text->capacity);
  const bool popular = chance.percent(35);
  const std::int64_t of_hundred = popular ? chance.between(75, 110) : chance.between(15, 45);
  const std::int64_t wanted = std::clamp<std::int64_t>(capacity * of_hundred / 100, 3, claims_most);
  const Minute window = std::max<Minute>(day, life->first_session - published - hour);
  for (std::int64_t i = 0; i < wanted; ++i) {
    const Minute when = published + (i % 2 == 0 ? chance.between(0, day) : chance.between(0, window));
    if (when >= life->first_session) continue;
    stage_.at(when, [this, life] { claim(life, cast_.somebody_near(*life->place)); });
  }
  if (shown != nullptr) {
    stage_.at(published + 2 * slot, [this, life, shown] { claim(life, *shown); });
  }
  if (chance.percent(15)) {
    stage_.at(published + day, [this, life] {
      api::ChangeCapacityBody body;
      body.set_capacity(life->text->capacity + static_cast<std::uint32_t>(stage_.chance().between(2, 10)));
      stage_.send(stage_.edge().change_capacity(stage_.as(life->place->cadre), life->id, body));
    });
  }
}

void ProductLives::claim(const LifePtr& life, Person& owner) {
  if (life->id.empty()) return;
  api::PlaceClaimBody body;
  const std::int64_t most = std::min<std::int64_t>(3, life->text->max_per_member);
  body.set_places(static_cast<std::uint32_t>(stage_.chance().between(1, most)));
  stage_.send(stage_.edge().place_claim(stage_.as(owner), life->id, body),
              [this, life, &owner](const node::Outcome& outcome) {
                for (const auto& event : outcome.events) {
                  if (const auto* placed = std::get_if<domain::ClaimPlaced>(&event))
                    life->claims.push_back({&owner, placed->ticket()});
                }
                if (life->claims.empty() || !stage_.chance().percent(7)) return;
                const Minute later = stage_.now() + stage_.chance().between(hour, 2 * day);
                stage_.at(later, [this, life, claim = life->claims.back()] { change_of_mind(life, claim); });
              });
}

void ProductLives::change_of_mind(const LifePtr& life, const Claim& claim) {
  stage_.send(stage_.edge().cancel_claim(stage_.as(*claim.owner), life->id, std::to_string(claim.ticket)),
              [life, claim](const node::Outcome&) {
                std::erase_if(life->claims, [&](const Claim& c) { return c.ticket == claim.ticket; });
              });
}

// Those on the waiting list and those cancelled are refused; the generator does not know who they are.
void ProductLives::attend(const LifePtr& life) {
  const Person& cadre = life->place->cadre;
  for (const Claim& claim : life->claims) {
    const std::string ticket = std::to_string(claim.ticket);
    if (stage_.chance().percent(10)) {
      stage_.at(life->over, [this, life, &cadre, ticket] {
        stage_.send(stage_.edge().mark_no_show(stage_.as(cadre), life->id, ticket));
      });
      continue;
    }
    const auto there = [this, life, &cadre, claim, ticket](const node::Outcome&) {
      stage_.at(life->over, [this, life, &cadre, ticket] {
        stage_.send(stage_.edge().complete_claim(stage_.as(cadre), life->id, ticket));
      });
      if (stage_.chance().percent(55)) {
        stage_.at(life->over + stage_.chance().between(2 * slot, 2 * day), [this, life, claim] { rate(life, claim); });
      }
    };
    // Most are greeted at the desk; some check in themselves, with the code at the door.
    const bool greeted = stage_.chance().percent(80);
    api::CheckInBody body;
    if (!greeted) body.set_code(stage_.edge().opener().venue_code(*domain::Id::parse(life->id)));
    stage_.send(stage_.edge().check_in(stage_.as(greeted ? cadre : *claim.owner), life->id, ticket, body), there);
  }
}

void ProductLives::rate(const LifePtr& life, const Claim& claim) {
  Chance& chance = stage_.chance();
  const auto stars = static_cast<std::uint32_t>(chance.percent(82) ? chance.between(4, 5) : chance.between(1, 3));
  api::RateClaimBody body;
  body.set_stars(stars);
  if (chance.percent(65)) body.set_comment(in(*claim.owner, chance.one_of(texts_.product_comments[stars - 1])));
  // The busy community has exactly the requests that were planned for it.
  const bool may_tell = life->place != &cast_.busy() && !life->text->problems.empty();
  if (may_tell && chance.percent(stars <= 3 ? 45 : 6)) {
    const auto& problem = chance.one_of(life->text->problems);
    if (!problem.category.empty()) body.mutable_problem()->set_category(problem.category);
    body.mutable_problem()->set_text(in(*claim.owner, problem.text));
  }
  stage_.send(
      stage_.edge().rate_claim(stage_.as(*claim.owner), life->id, std::to_string(claim.ticket), body),
      [this, owner = claim.owner](const node::Outcome& outcome) { raters_[outcome.answer.position.value] = owner; });
}

}  // namespace pioneer::cli::demo
