#include "api/server/clock_confirmation.hpp"

#include <array>
#include <charconv>

#include "eventstore/whole_file.hpp"

namespace pioneer::server {
namespace {

using eventstore::Instant;
using eventstore::Result;

constexpr std::size_t digits_max = 20;

std::string path_in(const std::string& directory) { return directory + "/clock-confirmed"; }

}  // namespace

Result<Instant> clock_confirmed(eventstore::Disk& disk, const std::string& directory) {
  const auto path = path_in(directory);
  if (!disk.exists(path)) return Instant{0};
  auto file = disk.open(path, eventstore::OpenMode::read_only);
  if (!file) return std::unexpected(file.error());
  std::array<char, digits_max> digits{};
  const auto length = (*file)->read(0, std::as_writable_bytes(std::span(digits)));
  if (!length) return std::unexpected(length.error());
  std::int64_t us = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + *length, us);
  if (error != std::errc{}) return eventstore::failure("bad_clock_confirmation", path + " holds no number; delete it.");
  return Instant{us};
}

Result<void> keep_clock_confirmed(eventstore::Disk& disk, const std::string& directory, Instant ahead) {
  return eventstore::write_whole(disk, path_in(directory), std::to_string(ahead.value),
                                 eventstore::OpenMode::create_new);
}

}  // namespace pioneer::server
