#include "tests/simulation/cluster_run.hpp"

#include "eventstore/record.hpp"

namespace pioneer::tests {

using namespace std::chrono_literals;

namespace {
constexpr std::uint64_t cluster_turns_min = 2'500;
constexpr std::uint64_t cluster_turns_max = 4'000;
constexpr std::uint64_t turns_after_loss = 600;
constexpr std::uint64_t calls_to_power_cut_max = 60;
constexpr std::uint64_t lost_at_most = 8;

adapters::kafka::Options topic_options() {
  adapters::kafka::Options how;
  how.brokers = "simulated";
  how.topic = "log";
  how.produce_within = 3s;
  how.append_within = 5s;
  return how;
}
}  // namespace

ClusterRun::ClusterRun(std::uint64_t seed, ClusterBreak broken)
    : dice_(seed * 8 + 1),
      broken_(broken),
      loses_end_(broken == ClusterBreak::no_comparison || (broken == ClusterBreak::none && seed % 4 == 0)),
      segment_bytes_((72u << 10) + 512 * dice_.below(200)),
      options_(topic_options()),
      log_id_(SeededRandom(seed * 8 + 2).bytes<eventstore::LogId>()),
      topic_(seed * 8 + 3, options_.produce_within),
      workload_(seed * 8 + 4, [this](std::size_t at) { return places_[at].machine().disk.powered(); }),
      places_{Place(seed * 8 + 5), Place(seed * 8 + 6)} {
  if (broken == ClusterBreak::no_comparison) topic_.hide_losses();
}

void ClusterRun::play() {
  settle();
  while (!workload_.founded() && wrong_.empty()) {
    workload_.turn(places_[owner_].node(), owner_);
    settle();
  }
  topic_.set_faulty(true);
  workload_.set_noes_final(false);
  live(dice_.between(cluster_turns_min, cluster_turns_max));
  if (loses_end_ && wrong_.empty()) {
    lose_the_end();
    live(turns_after_loss);
  }
  if (wrong_.empty()) calm_down();
  if (wrong_.empty()) check();
  happened_.topic = topic_.happened();
  happened_.answers = workload_.counts();
}

void ClusterRun::live(std::uint64_t turns) {
  for (std::uint64_t i = 0; i < turns && wrong_.empty(); ++i) turn();
}

// --- what happens ---------------------------------------------------------------------------------------------

void ClusterRun::pass(std::int64_t us) {
  topic_.pass(us);
  for (auto& place : places_) place.machine().clock.pass(us);
}

std::int64_t ClusterRun::some_time() {
  const auto roll = dice_.below(200);
  const auto up_to = roll < 160 ? 3 * ms_us : roll < 190 ? 50 * ms_us : roll < 198 ? 400 * ms_us : 4 * second_us;
  return static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(up_to)));
}

void ClusterRun::turn() {
  pass(some_time());
  const auto at = dice_.below(nodes);
  if (topic_.now_us() >= frozen_until_us_[at]) step_of(at);
  look(at);
  if (dice_.one_in(25)) something_happens();
}

void ClusterRun::step_of(std::size_t at) {
  auto& place = places_[at];
  const auto roll = dice_.below(100);
  if (roll < 28) {
    place.follow();
  } else if (roll < 54) {
    write(at);
  } else if (roll < 70) {
    place.decide();
  } else if (roll < 84) {
    place.project();
  } else if (roll < 90) {
    tick(at);
  } else if (roll < 93) {
    learn(at);
  } else if (const auto to = somebody(); places_[to].up()) {
    if (dice_.one_in(8)) workload_.resend(places_[to].node(), 3, to);
    workload_.turn(places_[to].node(), to);
  }
}

/// Whom a client asks: mostly whoever writes, for the others would pass it on.
std::size_t ClusterRun::somebody() {
  if (!dice_.one_in(5)) {
    for (std::size_t at = 0; at < nodes; ++at)
      if (places_[at].up() && places_[at].node().reign()) return at;
  }
  return dice_.below(nodes);
}

void ClusterRun::something_happens() {
  if (topic_.now_us() >= away_until_us_) topic_.set_away(false);
  const auto roll = dice_.below(100);
  if (roll < 14) {
    owner_ = dice_.below(nodes);
  } else if (roll < 20) {
    topic_.change_leader();
  } else if (roll < 24) {
    topic_.mark();
  } else if (roll < 32) {
    topic_.write_as_stranger();
  } else if (roll < 36) {
    ++happened_.outages;
    topic_.set_away(true);
    away_until_us_ = topic_.now_us() + static_cast<std::int64_t>(dice_.below(8 * second_us));
  } else {
    something_happens_to(dice_.below(nodes));
  }
}

