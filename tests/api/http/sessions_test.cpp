// Signing in with a one-time code, and what becomes of the session: over a whole node, as a browser sees it.
#include <algorithm>
#include <cctype>
#include <map>
#include <thread>

#include "api/http/handlers/session_uses.hpp"
#include "api/http/sign_in_code.hpp"
#include "api/text/bytes.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view key = "6f1c1f62-0b7e-4a39-9c57-0d0f7a6f3f10";

/// How the log and the API name a secret.
std::string hex_text(const std::string& secret) { return hex(hash_of(secret)); }

class Sessions : public WholeNode {
 protected:
  Sessions() {
    service->uses = &uses;
    service->origin = "https://pioneer.example";
  }

  /// As a browser with these cookies, on one of our own pages.
  HttpResponse browse(std::string method, std::string target, std::string body = {}, const std::string& cookie = {},
                      std::vector<std::pair<std::string, std::string>> fields = {}) {
    fields.emplace_back("Host", "pioneer.example");
    if (std::ranges::none_of(fields, [](const auto& f) { return f.first == "Origin"; }))
      fields.emplace_back("Origin", "https://pioneer.example");
    fields.emplace_back("User-Agent", "Mozilla/5.0 (Linux; Android 14; Pixel) Chrome/126 Mobile Safari/537.36");
    if (!cookie.empty()) fields.emplace_back("Cookie", "__Host-pioneer=" + cookie);
    return ask(std::move(method), std::move(target), std::move(body), std::move(fields), "");
  }
  std::string member(const std::string& name) {
    return field(post("/api/v1/members", R"({"name":")" + name + R"(","organisation":")" + city + "\"}").body, "id");
  }
  std::string code_for(const std::string& id, std::string body = "{}") {
    const auto made = post("/api/v1/members/" + id + "/sign-in-links", std::move(body));
    EXPECT_EQ(made.status, 201U) << made.body;
    return field(made.body, "code");
  }
  static std::string sent(const std::string& code) { return R"({"code":")" + code + "\"}"; }
  static std::string cookie_in(const HttpResponse& response) {
    const auto set = header(response, "Set-Cookie");
    EXPECT_THAT(set, StartsWith("__Host-pioneer="));
    return set.substr(15, set.find(';') - 15);
  }
  std::string signed_in(const std::string& id) {
    return cookie_in(browse("POST", "/api/v1/session", sent(code_for(id))));
  }

  SessionUses uses;
};

TEST_F(Sessions, OpenWithACodeThatIsGoodOnce) {
  const auto id = member("林玉兰");
  const auto made = post("/api/v1/members/" + id + "/sign-in-links", "{}");
  ASSERT_EQ(made.status, 201U) << made.body;
  const auto code = field(made.body, "code");
  EXPECT_EQ(field(made.body, "link"), "https://pioneer.example/in#" + normal_code(code));
  EXPECT_EQ(field(made.body, "id"), hex_text(normal_code(code)));

  std::string shouted = "  " + code;
  for (auto& c : shouted) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const auto opened = browse("POST", "/api/v1/session", sent(shouted));
  ASSERT_EQ(opened.status, 201U) << opened.body;
  EXPECT_THAT(header(opened, "Set-Cookie"), HasSubstr("; Path=/; Max-Age=7"));
  EXPECT_THAT(header(opened, "Set-Cookie"), HasSubstr("; Secure; HttpOnly; SameSite=Lax"));
  EXPECT_THAT(opened.body, HasSubstr("林玉兰"));
  EXPECT_THAT(opened.body, HasSubstr(R"("device":"phone")"));
  EXPECT_THAT(opened.body, HasSubstr(R"("current":true)"));
  const auto cookie = cookie_in(opened);
  EXPECT_THAT(browse("GET", "/api/v1/me", "", cookie).body, HasSubstr(id));
  EXPECT_THAT(browse("GET", "/api/v1/session", "", cookie).body, HasSubstr("lastUsedAt"));

  const auto again = browse("POST", "/api/v1/session", sent(code));
  EXPECT_EQ(again.status, 409U);
  EXPECT_THAT(again.body, HasSubstr("code_used"));
}

TEST_F(Sessions, GiveTheSameCookieToARepeatWhoseAnswerWasLost) {
  const auto code = code_for(member("林玉兰"));
  const auto first = browse("POST", "/api/v1/session", sent(code), "", {{"Idempotency-Key", std::string(key)}});
  const auto repeat = browse("POST", "/api/v1/session", sent(code), "", {{"Idempotency-Key", std::string(key)}});
  ASSERT_EQ(repeat.status, 201U) << repeat.body;
  EXPECT_EQ(cookie_in(repeat), cookie_in(first));
  EXPECT_EQ(browse("GET", "/api/v1/me", "", cookie_in(repeat)).status, 200U);
}

