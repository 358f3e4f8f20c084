#include "api/cli/demo/cast.hpp"

#include <array>
#include <cstdio>

namespace pioneer::cli::demo {
namespace {

constexpr std::array xiamen_streets{"350203010", "350206001", "350206004", "350211001"};
constexpr std::array zhangjiagang_streets{"320582100", "320582101", "320582104"};
constexpr std::string_view xiamen = "3502";
constexpr std::string_view zhangjiagang = "320582";
constexpr std::size_t communities_per_street = 5;
constexpr int residents_least = 14, residents_most = 22, residents_of_busy = 40;
constexpr std::size_t firms_per_street = 2;
/// In a hundred, of those who write English.
constexpr int english_percent = 12;

}  // namespace

Cast::Cast(Stage& stage, const api::DemoTexts& texts, const std::vector<api::OrganisationRow>& rows,
           const OrganisationsByCode& by_code)
    : stage_(stage), texts_(texts) {
  const domain::Id city = by_code.at(std::string(xiamen));
  administrator_ = enrol(name(true), true, city);
  grant(administrator_, "administrator", city);
  auditor_ = enrol(name(true), true, city);
  grant(auditor_, "auditor", city);
  const domain::Id second = by_code.at(std::string(zhangjiagang));
  grant(enrol(name(true), true, second), "administrator", second);

  const auto add_street = [&](std::string_view code, bool in_xiamen) {
    std::string street_name;
    for (const auto& row : rows) {
      if (row.code == code) street_name = row.name;
    }
    Place& street = add_place(by_code.at(std::string(code)), street_name, in_xiamen, nullptr);
    std::size_t taken = 0;
    for (const auto& row : rows) {
      if (row.parent_code != code || taken == communities_per_street) continue;
      ++taken;
      communities_.push_back(&add_place(by_code.at(row.code), row.name, in_xiamen, &street));
    }
    found_firms(street, in_xiamen);
  };
  for (const auto* code : xiamen_streets) add_street(code, true);
  for (const auto* code : zhangjiagang_streets) add_street(code, false);

  // Where the shown cadre works: what one asks as the one, the other finds on the board.
  shown_member_ = enrol(name(true), true, busy().organisation);
  grant(shown_member_, "member", busy().organisation);
  for (Place* place : communities_) {
    const auto count = place == communities_.front()
                           ? residents_of_busy
                           : static_cast<int>(stage_.chance().between(residents_least, residents_most));
    for (int i = 0; i < count; ++i) {
      const Minute when = stage_.chance().between(0, 2) * day + stage_.chance().between(8 * hour, 20 * hour);
      stage_.at(when, [this, place] {
        const bool chinese = !stage_.chance().percent(english_percent);
        people_.push_back(enrol(name(chinese), chinese, place->organisation));
        place->residents.push_back(&people_.back());
      });
    }
  }
}

Place& Cast::add_place(const domain::Id& organisation, const std::string& name_, bool in_xiamen, Place* above) {
  Place& place = places_.emplace_back();
  place.organisation = organisation;
  place.name = name_;
  place.in_xiamen = in_xiamen;
  place.above = above;
  place.cadre = enrol(name(true), true, organisation);
  grant(place.cadre, "cadre", organisation);
  by_organisation_.emplace(organisation, &place);
  return place;
}

void Cast::found_firms(Place& street, bool in_xiamen) {
  for (std::size_t i = 0; i < firms_per_street; ++i) {
    const auto& names = texts_.enterprises.zh;
    api::RegisterOrganisationBody body;
    body.set_name(names[firms_founded_ % names.size()] +
                  (firms_founded_ < names.size() ? "" : std::to_string(firms_founded_ / names.size() + 1)));
    ++firms_founded_;
    body.set_level("enterprise");
    body.set_parent(street.organisation.text());
    auto command = stage_.edge().register_organisation(stage_.as_system(), body);
    if (!command) continue;
    const auto id = domain::Id::of(std::get<domain::RegisterOrganisation>(command->what).id());
    stage_.send(std::move(command));
    Place& firm = add_place(id, body.name(), in_xiamen, &street);
    firm.is_firm = true;
    firms_.push_back(&firm);
  }
}

Person Cast::enrol(const std::string& name_, bool chinese, const domain::Id& organisation) {
  api::RegisterMemberBody body;
  body.set_name(name_);
  body.set_phone(phone());
  body.set_organisation(organisation.text());
  auto command = stage_.edge().register_member(stage_.as_system(), body);
  Person person{{}, name_, chinese};
  if (command) {
    const auto& registered = std::get<domain::RegisterMember>(command->what);
    person.sender = {domain::Id::of(registered.id()), domain::Id::of(registered.key())};
  }
  stage_.send(std::move(command));
  return person;
}

void Cast::grant(const Person& person, const std::string& role, const domain::Id& organisation) {
  api::GrantRoleBody body;
  body.set_role(role);
  body.set_organisation(organisation.text());
  stage_.send(stage_.edge().grant_role(stage_.as_system(), person.sender.member.text(), body));
}

Place* Cast::place(const domain::Id& organisation) {
  const auto found = by_organisation_.find(organisation);
  return found == by_organisation_.end() ? nullptr : found->second;
}

Person& Cast::somebody_near(const Place& place) {
  while (true) {
    const Place* other = stage_.chance().one_of(communities_);
    if (other->in_xiamen != place.in_xiamen || other->residents.empty()) continue;
    return *stage_.chance().one_of(other->residents);
  }
}

std::string Cast::name(bool chinese) {
  Chance& chance = stage_.chance();
  if (chinese) return chance.one_of(texts_.surnames.zh) + chance.one_of(texts_.given_names.zh);
  const std::string given = chance.one_of(texts_.given_names.en);
  return given + " " + chance.one_of(texts_.surnames.en);
}

std::string Cast::phone() {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "199%08u", phones_++);
  return text.data();
}

}  // namespace pioneer::cli::demo
