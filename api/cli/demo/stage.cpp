#include "api/cli/demo/stage.hpp"

#include <algorithm>
#include <utility>

namespace pioneer::cli::demo {
namespace {

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t day_us = day * minute_us;
constexpr std::int64_t zone_us = 8 * hour * minute_us;
/// Between two looks at deadlines.
constexpr Minute tick_every = 30;
/// Rounds of the node's timers at most: more deadlines than these are due at once only by mistake.
constexpr int ticks_max = 64;

std::int64_t start_of(std::int64_t until_us, unsigned days) {
  const std::int64_t local = until_us + zone_us - static_cast<std::int64_t>(days) * day_us;
  return local - local % day_us - zone_us;
}

Minute slot_of(Minute minute) { return minute - minute % slot; }

}  // namespace

Stage::Stage(server::Deployment& local, DrivenClock& clock, std::int64_t until_us, unsigned days, std::uint64_t seed)
    : local_(local),
      clock_(clock),
      pipeline_(local.node()),
      chance_(seed),
      start_us_(start_of(until_us, days)),
      end_(slot_of((until_us - start_us_) / minute_us) - slot) {}

void Stage::at(Minute minute, std::function<void()> action) {
  const Minute when = std::max(slot_of(minute), now_ + slot);
  if (when <= end_) queue_[when].push_back(std::move(action));
}

// Until nothing is due any more: a tick takes a limited number of deadlines.
void Stage::tick() {
  for (int i = 0; i < ticks_max; ++i) {
    const auto before = local_.node().projector().projected();
    local_.node().tick();
    pipeline_.drain();
    if (local_.node().projector().projected() == before) return;
  }
}

void Stage::play(const std::function<void(Minute)>& progress) {
  for (Minute minute = slot; minute <= end_; minute += slot) {
    now_ = minute;
    const auto due = queue_.find(minute);
    const bool ticks = minute % tick_every == 0 || minute == end_;
    if (due == queue_.end() && !ticks) continue;
    clock_.set(us_of(minute), (slot - 1) * minute_us);
    if (due != queue_.end()) {
      const auto actions = std::move(due->second);
      queue_.erase(due);
      for (const auto& action : actions) action();
      pipeline_.drain();
    }
    tick();
    progress(minute);
  }
}

std::string Stage::next_command_id() { return "demo:" + std::to_string(commands_++); }

api::Call Stage::as(const Person& person) {
  api::Call call;
  call.sender = person.sender;
  call.command_id = next_command_id();
  return call;
}

api::Call Stage::as_system() {
  api::Call call;
  call.system = true;
  call.command_id = next_command_id();
  return call;
}

void Stage::send(api::Commanded command, Done done) {
  if (!command) {
    ++refused_[command.error().code];
    return;
  }
  pipeline_.send(std::move(*command), [this, done = std::move(done)](const node::Outcome& outcome) {
    if (outcome.answer.kind == eventstore::Answer::Kind::accepted) {
      ++accepted_;
      if (done) done(outcome);
    } else {
      ++refused_[outcome.refusal ? outcome.refusal->code : outcome.answer.error.code];
    }
  });
}

}  // namespace pioneer::cli::demo
