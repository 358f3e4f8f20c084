// Who may change members, roles, tokens, organisations and policies, and look into personal fields: recounted from the
// log. Written from domain/authorisation/README.md, not from its code. One thread.
#pragma once

#include <unordered_map>

#include "api/audit/rules/surroundings.hpp"

namespace pioneer::api::rules {

class OfficeRules {
 public:
  /// What one commit did to one of their streams. `around` as it was before it.
  void take(const projections::Commit& commit, const projections::Part& part, const Surroundings& around,
            Breaches& breaches);

 private:
  /// `first`: the event begins its part; those behind it are its effects.
  void see(const SeenAmong& seen, const domain::PolicyAdopted& event, bool first);
  void see(const SeenAmong& seen, const domain::FeatureLevelRaised& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationRegistered& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationRenamed& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationMoved& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationMerged& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationAbsorbed& event, bool first);
  void see(const SeenAmong& seen, const domain::OrganisationClosed& event, bool first);
  void see(const SeenAmong& seen, const domain::MemberRegistered& event, bool first);
  void see(const SeenAmong& seen, const domain::RoleGranted& event, bool first);
  void see(const SeenAmong& seen, const domain::RoleRevoked& event, bool first);
  void see(const SeenAmong& seen, const domain::TokenIssued& event, bool first);
  void see(const SeenAmong& seen, const domain::TokenRevoked& event, bool first);
  void see(const SeenAmong& seen, const domain::MemberErased& event, bool first);
  void see(const SeenAmong& seen, const domain::PersonalDataOpened& event, bool first);
  void see(const SeenAmong& seen, const domain::EntriesFetched& event, bool first);
  template <class Other>
  void see(const SeenAmong&, const Other&, bool) {}  // nobody's right

  static void tokens_in_order(const SeenAmong& seen);
  /// An administrator over the organisation, or the system.
  static void administers(const SeenAmong& seen, const domain::Id& organisation, std::string_view what);
  domain::Id registered_at(const domain::Id& member) const;

  std::unordered_map<domain::Id, domain::Id, domain::IdHash> registered_;  ///< where a member was
};

}  // namespace pioneer::api::rules
