// Answers that go packed: which, for whom, and what is said about it.
#include <gtest/gtest.h>

#include "adapters/beast/gzip.hpp"
#include "adapters/beast/http_server.hpp"
#include "tests/api/http/loopback.hpp"

namespace pioneer {
namespace {

using tests::Loopback;

/// What a client that sends this Accept-Encoding gets for a body of so many bytes.
Loopback::Reply reply_to(std::string_view method, std::string_view accept, std::size_t bytes,
                         std::string_view type = "application/json") {
  const auto server = adapters::beast::make_http_server({});
  const auto started = server->start(
      "127.0.0.1:0",
      [=](const api::HttpRequest&, const api::Responder& responder) {
        responder.respond({.content_type = type, .body = std::string(bytes, '7')});
      },
      [](unsigned status, std::string_view) { return api::HttpResponse{.status = status}; });
  EXPECT_TRUE(started.has_value());
  Loopback client(server->port());
  client.send(std::string(method) + " / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + std::string(accept) +
              "\r\nContent-Length: 0\r\n\r\n");
  return client.read_reply(method == "HEAD");
}

TEST(Packing, IsForJsonThatIsReadByThoseWhoTakeIt) {
  const auto reply = reply_to("GET", "br;q=0.5, gzip", 4'000);
  EXPECT_EQ(reply.header("Content-Encoding"), "gzip");
  EXPECT_EQ(reply.header("Vary"), "Accept-Encoding");
  EXPECT_LT(reply.body.size(), 200U);
  EXPECT_EQ(reply.body.substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(reply_to("HEAD", "gzip", 4'000).header("Content-Length"), std::to_string(reply.body.size()));
}

TEST(Packing, LeavesPlainWhatIsSmallOrAnswersAChangeOrIsNoJson) {
  EXPECT_EQ(reply_to("GET", "gzip", 200).body, std::string(200, '7'));
  EXPECT_EQ(reply_to("GET", "gzip", 200).header("Vary"), "");
  EXPECT_EQ(reply_to("POST", "gzip", 4'000).body.size(), 4'000U);
  EXPECT_EQ(reply_to("GET", "gzip", 4'000, "image/jpeg").body.size(), 4'000U);
}

TEST(Packing, SaysAlsoToOthersThatItDependsOnWhatTheyTake) {
  const auto reply = reply_to("GET", "br", 4'000);
  EXPECT_EQ(reply.body.size(), 4'000U);
  EXPECT_EQ(reply.header("Vary"), "Accept-Encoding");
}

TEST(Packing, ReadsWhatAClientTakes) {
  for (const auto* accept : {"gzip", "br, gzip", "gzip;q=0.001", "*", "deflate , gzip ; q=1", "*;q=0, gzip"})
    EXPECT_TRUE(adapters::beast::takes_gzip(accept)) << accept;
  for (const auto* accept : {"", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "zip", "x-gzip", ",;,"})
    EXPECT_FALSE(adapters::beast::takes_gzip(accept)) << accept;
}

TEST(Packing, LeavesAloneWhatIsPackedAlready) {
  api::HttpResponse response{
      .content_type = "application/json", .headers = {{"Content-Encoding", "br"}}, .body = std::string(4'000, '7')};
  adapters::beast::pack(response, true);
  EXPECT_EQ(response.body.size(), 4'000U);
  EXPECT_EQ(response.headers.size(), 1U);
}

TEST(Packing, LeavesASharedBodyToTheOthers) {
  const auto shared = std::make_shared<const std::string>(4'000, '7');
  api::HttpResponse response{.content_type = "application/json", .shared = shared};
  adapters::beast::pack(response, true);
  EXPECT_EQ(response.shared, nullptr);
  EXPECT_LT(response.body.size(), 200U);
  EXPECT_EQ(shared->size(), 4'000U);
}

}  // namespace
}  // namespace pioneer
