// CRC-32 as zlib has it, by carry-less multiplication where the processor can: a record is checked when it is decoded,
// and again as part of its batch, so zlib's own would be the most expensive step of a read.
#include <zlib.h>

#include "eventstore/record.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pioneer::eventstore {
namespace {

std::uint32_t by_zlib(const std::byte* bytes, std::size_t size, std::uint32_t start) {
  return static_cast<std::uint32_t>(::crc32_z(start, reinterpret_cast<const Bytef*>(bytes), size));
}

#if defined(__x86_64__)

/// x^n modulo the CRC's polynomial, bits reflected, one place up: what folding over n bits multiplies by.
constexpr long long fold_over(unsigned n) {
  std::uint32_t power = 1;
  for (unsigned i = 0; i < n; ++i) power = (power << 1) ^ (power >> 31 != 0 ? 0x04C11DB7u : 0u);
  std::uint64_t reflected = 0;
  for (unsigned bit = 0; bit < 32; ++bit) reflected |= std::uint64_t{(power >> bit) & 1u} << (31 - bit);
  reflected <<= 1;
  return static_cast<long long>(reflected);
}
// As printed in "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009).
static_assert(fold_over(512 + 32) == 0x1'5444'2BD4 && fold_over(512 - 32) == 0x1'C6E4'1596);
static_assert(fold_over(128 + 32) == 0x1'7519'97D0 && fold_over(128 - 32) == 0x0'CCAA'009E);

__attribute__((target("pclmul"))) __m128i fold(__m128i x, __m128i constants, __m128i next) {
  const auto low = _mm_clmulepi64_si128(x, constants, 0x00);
  const auto high = _mm_clmulepi64_si128(x, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

__m128i block_at(const std::byte* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }

/// What is left of 128 bits: the remainder of their product with x^32, by Barrett's reduction.
__attribute__((target("pclmul"))) std::uint32_t remainder(__m128i x) {
  constexpr long long polynomial = 0x1'DB71'0641;  // reflected, all 33 bits
  constexpr long long quotient = 0x1'F701'1641;    // of x^64 by it, reflected
  const auto low_words = _mm_set_epi32(0, -1, 0, -1);
  const auto folds = _mm_set_epi64x(fold_over(64), fold_over(128 - 32));
  const auto barrett = _mm_set_epi64x(quotient, polynomial);
  // Reflected, so the low half holds the high powers: first they, then their upper half, move down.
  x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, folds, 0x00));
  x = _mm_xor_si128(_mm_srli_si128(x, 4), _mm_clmulepi64_si128(_mm_and_si128(x, low_words), folds, 0x10));
  const auto times = _mm_clmulepi64_si128(_mm_and_si128(x, low_words), barrett, 0x10);
  x = _mm_xor_si128(x, _mm_clmulepi64_si128(_mm_and_si128(times, low_words), barrett, 0x00));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_srli_si128(x, 4)));
}

constexpr std::size_t folded_bytes_min = 32 + 64;

/// Precondition: size ≥ folded_bytes_min.
__attribute__((target("pclmul"))) std::uint32_t by_folding(const std::byte* bytes, std::size_t size,
                                                           std::uint32_t start) {
  const auto over_512 = _mm_set_epi64x(fold_over(512 - 32), fold_over(512 + 32));
  const auto over_128 = _mm_set_epi64x(fold_over(128 - 32), fold_over(128 + 32));
  // Zeros in front change no remainder: they bring the rest to a whole number of blocks.
  const auto zeros = (16 - size % 16) % 16;
  std::byte first[32] = {};
  std::memcpy(first + zeros, bytes, sizeof first - zeros);
  std::uint32_t word;
  std::memcpy(&word, first + zeros, sizeof word);
  word ^= ~start;
  std::memcpy(first + zeros, &word, sizeof word);
  bytes += sizeof first - zeros;
  size -= sizeof first - zeros;
  auto x0 = block_at(first), x1 = block_at(first + 16), x2 = block_at(bytes), x3 = block_at(bytes + 16);
  for (bytes += 32, size -= 32; size >= 64; bytes += 64, size -= 64) {
    x0 = fold(x0, over_512, block_at(bytes));
    x1 = fold(x1, over_512, block_at(bytes + 16));
    x2 = fold(x2, over_512, block_at(bytes + 32));
    x3 = fold(x3, over_512, block_at(bytes + 48));
  }
  auto rest = fold(fold(fold(x0, over_128, x1), over_128, x2), over_128, x3);
  for (; size > 0; bytes += 16, size -= 16) rest = fold(rest, over_128, block_at(bytes));
  return ~remainder(rest);
}

#endif

}  // namespace

std::uint32_t crc32(ByteView bytes, std::uint32_t start) {
#if defined(__x86_64__)
  static const bool can_fold = __builtin_cpu_supports("pclmul");
  if (can_fold && bytes.size() >= folded_bytes_min) return by_folding(bytes.data(), bytes.size(), start);
#endif
  return by_zlib(bytes.data(), bytes.size(), start);
}

}  // namespace pioneer::eventstore
