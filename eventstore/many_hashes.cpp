#include "eventstore/many_hashes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "eventstore/check.hpp"
#include "eventstore/tiles.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace pioneer::eventstore {
namespace {

static_assert(sizeof(Hash) == Hash::size);

/// What a leaf and a node begin with (RFC 6962).
constexpr std::byte leaf_prefix{0}, node_prefix{1};

#if defined(__x86_64__)

#define PIONEER_SHA __attribute__((target("sha,sse4.1")))

constexpr std::size_t block_bytes = 64;

/// FIPS 180-4, section 4.2.2: of the cube roots of the first 64 primes.
alignas(16) constexpr std::array<std::uint32_t, 64> constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The eight words, in the order in which the instructions take them.
struct State {
  __m128i abef, cdgh;
};

PIONEER_SHA State initial() {
  return {_mm_set_epi32(0x6a09e667, static_cast<int>(0xbb67ae85), 0x510e527f, static_cast<int>(0x9b05688c)),
          _mm_set_epi32(0x3c6ef372, static_cast<int>(0xa54ff53a), 0x1f83d9ab, 0x5be0cd19)};
}

/// One block for each lane. Four rounds of each lane in turn: while one waits for its result, the others go on.
template <std::size_t Lanes>
PIONEER_SHA inline void compress(std::array<State*, Lanes> states, std::array<const std::byte*, Lanes> blocks) {
  const auto big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i words[Lanes][4];
  State now[Lanes];
  for (std::size_t lane = 0; lane < Lanes; ++lane) {
    now[lane] = *states[lane];
    for (std::size_t i = 0; i < 4; ++i) {
      const auto loaded = _mm_loadu_si128(reinterpret_cast<const __m128i*>(blocks[lane] + 16 * i));
      words[lane][i] = _mm_shuffle_epi8(loaded, big_endian);
    }
  }
#pragma GCC unroll 16
  for (std::size_t i = 0; i < 16; ++i) {
    const auto constant = _mm_load_si128(reinterpret_cast<const __m128i*>(constants.data() + 4 * i));
#pragma GCC unroll 2
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      auto& word = words[lane];
      auto& state = now[lane];
      auto four = _mm_add_epi32(word[i % 4], constant);
      state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, four);
      four = _mm_shuffle_epi32(four, 0x0e);
      state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, four);
      if (i >= 12) continue;
      const auto seven_before = _mm_alignr_epi8(word[(i + 3) % 4], word[(i + 2) % 4], 4);
      const auto sum = _mm_add_epi32(_mm_sha256msg1_epu32(word[i % 4], word[(i + 1) % 4]), seven_before);
      word[i % 4] = _mm_sha256msg2_epu32(sum, word[(i + 3) % 4]);
    }
  }
  for (std::size_t lane = 0; lane < Lanes; ++lane) {
    states[lane]->abef = _mm_add_epi32(states[lane]->abef, now[lane].abef);
    states[lane]->cdgh = _mm_add_epi32(states[lane]->cdgh, now[lane].cdgh);
  }
}

PIONEER_SHA Hash digest_of(const State& state) {
  std::array<std::uint32_t, 4> abef, cdgh;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(abef.data()), state.abef);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(cdgh.data()), state.cdgh);
  const std::array<std::uint32_t, 8> words{abef[3], abef[2], cdgh[3], cdgh[2], abef[1], abef[0], cdgh[1], cdgh[0]};
  Hash hash;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto big_endian = __builtin_bswap32(words[i]);
    std::memcpy(hash.bytes.data() + 4 * i, &big_endian, 4);
  }
  return hash;
}

