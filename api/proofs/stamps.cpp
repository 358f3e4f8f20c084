#include "api/proofs/stamps.hpp"

#include <algorithm>
#include <chrono>

#include "api/proofs/signed_note.hpp"
#include "api/text/lines.hpp"
#include "eventstore/record.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::chrono::seconds stamp_time_max{20};

/// The size in SIZE.tsr.
std::optional<std::uint64_t> size_in_name(std::string_view name) {
  if (!name.ends_with(stamp_suffix)) return std::nullopt;
  name.remove_suffix(stamp_suffix.size());
  return decimal(name);
}

}  // namespace

Result<std::int64_t> Stamps::stamp(const std::string& checkpoint, std::uint64_t size, TimeStamping& stamping,
                                   HttpClient& http, const std::string& url, const std::stop_token& stop) {
  const auto query = stamping.query(eventstore::sha256(eventstore::bytes_of(checkpoint)));
  if (!query) return std::unexpected(query.error());
  const auto reply = http.call({.method = "POST",
                                .url = url,
                                .headers = {{"Content-Type", std::string(time_stamp_query_type)}},
                                .body = *query,
                                .reply_bytes_max = stamp_bytes_max,
                                .time_max = stamp_time_max},
                               stop);
  if (!reply) return failure("time_stamp_unreachable", reply.error(), eventstore::Retry::can_help);
  if (reply->status != 200) {
    return failure("time_stamp_unreachable",
                   "The authority answered with status " + std::to_string(reply->status) + ".",
                   eventstore::Retry::can_help);
  }
  const auto time_s = stamping.granted(*query, reply->body);
  if (!time_s) return time_s;
  auto kept = disk_.make_directory(directory_);
  if (kept) kept = disk_.sync_directory(eventstore::directory_of(directory_));
  const auto path = directory_ + "/" + std::to_string(size);
  if (kept) kept = eventstore::write_whole(disk_, path, checkpoint, eventstore::OpenMode::create_new);
  if (kept)
    kept =
        eventstore::write_whole(disk_, path + std::string(stamp_suffix), reply->body, eventstore::OpenMode::create_new);
  return kept ? time_s : std::unexpected(kept.error());
}

Result<std::vector<std::uint64_t>> Stamps::sizes() const {
  std::vector<std::uint64_t> sizes;
  if (!disk_.exists(directory_)) return sizes;
  const auto names = disk_.list(directory_);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names)
    if (const auto size = size_in_name(name)) sizes.push_back(*size);
  std::ranges::sort(sizes);
  return sizes;
}

Result<std::string> Stamps::list() const {
  const auto all = sizes();
  if (!all) return std::unexpected(all.error());
  std::string lines;
  for (const auto size : *all) lines += std::to_string(size) + "\n";
  return lines;
}

std::optional<std::int64_t> Stamps::newest_time(const TimeStamping& stamping) const {
  const auto all = sizes();
  if (!all || all->empty()) return std::nullopt;
  const auto newest = file(std::to_string(all->back()) + std::string(stamp_suffix));
  if (!newest || !*newest) return std::nullopt;
  const auto time_s = stamping.time_of(**newest);
  return time_s ? std::optional(*time_s) : std::nullopt;
}

Result<std::optional<std::string>> Stamps::file(std::string_view name) const {
  const bool answer = name.ends_with(stamp_suffix);
  const std::string size_file(name.substr(0, name.size() - (answer ? stamp_suffix.size() : 0)));
  const auto path = directory_ + "/" + std::string(name);
  // A text whose answer is missing was not stamped.
  if (!size_in_name(size_file + std::string(stamp_suffix)) || !disk_.exists(path) ||
      !disk_.exists(directory_ + "/" + size_file + std::string(stamp_suffix))) {
    return std::optional<std::string>{};
  }
  auto bytes = eventstore::read_whole(disk_, path, std::max(stamp_bytes_max, note_bytes_max));
  if (!bytes) return std::unexpected(bytes.error());
  return std::optional(std::move(*bytes));
}

}  // namespace pioneer::api
