// Patience: what it waits out, what it does not, and what it says.
#include "eventstore/patient_store.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace pioneer::eventstore {
namespace {

Result<void> fails(Retry retry) { return failure("disk_full", "The test's disk is full.", retry); }

TEST(Patience, WaitsOutWhatPassesAndSaysSoOnce) {
  Patience patience;
  std::vector<std::string> told;
  patience.begin([&](const std::string& code) { told.push_back(code); });
  int attempts = 0;
  EXPECT_TRUE(patience.until_done([&] { return ++attempts < 3 ? fails(Retry::can_help) : Result<void>{}; }));
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(told, (std::vector<std::string>{"disk_full", ""}));
  EXPECT_EQ(patience.trouble(), "");
}

TEST(Patience, ReturnsAtOnceWhatStays) {
  Patience patience;
  patience.begin({});
  EXPECT_FALSE(patience.until_done([] { return fails(Retry::cannot_help); }));
}

TEST(Patience, HasNoneBeforeItBegins) {
  Patience patience;
  EXPECT_FALSE(patience.until_done([] { return fails(Retry::can_help); }));
}

TEST(Patience, GivesUpWhenItIsEnded) {
  Patience patience;
  patience.begin([&](const std::string&) { patience.end(); });
  int attempts = 0;
  EXPECT_FALSE(patience.until_done([&] { return ++attempts, fails(Retry::can_help); }));
  EXPECT_EQ(attempts, 1);
  EXPECT_EQ(patience.trouble(), "disk_full");
}

}  // namespace
}  // namespace pioneer::eventstore
