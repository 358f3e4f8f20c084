// The web application's files: which is served for which address, in which coding, and how long it is kept.
#include "api/http/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/http/byte_range.hpp"

namespace pioneer::api::http {
namespace {

using testing::HasSubstr;

Site application() {
  return Site::of({{"index.html", "<html>start"},
                   {"sw.js", "worker"},
                   {"sw.js.br", "brotli of it"},
                   {"assets/home-1a2b.js", "plain"},
                   {"assets/home-1a2b.js.br", "brotli"},
                   {"assets/home-1a2b.js.gz", "gzip"},
                   {"stray.br", "of nothing"}})
      .value();
}

HttpResponse ask(const Site& site, std::string path, std::vector<std::pair<std::string, std::string>> fields = {},
                 std::string method = "GET") {
  HttpRequest request{.method = std::move(method), .path = std::move(path)};
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  return site.answer(request);
}
std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& h : response.headers)
    if (h.name == name) return h.value;
  return {};
}
std::string body(const HttpResponse& response) { return response.shared ? *response.shared : response.body; }

TEST(Site, GivesTheStartPageForTheApplicationsOwnAddresses) {
  const auto site = application();
  for (const auto* path : {"/", "/index.html", "/requests/0123", "/in", "/boards/%E5%92%8C"}) {
    const auto answer = ask(site, path);
    EXPECT_EQ(answer.status, 200U) << path;
    EXPECT_EQ(body(answer), "<html>start") << path;
    EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
    EXPECT_THAT(std::string(answer.fixed), HasSubstr("Cache-Control: no-cache\r\n"));
    EXPECT_THAT(std::string(answer.fixed), HasSubstr("default-src 'self'"));
    EXPECT_THAT(std::string(answer.fixed), HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(std::string(answer.fixed), HasSubstr("camera=(self)"));
  }
}

TEST(Site, HasNothingThatWasNotInTheFolder) {
  const auto site = application();
  for (const auto* path : {"/missing.js", "/assets/home", "/assets/../index.html", "/../etc/passwd", "/%2e%2e/x.txt",
                           "/assets/home-1a2b.js.br", "/stray", "/stray.br", "/%zz"})
    EXPECT_TRUE(ask(site, path).status == 404 || body(ask(site, path)) == "<html>start") << path;
  EXPECT_EQ(ask(site, "/missing.js").status, 404U);
  EXPECT_EQ(ask(site, "/../etc/passwd.txt").status, 404U);
  EXPECT_EQ(ask(site, "/assets/home").status, 404U);
}

TEST(Site, ChoosesTheCodingThatTheBrowserTakes) {
  const auto site = application();
  const auto coded = [&](std::string accept) {
    const auto answer = ask(site, "/assets/home-1a2b.js", {{"Accept-Encoding", std::move(accept)}});
    EXPECT_THAT(std::string(answer.fixed), HasSubstr("Vary: Accept-Encoding"));
    EXPECT_EQ(header(answer, "Content-Encoding"), body(answer) == "plain"  ? ""
                                                  : body(answer) == "gzip" ? "gzip"
                                                                           : "br");
    return body(answer);
  };
  EXPECT_EQ(coded("gzip, deflate, br"), "brotli");
  EXPECT_EQ(coded("gzip;q=1.0, br;q=0"), "gzip");
  EXPECT_EQ(coded("br;q=0.5"), "brotli");
  EXPECT_EQ(coded("gzip;q=0.0"), "plain");
  EXPECT_EQ(coded("deflate"), "plain");
  EXPECT_EQ(coded(""), "plain");
}

constexpr std::string_view checking =
    "<html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-x'\" />"
    "<script id=\"embedded\" type=\"application/json\">{}</script>";

TEST(Site, GivesThePageThatStandsAloneItsOwnPolicy) {
  const auto site =
      Site::of({{"index.html", std::string(checking)}, {"verify.html", std::string(checking)}, {"other.html", "x"}})
          .value();
  const auto answer = ask(site, "/verify.html");
  EXPECT_EQ(body(answer), checking);
  EXPECT_EQ(header(answer, "Content-Security-Policy"),
            "default-src 'none'; script-src 'sha256-x'; frame-ancestors 'none'");
  EXPECT_THAT(std::string(answer.fixed), testing::Not(HasSubstr("Content-Security-Policy")));
  for (const auto* line : {"nosniff", "Cache-Control: no-cache", "Permissions-Policy", "no-referrer"})
    EXPECT_THAT(std::string(answer.fixed), HasSubstr(line));
  // No other page chooses its policy, nor one that would allow something first.
  for (const auto* path : {"/", "/other.html"}) {
    EXPECT_EQ(header(ask(site, path), "Content-Security-Policy"), "");
    EXPECT_THAT(std::string(ask(site, path).fixed), HasSubstr("default-src 'self'"));
  }
  for (const auto* wrong : {"default-src *", "default-src 'none';\r\nX: y", "default-src 'none'"}) {
    const auto other = Site::of({{"index.html", "x"},
                                 {"verify.html", "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
                                                     std::string(wrong) + "\""}})
                           .value();
    EXPECT_EQ(header(ask(other, "/verify.html"), "Content-Security-Policy"), "") << wrong;
    EXPECT_THAT(std::string(ask(other, "/verify.html").fixed), HasSubstr("default-src 'self'")) << wrong;
  }
}

TEST(Site, PutsKeysIntoThePageThatChecks) {
  auto site =
      Site::of({{"index.html", "x"}, {"verify.html", std::string(checking)}, {"verify.html.br", "without"}}).value();
  const auto before = header(ask(site, "/verify.html"), "ETag");
  site.give_keys({"pioneer.example/a+0be8b827+AaSF", "x</script>+1+2"});
  const auto answer = ask(site, "/verify.html", {{"Accept-Encoding", "br"}});
  EXPECT_THAT(body(answer), HasSubstr("type=\"application/json\">{\"keys\":[\"pioneer.example/a+0be8b827+AaSF\","
                                      "\"x\\u003c/script>+1+2\"]}</script>"));
  EXPECT_NE(header(answer, "ETag"), before);
  EXPECT_NE(header(answer, "Content-Security-Policy"), "");
  Site without;
  without.give_keys({"a+b+c"});
  EXPECT_EQ(ask(without, "/verify.html").status, 404U);
}

TEST(Site, KeepsForEverWhatHasItsHashInItsName) {
  const auto site = application();
  EXPECT_THAT(std::string(ask(site, "/assets/home-1a2b.js").fixed), HasSubstr("immutable"));
  EXPECT_THAT(std::string(ask(site, "/sw.js").fixed), HasSubstr("Cache-Control: no-cache"));
}

TEST(Site, SendsNothingAgainThatTheBrowserHas) {
  const auto site = application();
  const auto first = ask(site, "/sw.js", {{"Accept-Encoding", "br"}});
  const auto etag = header(first, "ETag");
  const auto again = ask(site, "/sw.js", {{"Accept-Encoding", "br"}, {"If-None-Match", "W/\"x\", " + etag}});
  EXPECT_EQ(again.status, 304U);
  EXPECT_EQ(body(again), "");
  EXPECT_EQ(header(again, "ETag"), etag);
  EXPECT_NE(header(ask(site, "/sw.js"), "ETag"), etag) << "another coding is another thing";
  EXPECT_EQ(ask(site, "/sw.js", {{"If-None-Match", "\"other\""}}).status, 200U);
}

TEST(Site, OnlyReads) {
  const auto site = application();
  EXPECT_EQ(ask(site, "/", {}, "HEAD").status, 200U);
  const auto answer = ask(site, "/", {}, "POST");
  EXPECT_EQ(answer.status, 405U);
  EXPECT_EQ(header(answer, "Allow"), "GET, HEAD");
}

TEST(Site, SaysWhereTheApiIsWhenThereIsNoApplication) {
  const Site none;
  EXPECT_THAT(body(ask(none, "/")), HasSubstr("/api/openapi.json"));
  EXPECT_THAT(body(ask(none, "/in")), HasSubstr("/api/openapi.json"));
  EXPECT_EQ(ask(none, "/requests/1").status, 404U);
}

TEST(Site, RefusesAFolderThatIsNone) {
  EXPECT_FALSE(Site::of({{"readme.txt", "no start page"}}).has_value());
  EXPECT_FALSE(Site::of({{"index.html", std::string(Site::bytes_max, 'x')}, {"a", "b"}}).has_value());
  EXPECT_FALSE(Site::of(std::vector<SiteFile>(Site::files_max + 1)).has_value());
}

TEST(ByteRange, IsOnePartOfAFile) {
  EXPECT_EQ(byte_range("bytes=0-9", 100), (ByteRange{0, 10}));
  EXPECT_EQ(byte_range("bytes=90-", 100), (ByteRange{90, 10}));
  EXPECT_EQ(byte_range("bytes=90-200", 100), (ByteRange{90, 10}));
  EXPECT_EQ(byte_range("bytes=-16", 100), (ByteRange{84, 16}));
  EXPECT_EQ(byte_range("bytes=-200", 100), (ByteRange{0, 100}));
  for (const auto* none :
       {"", "bytes=", "bytes=-", "bytes=-0", "bytes=9-5", "bytes=100-", "bytes=0-1,5-6", "lines=0-1"})
    EXPECT_EQ(byte_range(none, 100), std::nullopt) << none;
  EXPECT_EQ(byte_range("bytes=0-", 0), std::nullopt);
}

}  // namespace
}  // namespace pioneer::api::http
