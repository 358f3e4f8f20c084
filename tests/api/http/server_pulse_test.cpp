// What the HTTP server tells of itself: how many are connected, and whether its loops turn.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "adapters/beast/http_server.hpp"
#include "tests/api/http/loopback.hpp"

namespace pioneer {
namespace {

using tests::Loopback;
using namespace std::chrono_literals;

template <class Condition>
bool comes_true(Condition condition) {
  const auto limit = std::chrono::steady_clock::now() + 30s;
  while (!condition() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  return condition();
}

std::unique_ptr<api::HttpServer> server_of(api::HttpHandler handler) {
  auto server = adapters::beast::make_http_server({.loops = 1});
  const auto problem = [](unsigned status, std::string_view) { return api::HttpResponse{.status = status}; };
  EXPECT_TRUE(server->start("127.0.0.1:0", std::move(handler), problem));
  return server;
}

TEST(HttpServer, CountsItsConnections) {
  const auto server =
      server_of([](const api::HttpRequest&, const api::Responder& responder) { responder.respond({}); });
  EXPECT_EQ(server->connections(), 0U);
  std::optional<Loopback> one(std::in_place, server->port());
  const Loopback other(server->port());
  EXPECT_TRUE(comes_true([&] { return server->connections() == 2; }));
  one.reset();
  EXPECT_TRUE(comes_true([&] { return server->connections() == 1; }));
}

TEST(HttpServer, TellsHowLongALoopHasNotTurned) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  const auto server = server_of([released](const api::HttpRequest&, const api::Responder& responder) {
    released.wait();  // as no handler may
    responder.respond({});
  });
  Loopback client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(comes_true([&] { return server->longest_turn() > 2s; }));
  release.set_value();
  EXPECT_EQ(client.read_reply().status, 200U);
  EXPECT_TRUE(comes_true([&] { return server->longest_turn() < 1s; }));
  server->stop();
  EXPECT_EQ(server->longest_turn(), 0s);
}

}  // namespace
}  // namespace pioneer
