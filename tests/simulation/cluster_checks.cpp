// How a cluster's run comes to rest, and what must hold then.
#include <algorithm>

#include "adapters/kafka/topic_fold.hpp"
#include "tests/simulation/cluster_run.hpp"

namespace pioneer::tests {

namespace {
constexpr std::int64_t round_us = 10 * ms_us;
constexpr std::int64_t tick_every_us = 100 * ms_us;
constexpr int rounds_max = 20'000;
/// Longer than a record of ours may stay away before it is lost.
constexpr int rounds_of_peace = 300;
constexpr std::int64_t round_of_peace_us = 50 * ms_us;
constexpr int resend_every = 40;
}  // namespace

// --- peace ----------------------------------------------------------------------------------------------------

void ClusterRun::round(std::int64_t us) {
  pass(us);
  const bool ticks = topic_.now_us() - ticked_us_ >= tick_every_us;
  if (ticks) ticked_us_ = topic_.now_us();
  for (std::size_t at = 0; at < nodes && wrong_.empty(); ++at) {
    auto& place = places_[at];
    if (!place.runs()) start(at);
    learn(at);
    place.follow();
    place.decide();
    write(at);
    place.project();
    if (ticks) tick(at);
    look(at);
  }
}

bool ClusterRun::at_rest() {
  if (!topic_.is_quiet()) return false;
  std::optional<eventstore::LogState> state;
  for (std::size_t at = 0; at < nodes; ++at) {
    if (forked_[at]) continue;
    auto& place = places_[at];
    if (!place.up() || place.node().commands_queued() > 0) return false;
    const auto own = place.node().log().state();
    if (state && own != *state) return false;
    state = own;
    if (place.node().projector().projected() != own.next) return false;
    if (at == owner_ && !place.node().reign()) return false;
  }
  return std::ranges::none_of(workload_.sent(), [this](const Sent& sent) {
    for (std::size_t at = 0; at < nodes; ++at)
      if (sent.waits[at] && !forked_[at]) return true;
    return false;
  });
}

void ClusterRun::settle() {
  for (int i = 0; i < rounds_max && wrong_.empty(); ++i) {
    round(round_us);
    if (at_rest()) return;
  }
  if (!wrong_.empty()) return;
  say("the nodes do not come to rest");
  for (std::size_t at = 0; at < nodes; ++at) {
    if (!places_[at].up()) {
      say("node " + std::to_string(at) + " is not up");
      continue;
    }
    const auto& node = places_[at].node();
    const auto state = node.log().state();
    say("node " + std::to_string(at) + (at == owner_ ? ", the owner," : "") + " has " +
        std::to_string(state.next.value) + " commits in epoch " + std::to_string(state.epoch.value) +
        (state.open ? "" : ", not open") + (node.reign() ? ", reigns" : "") + "; unwritable: " + node.unwritable());
  }
}

void ClusterRun::calm_down() {
  topic_.set_faulty(false);
  topic_.set_away(false);
  frozen_until_us_ = {};
  for (auto& place : places_) place.machine().disk.fail_call(0);
  if (cut_) {
    for (int i = 0; i < rounds_of_peace && wrong_.empty(); ++i) round(round_of_peace_us);
  }
  // That the topic lost its end may be found out only while they settle.
  do {
    if (forked_[owner_]) owner_ = 1 - owner_;
    if (forked_[owner_]) return;  // both: nobody writes any more
    settle();
  } while (forked_[owner_] && wrong_.empty());
  // Everybody gets an answer.
  workload_.set_noes_final(!cut_);
  for (int i = 0; i < resend_every && workload_.unanswered() > 0 && wrong_.empty(); ++i) {
    workload_.resend(places_[owner_].node(), 1, owner_);
    settle();
  }
  for (std::int64_t passed = 0; passed < 2 * tick_every_us && wrong_.empty(); passed += round_us) round(round_us);
  settle();
}

// --- the promises ---------------------------------------------------------------------------------------------

void ClusterRun::check() {
  std::array<Commits, nodes> copies;
  for (std::size_t at = 0; at < nodes; ++at) {
    auto& place = places_[at];
    if (!place.runs() || place.process().files() == nullptr) return say("a node is not there");
    copies[at] = read_log(*place.process().files(), wrong_);
    happened_.voids += place.process().topic()->incidents().void_records;
  }
  check_forks();
  check_copies(copies);
  const auto answers = cut_ ? wrong_answers_before_cut_ : workload_.wrong().size();
  for (std::size_t i = 0; i < answers; ++i) say(workload_.wrong()[i]);
  for (std::size_t at = 0; at < nodes && wrong_.empty(); ++at) check_node(at, copies[at]);
}

void ClusterRun::check_forks() {
  for (std::size_t at = 0; at < nodes; ++at) {
    // Unless a late second copy of that very record came to its old place.
    if (lost_[at] && !forked_[at] && topic_.at(lost_[at]->offset) != lost_[at]->record)
      say("node " + std::to_string(at) + " holds what the topic lost, and says nothing of it");
  }
}

// Of the copies that are not told to have forked all are equal. What was accepted stands in one of those at least that
// somebody may be shown.
void ClusterRun::check_copies(const std::array<Commits, nodes>& copies) {
  const auto leaf = [](const eventstore::AcceptedCommit& commit) { return commit.leaf; };
  const bool equal = std::ranges::equal(copies[0], copies[1], {}, leaf, leaf);
  const bool some_forked = std::ranges::any_of(forked_, [](bool forked) { return forked; });
  if (!some_forked && !equal) say("the nodes accepted different commits");
  for (const auto& sent : workload_.sent()) {
    if (!sent.accepted) continue;
    const auto stands_in = [&](const Commits& copy) {
      return *sent.accepted < copy.size() && copy[*sent.accepted].body.once() == sent.once;
    };
    if (std::ranges::none_of(copies, stands_in))
      say(sent.call.command_id + " was accepted at " + std::to_string(*sent.accepted) + " and stands nowhere");
  }
}

void ClusterRun::check_node(std::size_t at, const Commits& commits) {
  const auto found = audit(commits);
  for (const auto& wrong : found.wrong) say(wrong);
  for (const auto& [once, positions] : found.by_once) {
    if (positions.size() > 1) say("a command took effect twice, at " + std::to_string(positions[1]));
  }
  if (forked_[at]) return;
  auto& place = places_[at];
  if (!cut_) check_answers(found, workload_, wrong_);
  check_keys(found, place.process().keyring(), wrong_);
  check_read_models(commits, place.node(), wrong_);
  check_reader_from_nothing(at);
  root_ = place.process().files()->frontier().root();
  leaves_ = commits.size();
  happened_.promotions = found.promotions;
  happened_.erasures = found.erasures;
  happened_.reactions = found.reactions;
  if (at != owner_) return;
  if (!found.problems.empty()) say("a problem was told and no request made of it");
  check_decisions(commits, wrong_);
}

void ClusterRun::check_reader_from_nothing(std::size_t at) {
  adapters::kafka::TopicFold fold(log_id_);
  auto log = adapters::kafka::KafkaLog::open(fold, adapters::kafka::Topic::unchecked(options_), options_,
                                             topic_.access([](std::span<const std::string>) {}));
  if (!log) return say("a reader from nothing finds no topic");
  for (std::uint64_t i = 0; i <= topic_.end() && fold.state() != places_[at].node().log().state(); ++i)
    (*log)->follow();
  const auto met = (*log)->incidents();
  if (met.ended) say("a reader from nothing ends: " + met.ended->detail);
  if (fold.root() != places_[at].process().files()->frontier().root())
    say("a reader from nothing accepts other commits than node " + std::to_string(at));
}

}  // namespace pioneer::tests
