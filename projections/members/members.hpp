// Members: what anybody with a reason may see of one, and the grants that officials act under. Names stay sealed.
// Keys of the table, by their first byte:
//   m id    → MemberRow
//   g grant → GrantRow
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/members/members.pb.h"
#include "projections/engine/engine.hpp"
#include "projections/engine/sealed_value.hpp"

namespace pioneer::projections {

struct GrantRow {
  domain::Id grant;
  domain::Id member;
  domain::Role::Value role = domain::Role::unspecified;
  domain::Id organisation;
  bool active = false;

  std::string encode() const;
  static std::optional<GrantRow> decode(const domain::Id& grant, std::string_view row);
};

struct MemberRow {
  domain::Id id;
  domain::MemberState::Value state = domain::MemberState::unspecified;
  std::uint64_t revision = 0;
  domain::Id key;
  domain::Id organisation;
  SealedValue name;
  SealedValue phone;
  std::vector<domain::Id> grants;  ///< active ones, oldest first

  std::string encode() const;
  static std::optional<MemberRow> decode(const domain::Id& id, std::string_view row);
};

class MembersProjection final : public Projection {
 public:
  std::string_view name() const override { return "members"; }
  std::uint32_t version() const override { return 1; }
  void apply(const Commit& commit, Batch& batch) const override;
};

/// Queries. Any thread.
class Members {
 public:
  explicit Members(const Engine& engine) : rows_(engine.view("members")) {}
  eventstore::Result<std::optional<MemberRow>> get(const domain::Id& id) const;
  /// Revoked ones too.
  eventstore::Result<std::optional<GrantRow>> grant(const domain::Id& grant) const;
  /// The member's active grants, oldest first.
  eventstore::Result<std::vector<GrantRow>> grants(const MemberRow& member) const;

 private:
  const View& rows_;
};

}  // namespace pioneer::projections
