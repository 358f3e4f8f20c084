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
  return static_cast<long long>(reflected << 1);
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

constexpr std::size_t folded_bytes_min = 64;

/// Precondition: size ≥ folded_bytes_min.
__attribute__((target("pclmul"))) std::uint32_t by_folding(const std::byte* bytes, std::size_t size,
                                                           std::uint32_t start) {
  const auto over_512 = _mm_set_epi64x(fold_over(512 - 32), fold_over(512 + 32));
  const auto over_128 = _mm_set_epi64x(fold_over(128 - 32), fold_over(128 + 32));
  __m128i x[4] = {block_at(bytes), block_at(bytes + 16), block_at(bytes + 32), block_at(bytes + 48)};
  x[0] = _mm_xor_si128(x[0], _mm_cvtsi32_si128(static_cast<int>(~start)));
  for (bytes += 64, size -= 64; size >= 64; bytes += 64, size -= 64)
    for (int i = 0; i < 4; ++i) x[i] = fold(x[i], over_512, block_at(bytes + 16 * i));
  auto rest = fold(fold(fold(x[0], over_128, x[1]), over_128, x[2]), over_128, x[3]);
  for (; size >= 16; bytes += 16, size -= 16) rest = fold(rest, over_128, block_at(bytes));
  // Sixteen bytes with the same remainder as all that went before them, the start included.
  alignas(16) std::byte last[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(last), rest);
  return by_zlib(bytes, size, by_zlib(last, sizeof last, ~0u));
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
