// All organisations, folded in log order: the tree, its levels, codes, and what was merged into what.
// One writer at a time; const calls from several threads only while nobody evolves.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "domain/common/context.hpp"
#include "domain/common/id.hpp"
#include "domain/organisations/organisations.pb.h"

namespace pioneer::domain::organisations {

using Event = std::variant<OrganisationRegistered, OrganisationRenamed, OrganisationMoved, OrganisationMerged,
                           OrganisationAbsorbed, OrganisationClosed>;

struct Organisation {
  std::string name;
  Level::Value level = Level::unspecified;
  Id parent;  ///< zero: a root
  std::string code;
  OrganisationState::Value state = OrganisationState::unspecified;
  Id merged_into;            ///< zero unless merged
  std::vector<Id> children;  ///< active ones, in order of arrival
};

class Directory {
 public:
  /// Total: what contradicts the tree (an unknown organisation) changes nothing.
  void evolve(const Id& organisation, const Event& event, const Happened& happened);

  /// The record itself, merged and closed ones too; null: never registered.
  const Organisation* find(const Id& organisation) const;
  /// Who answers for it today: itself, or what it was merged into at last; zero: unknown.
  Id resolve(const Id& organisation) const;
  /// The resolved organisation when it is active; null: unknown or closed.
  const Organisation* active(const Id& organisation) const;
  /// True when `organisation` is `ancestor` or below it, both resolved. O(depth).
  bool covers(const Id& ancestor, const Id& organisation) const;
  /// Steps from `ancestor` down to `organisation`, both resolved; −1: not covered.
  int distance(const Id& ancestor, const Id& organisation) const;
  /// Nearest first, without itself.
  std::vector<Id> ancestors(const Id& organisation) const;
  /// Itself first, then all active ones below, level by level.
  std::vector<Id> subtree(const Id& organisation) const;
  const std::vector<Id>& roots() const { return roots_; }
  /// All that were ever merged into another, in order: what was filed under them stays under their ids.
  const std::vector<Id>& merged() const { return merged_; }
  /// All that were ever closed, in order: what they hold is still seen and finished by those above.
  const std::vector<Id>& closed() const { return closed_; }
  /// The resolved organisation if it is active, else the nearest active one above; zero: none.
  Id nearest_active(const Id& organisation) const;
  /// The active organisation with this code; zero: none.
  Id by_code(std::string_view code) const;
  /// 1 for a root; 0: unknown.
  std::size_t depth(const Id& organisation) const;
  /// Levels of the subtree, itself counted: 1 without children.
  std::size_t height(const Id& organisation) const;
  std::size_t size() const { return organisations_.size(); }
  void for_each(const std::function<void(const Id&, const Organisation&)>& visit) const;

 private:
  void apply(const Id& id, const OrganisationRegistered& e);
  void apply(const Id& id, const OrganisationRenamed& e);
  void apply(const Id& id, const OrganisationMoved& e);
  void apply(const Id& id, const OrganisationMerged& e);
  void apply(const Id& id, const OrganisationAbsorbed& e);
  void apply(const Id& id, const OrganisationClosed& e);
  std::vector<Id>& siblings(const Id& parent);
  void leave(const Id& id, const Organisation& organisation);

  std::unordered_map<Id, Organisation, IdHash> organisations_;
  std::unordered_map<std::string, Id> by_code_;
  std::vector<Id> roots_;
  std::vector<Id> merged_;
  std::vector<Id> closed_;
};

}  // namespace pioneer::domain::organisations
