#include "api/server/cluster.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "api/server/log_key.hpp"
#include "api/server/log_topic.hpp"
#include "api/server/version.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/ports/log.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;
using Forwarding = api::http::Forwarding;

constexpr std::chrono::milliseconds look_every{20};
/// Room on the disk may come, a clock may be set.
constexpr std::chrono::seconds steps_back_after{2};
/// Whoever is not heard of is asked nothing: others may have its address by now.
constexpr std::chrono::seconds silent_after{5};
/// A node that stops and writes waits for another one to write: for some heartbeats, and a rebalance of the group.
constexpr std::chrono::seconds replaced_within{3};
constexpr std::chrono::milliseconds yield_look_every{5};
constexpr std::size_t nodes_max = 256;  ///< more are not known to each other

}  // namespace

Result<std::unique_ptr<Cluster>> Cluster::join(Deployment& deployment, const api::KafkaSetting& setting, Tell tell,
                                               WaitLimit limit) {
  std::unique_ptr<Cluster> cluster(new Cluster(deployment, setting, std::move(tell), std::move(limit)));
  Cluster* const self = cluster.get();
  const auto system = deployment.keyring().get(api::reserved_key::system);
  if (!system) return eventstore::failure("no_system_key", "The keyring lacks the deployment's own key.");
  cluster->secret_ = deployment.cryptography().derive(system->sealing, {"nodes"});
  auto table = adapters::kafka::TableTopic::open(
      roster_table(setting, [self](auto address, auto value) { self->heard(address, value); }, cluster->limit_));
  if (!table) return std::unexpected(table.error());
  cluster->table_ = std::move(*table);
  if (auto same = cluster->check_log_key(); !same) return std::unexpected(same.error());
  if (auto stands = cluster->stand_for_writing(); !stands) return std::unexpected(stands.error());
  return cluster;
}

Result<void> Cluster::stand_for_writing() {
  auto& node = deployment_.node();
  node.want(false);
  auto ownership = adapters::kafka::Ownership::open(topic_options(setting_, tell_, limit_),
                                                    std::chrono::seconds(setting_.session_seconds),
                                                    [&node](bool ours) { node.want(ours); });
  if (!ownership) return std::unexpected(ownership.error());
  ownership_ = std::move(*ownership);
  return {};
}

void Cluster::stand_down() {
  const std::lock_guard lock(standing_);
  yielded_ = true;
  ownership_.reset();
}

