// From a request to its handler, and what is refused on the way.
#include "api/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "api/http/problems.hpp"
#include "api/messages/commands.pb.h"
#include "api/messages/views.pb.h"
#include "api/node/refusals.hpp"
#include "domain/refusals.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

class Kept final : public Answer {
 public:
  void respond(HttpResponse response) override {
    if (!given) given = std::move(response);
  }
  std::shared_ptr<EventStream> stream(HttpResponse) override { return nullptr; }
  std::optional<HttpResponse> given;
};

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& h : response.headers)
    if (h.name == name) return h.value;
  return {};
}

class RouterTest : public testing::Test {
 protected:
  RouterTest() : router({.new_command_id = [] { return "new"; }}) {
    for (const auto& route : routes())
      router.on(route.operation, [this](IncomingPointer incoming) {
        seen = incoming;
        if (act) act(*incoming);
      });
  }

  HttpResponse ask(std::string method, std::string path, std::string body = {},
                   std::vector<std::pair<std::string, std::string>> fields = {}) {
    HttpRequest request{.method = std::move(method), .path = std::move(path), .body = std::move(body)};
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    const auto answer = std::make_shared<Kept>();
    seen = nullptr;
    router.serve(std::move(request), Responder(answer));
    return answer->given.value_or(HttpResponse{.status = 0});
  }
  std::string handled_by() const { return seen ? std::string(seen->route->pattern) : "nobody"; }

  Router router;
  IncomingPointer seen;
  std::function<void(Incoming&)> act;
};

TEST_F(RouterTest, FindsEveryRouteOfTheTable) {
  for (const auto& route : routes()) {
    std::string path;
    std::size_t parameters = 0;
    for (std::size_t i = 0; i < route.pattern.size(); ++i) {
      if (route.pattern[i] != '{') {
        path.push_back(route.pattern[i]);
        continue;
      }
      i = route.pattern.find('}', i);
      path += "v" + std::to_string(parameters++);
    }
    ask(route.method == Method::get ? "GET" : "POST", path);
    ASSERT_NE(seen, nullptr) << path;
    EXPECT_EQ(seen->route->operation, route.operation) << path;
    ASSERT_EQ(seen->path.size(), parameters) << path;
    for (std::size_t i = 0; i < parameters; ++i) EXPECT_EQ(seen->path[i], "v" + std::to_string(i));
  }
  EXPECT_TRUE(router.unhandled().empty());
}

TEST_F(RouterTest, DecodesTheValuesInAPath) {
  ask("GET", "/api/v1/organisations/%E5%8E%A6%2F1");
  EXPECT_EQ(seen->path.front(), "厦/1");
}

TEST_F(RouterTest, AnswersHeadAsGetAndOperationsUnderBothPaths) {
  ask("HEAD", "/api/v1/categories");
  EXPECT_EQ(handled_by(), "/api/v1/categories");
  ask("GET", "/api/v1/readyz");
  EXPECT_EQ(handled_by(), "/readyz");
}

TEST_F(RouterTest, RefusesParametersThatTheTableDoesNotName) {
  for (const auto& route : routes()) {
    HttpRequest request{.method = route.method == Method::get ? "GET" : "POST",
                        .path = std::string(route.pattern),
                        .query = {{"surprise", "1"}}};
    const auto answer = std::make_shared<Kept>();
    seen = nullptr;
    router.serve(std::move(request), Responder(answer));
    EXPECT_EQ(seen, nullptr) << route.pattern;
    ASSERT_TRUE(answer->given.has_value()) << route.pattern;
    EXPECT_EQ(answer->given->status, 400U) << route.pattern;
    EXPECT_THAT(answer->given->body, HasSubstr(R"("code":"unknown_parameter","field":"surprise")"));
  }
}

TEST_F(RouterTest, RefusesUnknownAddressesAndMethods) {
  for (const auto* path : {"/", "/api/v1", "/api/v1/", "/api/v1/organisations/", "/api/v1//organisations",
                           "/api/v1/organisations/%zz", "/api/v2/me", "/api/v1/me/claims/x/y/z/a/b", "x"}) {
    const auto response = ask("GET", path);
    EXPECT_EQ(response.status, 404U) << path;
    EXPECT_EQ(response.content_type, "application/problem+json");
  }
  auto response = ask("POST", "/api/v1/me");
  EXPECT_EQ(response.status, 405U);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
  response = ask("DELETE", "/api/v1/organisations");
  EXPECT_EQ(response.status, 405U);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD, POST");
}

