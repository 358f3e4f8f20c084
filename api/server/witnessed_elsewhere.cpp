#include "api/server/witnessed_elsewhere.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/proofs/cosignature.hpp"
#include "api/server/witness_rounds.hpp"

namespace pioneer::server {
namespace {

/// As often as something is signed.
constexpr std::chrono::seconds fetch_every{1};
constexpr std::chrono::seconds fetch_within{5};

}  // namespace

WitnessedElsewhere::WitnessedElsewhere(Parts parts)
    : parts_(std::move(parts)), thread_([this](const std::stop_token& stop) { loop(stop); }) {}

void WitnessedElsewhere::loop(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  // What is longer than our own newest checkpoint is kept until that has come so far: the next one would be longer
  // again.
  std::optional<Shown> shown;
  do {
    const auto writer = parts_.writer();
    if (!shown && !writer.empty()) shown = fetch(writer, stop);
    if (shown && take(*shown)) shown.reset();
  } while (!stopped.wait_for(lock, stop, fetch_every, [&] { return stop.stop_requested(); }));
}

/// Nothing: there is none, it is known, or the log's key did not sign it.
std::optional<WitnessedElsewhere::Shown> WitnessedElsewhere::fetch(const std::string& writer,
                                                                   const std::stop_token& stop) const {
  auto reply = parts_.http.call(
      {.url = writer + "/log/witnessed", .reply_bytes_max = api::note_bytes_max, .time_max = fetch_within}, stop);
  if (!reply || reply->status != 200) return std::nullopt;
  const auto known = parts_.cosignatures.witnessed();
  if (known != nullptr && *known == reply->body) return std::nullopt;
  auto note = api::parse_note(reply->body);
  if (!note) return std::nullopt;
  auto checkpoint = api::check_checkpoint_of(*note, parts_.log.front()->name(), parts_.log);
  if (!checkpoint) return std::nullopt;
  return Shown{std::move(reply->body), std::move(*note), std::move(*checkpoint), writer};
}

/// Whether it is done with: taken over, or of no use.
bool WitnessedElsewhere::take(const Shown& shown) {
  const auto now = parts_.clock.now();
  if (const auto found = parts_.contradictions.hold(shown.note, shown.writer, now)) {
    parts_.tell(sentence_of(*found));
    return true;
  }
  if (shown.checkpoint.size > parts_.checkpoints.covered()) return parts_.contradictions.any();
  const auto root = parts_.checkpoints.root_at(shown.checkpoint.size);
  if (!root || *root != shown.checkpoint.root) return root.has_value();
  const auto now_s = static_cast<std::uint64_t>(std::max<std::int64_t>(now.value / 1'000'000, 0));
  const auto note = api::only_signed_by(shown.parsed, parts_.log);
  for (const auto* witness : parts_.witnesses) {
    const auto cosignature = api::check_cosignature(shown.parsed, *witness);
    if (!cosignature || api::wrong_time(*cosignature, now_s)) continue;
    if (const auto kept = parts_.cosignatures.add(note, shown.checkpoint, *cosignature); !kept)
      parts_.tell("What witnesses signed could not be kept: " + kept.error().detail);
  }
  return true;
}

}  // namespace pioneer::server