// Whoever asks here meanwhile is answered: another node needs some tenths of a second until it writes, and those who
// ask notice only the last of them.
void Cluster::yield() {
  {
    const std::lock_guard lock(standing_);
    yielded_ = true;
    if (ownership_ != nullptr) ownership_->leave();
  }
  const auto until = std::chrono::steady_clock::now() + replaced_within;
  while (deployment_.node().reign() && others_are_there() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(yield_look_every);
  while (std::holds_alternative<Forwarding::Nobody>(owner()) && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(yield_look_every);
}

bool Cluster::others_are_there() const {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  return std::ranges::any_of(nodes_, [&](const auto& node) {
    return node.first != address_ && node.second.said.ready() && now - node.second.heard_at < silent_after;
  });
}

// The group gives the log to whoever stands for it, and leaves it there: a node that cannot write steps back.
void Cluster::stand_if_able() {
  static constexpr std::array passing{"", "elsewhere", "taking_over", eventstore::broker_unreachable};
  const auto now = std::chrono::steady_clock::now();
  const auto code = deployment_.node().unwritable();
  const bool follows = deployment_.node().readiness().reason != "projection_stopped";
  const bool able = follows && std::ranges::any_of(passing, [&](const char* one) { return code == one; });
  if (able) able_at_ = now;
  const std::lock_guard lock(standing_);
  if (yielded_) return;
  if (able && ownership_ == nullptr) {
    if (const auto stands = stand_for_writing(); !stands && tell_) tell_(stands.error().detail);
  } else if (!able && ownership_ != nullptr && now - able_at_ > steps_back_after) {
    ownership_.reset();
    deployment_.node().want(false);
    if (tell_) tell_("This node cannot write the log now (" + code + "); another one may.");
  }
}

void Cluster::leave() {
  if (table_ == nullptr) return;
  stand_down();
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  if (saying_.joinable()) saying_.join();
  table_->stop();
}

// What one that is gone said counts too: its log did not change its key with that.
Result<void> Cluster::check_log_key() const {
  const auto to_be = log_key_to_be(deployment_);
  if (!to_be) return std::unexpected(to_be.error());
  if (to_be->empty()) return {};
  if (auto read = table_->read_to_end(topic_options(setting_, tell_, limit_).ask_within); !read) return read;
  const std::lock_guard lock(mutex_);
  for (const auto& [address, heard] : nodes_) {
    const auto& theirs = heard.said.log_key();
    if (theirs.empty() || theirs == *to_be) continue;
    return eventstore::failure(
        "other_log_key", "The node " + address + " signs this log with the key " + theirs +
                             ", and this node has none: one that it made would be another. Give it keys/log-signing "
                             "and keys/log-verifier of that node. Where no node has them any more, `pioneer keys show` "
                             "makes a new one, which all who check must learn.");
  }
  return {};
}

void Cluster::wait_for_a_writer(std::chrono::milliseconds within) {
  for (const auto until = std::chrono::steady_clock::now() + within; std::chrono::steady_clock::now() < until;) {
    if (deployment_.node().reign() || std::holds_alternative<std::string>(owner())) return;
    if (limit_ != nullptr && limit_->passed()) return;
    std::this_thread::sleep_for(look_every);
  }
}

// Whoever writes is known by the name under which its records count, so an old note cannot mislead.
Forwarding::Owner Cluster::owner() const {
  const auto& node = deployment_.node();
  if (node.unwritable() != "elsewhere") return Forwarding::Here{};
  const auto state = node.log().state();
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [address, heard] : nodes_) {
    const bool writes = heard.said.epoch() != 0 && heard.said.writer() == state.writer.view();
    if (address != address_ && writes && now - heard.heard_at < silent_after) return address;
  }
  return Forwarding::Nobody{};
}

void Cluster::heard(std::string_view address, std::optional<std::string_view> value) {
  api::NodeView said;
  const bool ours = value && value->size() >= node_mac_bytes &&
                    value->substr(0, node_mac_bytes) == mac_of(address, value->substr(node_mac_bytes));
  if (value && !ours) return;  // whoever can write there could else have people's commands sent to him
  const auto note = ours ? value->substr(node_mac_bytes) : std::string_view();
  const bool stays = ours && said.ParseFromArray(note.data(), static_cast<int>(note.size()));
  const std::lock_guard lock(mutex_);
  if (!stays) {
    if (const auto gone = nodes_.find(address); gone != nodes_.end()) nodes_.erase(gone);
    return;
  }
  if (said.epoch() != 0 && address != address_) deployment_.node().reacted_elsewhere(said.reacted());
  if (nodes_.size() < nodes_max || nodes_.contains(address))
    nodes_[std::string(address)] = {std::move(said), std::chrono::steady_clock::now()};
}

std::string Cluster::mac_of(std::string_view address, std::string_view note) const {
  const auto mac = deployment_.cryptography().mac(secret_, {"node", address, "\n", note});
  return {reinterpret_cast<const char*>(mac.data()), mac.size()};
}

void Cluster::announce(std::string address, std::string log_key) {
  {
    const std::lock_guard lock(mutex_);
    address_ = std::move(address);
    log_key_ = std::move(log_key);
  }
  saying_ = std::thread([this] { say_how_it_goes(); });
}

api::NodeView Cluster::of_this_node() const {
  const auto& node = deployment_.node();
  const auto how = node.readiness();
  const auto reign = node.reign();
  api::NodeView said;
  said.set_address(address_);
  said.set_version(std::string(version));
  said.set_ready(how.ready);
  said.set_reason(how.reason);
  said.set_position(how.position.value);
  if (reign) said.set_epoch(reign->epoch.value);
  if (reign) said.set_writer(std::string(reign->writer.view()));
  const auto now_us = deployment_.clock().now().value;
  said.mutable_said_at()->set_seconds(now_us / 1'000'000);
  said.mutable_said_at()->set_nanos(static_cast<std::int32_t>(now_us % 1'000'000 * 1'000));
  said.set_reacted(node.reacted());
  said.set_feature_level(eventstore::limits::feature_level);
  said.set_log_key(log_key_);
  return said;
}

// A thread of its own: it waits for the brokers. The last word is that this node is gone.
void Cluster::say_how_it_goes() {
  std::uint64_t said_epoch = ~std::uint64_t{0};
  auto next = std::chrono::steady_clock::now();
  while (true) {
    const auto reign = deployment_.node().reign();
    const auto epoch = reign ? reign->epoch.value : 0;
    if (epoch != said_epoch || std::chrono::steady_clock::now() >= next) {
      const auto note = of_this_node().SerializeAsString();
      const adapters::kafka::TableEntry entry{address_, mac_of(address_, note) + note};
      // What could not be said is said with the next note.
      if (table_->put(std::span(&entry, 1))) said_epoch = epoch;
      next = std::chrono::steady_clock::now() + says_every;
    }
    stand_if_able();
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, look_every, [this] { return leaving_; })) break;
  }
  const adapters::kafka::TableEntry gone{address_, std::nullopt};
  static_cast<void>(table_->put(std::span(&gone, 1)));
}

}  // namespace pioneer::server
