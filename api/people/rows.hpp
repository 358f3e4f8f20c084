// Rows of the people store, and changes of them that are not written yet.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/common/id.hpp"
#include "domain/members/members.pb.h"
#include "eventstore/ports/key_value_store.hpp"

namespace pioneer::api::people {

struct MemberRow {
  domain::Id key;
  std::string phone_token;  ///< 16 bytes; empty: none
  bool erased = false;
  domain::MemberRegistered registered;

  std::string bytes() const;
  /// Nothing if the bytes are no such row.
  static std::optional<MemberRow> of(std::string_view bytes);
};

/// Reads see what is staged. One thread.
class Stage {
 public:
  explicit Stage(eventstore::KeyValueStore& store) : store_(store) {}

  eventstore::Result<std::optional<std::string>> get(eventstore::Table table, const std::string& key) const;
  void put(eventstore::Table table, std::string key, std::string value) {
    changes_.insert_or_assign({table.number, std::move(key)}, std::optional(std::move(value)));
  }
  void erase(eventstore::Table table, std::string key) {
    changes_.insert_or_assign({table.number, std::move(key)}, std::nullopt);
  }
  /// As put(), for a row that nothing reads or erases before write(): cheaper.
  void add(eventstore::Table table, std::string key, std::string value) {
    added_.push_back({table, std::move(key), std::move(value)});
  }
  /// All changes or none, in the order of tables and keys.
  eventstore::Result<void> write();

 private:
  eventstore::KeyValueStore& store_;
  std::vector<eventstore::WriteBatch::Change> added_;
  std::map<std::pair<std::uint32_t, std::string>, std::optional<std::string>> changes_;
};

/// The bytes of an id as a key.
inline std::string key_of(const domain::Id& id) { return std::string(id.view()); }
inline std::string key_of(const domain::Id& id, std::string_view rest) { return std::string(id.view()).append(rest); }
/// Of a member's opening by the commit at `sequence`: the newest stand first.
std::string opening_key(const domain::Id& member, std::uint64_t sequence);

}  // namespace pioneer::api::people
