#include "projections/requests/requests.hpp"

#include <algorithm>

#include "tests/projections/read_models_fixture.hpp"

namespace pioneer::projections {
namespace {

using domain::DeadlineKind;
using domain::RequestState;

const auto lane = id_of('L');
const auto park = id_of('P');

/// Shows what is sealed as its box, and names as ids.
class Shown final : public SlotFiller {
 public:
  bool may_open = true;
  bool sealed(std::string_view, const SealedSlot& slot, std::string& to) override {
    if (may_open) append_json_text(to, std::string(slot.box) + "#" + std::to_string(slot.field));
    return may_open;
  }
  void organisation(const domain::Id& id, std::string& to) override {
    to.append("{\"id\":\"").append(id.text()).append("\",\"name\":\"Lane\"}");
  }
};

class RequestsTest : public ReadModelsTest {
 protected:
  void submit(char letter, std::int64_t due_us = 2'000'000'000'000'000, const domain::Id& organisation = lane,
              const std::string& category = "lamp") {
    log.add("request", id_of(letter), id_of('a'), domain::SubjectKeyIssued{},
            submitted(organisation, category, id_of('a')), deadline(1, DeadlineKind::accept, due_us),
            deadline(2, DeadlineKind::resolve, due_us + 1'000'000));
  }
  template <class... Events>
  void then(char letter, const Events&... events) {
    log.add("request", id_of(letter), id_of('g'), events...);
  }
  RequestRow get(char letter) { return models->requests().get(id_of(letter)).value().value(); }
  std::string letters(const std::vector<RequestCard>& cards) {
    std::string text;
    for (const auto& card : cards) text.push_back(static_cast<char>(card.id.bytes[0]));
    return text;
  }
  std::string due(std::int64_t now_us) {
    std::string text;
    const auto all = models->deadlines().due({now_us}, 100).value();
    for (const auto& one : all)
      text += static_cast<char>(one.request.bytes[0]) + std::to_string(one.number) +
              DeadlineKind::Value_Name(one.kind) + " ";
    return text;
  }
};

TEST_F(RequestsTest, KnowsWhichOfThemUseAnUpload) {
  const std::string name(32, 'n');
  const auto with_photo = [&](auto event) {
    auto& photo = *event.add_photos();
    photo.set_name(name);
    *photo.mutable_key() = sealed("photo's key");
    photo.set_media_type("image/jpeg");
    return event;
  };
  submit('x');
  submit('y');
  then('x', domain::RequestAccepted{});
  then('x', with_photo(domain::RequestProgressed{}));
  then('y', domain::RequestAccepted{});
  then('y', with_photo(domain::RequestResolved{}));
  project();
  const auto uses = models->requests().blob_uses(name, 10).value();
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses[0].shown_by, id_of('x'));
  EXPECT_EQ(uses[1].shown_by, id_of('y'));
  EXPECT_EQ(uses[0].key.box, "photo's key");
  EXPECT_EQ(uses[0].media_type, "image/jpeg");
  EXPECT_EQ(models->requests().blob_uses(name, 1).value().size(), 1U);
  EXPECT_TRUE(models->requests().blob_uses(std::string(32, 'm'), 10).value().empty());
}

TEST_F(RequestsTest, FollowsAWholeLife) {
  submit('x');
  project();
  auto row = get('x');
  EXPECT_EQ(row.state, RequestState::submitted);
  EXPECT_EQ(row.asker, id_of('a'));
  EXPECT_EQ(row.revision, 4u);
  EXPECT_EQ(row.title.box, "title");
  EXPECT_EQ(models->requests().body(id_of('x')).value()->description.box, "description");
  then('x', domain::RequestAccepted{});
  then('x', assigned(park, id_of('g')));
  then('x', domain::RequestProgressed{});
  then('x', domain::RequestResolved{}, deadline(3, DeadlineKind::confirm, 3'000'000'000'000'000));
  project();
  row = get('x');
  EXPECT_EQ(row.state, RequestState::awaiting_confirmation);
  EXPECT_EQ(row.organisation, park);
  EXPECT_EQ(row.submitted_to, lane);
  EXPECT_EQ(row.grant, id_of('g'));
  EXPECT_EQ(row.due_kind(), DeadlineKind::confirm);
  EXPECT_NE(row.resolved.us, 0);
  then('x', domain::RequestConfirmed{});
  then('x', rated(4));
  project();
  row = get('x');
  EXPECT_EQ(row.state, RequestState::closed_confirmed);
  EXPECT_EQ(row.stars, 4u);
  EXPECT_LT(row.closed, row.rated);
  EXPECT_EQ(models->requests().get(id_of('y')).value(), std::nullopt);
}

TEST_F(RequestsTest, ADisputeGoesBackToWork) {
  submit('x');
  then('x', domain::RequestAccepted{});
  then('x', domain::RequestResolved{}, deadline(3, DeadlineKind::confirm, 3'000'000'000'000'000));
  then('x', domain::RequestDisputed{}, deadline(4, DeadlineKind::resolve, 4'000'000'000'000'000));
  project();
  const auto row = get('x');
  EXPECT_EQ(row.state, RequestState::in_progress);
  EXPECT_EQ(row.resolved.us, 0);
  EXPECT_EQ(row.due()->number, 4u);
  EXPECT_EQ(due(5'000'000'000'000'000), "x4resolve ");
}

TEST_F(RequestsTest, AnImportKeepsItsSourcesTimes) {
  domain::RequestImported e;
  *e.mutable_title() = sealed("imported");
  e.set_organisation(bytes_of_id(lane));
  e.set_category("lamp");
  e.set_channel(domain::Channel::imported);
  e.set_source("la311");
  e.set_source_number("1-23");
  e.set_state(RequestState::closed_unconfirmed);
  e.set_submitted_us(100);
  e.set_closed_us(200);
  then('x', domain::SubjectKeyIssued{}, e);
  project();
  const auto row = get('x');
  EXPECT_TRUE(row.imported);
  EXPECT_EQ(row.submitted.us, 100);
  EXPECT_EQ(row.closed.us, 200);
  EXPECT_EQ(models->requests().body(id_of('x')).value()->source_number, "1-23");
  EXPECT_EQ(models->requests().counts(lane).value().columns[RequestState::closed_unconfirmed].count, 1u);
  EXPECT_EQ(due(5'000'000'000'000'000), "");
}

TEST_F(RequestsTest, DeadlinesRunUntilMetPassedOrReplaced) {
  submit('x', 1000);
  submit('y', 900);
  project();
  EXPECT_EQ(due(899), "");
  EXPECT_EQ(due(1000), "y1accept x1accept ");
  EXPECT_EQ(models->deadlines().next().value()->us, 900);
  then('y', passed(1, DeadlineKind::accept));
  then('x', domain::RequestAccepted{});
  project();
  EXPECT_EQ(due(2'000'000), "y2resolve x2resolve ");
  EXPECT_TRUE(get('y').overdue());
  EXPECT_FALSE(get('x').overdue());
  then('y', domain::RequestAccepted{});
  then('x', domain::RequestWithdrawn{});
  project();
  EXPECT_FALSE(get('y').overdue());
  EXPECT_EQ(due(2'000'000), "y2resolve ");
  then('y', domain::RequestResolved{}, deadline(3, DeadlineKind::confirm, 5000));
  then('y', domain::RequestClosedUnconfirmed{});
  project();
  EXPECT_EQ(due(2'000'000), "");
  EXPECT_EQ(models->deadlines().next().value(), std::nullopt);
}

TEST_F(RequestsTest, ListsOverdueFirstThenAsDue) {
  submit('c', 3000);
  submit('a', 1000);
  submit('b', 2000);
  submit('z', 9000);
  then('z', passed(1, DeadlineKind::accept));
  project();
  const domain::Id organisations[] = {lane};
  EXPECT_EQ(letters(models->requests().page({organisations, {}, ""}, "", 10).value().cards), "zabc");
  const auto counts = models->requests().counts(lane).value().columns[RequestState::submitted];
  EXPECT_EQ(counts.count, 4u);
  EXPECT_EQ(counts.overdue, 1u);
}

TEST_F(RequestsTest, PagesOverOrganisationsAndStatesWithoutLossOrRepetition) {
  for (char c = 'a'; c <= 'y'; ++c) {
    submit(c, 1000 + (c * 7) % 26, c % 2 ? lane : park, c % 3 ? "lamp" : "water");
    if (c % 4 == 0) then(c, domain::RequestAccepted{});
    if (c % 5 == 0) then(c, domain::RequestWithdrawn{});
  }
  project();
  const domain::Id organisations[] = {lane, park};
  std::string seen;
  std::string next;
  do {
    const auto page = models->requests().page({organisations, {}, ""}, next, 3).value();
    EXPECT_LE(page.cards.size(), 3u);
    seen += letters(page.cards);
    next = page.next;
  } while (!next.empty());
  EXPECT_EQ(seen.size(), 25u);
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
  const RequestState::Value only[] = {RequestState::accepted};
  const auto accepted = models->requests().page({organisations, only, "water"}, "", 10).value();
  EXPECT_FALSE(accepted.cards.empty());
  for (const auto& card : accepted.cards) {
    EXPECT_EQ(row_attribute(*card.row), "water");
  }
  EXPECT_EQ(models->requests().page({organisations, {}, ""}, "nonsense", 3).error().code, "bad_cursor");
}

TEST_F(RequestsTest, ACardIsJsonWithSlots) {
  submit('x', 1'000'000'500'000);
  project();
  const domain::Id organisations[] = {lane};
  const auto page = models->requests().page({organisations, {}, ""}, "", 1).value();
  Shown shown;
  std::string json;
  ASSERT_TRUE(render_row(*page.cards.at(0).row, "request/x", shown, json));
  EXPECT_EQ(
      json,
      R"({"id":")" + id_of('x').text() +
          R"(","state":"submitted","revision":"4","title":"title#20","organisation":{"id":")" + lane.text() +
          R"(","name":"Lane"},"category":"lamp","submittedAt":"2020-09-13T12:26:41Z","due":{"kind":"accept","at":"1970-01-12T13:46:40.500Z"},"overdue":false,"channel":"web"})");
  shown.may_open = false;
  json.clear();
  ASSERT_TRUE(render_row(*page.cards.at(0).row, "request/x", shown, json));
  EXPECT_EQ(json.find("title"), std::string::npos);
  EXPECT_EQ(json.find("onBehalf"), std::string::npos);
  json = "before";
  EXPECT_FALSE(render_row("\x09 damaged", "request/x", shown, json));
  EXPECT_EQ(json, "before");
}

TEST_F(RequestsTest, ACardTellsThatItIsForSomebodyElseInEveryState) {
  auto event = submitted(lane, "lamp", id_of('a'));
  *event.mutable_beneficiary_name() = sealed("grandmother");
  log.add("request", id_of('x'), id_of('a'), domain::SubjectKeyIssued{}, event);
  then('x', domain::RequestAccepted{});
  project();
  EXPECT_TRUE(get('x').on_behalf);
  const domain::Id organisations[] = {lane};
  const auto page = models->requests().page({organisations, {}, ""}, "", 1).value();
  Shown shown;
  std::string json;
  ASSERT_TRUE(render_row(*page.cards.at(0).row, "request/x", shown, json));
  EXPECT_NE(json.find(R"("onBehalf":true)"), std::string::npos);
  EXPECT_EQ(json.find("grandmother"), std::string::npos);
}

TEST_F(RequestsTest, RowsKeepEverything) {
  RequestRow row;
  row.id = id_of('x');
  row.state = RequestState::in_progress;
  row.revision = 1ull << 40;
  row.organisation = lane;
  row.submitted_to = park;
  row.grant = id_of('g');
  row.asker = id_of('a');
  row.case_key = id_of('k');
  row.category = "lamp";
  row.imported = true;
  row.on_behalf = true;
  row.submitted = {-5};
  row.deadlines[2] = {7, {-9}, false, true};
  row.stars = 5;
  row.comment = SealedValue(sealed("comment"));
  const auto decoded = RequestRow::decode(row.id, row.encode()).value();
  EXPECT_EQ(decoded.encode(), row.encode());
  EXPECT_TRUE(decoded.on_behalf);
  EXPECT_EQ(decoded.submitted.us, -5);
  EXPECT_EQ(decoded.deadlines[2].due.us, -9);
  EXPECT_TRUE(decoded.overdue());
  EXPECT_EQ(RequestRow::decode(row.id, row.encode() + "x"), std::nullopt);
  for (std::size_t size = 0; size < row.encode().size(); ++size) {
    EXPECT_EQ(RequestRow::decode(row.id, row.encode().substr(0, size)), std::nullopt) << size;
  }
}

}  // namespace
}  // namespace pioneer::projections
