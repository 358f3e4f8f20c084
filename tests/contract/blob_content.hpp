// What a blob says, for tests of stores of uploads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/ports/blobs.hpp"
#include "eventstore/ports/clock.hpp"

namespace pioneer::tests {

class OpenedString final : public api::OpenedReader {
 public:
  void read_opened(std::string_view value) override { text = value; }
  std::string text;
};

class SetClock final : public eventstore::Clock {
 public:
  eventstore::Instant now() const override { return eventstore::Instant{us}; }
  eventstore::Instant since_boot() const override { return eventstore::Instant{us}; }
  std::int64_t us = 0;
};

/// What the blob says when it is opened with that key.
inline std::optional<std::string> opened_with(const api::Blobs& blobs, std::string_view name, const api::Secret& key) {
  const auto opened = blobs.read(name, key);
  if (!opened || !*opened) return std::nullopt;
  OpenedString reader;
  (*opened)->reveal_to(reader);
  return reader.text;
}

/// The same with the key that waits for its use.
inline std::optional<std::string> content_of(const api::Blobs& blobs, std::string_view name) {
  const auto staged = blobs.staged(name);
  return staged ? opened_with(blobs, name, staged->key) : std::nullopt;
}

/// Of that size, and nowhere the same.
inline std::string long_text(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; text.size() < bytes; ++i) text += std::to_string(i);
  text.resize(bytes);
  return text;
}

}  // namespace pioneer::tests
