#include "api/people/erasure.hpp"

#include <algorithm>

#include "domain/members/members.pb.h"
#include "domain/requests/requests.pb.h"
#include "domain/streams.hpp"

namespace pioneer::api {

using domain::Id;
using eventstore::Result;

bool erases_somebody(const eventstore::AcceptedCommit& commit) {
  return std::ranges::any_of(commit.body.parts(), [](const auto& part) {
    return std::ranges::any_of(part.events(), [](const auto& event) { return event.type() == "MemberErased"; });
  });
}

namespace {

/// The case key that this part issues, if it opens a case in the name of a person whose key is on its way out or gone.
std::optional<Id> late_case(const eventstore::StreamPart& part, const Keyring& keyring) {
  std::optional<Id> key;
  std::string asker;
  for (const auto& event : part.events()) {
    domain::SubjectKeyIssued issued;
    domain::RequestSubmitted submitted;
    if (event.type() == "SubjectKeyIssued" && issued.ParseFromString(event.payload())) key = Id::of(issued.key());
    if (event.type() == "RequestSubmitted" && submitted.ParseFromString(event.payload())) asker = submitted.asker();
  }
  if (!key || asker.empty()) return std::nullopt;
  for (const auto& introduction : part.introductions()) {
    if (introduction.pseudonym() != asker || introduction.sealed_member().size() < 16) continue;
    const auto state = keyring.state(Id::of(std::string_view(introduction.sealed_member()).substr(0, 16)));
    if (state == KeyState::erasing || state == KeyState::erased) return key;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ErasurePlan> Erasure::plan(const Id& member) const {
  const auto person = people_.find(member);
  if (!person) return std::nullopt;
  ErasurePlan plan{member, person->key, people_.case_keys_of(member), {}};
  std::string cursor;
  do {
    auto page = people_.streams_of(member, "product/", cursor, 200);
    for (auto& item : page.items) plan.products.push_back(std::move(item));
    cursor = page.next;
  } while (!cursor.empty());
  return plan;
}

// The person's key is the way to find the cases again, so it goes last.
Result<void> Erasure::destroy(const ErasurePlan& plan) {
  std::vector<Id> keys = plan.case_keys;
  keys.push_back(plan.person_key);
  std::erase_if(keys, [&](const Id& key) { return keyring_.state(key) == KeyState::unknown; });
  for (const Id& key : keys) {
    if (auto begun = keyring_.begin_erase(key); !begun) return begun;
  }
  for (const Id& key : keys) {
    if (auto erased = keyring_.erase(key); !erased) return erased;
  }
  return people_.forget(plan.member);
}

Result<std::size_t> Erasure::resume() {
  std::size_t count = 0;
  for (const Id& member : people_.unfinished_erasures()) {
    const auto plan = this->plan(member);
    if (!plan) continue;
    if (auto destroyed = destroy(*plan); !destroyed) return std::unexpected(destroyed.error());
    ++count;
  }
  for (const Id& key : keyring_.erasing()) {
    if (auto erased = keyring_.erase(key); !erased) return std::unexpected(erased.error());
  }
  return count;
}

Result<void> Erasure::end_late_cases(std::span<const eventstore::AcceptedCommit> commits) {
  for (const auto& commit : commits) {
    for (const auto& part : commit.body.parts()) {
      if (part.introductions().empty() || !domain::id_in(part.stream(), domain::stream_kind::request)) continue;
      const auto key = late_case(part, keyring_);
      if (!key || keyring_.state(*key) == KeyState::unknown) continue;
      if (auto erased = keyring_.erase(*key); !erased) return erased;
    }
  }
  return {};
}

}  // namespace pioneer::api
