// Integers and byte arrays as they stand in the log: little-endian, at fixed places. The one encoder of every format
// document. Precondition of each call: the field lies inside the buffer.
#pragma once

#include <bit>
#include <concepts>

#include "eventstore/types.hpp"

namespace pioneer::eventstore {

static_assert(std::endian::native == std::endian::little, "a big-endian machine needs byte swaps here, and only here");

template <std::unsigned_integral Integer>
Integer load(const std::byte* from) {
  Integer value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class Field>
  requires requires { Field::size; }
Field load(const std::byte* from) {
  Field field;
  std::memcpy(field.bytes.data(), from, Field::size);
  return field;
}

template <std::unsigned_integral Integer>
void store(std::byte* to, Integer value) {
  std::memcpy(to, &value, sizeof value);
}

template <class Tag, std::size_t Size>
void store(std::byte* to, const Bytes<Tag, Size>& field) {
  std::memcpy(to, field.bytes.data(), Size);
}

}  // namespace pioneer::eventstore
