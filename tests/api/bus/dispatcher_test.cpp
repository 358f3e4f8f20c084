#include "api/bus/dispatcher.hpp"

#include <gtest/gtest.h>

#include <random>

#include "api/bus/operations.hpp"
#include "api/http/headers.hpp"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"

namespace pioneer::api::bus {
namespace {

using http::IncomingPointer;
using http::Operation;

/// What one connection got back.
struct Wire {
  std::vector<BusAnswer> answers;
  std::size_t queued = 0;
  bool gone = false;
  int open = 0;
};

class WireReturn final : public BusReturn {
 public:
  explicit WireReturn(Wire& wire) : wire_(wire) { ++wire_.open; }
  ~WireReturn() override { --wire_.open; }
  bool send(std::string message) override {
    if (wire_.gone) return false;
    EXPECT_TRUE(wire_.answers.emplace_back().ParseFromString(message));
    return true;
  }
  bool closed() const override { return wire_.gone; }
  std::size_t queued_bytes() const override { return wire_.queued; }

 private:
  Wire& wire_;
};

/// The real router; its handlers note what came, and answer what the test wants.
class Dispatched : public testing::Test {
 protected:
  Dispatched() {
    router.on(Operation::place_claim, [this](const IncomingPointer& incoming) {
      came = incoming;
      PlaceClaimBody body;
      if (!incoming->read_body(body)) return;
      if (body.places() == 99) return;  // forgotten
      if (body.places() == 13)
        return incoming->refuse({domain::RefusalKind::conflict, "product_full", "Full.", "places"}, 8);
      ClaimView view;
      view.set_id("7");
      view.set_places(body.places());
      incoming->view(view, {.revision = 3, .position = 41});
    });
    router.on(Operation::get_tile, [this](const IncomingPointer& incoming) {
      came = incoming;
      incoming->responder.respond({.content_type = "application/octet-stream", .body = "tile"});
    });
    router.on(Operation::list_products, [this](const IncomingPointer& incoming) {
      came = incoming;
      incoming->json(std::string(R"({"items":[]})"));
    });
    router.on(Operation::get_events, [this](const IncomingPointer& incoming) {
      came = incoming;
      if (incoming->request.parameter("organisation") == "full")
        return incoming->problem({.code = "too_many_listeners", .retry_after_s = 10});
      stream = incoming->responder.stream({.content_type = "text/event-stream"});
    });
  }

  const BusAnswer& ask(const BusRequest& request, BusFlaw flaw = BusFlaw::none, const std::string& peer = "p") {
    take(request.SerializeAsString(), flaw, peer);
    return wire.answers.back();
  }
  void take(std::string message, BusFlaw flaw = BusFlaw::none, const std::string& peer = "p") {
    dispatcher.take({std::move(message), "its key", peer, flaw}, std::make_shared<WireReturn>(wire));
    if (wire.answers.empty()) wire.answers.emplace_back();
  }
  static BusRequest claim(std::uint32_t places) {
    BusRequest request;
    request.set_id(5);
    request.set_token("secret");
    auto& call = *request.mutable_call();
    call.set_operation("place_claim");
    auto& id = *call.add_parameters();
    id.set_name("id");
    id.set_value("a/b c");
    PlaceClaimBody body;
    body.set_places(places);
    body.SerializeToString(call.mutable_body());
    return request;
  }
  static BusRequest call(const std::string& operation, const std::vector<std::pair<std::string, std::string>>& set) {
    BusRequest request;
    request.set_id(6);
    request.mutable_call()->set_operation(operation);
    for (const auto& [name, value] : set) {
      auto& one = *request.mutable_call()->add_parameters();
      one.set_name(name);
      one.set_value(value);
    }
    return request;
  }
  static BusRequest subscription() {
    BusRequest request;
    request.set_id(9);
    request.mutable_subscribe();
    return request;
  }

