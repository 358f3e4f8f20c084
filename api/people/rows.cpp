#include "api/people/rows.hpp"

#include <algorithm>

namespace pioneer::api::people {

std::string MemberRow::bytes() const {
  std::string out(key.view());
  out += phone_token.size() == 16 ? phone_token : std::string(16, '\0');
  out.push_back(erased ? 1 : 0);
  return out + registered.SerializeAsString();
}

std::optional<MemberRow> MemberRow::of(std::string_view bytes) {
  if (bytes.size() < 33) return std::nullopt;
  MemberRow row;
  row.key = domain::Id::of(bytes.substr(0, 16));
  if (const auto token = bytes.substr(16, 16); token.find_first_not_of('\0') != token.npos) row.phone_token = token;
  row.erased = bytes[32] != 0;
  const auto rest = bytes.substr(33);
  if (!row.registered.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return std::nullopt;
  return row;
}

std::string opening_key(const domain::Id& member, std::uint64_t sequence) {
  std::string key = key_of(member);
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(~sequence >> shift & 0xff));
  return key;
}

eventstore::Result<std::optional<std::string>> Stage::get(eventstore::Table table, const std::string& key) const {
  if (const auto staged = changes_.find({table.number, key}); staged != changes_.end()) return staged->second;
  return store_.get(table, key);
}

eventstore::Result<void> Stage::write() {
  eventstore::WriteBatch batch;
  std::ranges::stable_sort(added_, [](const auto& a, const auto& b) {
    return a.table.number != b.table.number ? a.table.number < b.table.number : a.key < b.key;
  });
  for (auto& row : added_) batch.put(row.table, std::move(row.key), std::move(*row.value));
  added_.clear();
  for (auto& [where, value] : changes_) {
    const eventstore::Table table{where.first};
    if (value) {
      batch.put(table, where.second, std::move(*value));
    } else {
      batch.erase(table, where.second);
    }
  }
  changes_.clear();
  return store_.write(batch);
}

}  // namespace pioneer::api::people
