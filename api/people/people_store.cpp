#include "api/people/people_store.hpp"

#include <algorithm>

#include "api/people/commit_reader.hpp"
#include "api/people/rows.hpp"
#include "domain/streams.hpp"

namespace pioneer::api {
namespace {

using domain::Id;
using eventstore::Result;
using people::key_of;
using people::MemberRow;
using people::Stage;

constexpr std::size_t page_max = 200;
/// Of one write batch, when everything goes.
constexpr std::size_t rows_at_once = 10'000;
const std::string next_key = "next";
/// 2: with openings.
constexpr std::uint8_t tables_version = 2;

std::string position_bytes(std::uint64_t position) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(position >> (8 * (7 - i)));
  return out;
}

std::uint64_t position_of(std::string_view bytes) {
  std::uint64_t position = 0;
  for (char c : bytes.substr(0, 8)) position = position << 8 | static_cast<std::uint8_t>(c);
  return position;
}

/// Calls `visit(rest of the key, value)` for each row under a prefix until it returns false.
template <class Visit>
void each(const eventstore::KeyValueStore& store, eventstore::Table table, const std::string& prefix,
          const std::string& from, Visit visit) {
  const auto cursor = store.cursor(table);
  for (cursor->seek(from); cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
    if (!visit(cursor->key().substr(prefix.size()), cursor->value())) return;
  }
}

}  // namespace

PeopleStore::PeopleStore(eventstore::KeyValueStore& store, const Opener& opener, const Tables& tables)
    : store_(store), opener_(opener), tables_(tables) {}

Result<std::unique_ptr<PeopleStore>> PeopleStore::open(eventstore::KeyValueStore& store, const Opener& opener) {
  Tables tables;
  const std::pair<std::string_view, eventstore::Table*> named[] = {
      {"members", &tables.members},   {"pseudonyms", &tables.pseudonyms}, {"participations", &tables.participations},
      {"cases", &tables.cases},       {"phones", &tables.phones},         {"beneficiaries", &tables.beneficiaries},
      {"openings", &tables.openings}, {"erasures", &tables.erasures},     {"position", &tables.position}};
  for (const auto& [name, table] : named) {
    auto opened = store.table(name);
    if (!opened) return std::unexpected(opened.error());
    *table = *opened;
  }
  std::unique_ptr<PeopleStore> people(new PeopleStore(store, opener, tables));
  const auto before = filled(store);
  if (!before) return std::unexpected(before.error());
  people->position_ = before->next;
  if (before->next != 0 && before->version != tables_version) {
    if (auto emptied = people->start_over(); !emptied) return std::unexpected(emptied.error());
  }
  return people;
}

Result<PeopleStore::Filled> PeopleStore::filled(eventstore::KeyValueStore& store) {
  const auto table = store.table("position");
  if (!table) return std::unexpected(table.error());
  const auto row = store.get(*table, next_key);
  if (!row) return std::unexpected(row.error());
  Filled filled;
  if (!*row) return filled;
  filled.next = position_of(**row);
  if ((*row)->size() >= 8 + eventstore::Hash::size)
    filled.head = eventstore::Hash::of(std::string_view(**row).substr(8, eventstore::Hash::size));
  if ((*row)->size() > 8 + eventstore::Hash::size) filled.version = static_cast<std::uint8_t>((*row)->back());
  return filled;
}

Result<void> PeopleStore::apply(std::span<const eventstore::AcceptedCommit> commits) {
  Stage stage(store_);
  people::CommitReader reader(stage, tables_, opener_);
  std::uint64_t next = position_;
  eventstore::Hash head;
  for (const auto& commit : commits) {
    if (commit.sequence.value < next) continue;
    if (commit.sequence.value > next) {
      return eventstore::failure("bad_sequence", "The people store expects commit " + std::to_string(next) +
                                                     " and got " + std::to_string(commit.sequence.value) + ".");
    }
    if (auto read = reader.read(commit.body, commit.sequence); !read) return read;
    ++next;
    head = commit.leaf;
  }
  if (next == position_) return {};
  stage.put(tables_.position, next_key, position_bytes(next).append(head.view()) + static_cast<char>(tables_version));
  if (auto written = stage.write(); !written) return written;
  position_ = next;
  return {};
}

std::optional<Person> PeopleStore::find(const Id& member) const {
  const auto bytes = store_.get(tables_.members, member.view());
  if (!bytes || !*bytes) return std::nullopt;
  auto row = MemberRow::of(**bytes);
  if (!row) return std::nullopt;
  return Person{member,
                row->key,
                Id::of(row->registered.organisation()),
                std::move(*row->registered.mutable_name()),
                std::move(*row->registered.mutable_phone()),
                row->erased};
}

std::optional<Id> PeopleStore::member_of(std::string_view stream, const domain::Pseudonym& pseudonym) const {
  const auto member = store_.get(tables_.pseudonyms, pseudonym.view());
  if (!member || !*member) return std::nullopt;
  // A pseudonym of another stream is nobody here.
  const auto here = store_.get(tables_.participations, **member + std::string(stream));
  if (!here || !*here || **here != pseudonym.view()) return std::nullopt;
  return Id::of(**member);
}