TEST_F(Sessions, ShowALinkAgainToARepeatOfTheCall) {
  const auto id = member("林玉兰");
  const auto once =
      ask("POST", "/api/v1/members/" + id + "/sign-in-links", "{}", {{"Idempotency-Key", std::string(key)}});
  const auto twice =
      ask("POST", "/api/v1/members/" + id + "/sign-in-links", "{}", {{"Idempotency-Key", std::string(key)}});
  EXPECT_EQ(field(once.body, "code"), field(twice.body, "code"));
  EXPECT_EQ(browse("POST", "/api/v1/session", sent(field(twice.body, "code"))).status, 201U);
}

TEST_F(Sessions, TakeNoOtherSecretForACode) {
  EXPECT_EQ(browse("POST", "/api/v1/session", sent(token)).status, 401U);
  EXPECT_EQ(browse("POST", "/api/v1/session", sent("0000-0000-0000-0000-0000")).status, 401U);
  EXPECT_EQ(browse("POST", "/api/v1/session", "{}").status, 401U);
  // Nor does a code do as a token or cookie.
  const auto code = normal_code(code_for(member("林玉兰")));
  EXPECT_EQ(get("/api/v1/me", code).status, 401U);
  EXPECT_EQ(browse("GET", "/api/v1/me", "", code).status, 401U);
}

TEST_F(Sessions, StopListeningToAnAddressThatGuesses) {
  unsigned status = 0;
  for (int i = 0; i < 30 && status != 429; ++i)
    status = browse("POST", "/api/v1/session", sent("0000-0000-0000-0000-0000")).status;
  EXPECT_EQ(status, 429U);
}

TEST_F(Sessions, AreListedRevokedAndEnded) {
  const auto id = member("林玉兰");
  const auto phone = signed_in(id);
  const auto tablet = signed_in(id);
  const auto list = browse("GET", "/api/v1/me/sessions", "", phone);
  ASSERT_EQ(list.status, 200U) << list.body;
  const auto other = hex_text(tablet);
  EXPECT_THAT(list.body, HasSubstr(other));
  EXPECT_THAT(list.body, HasSubstr(hex_text(phone)));
  const auto stranger = signed_in(member("张三"));
  EXPECT_EQ(browse("POST", "/api/v1/me/sessions/" + other + "/revoke", "{}", stranger).status, 404U);
  const auto revoked = browse("POST", "/api/v1/me/sessions/" + other + "/revoke", "{}", phone);
  ASSERT_EQ(revoked.status, 200U) << revoked.body;
  EXPECT_THAT(revoked.body, HasSubstr(R"("state":"ended")"));
  EXPECT_EQ(header(revoked, "Set-Cookie"), "");
  EXPECT_THAT(browse("GET", "/api/v1/me", "", tablet).body, HasSubstr("session_ended"));
  EXPECT_THAT(browse("GET", "/api/v1/me/sessions", "", phone).body, Not(HasSubstr(other)));

  const auto ended = browse("POST", "/api/v1/session/end", "{}", phone);
  ASSERT_EQ(ended.status, 200U) << ended.body;
  EXPECT_THAT(header(ended, "Set-Cookie"), StartsWith("__Host-pioneer=; Path=/; Max-Age=0;"));
  EXPECT_EQ(browse("GET", "/api/v1/session", "", phone).status, 401U);
}

TEST_F(Sessions, ThatHaveEndedStillReadWhatAnybodyMay) {
  EXPECT_EQ(browse("GET", "/api/v1/products", "", "a-cookie-of-last-year").status, 200U);
  EXPECT_THAT(browse("GET", "/api/v1/me", "", "a-cookie-of-last-year").body, HasSubstr("session_ended"));
}

TEST_F(Sessions, AreGivenForNewOnesAndEndByIt) {
  const auto id = member("林玉兰");
  const auto old = signed_in(id);
  const auto turned = browse("POST", "/api/v1/session/rotate", "{}", old, {{"Idempotency-Key", std::string(key)}});
  ASSERT_EQ(turned.status, 200U) << turned.body;
  const auto fresh = cookie_in(turned);
  EXPECT_EQ(browse("GET", "/api/v1/me", "", fresh).status, 200U);
  EXPECT_EQ(browse("GET", "/api/v1/me", "", old).status, 401U);
  EXPECT_EQ(browse("POST", "/api/v1/session/rotate", "{}", old).status, 409U);
  const auto repeat = browse("POST", "/api/v1/session/rotate", "{}", old, {{"Idempotency-Key", std::string(key)}});
  EXPECT_EQ(cookie_in(repeat), fresh);
}

