#include "api/server/blob_rounds.hpp"

#include <algorithm>
#include <chrono>

namespace pioneer::server {
namespace {

using eventstore::Result;

constexpr std::chrono::hours round_every{1};
/// Between the end of an upload's use and its end: more than any command takes to be projected.
constexpr std::int64_t grace_us = 3600LL * 1'000'000;
/// As many uses of one upload are looked at as queries look at.
constexpr std::size_t uses_max = 16;

/// Whether every key under which this upload could be opened is destroyed.
bool keys_gone(Deployment& deployment, std::string_view name) {
  const auto uses = deployment.node().models().requests().blob_uses(name, uses_max);
  return uses && !uses->empty() && uses->size() < uses_max &&
         std::ranges::all_of(
             *uses,
             [&](const projections::BlobUse& use) {
               return deployment.keyring().state(use.key.key) == api::KeyState::erased;
             });
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
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, round_every, [this] { return soon_ || stopping_; });
      if (stopping_) return;
      soon_ = false;
    }
    static_cast<void>(make_one(deployment_));  // what fails now is tried again in the next round
  }
}

Result<std::size_t> BlobRounds::make_one(Deployment& deployment) {
  const auto& node = deployment.node();
  if (!node.projector().stopped_because().empty()) return 0;
  auto& blobs = deployment.blobs();
  auto removed = blobs.expire(deployment.clock().now().value - grace_us, [&](std::string_view name) {
    const auto uses = node.models().requests().blob_uses(name, 1);
    return !uses || !uses->empty();  // unreadable is not unused
  });
  if (!removed) return removed;
  const auto names = blobs.names();
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!keys_gone(deployment, name)) continue;
    if (auto gone = blobs.remove(name); !gone) return std::unexpected(gone.error());
    ++*removed;
  }
  return removed;
}

}  // namespace pioneer::server
