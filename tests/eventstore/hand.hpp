// A clock and randomness that tests move by hand, and a command that is a word.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>

#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/random.hpp"
#include "eventstore/writer.hpp"

namespace pioneer::eventstore {

struct HandClock final : Clock {
  // Atomic, for a test may move it while a loop looks at it.
  std::atomic<std::int64_t> now_us = 1'000'000'000;
  std::atomic<std::int64_t> boot_us = 5'000'000;
  bool is_driven = false;
  Instant now() const override { return Instant{now_us}; }
  Instant since_boot() const override { return Instant{boot_us}; }
  bool driven() const override { return is_driven; }
  void pass(std::int64_t us) {
    now_us += us;
    boot_us += us;
  }
};

struct CountingRandom final : Random {
  unsigned char next = 1;
  void fill(std::span<std::byte> out) override {
    for (auto& b : out) b = std::byte{next};
    ++next;
  }
};

struct Word final : Pending {
  std::string text;
  std::map<std::string, Answer>& answers;
  Word(std::string t, std::map<std::string, Answer>& a) : text(std::move(t)), answers(a) {}
  void answer(const Answer& answer) override {
    EXPECT_FALSE(answers.contains(text)) << "answered twice: " << text;
    answers[text] = answer;
  }
};

}  // namespace pioneer::eventstore
