// One simulated run of nodes that share a log on a topic: brokers, machines and processes fail, clients send what they
// send to any node, and everything follows from one seed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/place.hpp"
#include "tests/simulation/promises.hpp"
#include "tests/simulation/simulated_topic.hpp"
#include "tests/simulation/workload.hpp"

namespace pioneer::tests {

/// A run that must find something wrong.
enum class ClusterBreak {
  none,
  acknowledged_at_produce,  ///< clients take for accepted what was sent to the topic
  no_look_up,               ///< whoever takes the log over does not look which commands have an outcome
  no_comparison,            ///< what the topic lost is not noticed
};

/// How often what happened, beside what the topic counts.
struct ClusterHappened {
  std::uint64_t starts = 0, power_cuts = 0, kills = 0, clean_stops = 0, frozen = 0, replaced = 0, reigns = 0,
                outages = 0, forks = 0, voids = 0;
  SimulatedTopic::Happened topic;
  Workload::Counts answers;
  std::uint64_t promotions = 0, erasures = 0, reactions = 0;
};

class ClusterRun {
 public:
  explicit ClusterRun(std::uint64_t seed, ClusterBreak broken = ClusterBreak::none);
  void play();

  /// What must not be; empty: every promise was kept.
  const Wrong& wrong() const { return wrong_; }
  const ClusterHappened& happened() const { return happened_; }
  /// Of everything that the clients were told, and of the log at the end.
  eventstore::Hash heard() const { return eventstore::sha256(eventstore::bytes_of(workload_.heard())); }
  const eventstore::Hash& root() const { return root_; }
  std::uint64_t leaves() const { return leaves_; }

 private:
  static constexpr std::size_t nodes = 2;

  // What happens.
  void live(std::uint64_t turns);
  void turn();
  void step_of(std::size_t at);
  void something_happens();
  void something_happens_to(std::size_t at);
  void lose_the_end();
  void pass(std::int64_t us);
  std::int64_t some_time();

  // Nodes.
  void start(std::size_t at);
  void kill(std::size_t at, bool power);
  void look(std::size_t at);
  void write(std::size_t at);
  void tick(std::size_t at);
  void learn(std::size_t at);
  void sends(std::size_t at, std::span<const std::string> records);
  std::size_t somebody();

  // Peace.
  void calm_down();
  void round(std::int64_t us);
  bool at_rest();
  void settle();

  // Promises.
  void check();
  void check_forks();
  void check_node(std::size_t at, const Commits& commits);
  void check_reader_from_nothing(std::size_t at);
  void check_copies(const std::array<Commits, nodes>& copies);
  void say(std::string wrong) { wrong_.push_back(std::move(wrong)); }

  Dice dice_;
  const ClusterBreak broken_;
  const bool loses_end_;
  const std::uint64_t segment_bytes_;
  adapters::kafka::Options options_;
  eventstore::LogId log_id_;
  SimulatedTopic topic_;
  KeyTable keys_;
  Workload workload_;
  std::array<Place, nodes> places_;
  std::array<std::int64_t, nodes> frozen_until_us_{};
  std::array<std::uint64_t, nodes> reigns_{};
  std::array<bool, nodes> forked_{};  ///< it said so
  struct Lost {
    std::uint64_t offset;
    std::optional<std::string> record;
  };
  std::array<std::optional<Lost>, nodes> lost_{};  ///< its copy's last record, where the topic lost that
  std::size_t owner_ = 0;                          ///< the group's hint
  std::int64_t away_until_us_ = 0;
  std::int64_t ticked_us_ = 0;
  bool cut_ = false;
  std::size_t wrong_answers_before_cut_ = 0;
  Wrong wrong_;
  ClusterHappened happened_;
  eventstore::Hash root_;
  std::uint64_t leaves_ = 0;
};

}  // namespace pioneer::tests
