#include "api/server/stamp_rounds.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace pioneer::server {
namespace {

using eventstore::Result;
using std::chrono::seconds;

/// Between two looks at whether one is due.
constexpr seconds stamp_look_every{2};
/// An authority that is down is asked again after longer and longer.
constexpr seconds stamp_pause_max{3'600};

}  // namespace

StampRounds::StampRounds(Parts parts)
    : parts_(std::move(parts)), thread_([this](const std::stop_token& stop) { loop(stop); }) {}

bool StampRounds::due() const {
  const auto newest = parts_.checkpoints.newest();
  const auto text = newest == nullptr ? std::nullopt : api::parse_checkpoint(*newest);
  const auto sizes = parts_.stamps.sizes();
  // The same checkpoint, stamped again, proves less than its first stamp.
  if (!text || !sizes || (!sizes->empty() && sizes->back() >= text->size)) return false;
  const auto last_s = parts_.stamps.newest_time(parts_.stamping);
  return !last_s || parts_.clock.now().value / 1'000'000 - *last_s >= std::int64_t{parts_.setting.every_minutes} * 60;
}

/// The newest that is witnessed where there are witnesses, else the newest: with all signatures that it has.
Result<void> StampRounds::stamp(const std::stop_token& stop) {
  auto note = parts_.cosignatures.with_cosignatures(parts_.checkpoints.newest());
  const auto witnessed = parts_.cosignatures.witnessed();
  const auto sizes = parts_.stamps.sizes();
  if (witnessed != nullptr && sizes) {
    const auto size = api::parse_checkpoint(*witnessed)->size;
    if (sizes->empty() || sizes->back() < size) note = witnessed;
  }
  const auto size = api::parse_checkpoint(*note)->size;
  const auto time_s = parts_.stamps.stamp(*note, size, parts_.stamping, parts_.http, parts_.setting.url, stop);
  return time_s ? Result<void>{} : std::unexpected(time_s.error());
}

void StampRounds::loop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  seconds pause = stamp_look_every;
  std::string failure;  // the last that was told
  do {
    if (!due()) continue;
    const auto stamped = stamp(stop);
    if (stop.stop_requested()) return;
    pause = stamped ? stamp_look_every : std::min(pause * 2, stamp_pause_max);
    if (!stamped && failure != stamped.error().code)
      parts_.tell("The authority at " + parts_.setting.url + " did not stamp: " + stamped.error().detail);
    failure = stamped ? "" : stamped.error().code;
  } while (!stopped.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); }));
}

}  // namespace pioneer::server
