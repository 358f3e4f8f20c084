#include "api/edge/edge.hpp"

#include <gmock/gmock.h>

#include "api/edge/checks.hpp"
#include "api/edge/fields.hpp"
#include "api/edge/seal_format.hpp"
#include "domain/streams.hpp"
#include "tests/api/edge/sealed_world.hpp"

namespace pioneer::api {
namespace {

using domain::Id;
using domain::RefusalKind;
using domain::stream_of;
namespace kind = domain::stream_kind;

class EdgeTest : public ::testing::Test {
 protected:
  SubmitRequestBody request_body() {
    SubmitRequestBody body;
    body.set_title("楼道灯坏了");
    body.set_description("三楼的灯坏了两周。\nDark at night.");
    body.set_category("lighting");
    body.set_organisation(world.organisation.text());
    return body;
  }
  PlaceClaimBody claim_body(std::uint32_t places = 1) {
    PlaceClaimBody body;
    body.set_places(places);
    return body;
  }
  static std::string why(const Commanded& command) {
    return command                         ? "accepted"
           : command.error().field.empty() ? command.error().code
                                           : command.error().code + " " + command.error().field;
  }
  static const domain::SubmitRequest& submitted(const Commanded& command) {
    return std::get<domain::SubmitRequest>(command->what);
  }

  pioneer::testing::SealedWorld world;
  Edge& edge = *world.edge;
  Sender wang = world.person("register wang");
};

TEST_F(EdgeTest, TellsTheCodesOfADoorApart) {
  const auto product = world.product;
  const auto ticket = world.opener().ticket_code(product, 7);
  const auto venue = world.opener().venue_code(product);
  EXPECT_THAT(ticket, ::testing::MatchesRegex("[0-9A-HJKMNP-TV-Z]{8}"));
  EXPECT_EQ(world.opener().ticket_code(product, 7), ticket);
  EXPECT_NE(world.opener().ticket_code(product, 8), ticket);
  EXPECT_NE(world.opener().ticket_code(Id::of("another product "), 7), ticket);
  EXPECT_NE(world.opener().venue_code(Id::of("another product ")), venue);
  const auto told = [&](std::string code) {
    CheckInBody body;
    body.set_code(std::move(code));
    const auto command = edge.check_in(world.call(wang, "c1"), product.text(), "7", body);
    return std::get<domain::CheckIn>(command->what).code();
  };
  EXPECT_EQ(told(""), domain::DoorCode::unspecified);
  EXPECT_EQ(told(ticket), domain::DoorCode::ticket);
  EXPECT_EQ(told(venue), domain::DoorCode::venue);
  EXPECT_EQ(told(venue.substr(0, 4) + " - " + venue.substr(4)), domain::DoorCode::venue);
  EXPECT_EQ(told(world.opener().ticket_code(product, 8)), domain::DoorCode::wrong);
  EXPECT_EQ(told(venue.substr(0, 7)), domain::DoorCode::wrong);
  EXPECT_EQ(told(venue + "0"), domain::DoorCode::wrong);
  EXPECT_EQ(told("???"), domain::DoorCode::wrong);
  EXPECT_EQ(checks::normal_door_code("o1il-abcz"), "0111ABCZ");
}

TEST_F(EdgeTest, SealsWhatARequestSays) {
  const auto command = edge.submit_request(world.call(wang, "c1"), request_body());
  ASSERT_TRUE(command);
  const auto& what = submitted(command);
  const auto stream = domain::primary_stream(command->what);
  EXPECT_EQ(stream, stream_of(kind::request, Id::of(what.id())));
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.title(), stream, field::request_title)), "楼道灯坏了");
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.description(), stream, field::request_description)),
            "三楼的灯坏了两周。\nDark at night.");
  EXPECT_EQ(what.title().key(), what.case_key());
  EXPECT_EQ(world.keyring->state(Id::of(what.case_key())), KeyState::active);
  EXPECT_EQ(what.channel(), domain::Channel::web);
  EXPECT_EQ(command->member, wang.member);
}

