#include "api/server/witness_rounds.hpp"

#include <algorithm>
#include <utility>

namespace pioneer::server {
namespace {

using std::chrono::seconds;

/// No witness is asked more often.
constexpr seconds ask_every{1};
/// All are asked for the same checkpoint, so that it gets the signatures it needs. One that does not get them by then
/// is given up for a newer one.
constexpr seconds round_max{6};
constexpr seconds pause_max{60};

}  // namespace

WitnessRounds::WitnessRounds(Parts parts, std::vector<api::WitnessClient> witnesses)
    : parts_(std::move(parts)), witnesses_(std::move(witnesses)), done_(witnesses_.size()) {
  for (std::size_t i = 0; i < witnesses_.size(); ++i)
    threads_.emplace_back([this, i](const std::stop_token& stop) { loop(witnesses_[i], i, stop); });
}

void WitnessRounds::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

std::uint64_t WitnessRounds::now_s() const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(parts_.clock.now().value / 1'000'000, 0));
}

/// Whether the present target needs nobody any more. Under the lock.
bool WitnessRounds::over() const {
  return target_ == nullptr || parts_.cosignatures.enough(target_->note) ||
         std::ranges::all_of(done_, [this](const auto& asked) { return asked == target_; }) ||
         std::chrono::steady_clock::now() - began_ > round_max;
}

/// What this witness is to sign; null: nothing new.
std::shared_ptr<const WitnessRounds::Target> WitnessRounds::next_target(std::size_t number) {
  const auto newest = parts_.checkpoints.newest();
  const std::lock_guard lock(mutex_);
  if (newest != nullptr && (target_ == nullptr || target_->note != *newest) && over()) {
    const auto note = api::parse_note(*newest);
    if (!note) return nullptr;
    auto checkpoint = api::read_checkpoint(*note, parts_.origin);
    if (!checkpoint) return nullptr;
    target_ = std::make_shared<const Target>(*newest, std::move(*checkpoint));
    began_ = std::chrono::steady_clock::now();
  }
  return done_[number] == target_ ? nullptr : target_;
}

void WitnessRounds::done_with(std::size_t number, const std::shared_ptr<const Target>& target) {
  const std::lock_guard lock(mutex_);
  done_[number] = target;
}

void WitnessRounds::loop(api::WitnessClient& witness, std::size_t number, const std::stop_token& stop) {
  seconds pause = ask_every;
  std::string failure;  // the last that was told
  while (!stop.stop_requested()) {
    const auto target = parts_.asks && !parts_.asks() ? nullptr : next_target(number);
    if (target != nullptr) {
      const auto kept = ask(witness, *target, stop);
      if (stop.stop_requested()) return;
      if (kept) {
        if (!failure.empty()) parts_.tell("The witness " + witness.name() + " signs again.");
        failure.clear();
        pause = ask_every;
        done_with(number, target);
      } else {
        const auto& code = kept.error().code;
        if (failure != code) parts_.tell("The witness " + witness.name() + " did not sign: " + kept.error().detail);
        failure = code;
        done_with(number, target);
        pause = std::min(pause * 2, pause_max);
      }
    }
    std::unique_lock lock(mutex_);
    stopped_.wait_for(lock, stop, target == nullptr ? ask_every : pause, [&] { return stop.stop_requested(); });
    // What failed is tried again, be it the same checkpoint.
    if (!failure.empty()) done_[number] = nullptr;
  }
}

/// Well, too, where it is only that another node of this log showed it more, a moment ago: the next checkpoint gets
/// there.
eventstore::Result<void> WitnessRounds::ask(api::WitnessClient& witness, const Target& target,
                                            const std::stop_token& stop) {
  const auto cosignature = witness.cosign(target.note, target.checkpoint, now_s(), stop);
  if (cosignature) return parts_.cosignatures.add(target.note, target.checkpoint, *cosignature);
  const auto& code = cosignature.error().code;
  if (code != "witness_ahead" && code != "witness_refused") return std::unexpected(cosignature.error());
  const bool goes_on = look_at_what_it_knows(witness, stop);
  if (code != "witness_ahead") return std::unexpected(cosignature.error());
  if (parts_.asks && goes_on) return {};
  parts_.cosignatures.says_it_is_ahead(witness.name());
  return eventstore::failure(code, cosignature.error().detail +
                                       " This may be an older copy of the log, from before "
                                       "its key was changed: if so, stop, and restore the "
                                       "newest copy.");
}

/// What a witness says counts only with a signature of our key: then it is proven that we have lost what we signed, or
/// signed something else. Whether it shows what our key signed, and none of that is proven.
bool WitnessRounds::look_at_what_it_knows(const api::WitnessClient& witness, const std::stop_token& stop) {
  const auto theirs = witness.newest_known(stop);
  if (!theirs) return false;
  const auto found = parts_.contradictions.hold(*theirs, witness.name(), parts_.clock.now());
  if (found) parts_.tell(sentence_of(*found));
  return !found && !parts_.contradictions.any();
}

std::string sentence_of(const api::Contradictions::Found& found) {
  return found.kept.witness + " holds a checkpoint that this log's key signed, and this log does not lead to it: it " +
         "lost records, or was changed. " +
         (found.written ? "It is kept in checkpoints/" + found.kept.file + ", with what is signed here beside it."
                        : "It could not be kept: " + found.written.error().detail) +
         " Stop all that serve this log, and restore its newest copy.";
}

}  // namespace pioneer::server