TEST_F(Sessions, CannotBeOpenedOrUsedByAPageOfAnotherSite) {
  const auto id = member("林玉兰");
  const std::pair<std::string, std::string> elsewhere{"Origin", "https://evil.example"};
  const auto code = code_for(id);
  EXPECT_EQ(browse("POST", "/api/v1/session", sent(code), "", {elsewhere}).status, 403U);
  const auto cookie = cookie_in(browse("POST", "/api/v1/session", sent(code)));
  EXPECT_EQ(browse("POST", "/api/v1/session/end", "{}", cookie, {elsewhere}).status, 403U);
  EXPECT_EQ(browse("GET", "/api/v1/me", "", cookie).status, 200U);
}

TEST_F(Sessions, EndWithTheirMember) {
  const auto id = member("林玉兰");
  const auto cookie = signed_in(id);
  const auto code = code_for(id);
  EXPECT_EQ(browse("POST", "/api/v1/members/" + id + "/erase", "{}", cookie).status, 200U);
  EXPECT_EQ(browse("GET", "/api/v1/me", "", cookie).status, 401U);
  EXPECT_THAT(browse("POST", "/api/v1/session", sent(code)).body, HasSubstr("code_unknown"));
}

TEST_F(Sessions, RefuseALinkThatWouldOutlastItsUse) {
  const auto id = member("林玉兰");
  EXPECT_EQ(post("/api/v1/members/" + id + "/sign-in-links", R"({"expires":"2090-01-01T00:00:00Z"})").status, 422U);
  EXPECT_EQ(post("/api/v1/members/" + id + "/sign-in-links", R"({"expires":"2020-01-01T00:00:00Z"})").status, 422U);
}

TEST(SignInCode, IsReadAsPeopleTypeIt) {
  const auto code = code_of("0123456789abcdef");
  EXPECT_EQ(code.size(), code_chars);
  EXPECT_EQ(normal_code(spaced(code)), code);
  EXPECT_EQ(normal_code("OOOO iiii LLLL 0000 1111"), "00001111111100001111");
  EXPECT_EQ(normal_code("short"), "");
  EXPECT_EQ(normal_code(code + "0"), "");
  EXPECT_EQ(normal_code("0000-0000-0000-0000-000u"), "");
}

TEST(Device, IsToldFromTheUserAgent) {
  EXPECT_EQ(device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148"), domain::Device::phone);
  EXPECT_EQ(device_of("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Mobile/15E148"), domain::Device::tablet);
  EXPECT_EQ(device_of("Mozilla/5.0 (Linux; Android 14; SM-X710) Safari/537.36"), domain::Device::tablet);
  EXPECT_EQ(device_of("Mozilla/5.0 (X11; Linux x86_64) Chrome/126 Safari/537.36"), domain::Device::computer);
  EXPECT_EQ(device_of("curl/8"), domain::Device::unspecified);
}

/// A provider that answers later, from a thread of its own: each of its codes once.
class Elsewhere : public SignInWay {
 public:
  void prove(std::string code, Answer answer) override {
    std::optional<domain::Id> member;
    if (const auto found = codes.find(code); found != codes.end()) {
      member = found->second;
      codes.erase(found);
    }
    asked.push_back(code);
    threads.emplace_back([member, answer = std::move(answer)] { answer(member); });
  }
  std::map<std::string, domain::Id> codes;
  std::vector<std::string> asked;
  std::vector<std::jthread> threads;
};

TEST_F(Sessions, OpenForWhomAnotherWayProves) {
  Elsewhere provider;
  service->sign_in = &provider;
  const auto id = member("张三");
  provider.codes["SplxlOBeZQQYbYS6WxSbIA"] = *domain::Id::parse(id);
  const auto opened = browse("POST", "/api/v1/session", sent("SplxlOBeZQQYbYS6WxSbIA"));
  ASSERT_EQ(opened.status, 201U) << opened.body;
  const auto cookie = cookie_in(opened);
  EXPECT_EQ(field(browse("GET", "/api/v1/me", {}, cookie).body, "id"), id);
  // Its code is used up, as ours are; ours are not told to it.
  EXPECT_EQ(browse("POST", "/api/v1/session", sent("SplxlOBeZQQYbYS6WxSbIA")).status, 401U);
  EXPECT_EQ(browse("POST", "/api/v1/session", sent(code_for(id))).status, 201U);
  EXPECT_EQ(provider.asked.size(), 2U);
  // Whom we do not know is let in by nobody.
  provider.codes["a-stranger"] = *domain::Id::parse(city);
  EXPECT_EQ(browse("POST", "/api/v1/session", sent("a-stranger")).status, 401U);
  // Who guesses is not passed on for ever.
  for (int i = 0; i < 12; ++i) browse("POST", "/api/v1/session", sent("guess-" + std::to_string(i)));
  const auto asked = provider.asked.size();
  EXPECT_EQ(browse("POST", "/api/v1/session", sent("guess-again")).status, 429U);
  EXPECT_EQ(provider.asked.size(), asked);
}

}  // namespace
}  // namespace pioneer::api::http
