#include "api/people/erasure.hpp"

namespace pioneer::api {

using domain::Id;
using eventstore::Result;

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

}  // namespace pioneer::api