TEST_F(EdgeTest, ARepeatNamesTheSameStreamAndMakesNoSecondKey) {
  const auto first = edge.submit_request(world.call(wang, "c1"), request_body());
  const auto keys = world.keyring->size();
  const auto again = edge.submit_request(world.call(wang, "c1"), request_body());
  EXPECT_EQ(world.keyring->size(), keys);
  EXPECT_EQ(submitted(first).id(), submitted(again).id());
  EXPECT_EQ(first->once, again->once);
  EXPECT_EQ(first->same, again->same);
  EXPECT_NE(submitted(first).title().box(), submitted(again).title().box()) << "a nonce was used twice";
}

TEST_F(EdgeTest, SameTellsAnotherCommandUnderTheSameId) {
  auto other = request_body();
  other.set_title("楼道灯好了");
  const auto first = edge.submit_request(world.call(wang, "c1"), request_body());
  const auto second = edge.submit_request(world.call(wang, "c1"), other);
  EXPECT_EQ(first->once, second->once);
  EXPECT_NE(first->same, second->same);
  // The kind of command and what the path names count too.
  const auto confirm = edge.confirm_request(world.call(wang, "c2"), Id::of(submitted(first).id()).text());
  const auto accept = edge.accept_request(world.call(wang, "c2"), Id::of(submitted(first).id()).text());
  const auto elsewhere = edge.accept_request(world.call(wang, "c2"), world.product.text());
  EXPECT_NE(confirm->same, accept->same);
  EXPECT_NE(elsewhere->same, accept->same);
}

TEST_F(EdgeTest, MacsSayNothingWithoutTheirKey) {
  const auto li = world.person("register li");
  const auto mine = edge.place_claim(world.call(wang, "c1"), world.product.text(), claim_body());
  const auto hers = edge.place_claim(world.call(li, "c1"), world.product.text(), claim_body());
  EXPECT_NE(mine->once, hers->once);
  EXPECT_NE(mine->same, hers->same);
  EXPECT_EQ(mine->once.size(), 16u);
  EXPECT_EQ(mine->same.size(), 16u);
}

TEST_F(EdgeTest, APersonHasAnotherPseudonymInEachStream) {
  const auto other = Id::of("another product ");
  const auto here = edge.place_claim(world.call(wang, "c1"), world.product.text(), claim_body());
  const auto here_again = edge.place_claim(world.call(wang, "c2"), world.product.text(), claim_body());
  const auto there = edge.place_claim(world.call(wang, "c3"), other.text(), claim_body());
  EXPECT_EQ(here->pseudonym, here_again->pseudonym);
  EXPECT_NE(here->pseudonym, there->pseudonym);
  EXPECT_EQ(world.opener().pseudonym(wang.key, stream_of(kind::product, other)), there->pseudonym);
}

TEST_F(EdgeTest, IntroducesTheSenderAlways) {
  const auto command = edge.place_claim(world.call(wang, "c1"), world.product.text(), claim_body());
  ASSERT_EQ(command->introductions.size(), 1u);
  const auto& introduction = command->introductions[0];
  EXPECT_EQ(introduction.pseudonym, command->pseudonym);
  const auto stream = stream_of(kind::product, world.product);
  const auto who = world.opener().open_introduction(introduction.sealed_member, stream);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->member, wang.member);
  EXPECT_EQ(who->key, wang.key);
  EXPECT_FALSE(world.opener().open_introduction(introduction.sealed_member, stream + "x")) << "moved to another stream";
}

TEST_F(EdgeTest, ARegistrationIsRepeatedUnderTheKeyItMade) {
  const auto first = world.registered("r1", "李雷", "+86 138-0000-0002");
  const auto again = world.registered("r1", "李雷", "+86 138-0000-0002");
  const auto other = world.registered("r1", "韩梅梅", "+86 138-0000-0002");
  EXPECT_EQ(first.once, again.once);
  EXPECT_EQ(first.same, again.same);
  EXPECT_NE(first.same, other.same);
  const auto& what = std::get<domain::RegisterMember>(first.what);
  const auto stream = stream_of(kind::member, Id::of(what.id()));
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.name(), stream, field::member_name)), "李雷");
  EXPECT_EQ(pioneer::testing::revealed(world.opener().open(what.phone(), stream, field::member_phone)), "13800000002");
  EXPECT_EQ(first.phone_token, world.opener().phone_token("13800000002"));
  EXPECT_EQ(first.phone_token, world.opener().phone_token(what.phone(), stream, field::member_phone));
  EXPECT_TRUE(first.member.is_zero());
  EXPECT_TRUE(first.introductions.empty());
}

