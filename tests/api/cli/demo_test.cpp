// The demo, made whole and small: it promises a busy board, and the same lives for the same seed.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <vector>

#include "tests/api/cli/program.hpp"

namespace pioneer::tests {
namespace {

const std::vector<std::string> how{"demo", "--days", "30", "--seed", "7", "--until", "2026-03-01T09:00:00Z", "--json"};

struct Column {
  int count = 0;
  int overdue = 0;
};

std::map<std::string, Column> columns_of(const std::string& board) {
  std::map<std::string, Column> columns;
  const std::regex column(R"re("state":"(\w+)","count":(\d+),"overdue":(\d+))re");
  for (std::sregex_iterator at(board.begin(), board.end(), column), end; at != end; ++at) {
    columns[(*at)[1]] = {std::stoi((*at)[2]), std::stoi((*at)[3])};
  }
  return columns;
}

/// What happened and in which minute, without what is random: ids, and so the order of deadlines that are due at once.
std::vector<std::string> course_of(const Program& pioneer) {
  const Ran shown = pioneer.run({"log", "show", "--limit", "1000000"});
  const std::regex id("/[0-9a-z]{26}"), seconds(":\\d\\d\\.?\\d*Z");
  std::istringstream lines(shown.out);
  std::string line;
  std::vector<std::string> course;
  while (std::getline(lines, line)) {
    if (line.find("TokenIssued") != line.npos) continue;
    line = std::regex_replace(line.substr(line.find(' ')), id, "/…");
    course.push_back(std::regex_replace(line, seconds, "Z"));
  }
  std::ranges::sort(course);
  return course;
}

bool happened(const std::vector<std::string>& course, std::string_view event) {
  return std::ranges::any_of(course, [&](const std::string& line) { return line.find(event) != line.npos; });
}

TEST(Demo, HasABusyBoardAndIsTheSameForTheSameSeed) {
  const Program first, second;
  const Ran made = first.run(how);
  ASSERT_EQ(made.exit, 0) << made.err;
  const std::regex link(R"re(/boards/([0-9a-z]{26}))re");
  std::smatch organisation;
  ASSERT_TRUE(std::regex_search(made.out, organisation, link)) << made.out;
  const Ran board = first.run({"as-of", "--at", "2026-03-01T09:00:00Z", "board", organisation[1].str(), "--json"});
  ASSERT_EQ(board.exit, 0) << board.err;
  auto columns = columns_of(board.out);
  int open = 0, overdue = 0;
  for (const auto* state : {"submitted", "accepted", "in_progress", "awaiting_confirmation"}) {
    open += columns[state].count;
    overdue += columns[state].overdue;
  }
  EXPECT_EQ(open, 300);
  EXPECT_EQ(overdue, 40);
  EXPECT_GT(columns["closed_confirmed"].count, 0);

  struct stat tokens{};
  ASSERT_EQ(::stat((first.data() / "demo-tokens.txt").c_str(), &tokens), 0);
  EXPECT_EQ(tokens.st_mode & 0777, 0600u);
  EXPECT_EQ(first.run({"verify"}).exit, 0);
  EXPECT_EQ(first.run({"replay"}).exit, 0);
  EXPECT_EQ(first.run(how).exit, 3) << "a directory that holds a log is left alone";

  const auto course = course_of(first);
  const std::string member = json_member(made.out, "member"), name = json_member(made.out, "name");
  const Ran erased = first.run({"erase", "--member", member, "--json"});
  EXPECT_EQ(erased.exit, 0) << erased.err;
  EXPECT_GT(std::stoi("0" + json_member(erased.out, "claimsCancelled")), 0);
  EXPECT_GT(std::stoi("0" + json_member(erased.out, "requestsWithdrawn")), 0);
  EXPECT_TRUE(files_with(first.data(), name).empty());
  EXPECT_EQ(first.run({"verify"}).exit, 0);

  ASSERT_EQ(second.run(how).exit, 0);
  for (const auto* event : {"RequestDisputed", "RequestClosedUnconfirmed", "RequestDeadlinePassed", "RequestAssigned",
                            "RequestWithdrawn", "PlacesPromoted", "ClaimCancelled", "CheckedIn", "NoShowMarked",
                            "ClaimRated", "CapacityChanged", "RequestImported", "RequestRated", "RequestConfirmed"}) {
    EXPECT_TRUE(happened(course, event)) << event;
  }
  EXPECT_TRUE(course == course_of(second)) << "the same seed plays the same lives";
}

}  // namespace
}  // namespace pioneer::tests