void ClusterRun::something_happens_to(std::size_t at) {
  auto& place = places_[at];
  if (!place.runs()) {
    if (!dice_.one_in(3)) start(at);
    return;
  }
  const auto roll = dice_.below(100);
  if (roll < 5) {
    kill(at, true);
  } else if (roll < 9) {
    kill(at, false);
  } else if (roll < 14) {
    place.machine().disk.fail_call(place.machine().disk.calls() + dice_.between(1, calls_to_power_cut_max), true);
  } else if (roll < 22) {
    happened_.clean_stops += place.stop();
    if (!place.runs()) workload_.node_ended(at);
  } else if (roll < 30) {
    ++happened_.frozen;
    frozen_until_us_[at] = topic_.now_us() + static_cast<std::int64_t>(dice_.below(12 * second_us));
  } else if (roll < 33 && !loses_end_) {
    // Another machine joins in its place, from nothing.
    kill(at, true);
    place.replace_machine(dice_.below(1'000'000));
    ++happened_.replaced;
  }
}

void ClusterRun::lose_the_end() {
  wrong_answers_before_cut_ = workload_.wrong().size();
  cut_ = true;
  for (std::size_t at = 0; at < nodes; ++at) {
    if (const auto end = places_[at].copied_to(); end >= 0)
      lost_[at] = Lost{static_cast<std::uint64_t>(end), topic_.at(static_cast<std::uint64_t>(end))};
  }
  topic_.cut(dice_.between(1, lost_at_most));
  for (auto& lost : lost_)
    if (lost && lost->offset < topic_.end()) lost.reset();
}

// --- nodes ----------------------------------------------------------------------------------------------------

void ClusterRun::start(std::size_t at) {
  ++happened_.starts;
  reigns_[at] = 0;
  auto& clock = places_[at].machine().clock;
  clock.set_off_by(static_cast<std::int64_t>(dice_.below(4'000'000)) - 2'000'000);
  auto access = topic_.access([this, at](std::span<const std::string> records) { sends(at, records); });
  places_[at].start({log_id_, options_, keys_, std::move(access)}, segment_bytes_);
}

void ClusterRun::kill(std::size_t at, bool power) {
  ++(power ? happened_.power_cuts : happened_.kills);
  places_[at].kill(power, dice_);
  workload_.node_ended(at);
}

void ClusterRun::look(std::size_t at) {
  auto& place = places_[at];
  if (!place.machine().disk.powered()) return kill(at, true);
  if (!place.runs()) return;
  const auto ended = place.failed() ? place.failed()->code : place.ended();
  if (ended == eventstore::log_forked && cut_) {
    happened_.forks += !std::exchange(forked_[at], true);
  } else if (place.failed() && place.failed()->retry == eventstore::Retry::can_help) {
    kill(at, false);
  } else if (place.failed()) {
    say("node " + std::to_string(at) + " does not start: " + ended + ": " + place.failed()->detail);
  } else if (!ended.empty()) {
    say("node " + std::to_string(at) + " ended: " + place.process().topic()->incidents().ended->detail);
  } else if (place.up()) {
    if (const auto why = place.node().projector().stopped_because(); !why.empty()) say("projections stopped: " + why);
  }
}

void ClusterRun::write(std::size_t at) {
  auto& place = places_[at];
  place.write();
  if (!place.up() || !place.node().reign()) return;
  const auto epoch = place.node().reign()->epoch.value;
  if (std::exchange(reigns_[at], epoch) == epoch) return;
  ++happened_.reigns;
  if (broken_ == ClusterBreak::no_look_up) place.machine().store.hide_outcomes(place.node().log().end().value);
}

void ClusterRun::tick(std::size_t at) {
  std::uint64_t reacted = 0;
  for (auto& other : places_)
    if (other.up() && other.node().reign()) reacted = other.node().reacted();
  places_[at].tick(reacted);
}

void ClusterRun::learn(std::size_t at) {
  if (places_[at].up()) places_[at].node().want(owner_ == at);
}

void ClusterRun::sends(std::size_t at, std::span<const std::string> records) {
  if (!places_[at].ended().empty()) say("node " + std::to_string(at) + " told of a fork, and writes on");
  if (broken_ != ClusterBreak::acknowledged_at_produce) return;
  for (const auto& record : records) {
    const auto header = eventstore::inspect_record(eventstore::bytes_of(record));
    if (!header || header->kind != eventstore::RecordKind::commit) continue;
    const auto commit = eventstore::parse_commit({header->sequence, record});
    if (commit) workload_.hear_early(commit->body.once(), header->sequence.value);
  }
}

}  // namespace pioneer::tests
