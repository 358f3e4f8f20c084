// Many commands at once, their outcomes given as they come.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "api/node/node.hpp"

namespace pioneer::cli {

/// Where commands of an import go. One thread: `done` is called on it too, in send() and drain().
class Pipeline {
 public:
  using Done = std::function<void(const node::Outcome&)>;
  virtual ~Pipeline() = default;
  /// May wait until there is room.
  virtual void send(domain::Command command, Done done) = 0;
  /// Returns when every command has its outcome.
  virtual void drain() = 0;
};

/// Over a node whose threads run.
class RunningPipeline final : public Pipeline {
 public:
  explicit RunningPipeline(node::Node& node) : node_(node) {}
  ~RunningPipeline() override { RunningPipeline::drain(); }
  void send(domain::Command command, Done done) override;
  void drain() override;

 private:
  /// A batch's worth: more waits in our memory without making the log any faster.
  static constexpr std::size_t in_flight_max = 1'024;
  void settle(std::size_t in_flight);

  node::Node& node_;
  std::size_t in_flight_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::pair<Done, node::Outcome>> outcomes_;
};

/// Over a node that is driven by hand: the order of commands is the order of commits.
class SteppedPipeline final : public Pipeline {
 public:
  explicit SteppedPipeline(node::Node& node) : node_(node) {}
  void send(domain::Command command, Done done) override;
  void drain() override;

 private:
  static constexpr std::size_t in_flight_max = 512;
  node::Node& node_;
  std::size_t in_flight_ = 0;
};

}  // namespace pioneer::cli