Participations PeopleStore::streams_of(const Id& member, std::string_view kind, std::string_view cursor,
                                       std::size_t limit) const {
  Participations page;
  const std::string prefix = key_of(member, kind);
  const std::string from = cursor.empty() ? prefix : key_of(member, cursor) + '\0';
  each(store_, tables_.participations, prefix, from, [&](std::string_view rest, std::string_view pseudonym) {
    if (page.items.size() == std::min(limit, page_max)) {
      if (!page.items.empty()) page.next = page.items.back().stream;
      return false;
    }
    page.items.push_back({std::string(kind).append(rest), Id::of(pseudonym)});
    return true;
  });
  return page;
}

Id PeopleStore::holder_of_phone(std::string_view token) const {
  const auto member = store_.get(tables_.phones, token);
  return member && *member ? Id::of(**member) : Id{};
}

std::vector<Id> PeopleStore::cases_of(const Id& member) const {
  std::vector<Id> out;
  const std::string prefix = key_of(member, "request/");
  each(store_, tables_.participations, prefix, prefix, [&](std::string_view rest, std::string_view pseudonym) {
    const auto id = Id::parse(rest);
    const auto row = id ? store_.get(tables_.cases, id->view()) : Result<std::optional<std::string>>();
    if (id && row && *row && (*row)->starts_with(pseudonym)) out.push_back(*id);
    return true;
  });
  const auto bytes = store_.get(tables_.members, member.view());
  const auto row = bytes && *bytes ? MemberRow::of(**bytes) : std::nullopt;
  if (row && !row->phone_token.empty()) {
    each(store_, tables_.beneficiaries, row->phone_token, row->phone_token, [&](std::string_view id, std::string_view) {
      out.push_back(Id::of(id));
      return true;
    });
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<Id> PeopleStore::case_keys_of(const Id& member) const {
  std::vector<Id> keys;
  for (const Id& request : cases_of(member)) {
    const auto row = store_.get(tables_.cases, request.view());
    if (!row || !*row) continue;
    for (std::size_t at = 16; at + 16 <= (*row)->size(); at += 16) {
      keys.push_back(Id::of(std::string_view(**row).substr(at, 16)));
    }
  }
  return keys;
}

std::vector<Id> PeopleStore::unfinished_erasures() const {
  std::vector<Id> members;
  each(store_, tables_.erasures, "", "", [&](std::string_view member, std::string_view) {
    members.push_back(Id::of(member));
    return true;
  });
  return members;
}

// The position goes first: what a crash leaves behind is written over, row by row, with the same.
Result<void> PeopleStore::start_over() {
  for (const auto table : {tables_.position, tables_.members, tables_.pseudonyms, tables_.participations, tables_.cases,
                           tables_.phones, tables_.beneficiaries, tables_.openings, tables_.erasures}) {
    const auto cursor = store_.cursor(table);
    cursor->seek("");
    while (cursor->valid()) {
      Stage stage(store_);
      for (std::size_t rows = 0; rows < rows_at_once && cursor->valid(); ++rows, cursor->next())
        stage.erase(table, std::string(cursor->key()));
      if (auto written = stage.write(); !written) return written;
    }
    if (auto read = cursor->status(); !read) return read;
  }
  position_ = 0;
  return store_.flush();
}

std::vector<eventstore::Sequence> PeopleStore::openings_of(const Id& member, std::optional<std::uint64_t> before,
                                                           std::size_t limit) const {
  std::vector<eventstore::Sequence> found;
  const std::string prefix = key_of(member);
  const std::string from = before ? people::opening_key(member, *before) + '\0' : prefix;
  each(store_, tables_.openings, prefix, from, [&](std::string_view rest, std::string_view) {
    if (found.size() == limit) return false;
    found.emplace_back(~position_of(rest));
    return true;
  });
  return found;
}

Result<void> PeopleStore::forget(const Id& member) {
  auto bytes = store_.get(tables_.members, member.view());
  if (!bytes) return std::unexpected(bytes.error());
  auto row = *bytes ? MemberRow::of(**bytes) : std::nullopt;
  Stage stage(store_);
  each(store_, tables_.participations, key_of(member), key_of(member),
       [&](std::string_view stream, std::string_view pseudonym) {
         stage.erase(tables_.participations, key_of(member, stream));
         stage.erase(tables_.pseudonyms, std::string(pseudonym));
         return true;
       });
  each(store_, tables_.openings, key_of(member), key_of(member), [&](std::string_view rest, std::string_view) {
    stage.erase(tables_.openings, key_of(member, rest));
    return true;
  });
  for (const Id& request : cases_of(member)) {
    stage.erase(tables_.cases, key_of(request));
    if (row) stage.erase(tables_.beneficiaries, row->phone_token + key_of(request));
  }
  if (row) {
    if (!row->phone_token.empty() && holder_of_phone(row->phone_token) == member) {
      stage.erase(tables_.phones, row->phone_token);
    }
    MemberRow tombstone;
    tombstone.key = row->key;
    tombstone.erased = true;
    stage.put(tables_.members, key_of(member), tombstone.bytes());
  }
  stage.erase(tables_.erasures, key_of(member));
  if (auto written = stage.write(); !written) return written;
  for (const auto table : {tables_.members, tables_.pseudonyms, tables_.participations, tables_.cases, tables_.phones,
                           tables_.beneficiaries, tables_.openings, tables_.erasures}) {
    if (auto purged = store_.purge(table); !purged) return purged;
  }
  return {};
}

}  // namespace pioneer::api