  Wire wire;
  IncomingPointer came;
  std::shared_ptr<EventStream> stream;
  http::Router router{http::Router::Options{.new_command_id = [] { return std::string("made"); }}};
  Dispatcher dispatcher{router};
};

TEST_F(Dispatched, GivesACommandToItsHandlerAndTheViewBack) {
  auto request = claim(2);
  request.mutable_call()->set_idempotency_key("0188e0a5-3c5e-7000-8000-000000000001");
  request.mutable_call()->set_expected_revision(2);
  request.mutable_call()->set_receipt("promise");
  request.set_position(40);
  const auto& answer = ask(request);
  EXPECT_EQ(came->path, std::vector<std::string>{"a/b c"});
  EXPECT_EQ(came->credentials.secret, "secret");
  EXPECT_EQ(came->command_id, "0188e0a5-3c5e-7000-8000-000000000001");
  EXPECT_EQ(came->expected_revision, 2);
  EXPECT_EQ(came->wait_for, 40U);
  EXPECT_TRUE(came->receipt.promise);
  EXPECT_EQ(came->request.peer, "its key");
  EXPECT_EQ(answer.id(), 5U);
  EXPECT_EQ(answer.position(), 41U);
  EXPECT_EQ(answer.view().revision(), 3U);
  EXPECT_EQ(answer.view().status(), 201U);
  EXPECT_EQ(answer.view().message(), "ClaimView");
  ClaimView view;
  ASSERT_TRUE(view.ParseFromString(answer.view().content()));
  EXPECT_EQ(view.places(), 2U);
  came.reset();
  EXPECT_EQ(wire.open, 0);
}

TEST_F(Dispatched, SaysRefusalsAsHttpDoes) {
  auto request = claim(13);
  request.set_language("zh");
  const auto& answer = ask(request);
  EXPECT_EQ(answer.position(), 8U);
  EXPECT_EQ(answer.problem().code(), "product_full");
  EXPECT_EQ(answer.problem().status(), 409U);
  EXPECT_EQ(answer.problem().field(), "places");
  EXPECT_EQ(answer.problem().title(), http::problem_text("product_full").zh);
}

TEST_F(Dispatched, SaysThatAHandlerForgot) {
  const auto& answer = ask(claim(99));
  EXPECT_TRUE(answer.what_case() == BusAnswer::WHAT_NOT_SET);
  came.reset();
  EXPECT_EQ(wire.answers.back().problem().code(), "internal");
  EXPECT_EQ(wire.open, 0);
}

TEST_F(Dispatched, PutsTheRestOfTheParametersIntoTheQuery) {
  EXPECT_EQ(ask(call("list_products", {{"kind", "a&b=c"}})).view().message(), "ProductList");
  EXPECT_EQ(came->request.parameter("kind"), "a&b=c");
  EXPECT_EQ(ask(call("list_products", {{"colour", "red"}})).problem().code(), "unknown_parameter");
  EXPECT_EQ(ask(call("get_tile", {{"level", "0"}, {"index", "x001/067"}})).view().content(), "tile");
  EXPECT_EQ(came->path, (std::vector<std::string>{"0", "x001/067"}));
  EXPECT_EQ(wire.answers.back().view().content_type(), "application/octet-stream");
}

TEST_F(Dispatched, RefusesWhatIsNoCall) {
  const auto code = [&](const BusRequest& request, BusFlaw flaw = BusFlaw::none) {
    return ask(request, flaw).problem().code();
  };
  EXPECT_EQ(code(BusRequest()), "malformed_message");
  EXPECT_EQ(code(call("place_claims", {})), "unknown_operation");
  EXPECT_EQ(code(call("", {})), "unknown_operation");
  EXPECT_EQ(code(call("place_claim", {})), "missing");
  EXPECT_EQ(wire.answers.back().problem().field(), "id");
  for (const auto* one : {"post_blob", "get_events", "open_session", "end_session", "list_my_sessions"})
    EXPECT_EQ(code(call(one, {})), "unknown_operation") << one;
  auto wrong = claim(1);
  wrong.mutable_call()->set_body("\xff\xff");
  EXPECT_EQ(code(wrong), "malformed_message");
  auto newer = claim(1);
  newer.mutable_call()->mutable_body()->append("\xa8\x0f\x01", 3);  // field 245
  EXPECT_EQ(code(newer), "unknown_field");
  auto with_body = call("list_products", {});
  with_body.mutable_call()->set_body("x");
  EXPECT_EQ(code(with_body), "malformed_message");
  auto key = claim(1);
  key.mutable_call()->set_idempotency_key("7");
  EXPECT_EQ(code(key), "malformed_idempotency_key");
  EXPECT_EQ(code(claim(1), BusFlaw::busy), "busy");
  EXPECT_EQ(wire.answers.back().id(), 5U);
  EXPECT_EQ(wire.answers.back().problem().status(), 429U);
  EXPECT_EQ(code(claim(1), BusFlaw::refused), "forbidden");
  EXPECT_EQ(code(BusRequest(), BusFlaw::frames), "too_many_frames");
  EXPECT_EQ(code(BusRequest(), BusFlaw::skipped), "busy");
  EXPECT_EQ(came, nullptr) << "a handler was asked";
}

TEST_F(Dispatched, AnswersAnyBytesOnce) {
  std::mt19937 chance(11);
  const auto good = claim(2).SerializeAsString();
  for (int i = 0; i < 5'000; ++i) {
    auto bytes = good;
    if (i % 2 == 0) {
      bytes.resize(chance() % 80);
      for (auto& c : bytes) c = static_cast<char>(chance());
    } else {
      for (unsigned n = chance() % 4 + 1; n > 0; --n) bytes[chance() % bytes.size()] = static_cast<char>(chance());
    }
    wire.answers.clear();
    dispatcher.take({bytes, "k", "p", BusFlaw::none}, std::make_shared<WireReturn>(wire));
    came.reset();
    if (stream) {
      stream->close();
      stream.reset();
    }
    ASSERT_EQ(wire.answers.size(), 1U) << i;
    ASSERT_EQ(wire.open, 0) << i;
  }
}

TEST_F(Dispatched, EveryOperationOfTheTableIsOfferedButWhatIsABrowsers) {
  std::vector<std::string_view> missing;
  for (const auto& route : http::routes())
    if (operation_named(route.name()) != &route) missing.push_back(route.name());
  EXPECT_EQ(missing,
            (std::vector<std::string_view>{"open_session", "get_session", "rotate_session", "end_session",
                                           "list_my_sessions", "revoke_my_session", "post_blob", "get_events"}));
}

TEST_F(Dispatched, SubscribesFromAPosition) {
  auto request = subscription();
  auto& wanted = *request.mutable_subscribe();
  wanted.set_from(7);
  wanted.set_organisation("LA");
  wanted.set_kind("product");
  wanted.add_types("ClaimPlaced");
  wanted.add_types("ClaimCancelled");
  take(request.SerializeAsString());
  ASSERT_NE(stream, nullptr);
  EXPECT_EQ(came->request.headers.find("Last-Event-ID"), "6");
  EXPECT_EQ(came->request.parameter("organisation"), "LA");
  EXPECT_EQ(came->request.parameter("kind"), "product");
  EXPECT_EQ(came->request.parameter("types"), "ClaimPlaced,ClaimCancelled");
  EXPECT_EQ(wire.open, 1);
}

HttpFrame frame(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

TEST_F(Dispatched, TellsEventsAndPlaces) {
  take(subscription().SerializeAsString());
  wire.answers.clear();
  EXPECT_TRUE(stream->push(frame("retry: 2000\nid: 3\n\n")));
  EXPECT_TRUE(stream->push(
      frame("id: 4\ndata: "
            "{\"position\":\"4\",\"stream\":\"product/a\",\"events\":[],\"more\":[{\"position\":\"4\",\"stream\":"
            "\"request/b\",\"events\":[]}]}\n\nid: 6\ndata: "
            "{\"position\":\"6\",\"stream\":\"product/c\",\"events\":[]}\n\n")));
  EXPECT_TRUE(stream->push(frame(":\n\n")));
  ASSERT_EQ(wire.answers.size(), 4U);
  for (const auto& answer : wire.answers) EXPECT_EQ(answer.id(), 9U);
  EXPECT_TRUE(wire.answers[0].has_mark());
  EXPECT_EQ(wire.answers[0].position(), 3U);
  EXPECT_EQ(wire.answers[1].events().stream(), "product/a");
  EXPECT_EQ(wire.answers[1].events().more(0).stream(), "request/b");
  EXPECT_EQ(wire.answers[2].events().position(), 6U);
  EXPECT_TRUE(wire.answers[3].has_mark());
  EXPECT_FALSE(wire.answers[3].has_position());
}

TEST_F(Dispatched, DropsWhoIsTooSlowAndSaysWhereToGoOn) {
  take(subscription().SerializeAsString());
  stream->push(frame("id: 4\n\n"));
  wire.queued = Subscription::queue_bytes_max + 1;
  EXPECT_FALSE(stream->push(frame("id: 5\n\n")));
  EXPECT_TRUE(stream->closed());
  EXPECT_EQ(wire.answers.back().problem().code(), "slow");
  EXPECT_EQ(wire.answers.back().position(), 4U);
  EXPECT_EQ(wire.open, 0);
}

TEST_F(Dispatched, EndsASubscriptionOfTheSameConnectionOnly) {
  take(subscription().SerializeAsString());
  EXPECT_EQ(ask(subscription()).problem().code(), "malformed_message") << "the id is taken";
  BusRequest end;
  end.set_id(9);
  end.mutable_end();
  EXPECT_EQ(ask(end, BusFlaw::none, "another").problem().code(), "not_found");
  EXPECT_FALSE(stream->closed());
  EXPECT_TRUE(ask(end, BusFlaw::busy).has_ended());
  EXPECT_TRUE(stream->closed());
  EXPECT_FALSE(stream->push(frame("id: 5\n\n")));
  EXPECT_EQ(ask(end).problem().code(), "not_found");
  take(subscription().SerializeAsString());
  EXPECT_FALSE(stream->closed());
}

TEST_F(Dispatched, SaysWhyASubscriptionIsNotTaken) {
  auto request = subscription();
  request.mutable_subscribe()->set_organisation("full");
  const auto& answer = ask(request);
  EXPECT_EQ(answer.problem().code(), "too_many_listeners");
  EXPECT_EQ(answer.retry_after_s(), 10U);
  EXPECT_EQ(wire.open, 0);
}

}  // namespace
}  // namespace pioneer::api::bus