/// One message on its way: a prefix byte and a text. Its first block and its end are copied, what is between is read
/// where it stands.
class Lane {
 public:
  PIONEER_SHA void begin(std::byte prefix, std::string_view text, Hash* into) {
    state = initial();
    into_ = into;
    text_ = reinterpret_cast<const std::byte*>(text.data());
    at_ = 0;
    const auto bytes = text.size() + 1;
    whole_ = bytes / block_bytes;
    std::byte* end = end_.data();
    std::size_t left = text.size();
    if (whole_ > 0) {
      first_[0] = prefix;
      std::memcpy(first_.data() + 1, text_, block_bytes - 1);
      left = bytes % block_bytes;
    } else {
      *end++ = prefix;
    }
    if (left > 0) std::memcpy(end, text_ + text.size() - left, left);
    end += left;
    *end++ = std::byte{0x80};
    const auto blocks = static_cast<std::size_t>(end - end_.data()) + 8 <= block_bytes ? 1u : 2u;
    std::memset(end, 0, static_cast<std::size_t>(end_.data() + blocks * block_bytes - end));
    const auto bits = __builtin_bswap64(std::uint64_t{bytes} * 8);
    std::memcpy(end_.data() + blocks * block_bytes - 8, &bits, 8);
    blocks_ = whole_ + blocks;
  }
  const std::byte* block() {
    const auto i = at_++;
    if (i >= whole_) return end_.data() + (i - whole_) * block_bytes;
    return i == 0 ? first_.data() : text_ + i * block_bytes - 1;
  }
  bool done() const { return at_ == blocks_; }
  PIONEER_SHA void finish() const { *into_ = digest_of(state); }

  State state;

 private:
  std::array<std::byte, block_bytes> first_;
  std::array<std::byte, 2 * block_bytes> end_;
  const std::byte* text_ = nullptr;
  Hash* into_ = nullptr;
  std::size_t whole_ = 0, blocks_ = 0, at_ = 0;
};

PIONEER_SHA void finish_alone(Lane& lane) {
  while (!lane.done()) compress<1>({&lane.state}, {lane.block()});
  lane.finish();
}

/// `text_of(i)` for each i below `count`; two at a time, as long as there are two.
template <class TextOf>
PIONEER_SHA void hash_side_by_side(std::byte prefix, std::size_t count, TextOf text_of, Hash* into) {
  std::array<Lane, 2> lanes;
  std::size_t next = 0;
  const auto begin = [&](Lane& lane) {
    if (next == count) return false;
    lane.begin(prefix, text_of(next), into + next);
    ++next;
    return true;
  };
  if (!begin(lanes[0])) return;
  if (!begin(lanes[1])) return finish_alone(lanes[0]);
  for (;;) {
    compress<2>({&lanes[0].state, &lanes[1].state}, {lanes[0].block(), lanes[1].block()});
    std::array<bool, 2> busy{true, true};
    for (std::size_t i = 0; i < 2; ++i) {
      if (!lanes[i].done()) continue;
      lanes[i].finish();
      busy[i] = begin(lanes[i]);
    }
    if (busy[0] && busy[1]) continue;
    if (busy[0] || busy[1]) finish_alone(lanes[busy[0] ? 0 : 1]);
    return;
  }
}

bool has_instructions() {
  static const bool has = __builtin_cpu_supports("sse4.1") && [] {
    std::uint32_t a = 0, b = 0, c = 0, d = 0;
    __asm__("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(7), "c"(0));
    return (b >> 29 & 1u) != 0;  // "Intel Architecture Instruction Set Extensions", CPUID.07H.EBX.SHA
  }();
  return has;
}

#else

bool has_instructions() { return false; }
template <class TextOf>
void hash_side_by_side(std::byte, std::size_t, TextOf, Hash*) {
  CHECK(false);
}

#endif

}  // namespace

void leaf_hashes(std::span<const std::string_view> records, std::span<Hash> into) {
  CHECK(records.size() == into.size());
  if (has_instructions())
    return hash_side_by_side(leaf_prefix, records.size(), [&](std::size_t i) { return records[i]; }, into.data());
  for (std::size_t i = 0; i < records.size(); ++i) into[i] = leaf_hash(bytes_of(records[i]));
}

Hash root_over(std::string_view hashes) {
  auto width = hashes.size() / Hash::size;
  if (!std::has_single_bit(width) || width > tile_width || !has_instructions()) return frontier_of(hashes).root();
  // Level by level: nodes of one level do not wait for one another.
  std::array<Hash, tile_width / 2> level;
  std::string_view below = hashes;
  while (width > 1) {
    width /= 2;
    std::array<Hash, tile_width / 2> above;
    const auto children = [&](std::size_t i) { return below.substr(2 * i * Hash::size, 2 * Hash::size); };
    hash_side_by_side(node_prefix, width, children, above.data());
    std::copy_n(above.begin(), width, level.begin());
    below = {reinterpret_cast<const char*>(level.data()), width * Hash::size};
  }
  return hash_at(below, 0);
}

}  // namespace pioneer::eventstore
