#include "api/cli/demo/request_lives.hpp"

#include <algorithm>
#include <utility>

#include "domain/streams.hpp"

namespace pioneer::cli::demo {
namespace {

constexpr Minute lives_begin = 3 * day;
constexpr Minute office_opens = 8 * hour + 30;
constexpr Minute office_closes = 18 * hour;
constexpr Minute confirm_window = 7 * day;
/// Requests of an ordinary community in ten days.
constexpr int requests_in_ten_days = 9;

std::string replaced(std::string text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

RequestLives::RequestLives(Stage& stage, Cast& cast, const api::DemoTexts& texts, const domain::Policy& policy)
    : stage_(stage), cast_(cast), texts_(texts) {
  for (const auto& category : policy.categories()) {
    clocks_[category.code()] = {category.accept_within_minutes(), category.resolve_within_minutes()};
  }
}

RequestLives::Clocks RequestLives::clocks(const api::CategoryTexts& texts) const {
  const auto found = clocks_.find(texts.category);
  return found == clocks_.end() ? Clocks{2 * hour, 7 * day} : found->second;
}

const std::string& RequestLives::in(const Person& person, const api::Bilingual& text) const {
  return person.chinese ? text.zh : text.en;
}

std::string RequestLives::filled(std::string text, bool chinese) {
  Chance& chance = stage_.chance();
  const auto number = [&](std::int64_t most) { return std::to_string(chance.between(1, most)); };
  text = replaced(std::move(text), "{building}", number(28));
  text = replaced(std::move(text), "{unit}", number(4));
  text = replaced(std::move(text), "{floor}", number(18));
  return replaced(std::move(text), "{street}", chance.one_of(chinese ? texts_.streets.zh : texts_.streets.en));
}

/// The same moment if the office is open then, else soon after it opens.
Minute RequestLives::working(Minute minute) {
  const Minute of_day = minute % day;
  if (of_day >= office_opens && of_day < office_closes) return minute;
  const Minute next = of_day < office_opens ? minute - of_day : minute - of_day + day;
  return next + office_opens + stage_.chance().between(0, 90);
}

Minute RequestLives::waking_minute() { return stage_.chance().between(7 * hour, 21 * hour); }

RequestLives::LifePtr RequestLives::planned(Place& place, Person* asker, const api::CategoryTexts& texts) {
  auto life = std::make_shared<Life>();
  life->place = &place;
  life->asker = asker;
  life->worker = &place.cadre;
  life->texts = &texts;
  return life;
}

void RequestLives::submit(const LifePtr& life, const api::RequestText& text) {
  Chance& chance = stage_.chance();
  if (life->asker == nullptr) {
    if (life->place->residents.empty()) return;
    life->asker = chance.one_of(life->place->residents);
  }
  const Person& asker = *life->asker;
  api::SubmitRequestBody body;
  body.set_title(in(asker, text.title));
  body.set_description(filled(in(asker, text.text), asker.chinese));
  body.set_category(life->texts->category);
  body.set_organisation(life->place->organisation.text());
  body.set_channel(chance.percent(60) ? "app" : chance.percent(50) ? "phone" : "counter");
  if (chance.percent(70)) {
    auto& location = *body.mutable_location();
    const bool xiamen = life->place->in_xiamen;
    location.set_lat((xiamen ? 24.48 : 31.87) + static_cast<double>(chance.between(-400, 400)) / 10'000);
    location.set_lon((xiamen ? 118.11 : 120.55) + static_cast<double>(chance.between(-400, 400)) / 10'000);
    location.set_address(filled(asker.chinese ? "{street}{building}号" : "{building} {street}", asker.chinese));
  }
  if (chance.percent(10)) {
    body.mutable_on_behalf_of()->set_name(cast_.name(asker.chinese));
    body.mutable_on_behalf_of()->set_phone(cast_.phone());
  }
  auto command = stage_.edge().submit_request(stage_.as(asker), body);
  if (command) life->id = domain::Id::of(std::get<domain::SubmitRequest>(command->what).id()).text();
  life->submitted = stage_.now();
  stage_.send(std::move(command));
}

void RequestLives::accept(const LifePtr& life) {
  stage_.send(stage_.edge().accept_request(stage_.as(*life->worker), life->id));
}

void RequestLives::progress(const LifePtr& life) {
  api::ReportProgressBody body;
  body.set_text(filled(in(*life->asker, stage_.chance().one_of(life->texts->progress)), life->asker->chinese));
  stage_.send(stage_.edge().report_progress(stage_.as(*life->worker), life->id, body));
}

void RequestLives::resolve(const LifePtr& life) {
  api::ResolveRequestBody body;
  body.set_text(filled(in(*life->asker, stage_.chance().one_of(life->texts->resolved)), life->asker->chinese));
  stage_.send(stage_.edge().resolve_request(stage_.as(*life->worker), life->id, body));
}

void RequestLives::rate(const LifePtr& life, int stars) {
  api::RateRequestBody body;
  body.set_stars(static_cast<std::uint32_t>(stars));
  if (stage_.chance().percent(60)) {
    body.set_comment(
        in(*life->asker, stage_.chance().one_of(texts_.request_comments[static_cast<std::size_t>(stars - 1)])));
  }
  stage_.send(stage_.edge().rate_request(stage_.as(*life->asker), life->id, body));
}

/// What the asker says to a result.
void RequestLives::answer(const LifePtr& life, int disputes_left) {
  Chance& chance = stage_.chance();
  const auto roll = chance.between(0, 99);
  if (roll < 12 && disputes_left > 0) {
    api::DisputeRequestBody body;
    body.set_reason(in(*life->asker, chance.one_of(texts_.disputes)));
    stage_.send(stage_.edge().dispute_request(stage_.as(*life->asker), life->id, body));
    const Minute again = working(stage_.now() + chance.between(2 * hour, 20 * hour));
    stage_.at(again, [this, life] { resolve(life); });
    stage_.at(again + chance.between(2 * hour, 30 * hour),
              [this, life, disputes_left] { answer(life, disputes_left - 1); });
    return;
  }
  const int good = chance.percent(78) ? 5 : 4;
  const int stars = disputes_left == 0   ? static_cast<int>(chance.between(2, 4))
                    : chance.percent(80) ? good
                                         : static_cast<int>(chance.between(1, 3));
  if (roll < 72) {
    stage_.send(stage_.edge().confirm_request(stage_.as(*life->asker), life->id));
    if (chance.percent(75))
      stage_.at(stage_.now() + chance.between(slot, 3 * hour), [this, life, stars] { rate(life, stars); });
    return;
  }
  // Silence: the deadline closes it; some rate it all the same.
  if (chance.percent(25)) {
    stage_.at(stage_.now() + confirm_window + chance.between(hour, day), [this, life, stars] { rate(life, stars); });
  }
}

/// From acceptance to the asker's answer.
void RequestLives::work(const LifePtr& life, Minute from) {
  Chance& chance = stage_.chance();
  const Clocks within = clocks(*life->texts);
  // Nine of ten are accepted in time when the office is open; what comes at night waits, and its clock runs out.
  const Minute accepting = chance.percent(90) ? chance.between(slot, std::max<Minute>(slot, within.accept - slot))
                                              : chance.between(within.accept, 2 * within.accept);
  const Minute accepted = within.accept <= hour ? from + slot : working(from + accepting);
  stage_.at(accepted, [this, life] { accept(life); });
  Minute at = accepted;
  if (chance.percent(8) && life->place->above != nullptr) {
    at += chance.between(slot, 2 * hour);
    stage_.at(at, [this, life] {
      api::AssignRequestBody body;
      body.set_organisation(life->place->above->organisation.text());
      stage_.send(stage_.edge().assign_request(stage_.as(*life->worker), life->id, body, {}));
      life->worker = &life->place->above->cadre;
    });
  }
  const bool in_time = chance.percent(92);
  const Minute share = within.resolve * (in_time ? chance.between(15, 75) : chance.between(100, 130)) / 100;
  const Minute resolved = std::max(at + 2 * slot, within.resolve <= day ? from + share : working(from + share));
  if (chance.percent(70)) stage_.at(at + std::max(slot, (resolved - at) / 2), [this, life] { progress(life); });
  stage_.at(resolved, [this, life] { resolve(life); });
  stage_.at(resolved + chance.between(hour, 40 * hour), [this, life] { answer(life, 1); });
}

void RequestLives::ordinary(Place& place, Minute when) {
  stage_.at(when, [this, &place] {
    auto life = planned(place, nullptr, stage_.chance().one_of(texts_.categories));
    if (place.residents.empty()) return;
    submit(life, stage_.chance().weighted(life->texts->requests));
    if (stage_.chance().percent(4)) {
      stage_.at(stage_.now() + stage_.chance().between(slot, 5 * hour), [this, life] {
        api::WithdrawRequestBody body;
        body.set_reason(in(*life->asker, stage_.chance().one_of(texts_.withdrawals)));
        stage_.send(stage_.edge().withdraw_request(stage_.as(*life->asker), life->id, body));
      });
      return;
    }
    work(life, stage_.now());
  });
}

void RequestLives::plan_ordinary() {
  const Minute days = stage_.end() / day;
  for (Place* place : cast_.communities()) {
    if (place == &cast_.busy()) continue;
    for (Minute d = lives_begin / day; d <= days; ++d) {
      for (int i = 0; i < 2; ++i) {
        if (stage_.chance().percent(requests_in_ten_days * 5)) ordinary(*place, d * day + waking_minute());
      }
    }
  }
}

/// A request that is certainly closed long before the end.
void RequestLives::closed_quickly(Place& place, Minute when) {
  stage_.at(when, [this, &place] {
    auto life = planned(place, nullptr, stage_.chance().one_of(texts_.categories));
    if (place.residents.empty()) return;
    submit(life, stage_.chance().weighted(life->texts->requests));
    const Minute from = stage_.now();
    stage_.at(from + 2 * slot, [this, life] { accept(life); });
    stage_.at(from + 4 * slot, [this, life] { progress(life); });
    stage_.at(from + 9 * slot, [this, life] { resolve(life); });
    stage_.at(from + 20 * slot, [this, life] {
      if (stage_.chance().percent(70)) {
        stage_.send(stage_.edge().confirm_request(stage_.as(*life->asker), life->id));
        stage_.at(stage_.now() + slot, [this, life] { rate(life, static_cast<int>(stage_.chance().between(3, 5))); });
      }
    });
  });
}

void RequestLives::left_open(Place& place, const api::CategoryTexts& texts, Minute when, Fate fate) {
  stage_.at(when, [this, &place, &texts, fate] {
    auto life = planned(place, nullptr, texts);
    if (place.residents.empty()) return;
    submit(life, stage_.chance().weighted(texts.requests));
    const Minute from = stage_.now();
    if (fate == Fate::ignored) return;
    stage_.at(from + slot * stage_.chance().between(1, 5), [this, life] { accept(life); });
    if (fate == Fate::accepted) return;
    stage_.at(from + slot * stage_.chance().between(6, 8), [this, life] { progress(life); });
    if (fate == Fate::in_progress) return;
    stage_.at(from + slot * stage_.chance().between(9, 12), [this, life] { resolve(life); });
  });
}

void RequestLives::plan_busy(int open, int overdue) {
  Chance& chance = stage_.chance();
  Place& place = cast_.busy();
  const Minute end = stage_.end();
  std::vector<const api::CategoryTexts*> patient;
  for (const auto& texts : texts_.categories) {
    if (clocks(texts).resolve >= 7 * day && clocks(texts).accept >= 2 * hour) patient.push_back(&texts);
  }
  for (int i = 0; i < 90; ++i) {
    closed_quickly(place, chance.between(lives_begin / day, (end - 12 * day) / day) * day + waking_minute());
  }
  // A quarter of the overdue ones nobody looked at; the others were begun and not brought to an end.
  for (int i = 0; i < overdue; ++i) {
    const auto& texts = *chance.one_of(patient);
    const bool ignored = i % 4 == 0;
    const Minute late = ignored ? chance.between(day, 6 * day) : clocks(texts).resolve + chance.between(day, 12 * day);
    left_open(place, texts, std::max(lives_begin + day, end - late),
              ignored      ? Fate::ignored
              : i % 4 == 1 ? Fate::accepted
                           : Fate::in_progress);
  }
  for (int i = 0; i < open - overdue; ++i) {
    const auto& texts = *chance.one_of(patient);
    if (i < 12) {
      left_open(place, texts, end - slot * chance.between(1, 4), Fate::ignored);
      continue;
    }
    // Late enough that neither its own clock nor that of its result has run out.
    const Minute oldest = std::min(clocks(texts).resolve, confirm_window) - 12 * hour;
    const Fate fate = i % 5 == 0 ? Fate::awaiting : i % 2 == 0 ? Fate::accepted : Fate::in_progress;
    left_open(place, texts, end - chance.between(5 * hour, oldest), fate);
  }
}

void RequestLives::plan_shown(Person& member, Place& place) {
  const auto plan = [&](Minute before, std::size_t category, Fate fate) {
    const auto& texts = texts_.categories[category % texts_.categories.size()];
    stage_.at(stage_.end() - before, [this, &member, &place, &texts, fate] {
      auto life = planned(place, &member, texts);
      submit(life, texts.requests.front());
      if (fate == Fate::closed) return work(life, stage_.now());
      if (fate == Fate::ignored) return;
      stage_.at(stage_.now() + 2 * slot, [this, life] { accept(life); });
      stage_.at(stage_.now() + 6 * slot, [this, life] { progress(life); });
      if (fate == Fate::awaiting) stage_.at(stage_.now() + 12 * slot, [this, life] { resolve(life); });
    });
  };
  plan(35 * day, 0, Fate::closed);
  plan(20 * day, 6, Fate::closed);
  plan(26 * hour, 4, Fate::awaiting);
  plan(20 * hour, 0, Fate::in_progress);
  plan(slot, 7, Fate::ignored);
}

void RequestLives::work_feedback(const domain::Id& request, Place& place, Person* asker) {
  const auto feedback = std::ranges::find(texts_.categories, "feedback", &api::CategoryTexts::category);
  auto life = planned(place, asker, feedback == texts_.categories.end() ? texts_.categories.front() : *feedback);
  life->id = request.text();
  life->submitted = stage_.now();
  if (asker != nullptr) work(life, stage_.now());
}

}  // namespace pioneer::cli::demo
