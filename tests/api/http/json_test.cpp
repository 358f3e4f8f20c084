// Messages as JSON and back.
#include "api/http/json.hpp"

#include <gtest/gtest.h>

#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "domain/common/common.pb.h"

namespace pioneer::api::http {
namespace {

TEST(JsonWriter, WritesZeroAndEmptyValuesAndLeavesOutWhatIsAbsent) {
  OrganisationView view;
  EXPECT_EQ(
      to_json(view),
      R"({"id":"","state":"unspecified","revision":"0","name":"","level":"unspecified","ancestors":[],"children":0})");
  view.set_parent("");
  EXPECT_NE(to_json(view).find(R"("parent":"")"), std::string::npos);
}

TEST(JsonWriter, WritesNestedMessagesWordsTimesAndNumbers) {
  RequestCard card;
  card.set_id("r1");
  card.set_state(domain::RequestState::awaiting_confirmation);
  card.set_revision(18'446'744'073'709'551'615ULL);
  card.mutable_due()->set_kind(domain::DeadlineKind::confirm);
  card.mutable_due()->mutable_at()->set_seconds(1'772'000'000);
  card.mutable_location()->set_lat(24.5);
  card.mutable_location()->set_lon(-118.0625);
  card.set_channel(domain::Channel::web);
  EXPECT_EQ(to_json(card),
            R"({"id":"r1","state":"awaiting_confirmation","revision":"18446744073709551615","category":"",)"
            R"("due":{"kind":"confirm","at":"2026-02-25T06:13:20Z"},"overdue":false,"channel":"web",)"
            R"("location":{"lat":24.5,"lon":-118.0625}})");
}

TEST(JsonWriter, EscapesWhatMustBeAndNothingElse) {
  std::string out;
  append_json_string(out, "厦\"\\/\n\t\x01é<>");
  EXPECT_EQ(out, "\"厦\\\"\\\\/\\n\\t\\u0001é<>\"");
}

TEST(JsonWriter, WritesAStructWithItsNamesInOrder) {
  EventView event;
  auto& fields = *event.mutable_data()->mutable_fields();
  fields["b"].set_number_value(2);
  fields["a"].mutable_list_value()->add_values()->set_bool_value(true);
  fields["c"].set_null_value(google::protobuf::NULL_VALUE);
  EXPECT_EQ(to_json(event), R"({"revision":"0","type":"","version":0,"data":{"a":[true],"b":2,"c":null},"opened":[]})");
}

TEST(JsonReader, ReadsABody) {
  SubmitRequestBody body;
  const auto read = from_json(R"( {"title":"\u53a6\ud83d\ude00x\n", "location":{"lat":24.5,"lon":-1.5e1,"address":null},
      "photos":["a","b"], "onBehalfOf":{"name":"n"}, "channel":"phone"} )",
                              body);
  ASSERT_TRUE(read.has_value()) << read.error().sentence;
  EXPECT_EQ(body.title(), "厦😀x\n");
  EXPECT_EQ(body.location().lon(), -15.0);
  EXPECT_FALSE(body.location().has_address());
  EXPECT_EQ(body.photos_size(), 2);
  EXPECT_EQ(body.on_behalf_of().name(), "n");
  EXPECT_EQ(body.channel(), "phone");
}

TEST(JsonReader, ReadsTimesOfAnyOffset) {
  CheckInBody body;
  ASSERT_TRUE(from_json(R"({"occurredAt":"2026-02-25T14:13:20.25+08:00"})", body).has_value());
  EXPECT_EQ(body.occurred_at().seconds(), 1'772'000'000);
  EXPECT_EQ(body.occurred_at().nanos(), 250'000'000);
}

TEST(JsonReader, ReadsWideNumbersAndWordsAsTheyAreWritten) {
  ClaimView view;
  ASSERT_TRUE(
      from_json(R"({"revision":"18446744073709551615","state":"no_show","waitlistPosition":3})", view).has_value());
  EXPECT_EQ(view.revision(), 18'446'744'073'709'551'615ULL);
  EXPECT_EQ(view.state(), domain::ClaimState::no_show);
  ASSERT_TRUE(from_json(R"({"revision":7})", view).has_value());
  EXPECT_EQ(view.revision(), 7U);
}

TEST(JsonReader, ReadsBackWhatIsWritten) {
  ProductView view;
  view.set_id("p");
  view.set_state(domain::ProductState::published);
  view.add_sessions()->mutable_starts()->set_seconds(1);
  view.set_stars(4.25);
  view.add_actions("claim");
  ProductView again;
  ASSERT_TRUE(from_json(to_json(view), again).has_value());
  EXPECT_EQ(to_json(again), to_json(view));
}

struct Bad {
  const char* json;
  unsigned status;
  const char* code;
  const char* field;
};
class JsonReaderRefuses : public testing::TestWithParam<Bad> {};

TEST_P(JsonReaderRefuses, NamingTheField) {
  CreateProductBody body;
  const auto read = from_json(GetParam().json, body);
  ASSERT_FALSE(read.has_value()) << GetParam().json;
  EXPECT_EQ(read.error().status, GetParam().status) << GetParam().json;
  EXPECT_EQ(read.error().code, GetParam().code) << GetParam().json;
  EXPECT_EQ(read.error().field, GetParam().field) << GetParam().json;
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, JsonReaderRefuses,
    testing::Values(
        Bad{"", 400, "malformed_json", ""}, Bad{"{", 400, "malformed_json", ""}, Bad{"[]", 400, "wrong_type", ""},
        Bad{"{} x", 400, "malformed_json", ""}, Bad{"{'title':\"a\"}", 400, "malformed_json", ""},
        Bad{"{title:\"a\"}", 400, "malformed_json", ""}, Bad{R"({"title":"a",})", 400, "malformed_json", ""},
        Bad{R"({"title" "a"})", 400, "malformed_json", ""}, Bad{R"({"title":"a)", 400, "malformed_json", "title"},
        Bad{R"({"title":"\x"})", 400, "malformed_json", "title"},
        Bad{R"({"title":"\ud800"})", 400, "malformed_json", "title"},
        Bad{R"({"title":"\udc00"})", 400, "malformed_json", "title"},
        Bad{R"({"title":"\u00"})", 400, "malformed_json", "title"},
        Bad{R"({"title":"\u0000"})", 400, "malformed_json", "title"},
        Bad{"{\"title\":\"\x01\"}", 400, "malformed_json", "title"},
        Bad{"{\"title\":\"\xff\"}", 400, "malformed_json", "title"},
        Bad{"{\"title\":\"\xc0\x80\"}", 400, "malformed_json", "title"},
        Bad{"{\"title\":\"\xed\xa0\x80\"}", 400, "malformed_json", "title"},
        Bad{"{\"title\":\"\xe5\"}", 400, "malformed_json", "title"}, Bad{R"({"title":1})", 400, "wrong_type", "title"},
        Bad{R"({"title":{}})", 400, "wrong_type", "title"},
        Bad{R"({"title":"a","title":"b"})", 400, "repeated_field", "title"},
        Bad{R"({"colour":1})", 400, "unknown_field", "colour"},
        Bad{R"({"max_per_member":1})", 400, "unknown_field", "max_per_member"},
        Bad{R"({"sessions":[{"start":1}]})", 400, "unknown_field", "sessions.start"},
        Bad{R"({"sessions":{}})", 400, "wrong_type", "sessions"},
        Bad{R"({"sessions":[1]})", 400, "wrong_type", "sessions"},
        Bad{R"({"sessions":[{} {}]})", 400, "malformed_json", "sessions"},
        Bad{R"({"sessions":[{"starts":"tomorrow"}]})", 400, "wrong_type", "sessions.starts"},
        Bad{R"({"sessions":[{"starts":5}]})", 400, "wrong_type", "sessions.starts"},
        Bad{R"({"capacity":-1})", 422, "out_of_bounds", "capacity"},
        Bad{R"({"capacity":4294967296})", 422, "out_of_bounds", "capacity"},
        Bad{R"({"capacity":1.5})", 400, "wrong_type", "capacity"},
        Bad{R"({"capacity":"1"})", 400, "wrong_type", "capacity"},
        Bad{R"({"capacity":01})", 400, "malformed_json", "capacity"},
        Bad{R"({"capacity":1e0})", 400, "wrong_type", "capacity"},
        Bad{R"({"capacity":-})", 400, "malformed_json", "capacity"},
        Bad{R"({"capacity":NaN})", 400, "malformed_json", "capacity"},
        Bad{R"({"capacity":tru)", 400, "malformed_json", "capacity"},
        Bad{R"({"title":)", 400, "malformed_json", "title"},
        Bad{R"({"colour":{"a":[1,true,null,"x"]})", 400, "malformed_json", "colour"},
        Bad{R"({"colour":{"a":[1,true,null,"x"]}})", 400, "unknown_field", "colour"},
        Bad{R"({"waitlist":1})", 400, "wrong_type", "waitlist"}));

TEST(JsonReader, RefusesAWordThatIsNone) {
  RoleView view;
  const auto read = from_json(R"({"role":"emperor"})", view);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, "unknown_word");
  EXPECT_FALSE(from_json(R"({"role":"unspecified"})", view).has_value());
}

TEST(JsonReader, EndsAtEveryCutOfABody) {
  const std::string whole =
      R"({"title":"厦","sessions":[{"starts":"2026-01-01T00:00:00Z","venue":"\u53a6"}],"capacity":10,"waitlist":true})";
  CreateProductBody body;
  ASSERT_TRUE(from_json(whole, body).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = from_json(whole.substr(0, size), body);
    ASSERT_FALSE(read.has_value()) << size;
    EXPECT_EQ(read.error().code, "malformed_json") << size;
  }
}

TEST(Json, SaysCaseWhereTheNameIsCase_) {
  domain::SubjectKeyIssued issued;
  issued.set_kind(domain::KeyKind::case_);
  const auto json = to_json(issued);
  EXPECT_NE(json.find(R"("kind":"case")"), std::string::npos) << json;
  domain::SubjectKeyIssued read;
  ASSERT_TRUE(from_json(R"({"kind":"case"})", read).has_value());
  EXPECT_EQ(read.kind(), domain::KeyKind::case_);
  EXPECT_FALSE(from_json(R"({"kind":"case_"})", read).has_value());
}

}  // namespace
}  // namespace pioneer::api::http
