// Organisations: names, the tree, what was merged into what. All public.
// Key of the table: o id → OrganisationRow. Queries work on a copy of all rows in memory: there are thousands, not
// millions.
#pragma once

#include <optional>
#include <set>
#include <shared_mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/organisations/organisations.pb.h"
#include "projections/engine/engine.hpp"

namespace pioneer::projections {

struct OrganisationRow {
  domain::Id id;
  std::string name;
  domain::Level::Value level = domain::Level::unspecified;
  domain::Id parent;  ///< as last said by an event of its own; zero: a root. The one it was merged into counts instead
  std::string code;   ///< empty: none
  domain::OrganisationState::Value state = domain::OrganisationState::unspecified;
  domain::Id merged_into;  ///< zero unless merged
  std::uint64_t revision = 0;

  std::string encode() const;
  static std::optional<OrganisationRow> decode(const domain::Id& id, std::string_view row);
};

class OrganisationsProjection final : public Projection {
 public:
  std::string_view name() const override { return "organisations"; }
  std::uint32_t version() const override { return 1; }
  void apply(const Commit& commit, Batch& batch) const override;
};

struct OrganisationFilter {
  std::optional<domain::Id> parent = {};                    ///< directly below it; zero: roots
  domain::Level::Value level = domain::Level::unspecified;  ///< unspecified: any
  std::string q =
      {};  ///< part of the name, without regard to case in Latin letters, or the beginning of the code; empty: any
  std::string code = {};  ///< exactly; empty: any
  bool active_only = true;
};

struct OrganisationPage {
  std::vector<OrganisationRow> organisations;  ///< by level, code, name
  std::string next;                            ///< where to go on; empty: that was all
};

/// Queries: any thread. Must be made before the engine's first `apply`, and outlive its last.
class Organisations {
 public:
  /// Reads all rows.
  static eventstore::Result<std::unique_ptr<Organisations>> open(Engine& engine);
  Organisations(const Organisations&) = delete;
  Organisations& operator=(const Organisations&) = delete;

  /// The record itself, merged and closed ones too.
  std::optional<OrganisationRow> get(const domain::Id& id) const;
  /// Who answers for it today: itself, or what it was merged into at last; zero: unknown.
  domain::Id resolve(const domain::Id& id) const;
  /// Who answers for it today, with its name; the record itself if that is unknown.
  std::optional<OrganisationRow> resolved(const domain::Id& id) const { return get(resolve(id)); }
  /// Root first, without itself; of the resolved one.
  std::vector<OrganisationRow> ancestors(const domain::Id& id) const;
  /// Active ones directly below the resolved one.
  std::size_t children(const domain::Id& id) const;
  /// The resolved one first, then all below it; and of each, those merged into it, whose requests and products are
  /// theirs now: what boards and lists are asked with. Closed ones too, for what they hold. Empty: unknown.
  std::vector<domain::Id> subtree(const domain::Id& id) const;
  /// The resolved one and those merged into it.
  std::vector<domain::Id> alone(const domain::Id& id) const;
  /// The active one with this code.
  std::optional<OrganisationRow> by_code(std::string_view code) const;
  /// Error "bad_cursor".
  eventstore::Result<OrganisationPage> page(const OrganisationFilter& filter, std::string_view after,
                                            std::size_t limit) const;

 private:
  explicit Organisations(const View& rows) : rows_(rows) {}
  eventstore::Result<void> read_all();
  void changed(const RowsChanged& change);
  void set(OrganisationRow row);
  void unset(const domain::Id& id);
  // Under the lock.
  const OrganisationRow* find(const domain::Id& id) const;
  const OrganisationRow* resolved_row(const domain::Id& id) const;
  void add_with_merged(const domain::Id& id, std::vector<domain::Id>& to) const;
  const std::vector<domain::Id>& below(const domain::Id& id) const;

  using Ids = std::unordered_map<domain::Id, std::vector<domain::Id>, domain::IdHash>;
  const View& rows_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<domain::Id, OrganisationRow, domain::IdHash> all_;
  std::unordered_map<std::string, domain::Id> by_code_;  ///< active ones
  Ids children_;                                         ///< by parent as their own row says it; not merged
  Ids merged_;                                           ///< into the key, directly
  std::set<std::string> order_;                          ///< level, code, name, id: the order of lists
};

}  // namespace pioneer::projections
