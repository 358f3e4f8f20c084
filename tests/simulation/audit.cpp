#include "tests/simulation/audit.hpp"

#include <algorithm>
#include <numeric>

#include "domain/members/members.pb.h"
#include "domain/requests/requests.pb.h"

namespace pioneer::tests {

using domain::Id;

namespace {

template <class Message>
Message parsed(const eventstore::Event& event) {
  Message message;
  message.ParseFromString(event.payload());
  return message;
}

/// Whose keys stand behind persons and cases.
struct Keys {
  struct Case {
    Id key;
    std::string asker;
    std::map<std::string, Id> introduced;  ///< pseudonym → person key
  };
  std::map<std::string, Id> persons;  ///< by stream
  std::set<Id> erased;
  std::map<std::string, Case> cases;

  void apply(const eventstore::StreamPart& part) {
    const bool member = part.stream().starts_with("member/");
    const bool request = part.stream().starts_with("request/");
    if (!member && !request) return;
    for (const auto& event : part.events()) {
      if (event.type() == "SubjectKeyIssued") {
        const Id key = Id::of(parsed<domain::SubjectKeyIssued>(event).key());
        (member ? persons[part.stream()] : cases[part.stream()].key) = key;
      } else if (event.type() == "MemberErased") {
        erased.insert(persons[part.stream()]);
      } else if (event.type() == "RequestSubmitted") {
        cases[part.stream()].asker = parsed<domain::RequestSubmitted>(event).asker();
      }
    }
    if (!request) return;
    for (const auto& introduction : part.introductions()) {
      cases[part.stream()].introduced[introduction.pseudonym()] =
          Id::of(std::string_view(introduction.sealed_member()).substr(0, 16));
    }
  }

