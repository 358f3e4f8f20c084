// What a log must satisfy by itself, counted from its commits alone: nothing here shares code with the deciders or the
// projections, so that a mistake there does not hide itself.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "domain/common/id.hpp"
#include "domain/supermarket/supermarket.pb.h"
#include "eventstore/commit.hpp"

namespace pioneer::tests {

/// One product, recounted.
class RecountedProduct {
 public:
  /// Everything that one commit says of it; sentences of what must not be go to `wrong`.
  void apply(const eventstore::StreamPart& part, std::vector<std::string>& wrong);

 private:
  enum class Standing { waits, holds, gone };
  struct Claim {
    std::string owner;
    std::uint32_t places = 0;
    Standing standing = Standing::gone;
  };
  void place(const domain::ClaimPlaced& placed, const std::string& actor, std::vector<std::string>& wrong);
  void cancel(const domain::ClaimCancelled& cancelled, std::vector<std::string>& wrong);
  void promote(const domain::PlacesPromoted& promoted, std::vector<std::string>& wrong);
  std::uint64_t taken() const;
  /// Index of the first who waits for no more than the product has; the number of claims if nobody does.
  std::size_t head() const;

  std::vector<Claim> claims_;
  std::uint64_t capacity_ = 0;
  std::uint64_t per_member_ = 0;
  bool running_ = false;  ///< neither cancelled nor completed
};

struct Audit {
  std::vector<std::string> wrong;
  std::map<std::string, std::vector<std::uint64_t>> by_once;  ///< positions
  std::set<domain::Id> ended_keys;  ///< of erased persons, and of the cases in which they asked
  std::set<domain::Id> living_keys;
  std::vector<eventstore::Hash> leaves;
  std::set<std::uint64_t> problems;  ///< positions of ratings that tell one and have no request made of it
  std::uint64_t promotions = 0;
  std::uint64_t erasures = 0;
  std::uint64_t reactions = 0;
};

/// All commits of the log from the first.
Audit audit(std::span<const eventstore::AcceptedCommit> commits);

}  // namespace pioneer::tests
