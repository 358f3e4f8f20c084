#include "eventstore/acceptance.hpp"
#include "eventstore/check.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/little_endian.hpp"
#include "tests/eventstore/chain.hpp"
#include "tests/fuzz/targets.hpp"

namespace pioneer::tests {

using namespace eventstore;

namespace {

LogState state_of(unsigned choice) {
  Chain chain(LogState::genesis(test_log_id()));
  if (choice == 1) static_cast<void>(chain.fence(1));
  if (choice >= 2) static_cast<void>(chain.epoch(1, 1));
  return chain.state();
}

void repair(std::string& record) {
  if (record.size() < RecordHeader::encoded_bytes) return;
  auto* const at = reinterpret_cast<std::byte*>(record.data());
  store(at + 8, static_cast<std::uint32_t>(record.size() - RecordHeader::encoded_bytes));
  store(at + 12, std::uint32_t{0});
  store(at + 12, crc32(bytes_of(record)));
}

}  // namespace

void fuzz_record(ByteView input) {
  if (input.empty()) return;
  const auto choices = std::to_integer<unsigned>(input[0]);
  std::string record(text_of(input.subspan(1)));
  if ((choices & 1) != 0) repair(record);

  const auto before = state_of(choices >> 1 & 3);
  auto state = before;
  const auto header = decode_record(bytes_of(record));
  const auto judgement = accept(state, bytes_of(record));
  const bool accepted = judgement.verdict == Verdict::accepted_leaf || judgement.verdict == Verdict::accepted_fence;
  CHECK(accepted != (state == before));
  CHECK(header || judgement.verdict == Verdict::void_record);
  if (!header) {
    CHECK(!header.error().code.empty() && !header.error().detail.empty());
    return;
  }
  // One record, one encoding.
  CHECK(encode_record(*header, record_body(record)) == record);
  CHECK(*record_length(bytes_of(record)) == record.size());
  if (accepted) CHECK(judgement.leaf == leaf_hash(bytes_of(record)));
  if (judgement.verdict == Verdict::accepted_leaf)
    CHECK(state.next == before.next.plus(1) && state.head == judgement.leaf);
  // The same record again is never accepted.
  auto again = state;
  const auto second = accept(again, bytes_of(record)).verdict;
  CHECK(again == state);
  CHECK(!accepted || second == Verdict::void_record);
}

}  // namespace pioneer::tests