  void conclude(Audit& into) const {
    for (const auto& [stream, key] : persons) (erased.contains(key) ? into.ended_keys : into.living_keys).insert(key);
    for (const auto& [stream, one] : cases) {
      const auto asker = one.introduced.find(one.asker);
      const bool ended = asker != one.introduced.end() && erased.contains(asker->second);
      (ended ? into.ended_keys : into.living_keys).insert(one.key);
    }
  }
};

}  // namespace

std::uint64_t RecountedProduct::taken() const {
  return std::accumulate(claims_.begin(), claims_.end(), std::uint64_t{0}, [](std::uint64_t sum, const Claim& claim) {
    return sum + (claim.standing == Standing::holds ? claim.places : 0);
  });
}

std::size_t RecountedProduct::head() const {
  const auto is_next = [&](const Claim& claim) {
    return claim.standing == Standing::waits && claim.places <= capacity_;
  };
  return static_cast<std::size_t>(std::ranges::find_if(claims_, is_next) - claims_.begin());
}

void RecountedProduct::place(const domain::ClaimPlaced& placed, const std::string& actor,
                             std::vector<std::string>& wrong) {
  if (placed.ticket() != claims_.size() + 1) wrong.push_back("a ticket is not the next one");
  if (!running_) wrong.push_back("a claim was placed in a product that is not offered");
  const bool waits = placed.state() == domain::ClaimState::waitlisted;
  if (!waits && head() != claims_.size()) wrong.push_back("a claim overtook those who wait");
  claims_.push_back({actor, placed.places(), waits ? Standing::waits : Standing::holds});
  std::uint64_t own = 0;
  for (const auto& claim : claims_) own += claim.owner == actor && claim.standing != Standing::gone ? claim.places : 0;
  if (own > per_member_) wrong.push_back("a person holds more places than a person may");
}

void RecountedProduct::cancel(const domain::ClaimCancelled& cancelled, std::vector<std::string>& wrong) {
  if (cancelled.ticket() == 0 || cancelled.ticket() > claims_.size() ||
      claims_[cancelled.ticket() - 1].standing == Standing::gone) {
    wrong.push_back("a claim was cancelled that is none, or not any more");
    return;
  }
  claims_[cancelled.ticket() - 1].standing = Standing::gone;
}

void RecountedProduct::promote(const domain::PlacesPromoted& promoted, std::vector<std::string>& wrong) {
  if (promoted.first() > head() + 1) wrong.push_back("a promotion does not begin with the first in line");
  for (auto ticket = promoted.first(); ticket <= promoted.last() && ticket <= claims_.size(); ++ticket) {
    auto& claim = claims_[ticket - 1];
    const bool skipped = std::ranges::find(promoted.skipped(), ticket) != promoted.skipped().end();
    const bool next = claim.standing == Standing::waits && claim.places <= capacity_;
    if (skipped == next) wrong.push_back("a promotion skips or takes the wrong one");
    if (!skipped) claim.standing = Standing::holds;
  }
}

void RecountedProduct::apply(const eventstore::StreamPart& part, std::vector<std::string>& wrong) {
  for (const auto& event : part.events()) {
    if (event.type() == "ProductCreated") {
      const auto created = parsed<domain::ProductCreated>(event);
      capacity_ = created.terms().capacity();
      per_member_ = created.terms().max_per_member();
    } else if (event.type() == "ProductPublished") {
      running_ = true;
    } else if (event.type() == "CapacityChanged") {
      capacity_ = parsed<domain::CapacityChanged>(event).capacity();
    } else if (event.type() == "ProductCancelled" || event.type() == "ProductCompleted") {
      running_ = false;
    } else if (event.type() == "ClaimPlaced") {
      place(parsed<domain::ClaimPlaced>(event), part.actor(), wrong);
    } else if (event.type() == "ClaimCancelled") {
      cancel(parsed<domain::ClaimCancelled>(event), wrong);
    } else if (event.type() == "PlacesPromoted") {
      promote(parsed<domain::PlacesPromoted>(event), wrong);
    }
    if (taken() > capacity_) wrong.push_back("oversold");
  }
  if (running_ && head() < claims_.size() && taken() + claims_[head()].places <= capacity_) {
    wrong.push_back("there is room for the first in line, who waits on");
  }
}

Audit audit(std::span<const eventstore::AcceptedCommit> commits) {
  Audit found;
  Keys keys;
  std::map<std::string, RecountedProduct> products;
  std::map<std::string, std::uint64_t> revisions;
  std::int64_t stamp = 0;
  std::uint64_t policy = 0;
  for (const auto& commit : commits) {
    const auto position = commit.sequence.value;
    const auto wrongs_before = found.wrong.size();
    if (position != found.leaves.size()) found.wrong.push_back("sequences have a hole");
    if (commit.body.recorded_at_us() < stamp) found.wrong.push_back("a stamp went back");
    stamp = commit.body.recorded_at_us();
    found.leaves.push_back(commit.leaf);
    if (commit.body.parts_size() != 0 && commit.body.policy_sequence() != policy) {
      found.wrong.push_back("a commit names another policy than the one in force");
    }
    if (!commit.body.once().empty()) found.by_once[commit.body.once()].push_back(position);
    if (const auto cause = commit.body.cause(); cause != 0) {
      ++found.reactions;
      if (found.problems.erase(cause - 1) == 0) found.wrong.push_back("a reaction without a cause, or a second one");
    }
    for (const auto& part : commit.body.parts()) {
      auto& revision = revisions[part.stream()];
      if (part.first_revision() != revision) found.wrong.push_back("a revision is not the next one");
      revision += static_cast<std::uint64_t>(part.events_size());
      keys.apply(part);
      if (part.stream().starts_with("product/")) products[part.stream()].apply(part, found.wrong);
      for (const auto& event : part.events()) {
        if (event.type() == "ClaimRated" && parsed<domain::ClaimRated>(event).has_problem())
          found.problems.insert(position);
        if (event.type() == "PolicyAdopted") policy = position;
        found.promotions += event.type() == "PlacesPromoted" ? 1 : 0;
        found.erasures += event.type() == "MemberErased" ? 1 : 0;
      }
    }
    for (auto at = wrongs_before; at < found.wrong.size(); ++at) found.wrong[at] += ", at " + std::to_string(position);
  }
  keys.conclude(found);
  return found;
}

}  // namespace pioneer::tests
