#include "api/audit/rules/invariants.hpp"

#include <array>

#include "api/audit/rules/office_rules.hpp"
#include "api/audit/rules/product_rules.hpp"

namespace pioneer::api::rules {
namespace {

using domain::Id;
using eventstore::Result;
using projections::StreamKind;

/// One reading of the log, for a part of the products and requests.
class Reading {
 public:
  Reading(std::uint64_t part, std::uint64_t parts, InvariantReport& report)
      : part_(part), parts_(parts), report_(report) {}

  void take(const projections::Commit& commit) {
    last_us_ = commit.recorded_at.us;
    if (part_ == 0 && !commit.parts.empty() && commit.raw->policy_sequence() != around_.measures.position())
      report_.breaches.add(commit, commit.parts.front(), "policy_not_named",
                           "It was decided by another policy than the one in force.");
    for (const auto& part : commit.parts) {
      next_revision(commit, part);
      if (part_ == 0) rights_.take(commit, part, around_, report_.breaches);
      if (part.kind == StreamKind::member) {
        offices(commit, part);
      } else if (part.kind == StreamKind::organisation) {
        for (const auto& event : part.events) around_.tree.see(part.id, event);
      } else if (part.kind == StreamKind::policy) {
        for (const auto& event : part.events)
          if (const auto* adopted = std::get_if<domain::PolicyAdopted>(&event))
            around_.measures.adopt(commit.sequence.value, adopted->policy());
      } else if (part.kind == StreamKind::product) {
        if (mine(part.id)) products_[part.id].take(commit, part, around_, report_.breaches);
        problems(commit, part);
      } else if (part.kind == StreamKind::request) {
        if (mine(part.id)) requests_[part.id].take(commit, part, around_, report_.breaches);
        around_.problems.erase(commit.cause);
      }
    }
  }

  void end() {
    report_.products += products_.size();
    report_.requests += requests_.size();
    report_.offices = around_.offices.size();
    for (const auto& [id, request] : requests_) report_.running_late += request.running_late(last_us_);
  }

 private:
  bool mine(const Id& id) const { return domain::IdHash{}(id) % parts_ == part_; }

  /// A stream's events are numbered without a gap. Each gap is told once.
  void next_revision(const projections::Commit& commit, const projections::Part& part) {
    const auto& name = part.raw->stream();
    if (part.id.is_zero() ? part_ != 0 : !mine(part.id)) return;
    auto& revision = part.id.is_zero()
                         ? named_[name]
                         : revisions_[static_cast<std::size_t>(part.kind)].try_emplace(part.id).first->second;
    if (part.first_revision != revision)
      report_.breaches.add(commit, part, "revision",
                           "Its first event is number " + std::to_string(part.first_revision) +
                               " of the stream, which has " + std::to_string(revision) + ".");
    revision = part.revision();
  }

  void problems(const projections::Commit& commit, const projections::Part& part) {
    for (const auto& event : part.events)
      if (const auto* rated = std::get_if<domain::ClaimRated>(&event); rated != nullptr && rated->has_problem())
        around_.problems.insert(commit.sequence.value + 1);
  }

  /// Offices are needed by every reading; what is wrong with them is told by the first.
  void offices(const projections::Commit& commit, const projections::Part& part) {
    for (const auto& event : part.events) {
      if (const auto* granted = std::get_if<domain::RoleGranted>(&event)) {
        const auto giver = around_.offices.find(part.actor);
        if (part_ == 0 && giver != around_.offices.end() && giver->second.member == part.id)
          report_.breaches.add(commit, part, "role_for_oneself", "A role was granted by the person who got it.");
        around_.offices[Id::of(granted->grant())] = {part.id, Id::of(granted->organisation()), granted->role(), true};
      } else if (const auto* revoked = std::get_if<domain::RoleRevoked>(&event)) {
        around_.offices[Id::of(revoked->grant())].held = false;
      } else if (std::holds_alternative<domain::MemberErased>(event)) {
        for (auto& [grant, office] : around_.offices)
          if (office.member == part.id) office.held = false;
      }
    }
  }

  const std::uint64_t part_;
  const std::uint64_t parts_;
  InvariantReport& report_;
  Surroundings around_;
  OfficeRules rights_;
  std::array<std::unordered_map<Id, std::uint64_t, domain::IdHash>, 7> revisions_;  ///< by StreamKind
  std::unordered_map<std::string, std::uint64_t> named_;                            ///< of streams without an id
  std::unordered_map<Id, ProductRules, domain::IdHash> products_;
  std::unordered_map<Id, RequestRules, domain::IdHash> requests_;
  std::int64_t last_us_ = 0;
};

}  // namespace

Result<InvariantReport> check_invariants(const std::function<std::unique_ptr<projections::CommitSource>()>& source,
                                         const InvariantOptions& options) {
  InvariantReport report;
  const auto parts = options.entries / options.entries_per_part + 1;
  for (std::uint64_t part = 0; part < parts; ++part) {
    Reading reading(part, parts, report);
    const auto commits = source();
    while (true) {
      const auto next = commits->next();
      if (!next) return std::unexpected(next.error());
      if (next->empty()) break;
      for (const auto& accepted : *next) {
        const auto commit = projections::read_commit(accepted);
        if (!commit) return std::unexpected(commit.error());
        reading.take(*commit);
        if (part == 0) ++report.commits;
      }
    }
    reading.end();
  }
  return report;
}

}  // namespace pioneer::api::rules
