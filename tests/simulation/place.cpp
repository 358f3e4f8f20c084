#include "tests/simulation/place.hpp"

namespace pioneer::tests {

void Place::replace_machine(std::uint64_t seed) {
  const auto passed = machine_->clock.since_boot().value;
  machine_ = std::make_unique<Machine>(seed);
  machine_->clock.pass(passed - machine_->clock.since_boot().value);
  copied_to_ = -1;
}

void Place::start(Sharing sharing, std::uint64_t segment_bytes) {
  failed_.reset();
  between_steps_ = false;
  process_ = std::make_unique<SimulatedNode>(*machine_, std::move(sharing));
  strand_ = std::make_unique<Strand>([this, segment_bytes] {
    if (auto started = process_->start(segment_bytes); !started) {
      failed_ = started.error();
      return;
    }
    for (;;) {
      between_steps_ = true;
      Strand::current()->wait({});
      between_steps_ = false;
      process_->node().write_step();
    }
  });
}

void Place::follow() {
  if (process_ && process_->topic() != nullptr && ended().empty()) process_->topic()->follow();
}

void Place::write() {
  if (strand_) strand_->run();
}

void Place::decide() {
  if (up()) node().decide_step();
}

void Place::project() {
  if (up()) node().projector().step();
}

void Place::tick(std::uint64_t reacted_elsewhere) {
  if (!up()) return;
  node().reacted_elsewhere(reacted_elsewhere);
  node().tick();
  process_->run_background();
}

void Place::end_process() {
  copied_to_ = copied_to();
  strand_.reset();
  process_.reset();
  failed_.reset();
}

void Place::lose_some(DerivedStore& store, Dice& dice) {
  if (dice.one_in(6)) return store.forget_everything();
  store.lose_all_but(dice.below(store.unflushed() + 1));
}

void Place::kill(bool power, Dice& dice) {
  end_process();
  if (!power) return;
  using Unsynced = SimulatedDisk::Unsynced;
  constexpr Unsynced kinds[] = {Unsynced::lost, Unsynced::kept, Unsynced::torn};
  machine_->disk.crash(kinds[dice.below(3)], dice.below(1'000'000));
  machine_->disk.fail_call(0);
  lose_some(machine_->store, dice);
  lose_some(machine_->people_rows, dice);
}

bool Place::stop() {
  if (!up() || !between_steps_) return false;
  copied_to_ = copied_to();
  strand_.reset();
  const bool stopped = process_->stop().has_value();
  process_.reset();
  return stopped;
}

std::string Place::ended() const {
  if (!process_ || process_->topic() == nullptr) return {};
  const auto met = process_->topic()->incidents();
  return met.ended ? met.ended->code : std::string();
}

std::int64_t Place::copied_to() const {
  if (!process_ || process_->files() == nullptr) return copied_to_;
  const auto at = process_->files()->copied_to();
  return at ? static_cast<std::int64_t>(*at) : -1;
}

}  // namespace pioneer::tests
