// The numbers and names of the log, each a type of its own: a sequence cannot be passed where a revision is meant.
// All are plain values, safe to copy between threads.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace pioneer::eventstore {

template <class Tag, class Integer>
struct Strong {
  using integer = Integer;
  Integer value{};
  constexpr Strong() = default;
  constexpr explicit Strong(Integer v) : value(v) {}
  friend constexpr auto operator<=>(Strong, Strong) = default;
  constexpr Strong& operator++() {
    ++value;
    return *this;
  }
  constexpr Strong plus(Integer n) const { return Strong(static_cast<Integer>(value + n)); }
};

/// Index of an accepted leaf in the log, from 0. The position that clients see is a sequence.
using Sequence = Strong<struct SequenceTag, std::uint64_t>;
/// Index of a commit's event in its stream, from 0.
using Revision = Strong<struct RevisionTag, std::uint64_t>;
/// One reign of one writer; 0 before the first fence.
using Epoch = Strong<struct EpochTag, std::uint64_t>;
/// What a reader must support to read a record; raised by a `FeatureLevelRaised` commit only.
using FeatureLevel = Strong<struct FeatureLevelTag, std::uint16_t>;
/// Microseconds since 1970-01-01T00:00:00Z.
using Instant = Strong<struct InstantTag, std::int64_t>;

template <class Tag, std::size_t Size>
struct Bytes {
  static constexpr std::size_t size = Size;
  std::array<std::byte, Size> bytes{};
  friend constexpr auto operator<=>(const Bytes&, const Bytes&) = default;
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), Size}; }
  bool is_zero() const { return *this == Bytes{}; }
  /// Precondition: `from` has at least Size bytes.
  static Bytes of(std::string_view from) {
    Bytes b;
    std::memcpy(b.bytes.data(), from.data(), Size);
    return b;
  }
};

/// SHA-256, of a leaf or a node of the Merkle tree (RFC 6962).
using Hash = Bytes<struct HashTag, 32>;
/// Names one log for ever; random.
using LogId = Bytes<struct LogIdTag, 16>;
/// Names one producer instance; random, new at every takeover.
using WriterId = Bytes<struct WriterIdTag, 16>;
/// MAC over a command's id or content, by a key of its actor; says nothing without that key.
using CommandMac = Bytes<struct CommandMacTag, 16>;

/// For unordered containers: the bytes are random or hashes already.
struct BytesHash {
  template <class Tag, std::size_t Size>
  std::size_t operator()(const Bytes<Tag, Size>& b) const {
    std::size_t h;
    std::memcpy(&h, b.bytes.data(), sizeof h);
    return h;
  }
};

/// A stream is named by its kind and an identifier: "request/5k2…". Never personal, at most
/// `limits::stream_name_bytes_max`.
using StreamName = std::string;

using ByteView = std::span<const std::byte>;
inline ByteView bytes_of(std::string_view s) { return {reinterpret_cast<const std::byte*>(s.data()), s.size()}; }
inline std::string_view text_of(ByteView b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

}  // namespace pioneer::eventstore