TEST_F(EdgeTest, NamesTheFieldThatIsWrong) {
  const auto submit = [&](auto change) {
    auto body = request_body();
    change(body);
    return why(edge.submit_request(world.call(wang, "c1"), body));
  };
  std::string long_title, longest_title;
  for (int i = 0; i < 120; ++i) longest_title += "灯";
  long_title = longest_title + "灯";
  EXPECT_EQ(submit([&](auto& b) { b.set_title(longest_title); }), "accepted");
  EXPECT_EQ(submit([&](auto& b) { b.set_title(long_title); }), "too_long title");
  EXPECT_EQ(submit([](auto& b) { b.set_title(" \n "); }), "missing title");
  EXPECT_EQ(submit([](auto& b) { b.set_title("two\nlines"); }), "malformed title");
  EXPECT_EQ(submit([](auto& b) { b.set_title("\u3000\u200b"); }), "missing title") << "nothing of it is to be seen";
  EXPECT_EQ(submit([](auto& b) { b.set_title("\u202e abc"); }), "malformed title") << "it would turn what follows";
  EXPECT_EQ(submit([](auto& b) { b.set_description("\xed\xa0\x80"); }), "malformed description") << "half a character";
  EXPECT_EQ(submit([](auto& b) { b.mutable_on_behalf_of()->set_name("\u2060"); }), "missing onBehalfOf.name");
  EXPECT_EQ(submit([](auto& b) { b.set_description(std::string(4'001, 'x')); }), "too_long description");
  EXPECT_EQ(submit([](auto& b) { b.set_category("Lighting!"); }), "malformed category");
  EXPECT_EQ(submit([](auto& b) { b.set_organisation("not an id"); }), "malformed_id organisation");
  EXPECT_EQ(submit([](auto& b) { b.clear_organisation(); }), "missing organisation");
  EXPECT_EQ(submit([](auto& b) { b.set_channel("pigeon"); }), "unknown_word channel");
  EXPECT_EQ(submit([](auto& b) { b.set_channel("imported"); }), "unknown_word channel");
  EXPECT_EQ(submit([](auto& b) { b.mutable_location()->set_address("楼上"); }), "missing location.lat");
  EXPECT_EQ(submit([](auto& b) { b.mutable_location()->set_lat(24.5); }), "missing location.lon");
  EXPECT_EQ(submit([](auto& b) { b.mutable_location()->set_lat(90.5); }), "out_of_bounds location.lat");
  EXPECT_EQ(submit([](auto& b) {
              b.mutable_location()->set_lat(0);
              b.mutable_location()->set_lon(NAN);
            }),
            "out_of_bounds location.lon");
  EXPECT_EQ(submit([](auto& b) {
              b.mutable_on_behalf_of()->set_name("奶奶");
              b.mutable_on_behalf_of()->set_phone("12");
            }),
            "malformed onBehalfOf.phone");
  EXPECT_EQ(submit([](auto& b) { b.add_photos("zz"); }), "malformed photos");
  EXPECT_EQ(submit([](auto& b) { b.add_photos(std::string(64, 'a')); }), "unknown_blob photos");
  EXPECT_EQ(why(edge.place_claim(world.call(wang, "c"), world.product.text(), claim_body(0))), "out_of_bounds places");
  EXPECT_EQ(why(edge.place_claim(world.call(wang, "c"), "no id", claim_body())), "not_found");
  EXPECT_EQ(why(edge.cancel_claim(world.call(wang, "c"), world.product.text(), "01")), "not_found");
  EXPECT_EQ(why(edge.cancel_claim(world.call(wang, "c"), world.product.text(), "4294967296")), "not_found");
  EXPECT_EQ(why(edge.cancel_claim(world.call(wang, "c"), world.product.text(), "4294967295")), "accepted");
}

TEST_F(EdgeTest, ARefusedCallMakesNoKey) {
  const auto keys = world.keyring->size();
  auto body = request_body();
  body.set_title("");
  EXPECT_FALSE(edge.submit_request(world.call(wang, "c9"), body));
  EXPECT_EQ(world.keyring->size(), keys);
}

TEST_F(EdgeTest, AttachesUploadedPhotosWithTheirKeySealed) {
  Secret blob_key;
  blob_key.bytes.fill('k');
  world.uploads.blobs[std::string(32, '\xab')] = {blob_key, "image/webp"};
  auto body = request_body();
  std::string name;
  for (int i = 0; i < 32; ++i) name += "ab";
  body.add_photos(name);
  const auto command = edge.submit_request(world.call(wang, "c1"), body);
  ASSERT_TRUE(command) << why(command);
  const auto& blob = submitted(command).photos(0);
  EXPECT_EQ(blob.name(), std::string(32, '\xab'));
  EXPECT_EQ(blob.media_type(), "image/webp");
  const auto opened =
      world.opener().open_upload_key(blob.key(), domain::primary_stream(command->what), field::blob_key);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->view(), blob_key.view());
  for (int i = 0; i < 6; ++i) body.add_photos(name);
  EXPECT_EQ(why(edge.submit_request(world.call(wang, "c2"), body)), "too_many photos");
}

TEST_F(EdgeTest, LaterWordsAreSealedUnderTheCaseKey) {
  const auto asked = edge.submit_request(world.call(wang, "c1"), request_body());
  const auto id = Id::of(submitted(asked).id());
  ReportProgressBody body;
  body.set_text("电工明天来");
  const auto progress = edge.report_progress(world.call(world.person("a cadre"), "p1"), id.text(), body);
  ASSERT_TRUE(progress) << why(progress);
  const auto& what = std::get<domain::ReportProgress>(progress->what);
  EXPECT_EQ(what.text().key(), submitted(asked).case_key());
  EXPECT_EQ(
      pioneer::testing::revealed(world.opener().open(what.text(), stream_of(kind::request, id), field::progress_text)),
      "电工明天来");
  EXPECT_EQ(why(edge.report_progress(world.call(wang, "p2"), world.product.text(), body)), "not_found");
}

TEST_F(EdgeTest, AKeyThatIsNotActiveIsARefusal) {
  const auto asked = edge.submit_request(world.call(wang, "c1"), request_body());
  const auto id = Id::of(submitted(asked).id());
  ASSERT_TRUE(world.keyring->begin_erase(Id::of(submitted(asked).case_key())));
  DisputeRequestBody body;
  body.set_reason("还是黑的");
  EXPECT_EQ(why(edge.dispute_request(world.call(wang, "d1"), id.text(), body)), "erased");
  ASSERT_TRUE(world.keyring->erase(wang.key));
  EXPECT_EQ(why(edge.place_claim(world.call(wang, "c2"), world.product.text(), claim_body())), "erased");
  const Sender stranger{wang.member, Id::of("never seen 16 by")};
  EXPECT_EQ(why(edge.place_claim(world.call(stranger, "c3"), world.product.text(), claim_body())), "key_missing");
}

TEST_F(EdgeTest, ASecretFollowsFromAllThatMakesTheCall) {
  const auto li = world.person("register li");
  const auto secret = [&](const Call& call, std::string_view purpose, const Sender& about) {
    const auto made = edge.secret_for(call, purpose, about.member.text());
    return made ? *made : made.error().code;
  };
  const auto first = secret(world.call(wang, "c1"), "bearer", li);
  EXPECT_EQ(first.size(), 32u);
  EXPECT_EQ(secret(world.call(wang, "c1"), "bearer", li), first) << "a repeat would show another one";
  EXPECT_NE(secret(world.call(wang, "c2"), "bearer", li), first);
  EXPECT_NE(secret(world.call(li, "c1"), "bearer", li), first);
  EXPECT_NE(secret(world.call(wang, "c1"), "sign-in", li), first);
  EXPECT_NE(secret(world.call(wang, "c1"), "bearer", wang), first);
  EXPECT_EQ(secret(world.call(wang, ""), "bearer", li), "keys_unavailable") << "nothing tells a repeat";
}

TEST_F(EdgeTest, AnAssignmentNamesAGrantNotAPerson) {
  AssignRequestBody body;
  body.set_organisation(world.organisation.text());
  body.set_member(wang.member.text());
  const auto grant = Id::of("a grant 16 bytes");
  const auto known = [&](const Id& member, const Id&) {
    return member == wang.member ? std::optional(grant) : std::nullopt;
  };
  const auto none = [](const Id&, const Id&) { return std::optional<Id>(); };
  const auto command = edge.assign_request(world.call(wang, "a1"), world.product.text(), body, known);
  EXPECT_EQ(std::get<domain::AssignRequest>(command->what).grant(), grant.view());
  EXPECT_EQ(why(edge.assign_request(world.call(wang, "a2"), world.product.text(), body, none)),
            "not_an_official member");
}

TEST_F(EdgeTest, AnImportIsTheSameEveryTime) {
  RequestToImport row{"la311-2020",
                      "1-123",
                      "Graffiti Removal",
                      "Closed",
                      "Graffiti at 1st St",
                      {},
                      "graffiti",
                      world.organisation,
                      domain::RequestState::closed_unconfirmed,
                      1'577'900'000'000'000,
                      1'578'000'000'000'000};
  row.location.emplace();
  row.location->set_lat(34.05);
  row.location->set_lon(-118.24);
  const auto first = edge.import_request(row);
  const auto again = edge.import_request(row);
  ASSERT_TRUE(first) << why(first);
  const auto& what = std::get<domain::ImportRequest>(first->what);
  EXPECT_EQ(what.id(), std::get<domain::ImportRequest>(again->what).id());
  EXPECT_EQ(first->once, again->once);
  EXPECT_EQ(first->same, again->same);
  EXPECT_TRUE(first->system);
  EXPECT_EQ(first->occurred_us, row.submitted_us);
  const auto place = world.opener().open_location(what.location(), stream_of(kind::request, Id::of(what.id())));
  ASSERT_TRUE(place);
  EXPECT_EQ(place->lat(), 34.05);
  row.number = "1-124";
  EXPECT_NE(std::get<domain::ImportRequest>(edge.import_request(row)->what).id(), what.id());
}

TEST_F(EdgeTest, JournalsSubjectsWhicheverTheMonth) {
  const std::vector<Sender> subjects{wang, {wang.member, Id::of("never seen 16 by")}};
  const auto command =
      edge.record_personal_data_opened(world.call(wang, "j1"), world.organisation, "call back", subjects);
  ASSERT_TRUE(command) << why(command);
  const auto& what = std::get<domain::RecordPersonalDataOpened>(command->what);
  ASSERT_EQ(what.subjects_size(), 1) << "whose key is gone is left out";
  const auto stream = domain::access_stream(world.organisation, 1'700'000'000'000'000);
  EXPECT_EQ(world.opener().open_subject(what.subjects(0), stream), wang.member);
  EXPECT_EQ(world.opener().pseudonym(wang.key, stream), command->pseudonym);
}

TEST(Padding, HidesHowLongAShortValueIs) {
  for (std::size_t size = 0; size < 32; ++size) EXPECT_EQ(padded_size(size), 32u);
  EXPECT_EQ(padded_size(32), 48u);
  EXPECT_EQ(padded_size(63), 64u);
  EXPECT_EQ(padded_size(64), 128u);
  EXPECT_EQ(padded_size(4'000), 4'032u);
}

TEST(Padding, ComesOffAgain) {
  for (const std::string value : {"", "a", "ends in zero", "\x80"}) {
    OpenedText opened(padded(value + std::string(value.size() % 3, '\0')));
    ASSERT_TRUE(opened.cut_padding());
    EXPECT_EQ(pioneer::testing::revealed(std::optional(std::move(opened))),
              value + std::string(value.size() % 3, '\0'));
  }
  OpenedText none("no padding");
  EXPECT_FALSE(none.cut_padding());
}

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Opened, NothingAcceptsItByAccident) {
  static_assert(!std::is_convertible_v<OpenedText, std::string>);
  static_assert(!std::is_convertible_v<OpenedText, std::string_view>);
  static_assert(!std::is_constructible_v<std::string, OpenedText>);
  static_assert(!std::is_copy_constructible_v<OpenedText>);
  static_assert(!Printable<OpenedText> && Printable<std::string>);
}

}  // namespace
}  // namespace pioneer::api
