#include "tests/golden/golden_log.hpp"

#include "adapters/segments/segment_log.hpp"
#include "eventstore/commit.pb.h"
#include "tests/eventstore/chain.hpp"
#include "tests/simulation/simulated_disk.hpp"

namespace pioneer::tests {
namespace {

using namespace eventstore;
using adapters::segments::SegmentLog;

constexpr std::int64_t first_stamp_us = 1'767'225'600'000'000;  // 2026-01-01T00:00:00Z

std::int64_t stamp_of(const LogState& state) {
  return first_stamp_us + 1'000'000 * static_cast<std::int64_t>(state.next.value);
}

std::string opened_body(const LogState& state) {
  EpochOpened opened;
  opened.set_recorded_at_us(stamp_of(state));
  opened.set_fence_hash(std::string(state.fence_hash.view()));
  opened.set_clock_driven(true);
  return opened.SerializeAsString();
}

/// A commit of two streams with every field of a body; every third carries a large payload, so that the log fills more
/// than one file.
std::string commit_body(const LogState& state) {
  const auto n = state.next.value;
  CommitBody body;
  body.set_recorded_at_us(stamp_of(state));
  body.set_once(Chain::body(state.next, 16));
  body.set_same(std::string(16, static_cast<char>('A' + n % 26)));
  body.set_policy_sequence(n / 2);
  if (n % 3 == 1) body.set_cause(n);
  if (n % 2 == 1) body.set_occurred_at_us(stamp_of(state) - 86'400'000'000);
  auto& fact = *body.add_facts();
  fact.set_name("places_free");
  fact.set_value(static_cast<std::int64_t>(n) - 5);
  for (const char* kind : {"request/", "organisation/"}) {
    auto& part = *body.add_parts();
    part.set_stream(kind + std::to_string(n % 3));
    part.set_first_revision(n / 3);
    part.set_actor(std::string(16, '\x07'));
    auto& introduction = *part.add_introductions();
    introduction.set_pseudonym(std::string(16, '\x07'));
    introduction.set_sealed_member(std::string(66, '\x08'));
    auto& event = *part.add_events();
    event.set_type(kind[0] == 'r' ? "RequestProgressed" : "OrganisationRenamed");
    event.set_schema_version(static_cast<std::uint32_t>(n % 2));
    event.set_payload(Chain::body(state.next, n % 3 == 0 ? 15'000 : 40));
  }
  return body.SerializeAsString();
}

std::vector<std::string> begin_epoch(Chain& chain, unsigned char writer) {
  std::vector<std::string> records{chain.fence(writer)};
  records.push_back(chain.leaf(RecordKind::opened, opened_body(chain.state())));
  return records;
}

std::vector<std::string> some_commits(Chain& chain, std::size_t count) {
  std::vector<std::string> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(chain.commit(commit_body(chain.state())));
  return records;
}

Result<void> live(SegmentLog& log, unsigned char writer) {
  Chain chain(log.state());
  if (auto done = log.append(begin_epoch(chain, writer)); !done) return done;
  for (const std::size_t count : {1u, 3u, 2u}) {
    if (auto done = log.append(some_commits(chain, count)); !done) return done;
    if (count != 3) continue;
    if (auto done = log.protect_tail(); !done) return done;
  }
  return log.close();
}

}  // namespace

Result<void> write_golden_log(Disk& disk, const std::string& directory) {
  SimulatedExecutor executor;
  const adapters::segments::Options options{.directory = directory,
                                            .segment_bytes = adapters::segments::segment_bytes_min};
  auto first = SegmentLog::create(disk, executor, options, test_log_id());
  if (!first) return std::unexpected(first.error());
  if (auto done = live(**first, 1); !done) return done;
  auto second = SegmentLog::open(disk, executor, options);
  if (!second) return std::unexpected(second.error());
  return live(**second, 2);
}

}  // namespace pioneer::tests