TEST_F(RouterTest, ReadsTheHeadersOfACommand) {
  ask("POST", "/api/v1/products/p/publish", "",
      {{"Idempotency-Key", "01arz3ndektsv4rrffq69g5fav"}, {"If-Match", "\"3\""}, {"Authorization", "Bearer t"}});
  EXPECT_EQ(seen->command_id, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(seen->expected_revision, 3);
  EXPECT_EQ(seen->credentials.secret, "t");
  ask("POST", "/api/v1/products/p/publish");
  EXPECT_EQ(seen->command_id, "new");
  EXPECT_EQ(seen->expected_revision, -1);
  ask("GET", "/api/v1/me", "", {{"Pioneer-Position", "12"}});
  EXPECT_EQ(seen->wait_for, 12U);
}

TEST_F(RouterTest, RefusesHeadersItCannotRead) {
  const auto refused = [&](std::string name, std::string value) {
    const auto response = ask("POST", "/api/v1/products/p/publish", "", {{name, std::move(value)}});
    EXPECT_EQ(response.status, 400U) << name;
    EXPECT_THAT(response.body, HasSubstr("\"field\":\"" + name + "\""));
    EXPECT_EQ(seen, nullptr);
  };
  refused("Idempotency-Key", "17");
  refused("If-Match", "17");
  refused("Pioneer-Position", "x");
}

TEST_F(RouterTest, RefusesBodiesThatAreNotJson) {
  EXPECT_EQ(ask("POST", "/api/v1/requests", "a=b", {{"Content-Type", "application/x-www-form-urlencoded"}}).status,
            415U);
  EXPECT_EQ(ask("POST", "/api/v1/requests", "{}").status, 415U);
  ask("POST", "/api/v1/requests", "{}", {{"Content-Type", "application/json; charset=utf-8"}});
  EXPECT_NE(seen, nullptr);
  ask("POST", "/api/v1/blobs", "\xff\xd8", {{"Content-Type", "image/jpeg"}});
  EXPECT_NE(seen, nullptr);
}

TEST_F(RouterTest, RefusesAChangeByCookieFromAnotherSite) {
  const std::pair<std::string, std::string> cookie{"Cookie", "__Host-pioneer=s"};
  const std::pair<std::string, std::string> host{"Host", "p.cn"};
  const auto response = ask("POST", "/api/v1/requests", "", {cookie, host, {"Origin", "https://evil.cn"}});
  EXPECT_EQ(response.status, 403U);
  EXPECT_THAT(response.body, HasSubstr("origin_refused"));
  ask("POST", "/api/v1/requests", "", {cookie, host, {"Origin", "https://p.cn"}});
  EXPECT_NE(seen, nullptr);
  ask("GET", "/api/v1/me", "", {cookie, host, {"Origin", "https://evil.cn"}});
  EXPECT_NE(seen, nullptr);
}

TEST_F(RouterTest, AnswersWithTheViewAndWhereItStands) {
  act = [](Incoming& incoming) {
    ClaimView view;
    view.set_id("7");
    incoming.view(view, {.revision = 3, .position = 12});
  };
  const auto response = ask("POST", "/api/v1/products/p/claims", "");
  EXPECT_EQ(response.status, 201U);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(header(response, "ETag"), "\"3\"");
  EXPECT_EQ(header(response, "Pioneer-Position"), "12");
  EXPECT_THAT(std::string(response.fixed), HasSubstr("no-store"));
  EXPECT_THAT(response.body, HasSubstr("\"id\":\"7\""));
}

TEST_F(RouterTest, NamesTheUnknownFieldOfABody) {
  act = [](Incoming& incoming) {
    PlaceClaimBody body;
    if (incoming.read_body(body)) incoming.json("{}");
  };
  const auto response = ask("POST", "/api/v1/products/p/claims", R"({"places":1,"colour":"red"})",
                            {{"Content-Type", "application/json"}});
  EXPECT_EQ(response.status, 400U);
  EXPECT_THAT(response.body, HasSubstr(R"("code":"unknown_field","field":"colour")"));
}

TEST_F(RouterTest, AnswersForAHandlerThatThrows) {
  act = [](Incoming&) { throw std::runtime_error("secret"); };
  const auto response = ask("GET", "/api/v1/me");
  EXPECT_EQ(response.status, 500U);
  EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(RouterTest, GivesPagesWhatIsNotTheApi) {
  std::string page;
  Router with_pages({.pages = [&](HttpRequest request, const Responder&) { page = request.path; }});
  with_pages.serve({.method = "GET", .path = "/board"}, Responder(std::make_shared<Kept>()));
  EXPECT_EQ(page, "/board");
  with_pages.serve({.method = "GET", .path = "/api/v1/nothing"}, Responder(std::make_shared<Kept>()));
  EXPECT_EQ(page, "/board");
  EXPECT_EQ(with_pages.unhandled().size(), operation_count);
}

TEST(Problems, SpeakTheLanguageOfTheClient) {
  EXPECT_EQ(language_of(""), Language::english);
  EXPECT_EQ(language_of("de"), Language::english);
  EXPECT_EQ(language_of("en-GB,zh;q=0.5"), Language::english);
  EXPECT_EQ(language_of("zh-CN,zh;q=0.9,en;q=0.8"), Language::chinese);
  const auto response =
      problem_response({.code = "product_full", .detail = "Not enough places are left."}, Language::chinese);
  EXPECT_THAT(response.body, HasSubstr("剩余名额不足"));
  EXPECT_EQ(response.status, 409U);
}

TEST(Problems, HaveTheFieldsOfRfc9457) {
  const auto response = problem_response({.code = "not_yet_projected", .detail = "Wait.", .retry_after_s = 2});
  EXPECT_EQ(
      response.body,
      R"({"type":"/problems/not_yet_projected","title":"Not yet projected","status":503,"detail":"Wait.","code":"not_yet_projected"})");
  EXPECT_EQ(header(response, "Retry-After"), "2");
  EXPECT_EQ(header(problem_response({.code = "not_signed_in"}), "WWW-Authenticate"), "Bearer");
}

TEST(Problems, KnowEveryRefusal) {
  std::vector<domain::RefusalText> all(domain::all_refusals().begin(), domain::all_refusals().end());
  all.insert(all.end(), node::refusals::all.begin(), node::refusals::all.end());
  const std::set<std::string_view> with_a_status_of_their_own{"not_signed_in", "revision_mismatch", "token_invalid"};
  for (const auto& refusal : all) {
    const auto& text = problem_text(refusal.code);
    ASSERT_EQ(text.code, refusal.code) << "no row in api/http/problem_table.cpp";
    if (with_a_status_of_their_own.contains(refusal.code)) continue;
    const unsigned status = refusal.kind == domain::RefusalKind::not_found   ? 404
                            : refusal.kind == domain::RefusalKind::forbidden ? 403
                            : refusal.kind == domain::RefusalKind::conflict  ? 409
                                                                             : 422;
    EXPECT_EQ(text.status, status) << refusal.code;
  }
}

TEST(Problems, KnowWhatTheEdgeRefuses) {
  for (const auto* code : {"missing", "too_long", "out_of_bounds", "malformed", "malformed_id", "unknown_word",
                           "too_many", "unknown_blob", "not_an_official", "command_too_large", "erased", "key_missing",
                           "keys_unavailable", "not_yet_known", "no_author", "token_not_repeatable"})
    EXPECT_EQ(problem_text(code).code, code);
}

TEST(Problems, TellNothingOfTheMachine) {
  const auto response =
      error_response({"sync_failed", "/var/lib/x: disk full", eventstore::Retry::can_help}, Language::english);
  EXPECT_EQ(response.status, 503U);
  EXPECT_EQ(response.body.find("/var"), std::string::npos);
  EXPECT_FALSE(header(response, "Retry-After").empty());
}

}  // namespace
}  // namespace pioneer::api::http
