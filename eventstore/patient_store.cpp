#include "eventstore/patient_store.hpp"

#include <algorithm>
#include <chrono>

namespace pioneer::eventstore {
namespace {

constexpr std::chrono::milliseconds first_pause{100};
constexpr std::chrono::milliseconds longest_pause{5'000};

}  // namespace

void Patience::begin(Told told) {
  const std::lock_guard lock(mutex_);
  patient_ = true;
  told_ = std::move(told);
}

void Patience::end() {
  const std::lock_guard lock(mutex_);
  patient_ = false;
  ended_.notify_all();
}

std::string Patience::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void Patience::note(const std::string& code) {
  Told told;
  {
    const std::lock_guard lock(mutex_);
    if (trouble_ == code) return;
    trouble_ = code;
    told = told_;
  }
  if (told) told(code);
}

Result<void> Patience::until_done(const std::function<Result<void>()>& attempt) {
  auto done = attempt();
  for (auto pause = first_pause; !done && done.error().retry == Retry::can_help;
       pause = std::min(pause * 2, longest_pause)) {
    {
      std::unique_lock lock(mutex_);
      if (!patient_) return done;
    }
    note(done.error().code);
    {
      std::unique_lock lock(mutex_);
      if (ended_.wait_for(lock, pause, [this] { return !patient_; })) return done;
    }
    done = attempt();
  }
  if (done) note({});
  return done;
}

}  // namespace pioneer::eventstore
