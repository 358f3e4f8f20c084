#include "api/server/blob_rounds.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace pioneer::server {
namespace {

using eventstore::Result;

constexpr std::chrono::milliseconds round_every{3'600'000};
/// What is not projected yet will be in a moment.
constexpr std::chrono::milliseconds look_again_after{200};
/// Between the end of an upload's use and its end: more than any command takes to be projected.
constexpr std::int64_t grace_us = 3600LL * 1'000'000;
/// As many uses of one upload are looked at as queries look at.
constexpr std::size_t uses_max = 16;

/// Whether nobody will see this upload again: every key under which requests could open it is destroyed, and every
/// product that showed it has taken it away.
bool is_over(Deployment& deployment, std::string_view name) {
  const auto& models = deployment.node().models();
  const auto uses = models.requests().blob_uses(name, uses_max);
  const auto pictures = models.products().picture_uses(name, uses_max);
  if (!uses || !pictures || uses->size() == uses_max || pictures->size() == uses_max) return false;
  if (uses->empty() && pictures->empty()) return false;  // nothing uses it yet
  return std::ranges::all_of(
             *uses,
             [&](const auto& use) { return deployment.keyring().state(use.key.key) == api::KeyState::erased; }) &&
         std::ranges::all_of(*pictures, [](const auto& use) { return use.taken_away; });
}

/// What cannot be read counts as used.
bool is_used(Deployment& deployment, std::string_view name) {
  const auto& models = deployment.node().models();
  const auto uses = models.requests().blob_uses(name, 1);
  const auto pictures = models.products().picture_uses(name, 1);
  return !uses || !uses->empty() || !pictures || !pictures->empty();
}

}  // namespace

BlobRounds::BlobRounds(Deployment& deployment) : deployment_(deployment), thread_([this] { loop(); }) {}

void BlobRounds::soon() {
  const std::lock_guard lock(mutex_);
  soon_ = true;
  changed_.notify_one();
}

void BlobRounds::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void BlobRounds::loop() {
  bool due = false;
  eventstore::Sequence must_see{0};  // of a round that is due
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, due ? look_again_after : round_every, [this] { return soon_ || stopping_; });
      if (stopping_) return;
      soon_ = false;
    }
    const auto& node = deployment_.node();
    if (!std::exchange(due, true)) must_see = node.log().end();
    const bool writes = deployment_.shared() && node.reign();
    if (writes && (!node.unwritable().empty() || node.projector().projected() < must_see)) continue;
    due = false;
    static_cast<void>(make_one(deployment_));  // what fails now is tried again in the next round
  }
}

Result<std::size_t> BlobRounds::make_one(Deployment& deployment) {
  const auto& node = deployment.node();
  if (!node.projector().stopped_because().empty()) return 0;
  // Of a directory or a topic that nodes share, one tidies up: the one that writes.
  if (deployment.shared() && (!node.reign() || !node.unwritable().empty())) return 0;
  auto& blobs = deployment.blobs();
  auto removed = blobs.expire(deployment.clock().now().value - grace_us,
                              [&](std::string_view name) { return is_used(deployment, name); });
  if (!removed) return removed;
  const auto names = blobs.names();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!is_over(deployment, name)) continue;
    if (auto gone = blobs.remove(name); !gone) return std::unexpected(gone.error());
    ++*removed;
  }
  return removed;
}

}  // namespace pioneer::server
