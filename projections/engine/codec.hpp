// How rows are written: fields one after the other, numbers as varints, texts with their length before them.
// The same content is always the same bytes, in every build: digests rest on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "domain/common/id.hpp"
#include "eventstore/varint.hpp"

namespace pioneer::projections {

class Encoder {
 public:
  Encoder& number(std::uint64_t n) {
    eventstore::put_varint(out_, n);
    return *this;
  }
  /// Times and other signed numbers: zigzag.
  Encoder& signed_number(std::int64_t n) {
    return number(static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63));
  }
  Encoder& text(std::string_view s) {
    number(s.size());
    out_.append(s);
    return *this;
  }
  Encoder& id(const domain::Id& id) {
    out_.append(id.view());
    return *this;
  }
  void reserve(std::size_t bytes) { out_.reserve(bytes); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Reads what Encoder wrote. After a field that is not there all reads give zero, and `ok()` is false.
class Decoder {
 public:
  explicit Decoder(std::string_view from) : rest_(from) {}
  std::uint64_t number() {
    const auto n = eventstore::take_varint(rest_);
    if (!n) fail();
    return n.value_or(0);
  }
  template <class Integer>
  Integer number_as() {
    return static_cast<Integer>(number());
  }
  std::int64_t signed_number() {
    const auto n = number();
    return static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
  }
  std::string_view text() {
    const auto size = number();
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const auto s = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return s;
  }
  domain::Id id() {
    if (rest_.size() < 16) {
      fail();
      return {};
    }
    const auto id = domain::Id::of(rest_.substr(0, 16));
    rest_.remove_prefix(16);
    return id;
  }
  bool at_end() const { return rest_.empty(); }
  /// Every field was there, and nothing is left over.
  bool complete() const { return ok_ && rest_.empty(); }
  bool ok() const { return ok_; }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace pioneer::projections
