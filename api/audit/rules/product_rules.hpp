// The rules of one product, recounted from its events alone: capacity, order of the waiting list, who may do what when.
// Written from domain/supermarket/README.md, not from its code: who makes a rule and its check can be wrong in both
// alike. One thread.
#pragma once

#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/audit/rules/surroundings.hpp"

namespace pioneer::api::rules {

class ProductRules {
 public:
  /// What one commit did to the product.
  void take(const projections::Commit& commit, const projections::Part& part, const Surroundings& around,
            Breaches& breaches);

 private:
  enum class Phase : std::uint8_t { absent, draft, published, cancelled, completed };
  enum class Claim : std::uint8_t { confirmed, waiting, cancelled, checked_in, completed, no_show };
  struct Ticket {
    domain::Id owner;
    std::uint32_t places = 0;
    Claim state = Claim::confirmed;
    bool rated = false;
  };

  void see(const SeenAmong& seen, const domain::ProductCreated& event);
  void see(const SeenAmong& seen, const domain::ProductPublished& event);
  void see(const SeenAmong& seen, const domain::CapacityChanged& event);
  void see(const SeenAmong& seen, const domain::PicturesChanged& event);
  void see(const SeenAmong& seen, const domain::ProductCancelled& event);
  void see(const SeenAmong& seen, const domain::ProductCompleted& event);
  void see(const SeenAmong& seen, const domain::ClaimPlaced& event);
  void see(const SeenAmong& seen, const domain::ClaimCancelled& event);
  void see(const SeenAmong& seen, const domain::PlacesPromoted& event);
  void see(const SeenAmong& seen, const domain::CheckedIn& event);
  void see(const SeenAmong& seen, const domain::ClaimCompleted& event);
  void see(const SeenAmong& seen, const domain::NoShowMarked& event);
  void see(const SeenAmong& seen, const domain::ClaimRated& event);
  template <class Other>
  void see(const Seen&, const Other&) {}  // decides nothing here

  Ticket* find(const Seen& seen, std::uint32_t number);
  /// The first that waits for no more than the product has; 0: nobody.
  std::uint32_t head() const;
  bool fits(std::uint32_t number) const { return taken_ + tickets_[number - 1].places <= capacity_; }
  void after(const Seen& seen);
  /// Cadres of the organisation that offers it, or above it.
  void cadre_acts(const SeenAmong& seen, std::string_view what) const;

  Phase phase_ = Phase::absent;
  domain::Id organisation_;
  std::uint32_t capacity_ = 0;
  std::uint32_t max_per_member_ = 0;
  bool waitlist_ = false;
  std::int64_t opens_us_ = 0;
  std::int64_t closes_us_ = 0;
  std::int64_t starts_us_ = 0;
  std::int64_t ends_us_ = 0;
  std::vector<Ticket> tickets_;
  std::set<std::uint32_t> line_;  ///< tickets that wait
  std::uint64_t taken_ = 0;
  std::unordered_map<domain::Id, std::uint64_t, domain::IdHash> held_;
  bool promotion_goes_on_ = false;
};

}  // namespace pioneer::api::rules
