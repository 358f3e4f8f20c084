// Every state of an organisation, every command, every kind of person.
#include "tests/domain/cells.hpp"
#include "tests/domain/document.hpp"
#include "tests/domain/organisations_world.hpp"

namespace pioneer::domain::specs {
namespace {

using Command = std::function<organisations::Outcome(const World&, const Context&)>;

template <class C>
Command run(C command) {
  return [command](const World& world, const Context& context) {
    return organisations::decide(world.directory, command, context);
  };
}

std::string cell(const organisations::Outcome& outcome) {
  if (!outcome) return "`" + outcome.error().code + "`";
  std::string text;
  for (const auto& e : outcome->events) {
    if (!text.empty()) text += ", ";
    text += std::visit([](const auto& event) { return event.GetDescriptor()->name(); }, e.event);
  }
  return text;
}

/// All commands are about "subject", which stands below the street, or below its community.
World with_subject(const std::function<void(World&)>& change) {
  World w;
  w.register_organisation("subject", Level::community, "street");
  change(w);
  return w;
}

TEST(OrganisationCells, AreWhatTheReadmeSays) {
  OrganisationMerged merged;
  merged.set_into(bytes("community_a"));
  const std::vector<std::pair<std::string, World>> states = {
      {"nothing yet", World{}},
      {"active", with_subject([](World&) {})},
      {"active, with one below",
       with_subject([](World& w) { w.register_organisation("office", Level::department, "subject"); })},
      {"merged", with_subject([&](World& w) { w.directory.evolve(id("subject"), merged, {}); })},
      {"closed", with_subject([](World& w) { w.directory.evolve(id("subject"), OrganisationClosed{}, {}); })},
  };
  const std::vector<std::pair<std::string, Command>> commands = {
      {"RegisterOrganisation below a street", run(register_organisation("subject", Level::community, "street"))},
      {"RenameOrganisation", run(rename_organisation("subject", "Harbour"))},
      {"MoveOrganisation to the district", run(move_organisation("subject", "district"))},
      {"MergeOrganisation into a sister", run(merge_organisation("subject", "community_b"))},
      {"CloseOrganisation", run(close_organisation("subject"))},
  };
  const World w;
  const std::vector<std::pair<std::string, Actor>> roles = {
      {"nobody", nobody()},
      {"a member", person(w, "alice")},
      {"cadre of the street", person(w, "cadre_street")},
      {"auditor above", person(w, "auditor")},
      {"administrator of the street", person(w, "administrator")},
      {"administrator of the city", person(w, "root_administrator")},
      {"system", system()},
  };
  expect_generated("domain/organisations/README.md", "cells",
                   cells(names(commands), names(states), names(roles), [&](auto c, auto s, auto r) {
                     const World& world = states[s].second;
                     return cell(commands[c].second(world, world.context(roles[r].second)));
                   }));
}

}  // namespace
}  // namespace pioneer::domain::specs
