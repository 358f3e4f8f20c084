#include "projections/boards/boards.hpp"

#include <random>
#include <set>

#include "tests/projections/read_models_fixture.hpp"

namespace pioneer::projections {
namespace {

using domain::DeadlineKind;
using domain::RequestState;

domain::Id numbered(char kind, unsigned n) {
  domain::Id id;
  id.bytes[0] = static_cast<std::uint8_t>(kind);
  id.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

class BoardsTest : public ReadModelsTest {
 protected:
  std::vector<domain::Id> organisations{numbered('o', 1), numbered('o', 2), numbered('o', 3)};
  std::mt19937 random{7};

  unsigned any(unsigned below) { return static_cast<unsigned>(random() % below); }
  void submit(unsigned n) {
    log.add("request", numbered('r', n), id_of('a'), submitted(organisations[any(3)]),
            deadline(1, DeadlineKind::accept, any(1000) + 1), deadline(2, DeadlineKind::resolve, any(1000) + 1));
  }
  /// Something that may happen to it now.
  void live(unsigned n) {
    const auto row = models->requests().get(numbered('r', n)).value().value();
    const auto then = [&](const auto&... events) { log.add("request", row.id, id_of('g'), events...); };
    const auto again = static_cast<std::uint32_t>(row.revision + 1);
    switch (row.state) {
      case RequestState::submitted:
        any(3) ? then(domain::RequestAccepted{}) : then(passed(1, DeadlineKind::accept));
        break;
      case RequestState::accepted:
        any(2) ? then(assigned(organisations[any(3)])) : then(domain::RequestProgressed{});
        break;
      case RequestState::in_progress:
        then(domain::RequestResolved{}, deadline(again, DeadlineKind::confirm, any(1000) + 1));
        break;
      case RequestState::awaiting_confirmation:
        any(2) ? then(domain::RequestConfirmed{})
               : then(domain::RequestDisputed{}, deadline(again, DeadlineKind::resolve, any(1000) + 1));
        break;
      default:
        then(rated(any(5) + 1));
    }
  }
  /// What a fresh reader, who has kept nothing in memory, sees on a board.
  static std::string text(const std::vector<BoardColumn>& board) {
    std::string all;
    for (const auto& column : board) {
      all += RequestState::Value_Name(column.state) + " " + std::to_string(column.count) + "/" +
             std::to_string(column.overdue) + ":";
      for (const auto& card : column.cards)
        all += " " + card.id.text() + "=" + std::to_string(std::hash<std::string>{}(*card.row));
      all += column.next.empty() ? "\n" : " …\n";
    }
    return all;
  }
};

TEST_F(BoardsTest, TheBoardKeptInMemoryIsTheStoredOne) {
  for (unsigned n = 0; n < 300; ++n) submit(n);
  project();
  for (int round = 0; round < 60; ++round) {
    const auto kept = models->boards().board(organisations).value();
    const auto fresh = ReadModels::open(store).value();
    ASSERT_EQ(text(kept), text(fresh->boards().board(organisations).value())) << round;
    const std::set<unsigned> touched{any(300), any(300), any(300), any(300), any(300), any(300), any(300), any(300)};
    for (const auto n : touched) live(n);
    if (round % 7 == 0) submit(static_cast<unsigned>(300 + round));
    project();
  }
}

TEST_F(BoardsTest, FirstPageAndColumnsTogetherShowEachOnce) {
  for (unsigned n = 0; n < 150; ++n) submit(n);
  project();
  const auto board = models->boards().board(organisations, 7).value();
  ASSERT_EQ(board.size(), 7u);
  const auto& first = board[0];
  EXPECT_EQ(first.count, 150u);
  std::vector<std::string> sorts;
  for (const auto& card : first.cards) sorts.push_back(card.sort);
  for (std::string next = first.next; !next.empty();) {
    const auto page = models->boards().column(organisations, RequestState::submitted, next, 11).value();
    for (const auto& card : page.cards) sorts.push_back(card.sort);
    next = page.next;
  }
  EXPECT_EQ(sorts.size(), 150u);
  EXPECT_TRUE(std::ranges::is_sorted(sorts));
  EXPECT_EQ(std::ranges::adjacent_find(sorts), sorts.end());
}

TEST_F(BoardsTest, PagingWhileRowsMoveLosesNoneThatStays) {
  for (unsigned n = 0; n < 120; ++n) submit(n);
  project();
  std::multiset<std::string> seen;
  std::set<unsigned> moved;
  std::string next;
  do {
    const auto page = models->boards().column(organisations, RequestState::submitted, next, 10).value();
    for (const auto& card : page.cards) seen.insert(card.id.text());
    next = page.next;
    const auto n = any(120);
    if (models->requests().get(numbered('r', n)).value()->state == RequestState::submitted) {
      log.add("request", numbered('r', n), id_of('g'), domain::RequestAccepted{});
      moved.insert(n);
      project();
    }
  } while (!next.empty());
  for (unsigned n = 0; n < 120; ++n) {
    const auto times = seen.count(numbered('r', n).text());
    EXPECT_LE(times, 1u);
    if (!moved.contains(n)) {
      EXPECT_EQ(times, 1u) << n;
    }
  }
}

TEST_F(BoardsTest, CardsThatAreAskedForAreThoseOfTheColumns) {
  for (unsigned n = 0; n < 150; ++n) submit(n);
  project();
  std::vector<domain::Id> asked;
  for (unsigned n = 0; n < 150; n += 3) {
    if (n % 2 == 0) live(n);
    asked.push_back(numbered('r', n));
  }
  project();
  asked.push_back(asked.front());          // twice
  asked.push_back(numbered('r', 60'000));  // none
  const auto found = models->boards().cards(organisations, asked).value();
  ASSERT_EQ(found.size(), 7u);
  const std::set<domain::Id> wanted(asked.begin(), asked.end());
  std::size_t shown = 0;
  for (const auto& column : found) {
    const auto whole = models->boards().column(organisations, column.state, {}, 200).value();
    EXPECT_EQ(column.count, whole.count);
    EXPECT_EQ(column.overdue, whole.overdue);
    EXPECT_TRUE(column.next.empty());
    std::string expected, is;
    for (const auto& card : whole.cards)
      if (wanted.contains(card.id)) expected += card.sort + *card.row;
    for (const auto& card : column.cards) is += card.sort + *card.row;
    EXPECT_EQ(is, expected);
    shown += column.cards.size();
  }
  EXPECT_EQ(shown, 50u);
  // Those of an organisation that is not on the board are not shown on it.
  const auto elsewhere = models->boards().cards({&organisations[0], 1}, asked).value();
  for (std::size_t i = 0; i < elsewhere.size(); ++i)
    for (const auto& card : elsewhere[i].cards)
      EXPECT_EQ(models->requests().get(card.id).value()->organisation, organisations[0]);
}

TEST_F(BoardsTest, AnEmptyBoardHasAllColumns) {
  const auto board = models->boards().board(organisations).value();
  EXPECT_EQ(board.size(), 7u);
  EXPECT_EQ(board[0].count, 0u);
  EXPECT_TRUE(board[0].cards.empty());
}

TEST_F(BoardsTest, AMergedOrganisationsRequestsStandOnTheOthersBoard) {
  const auto city = id_of('C');
  const auto lane = id_of('L');
  const auto park = id_of('P');
  log.add("organisation", city, {}, registered("City", domain::Level::city));
  log.add("organisation", lane, {}, registered("Lane", domain::Level::community, city));
  log.add("organisation", park, {}, registered("Park", domain::Level::community, city));
  log.add("request", id_of('r'), id_of('a'), submitted(lane));
  log.add("organisation", lane, {}, merged(park));
  project();
  const auto of_park = models->organisations().subtree(park);
  EXPECT_EQ(models->boards().board(of_park).value()[0].count, 1u);
  const auto of_city = models->organisations().subtree(city);
  EXPECT_EQ(of_city.size(), 3u);
  EXPECT_EQ(models->boards().board(of_city).value()[0].count, 1u);
}

}  // namespace
}  // namespace pioneer::projections
