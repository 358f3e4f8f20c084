// Organisations as specs write them: decided on the world's directory, which the outcome then changes.
#pragma once

#include "domain/organisations/decide.hpp"
#include "domain/organisations/refusals.hpp"
#include "tests/domain/spec.hpp"

namespace pioneer::domain::specs {

inline RegisterOrganisation register_organisation(std::string_view name, Level::Value level, std::string_view parent,
                                                  std::string code = {}) {
  RegisterOrganisation c;
  c.set_id(bytes(name));
  c.set_name(std::string(name));
  c.set_level(level);
  if (!parent.empty()) c.set_parent(bytes(parent));
  c.set_code(std::move(code));
  return c;
}
inline RenameOrganisation rename_organisation(std::string_view organisation, std::string name) {
  RenameOrganisation c;
  c.set_organisation(bytes(organisation));
  c.set_name(std::move(name));
  return c;
}
inline MoveOrganisation move_organisation(std::string_view organisation, std::string_view parent) {
  MoveOrganisation c;
  c.set_organisation(bytes(organisation));
  c.set_parent(bytes(parent));
  return c;
}
inline MergeOrganisation merge_organisation(std::string_view organisation, std::string_view into) {
  MergeOrganisation c;
  c.set_organisation(bytes(organisation));
  c.set_into(bytes(into));
  return c;
}
inline CloseOrganisation close_organisation(std::string_view organisation) {
  CloseOrganisation c;
  c.set_organisation(bytes(organisation));
  return c;
}

/// Like Spec, over all organisations at once.
class DirectorySpec {
 public:
  template <class Command>
  DirectorySpec& when(const Command& command, const Actor& actor) {
    outcome_ = organisations::decide(world.directory, command, world.context(actor));
    return *this;
  }
  /// "community_a: OrganisationRenamed { … }", in order.
  DirectorySpec& then(const std::vector<std::pair<std::string, organisations::Event>>& expected) {
    if (!outcome_) {
      ADD_FAILURE() << "refused: " << outcome_.error().code << " " << outcome_.error().field;
      return *this;
    }
    std::vector<std::string> wanted;
    std::vector<std::string> decided;
    for (const auto& [name, event] : expected) wanted.push_back(id(name).text() + ": " + told(event));
    for (const auto& e : outcome_->events) decided.push_back(e.organisation.text() + ": " + told(e.event));
    EXPECT_EQ(decided, wanted);
    return happened();
  }
  DirectorySpec& happened() {
    if (!outcome_) {
      ADD_FAILURE() << "refused: " << outcome_.error().code << " " << outcome_.error().field;
      return *this;
    }
    for (const auto& e : outcome_->events) world.directory.evolve(e.organisation, e.event, {});
    return *this;
  }
  DirectorySpec& refused(const RefusalText& expected, std::string_view field = {}) {
    EXPECT_FALSE(outcome_);
    if (outcome_) return *this;
    EXPECT_EQ(outcome_.error().code, expected.code);
    if (!field.empty()) {
      EXPECT_EQ(outcome_.error().field, field);
    }
    return *this;
  }
  const organisations::Outcome& outcome() const { return outcome_; }

  World world;

 private:
  organisations::Outcome outcome_ = std::unexpected(Refusal{});
};

}  // namespace pioneer::domain::specs
