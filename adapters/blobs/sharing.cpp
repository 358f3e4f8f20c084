#include "adapters/blobs/sharing.hpp"

#include <algorithm>

#include "eventstore/little_endian.hpp"

namespace pioneer::adapters::blobs {
namespace {

using eventstore::Result;

constexpr char shared_format = 1;
constexpr std::size_t parts_at = 1;
constexpr std::size_t whole_at = 4;
constexpr std::size_t put_at = 8;
constexpr std::size_t mac_at = 16;
constexpr std::size_t mac_bytes = sizeof(api::Mac);
constexpr std::size_t key_bytes = blob_name_bytes + 1;
static_assert(mac_at + mac_bytes == shared_header_bytes);

/// How many bytes that part has.
std::size_t bytes_in(const ReadPart& read) {
  const std::size_t from = read.part * part_bytes;
  return from < read.whole_bytes ? std::min(part_bytes, read.whole_bytes - from) : 0;
}

bool is_whole(const ReadPart& read) {
  if (read.gone()) return read.content.empty() && (read.of_waiting_key() || read.part < parts_max);
  if (read.of_waiting_key()) return read.parts == 1 && read.content.size() == read.whole_bytes;
  return read.parts <= parts_max && read.part < read.parts && read.parts == PartWriter::parts_for(read.whole_bytes) &&
         read.content.size() == bytes_in(read);
}

}  // namespace

std::int64_t put_at_us_of(std::string_view value) {
  if (value.size() < shared_header_bytes) return 0;
  return static_cast<std::int64_t>(eventstore::load<std::uint64_t>(eventstore::bytes_of(value).data() + put_at));
}

api::Mac PartWriter::mac_of(std::string_view key, std::string_view value) const {
  return cryptography_.mac(secret_, {key, value.substr(0, mac_at), value.substr(shared_header_bytes)});
}

SharedPart PartWriter::make(std::string_view name, unsigned part, std::size_t parts, std::size_t whole_bytes,
                            std::int64_t now_us, std::string_view content) const {
  SharedPart made{std::string(name), std::string(shared_header_bytes, '\0')};
  made.key.push_back(static_cast<char>(part));
  made.value[0] = shared_format;
  made.value[parts_at] = static_cast<char>(parts);
  auto* const header = reinterpret_cast<std::byte*>(made.value.data());
  eventstore::store(header + whole_at, static_cast<std::uint32_t>(whole_bytes));
  eventstore::store(header + put_at, static_cast<std::uint64_t>(now_us));
  made.value += content;
  const auto mac = mac_of(made.key, made.value);
  std::ranges::copy(mac, made.value.begin() + mac_at);
  return made;
}

Result<std::vector<SharedPart>> PartWriter::parts_of(const SealedBlob& sealed, std::int64_t now_us) const {
  const auto parts = parts_for(sealed.box.size());
  if (parts > parts_max) return eventstore::failure("blob_too_large", "An upload is too large to be shared.");
  std::vector<SharedPart> made;
  if (!sealed.waiting_key.empty()) {
    const auto& key = sealed.waiting_key;
    made.push_back(make(sealed.name, waiting_key_part, 1, key.size(), now_us, key));
  }
  const std::string_view box = sealed.box;
  for (unsigned part = 0; part < parts; ++part)
    made.push_back(make(sealed.name, part, parts, box.size(), now_us, box.substr(part * part_bytes, part_bytes)));
  return made;
}

std::vector<SharedPart> PartWriter::gone(std::string_view name, std::size_t parts, std::int64_t now_us) const {
  std::vector<SharedPart> made;
  for (unsigned part = 0; part < std::min(parts, parts_max); ++part) made.push_back(make(name, part, 0, 0, now_us, {}));
  made.push_back(key_gone(name, now_us));
  return made;
}

SharedPart PartWriter::key_gone(std::string_view name, std::int64_t now_us) const {
  return make(name, waiting_key_part, 0, 0, now_us, {});
}

Result<std::optional<ReadPart>> PartWriter::read(std::string_view key, std::string_view value) const {
  if (key.size() != key_bytes || value.size() < shared_header_bytes) return std::optional<ReadPart>{};
  // Before anything else: nobody but our nodes has a say in what there is, nor in how new it is.
  const auto mac = mac_of(key, value);
  if (!std::ranges::equal(mac, value.substr(mac_at, mac_bytes),
                          [](std::uint8_t one, char other) { return one == static_cast<std::uint8_t>(other); }))
    return std::optional<ReadPart>{};
  if (value[0] != shared_format) {
    return eventstore::failure("newer_format", "The shared uploads have format " + std::to_string(value[0]) +
                                                   "; this build reads " + std::to_string(shared_format) + ".");
  }
  const auto* const header = reinterpret_cast<const std::byte*>(value.data());
  ReadPart read;
  read.name = key.substr(0, blob_name_bytes);
  read.part = static_cast<unsigned char>(key.back());
  read.parts = static_cast<unsigned char>(value[parts_at]);
  read.whole_bytes = eventstore::load<std::uint32_t>(header + whole_at);
  read.content = value.substr(shared_header_bytes);
  return is_whole(read) ? std::optional(read) : std::nullopt;
}

}  // namespace pioneer::adapters::blobs
