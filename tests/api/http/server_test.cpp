// The HTTP server over real sockets: what a well-behaved client counts on, and what a bad one cannot do.
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/beast/http_server.hpp"
#include "tests/api/http/loopback.hpp"

namespace pioneer {
namespace {

using adapters::beast::HttpServerOptions;
using api::HttpRequest;
using api::HttpResponse;
using api::Responder;
using tests::Loopback;

HttpResponse problem(unsigned status, std::string_view code) {
  return {
      .status = status, .content_type = "application/problem+json", .body = "{\"code\":\"" + std::string(code) + "\"}"};
}

class Served {
 public:
  explicit Served(api::HttpHandler handler, HttpServerOptions options = {}, api::HttpAdmission admission = {})
      : server_(adapters::beast::make_http_server(std::move(options))) {
    const auto started = server_->start("127.0.0.1:0", std::move(handler), problem, std::move(admission));
    EXPECT_TRUE(started.has_value()) << (started ? "" : started.error());
  }
  std::uint16_t port() const { return server_->port(); }
  api::HttpServer& server() { return *server_; }

 private:
  std::unique_ptr<api::HttpServer> server_;
};

HttpServerOptions patient_but(std::chrono::milliseconds HttpServerOptions::* limit, int ms) {
  HttpServerOptions options;
  options.*limit = std::chrono::milliseconds{ms};
  return options;
}

void echo(HttpRequest request, const Responder& responder) {
  responder.respond({.content_type = "text/plain", .body = request.method + " " + request.path + " " + request.body});
}

Loopback::Reply ask(std::uint16_t port, std::string_view bytes) {
  Loopback client(port);
  client.send(bytes);
  return client.read_reply();
}

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  Served served(echo);
  Loopback client(served.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto reply = client.read_reply();
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, "GET /a ");
    EXPECT_FALSE(reply.header("Date").empty());
  }
}

TEST(HttpServer, ClosesWhenAsked) {
  Served served(echo);
  Loopback client(served.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const auto reply = client.read_reply();
  EXPECT_EQ(reply.header("Connection"), "close");
  EXPECT_TRUE(client.read_to_end());
}

TEST(HttpServer, DecodesTheQueryAndLeavesThePathEncoded) {
  Served served([](HttpRequest request, const Responder& responder) {
    responder.respond({.body = request.path + "|" + std::string(request.parameter("q")) + "|" +
                               std::string(request.headers.find("x-y"))});
  });
  const auto reply = ask(served.port(), "GET /a%2Fb?q=%E5%8E%A6+x&q=2 HTTP/1.1\r\nHost: x\r\nX-Y: z\r\n\r\n");
  EXPECT_EQ(reply.body, "/a%2Fb|厦 x|z");
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  Served served([](HttpRequest request, Responder responder) {
    std::thread([path = request.path, responder = std::move(responder)] {
      responder.respond({.body = path});
    }).detach();
  });
  Loopback client(served.port());
  std::string bytes;
  for (int i = 0; i < 200; ++i) bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(bytes);
  for (int i = 0; i < 200; ++i) ASSERT_EQ(client.read_reply().body, "/" + std::to_string(i));
}

TEST(HttpServer, TakesARequestByteByByte) {
  Served served(echo);
  Loopback client(served.port());
  for (const char c : std::string_view("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"))
    client.send({&c, 1});
  EXPECT_EQ(client.read_reply().body, "POST /x hello");
}

TEST(HttpServer, TakesAChunkedBody) {
  Served served(echo);
  const auto reply = ask(served.port(),
                         "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nHost: late\r\n\r\n");
  EXPECT_EQ(reply.body, "POST /x abcde");
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  Served served(echo);
  Loopback client(served.port());
  client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_reply(true).header("Content-Length"), "8");
  EXPECT_EQ(client.read_reply().body, "GET /y ");
}

TEST(HttpServer, SaysContinueBeforeALargeBody) {
  Served served(echo);
  Loopback client(served.port());
  client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_reply().body, "POST /x ok");
}

TEST(HttpServer, WritesASharedBody) {
  const auto body = std::make_shared<const std::string>(std::string(3'000'000, 'z'));
  Served served([&](const HttpRequest&, const Responder& responder) { responder.respond({.shared = body}); });
  EXPECT_EQ(ask(served.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").body, *body);
}

TEST(HttpServer, DropsAHeaderThatWouldStartAnother) {
  Served served([](const HttpRequest&, const Responder& responder) {
    responder.respond({.headers = {{"Location", "/x\r\nSet-Cookie: a=b"}, {"ETag", "\"1\""}}});
  });
  const auto reply = ask(served.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reply.header("Set-Cookie"), "");
  EXPECT_EQ(reply.header("ETag"), "\"1\"");
}

TEST(HttpServer, AnswersForAHandlerThatThrows) {
  Served served([](const HttpRequest&, const Responder&) { throw 1; });
  EXPECT_EQ(ask(served.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n").status, 500U);
}

TEST(HttpServer, AnswersForAHandlerThatForgets) {
  Served served([](const HttpRequest&, const Responder&) {});
  const auto reply = ask(served.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reply.status, 500U);
  EXPECT_EQ(reply.body, "{\"code\":\"unanswered\"}");
}

TEST(HttpServer, TakesTheFirstOfTwoAnswers) {
  Served served([](const HttpRequest&, const Responder& responder) {
    responder.respond({.body = "one"});
    responder.respond({.body = "two"});
  });
  Loopback client(served.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.read_reply().body, "one");
  }
}

struct Bad {
  const char* name;
  std::string bytes;
  unsigned status;
  const char* code;
};

class HttpServerRefuses : public testing::TestWithParam<Bad> {};

TEST_P(HttpServerRefuses, WithACodeAndCloses) {
  Served served(echo);
  Loopback client(served.port());
  client.send(GetParam().bytes);
  const auto reply = client.read_reply();
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.body, "{\"code\":\"" + std::string(GetParam().code) + "\"}");
  EXPECT_EQ(reply.header("Connection"), "close");
  client.finish_sending();
  EXPECT_TRUE(client.read_to_end());
  EXPECT_EQ(client.unread(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Malformed, HttpServerRefuses,
    testing::Values(
        Bad{"Noise", std::string("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 11), 400, "malformed"},
        Bad{"NoVersion", "GET /\r\n\r\n", 400, "malformed"},
        Bad{"OldVersion", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505, "version_not_supported"},
        Bad{"NewVersion", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "version_not_supported"},
        Bad{"SpaceInName", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "malformed"},
        Bad{"BareLineFeeds", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400, "malformed"},
        Bad{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400, "host_missing"},
        Bad{"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "host_missing"},
        Bad{"Proxying", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"},
        Bad{"BrokenEscape", "GET /?q=%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed"},
        Bad{"TwoLengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400,
            "ambiguous_length"},
        Bad{"SameLengthTwice", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400,
            "ambiguous_length"},
        Bad{"LengthList", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", 400, "ambiguous_length"},
        Bad{"SignedLength", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400, "ambiguous_length"},
        Bad{"LengthAndChunks",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "ambiguous_length"},
        Bad{"ChunksAndLength",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400,
            "ambiguous_length"},
        Bad{"OtherCoding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501,
            "transfer_encoding_not_supported"},
        Bad{"TwoCodings", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501,
            "transfer_encoding_not_supported"},
        Bad{"CodingTwice",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            501, "transfer_encoding_not_supported"},
        Bad{"OldChunks", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
            "ambiguous_length"},
        Bad{"BadChunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "malformed"},
        Bad{"LongHeader", "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(17'000, 'a') + "\r\n\r\n", 431,
            "header_too_large"},
        Bad{"LongTarget", "GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431, "header_too_large"},
        Bad{"LargeBody", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n", 413, "body_too_large"},
        Bad{"HugeBody", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 104857700\r\n\r\n", 413, "body_too_large"},
        Bad{"LargeChunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n", 413,
            "body_too_large"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(HttpServer, TakesALargerBodyWhereUploadsGo) {
  Served served([](HttpRequest request, const Responder& responder) {
    responder.respond({.body = std::to_string(request.body.size())});
  });
  const std::string body(5'000'000, 'p');
  const auto head = " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  EXPECT_EQ(ask(served.port(), "POST /api/v1/blobs" + head + body).body, "5000000");
  EXPECT_EQ(ask(served.port(), "POST /api/v1/other" + head).status, 413U);
}

TEST(HttpServer, AsksAboutAnUploadBeforeItsBody) {
  auto held = std::make_shared<int>(0);
  Served served(
      [&held](HttpRequest request, const Responder& responder) {
        responder.respond({.body = std::to_string(request.body.size()) + (request.admitted == held ? " held" : "")});
      },
      {},
      [&held](const HttpRequest& head) -> std::expected<std::shared_ptr<void>, HttpResponse> {
        EXPECT_EQ(head.body, "");
        EXPECT_FALSE(head.peer.empty());
        if (head.headers.has("Authorization")) return held;
        return std::unexpected(problem(401, "not_signed_in"));
      });
  const std::string_view head = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n";
  Loopback stranger(served.port());
  stranger.send("POST /api/v1/blobs" + std::string(head) + "\r\n");  // and nothing of the body
  const auto refused = stranger.read_reply();
  EXPECT_EQ(refused.status, 401U) << refused.head;
  EXPECT_EQ(refused.header("Connection"), "close");
  Loopback member(served.port());
  member.send("POST /api/v1/blobs" + std::string(head) + "Authorization: Bearer t\r\n\r\n");
  EXPECT_EQ(member.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  member.send("photo");
  EXPECT_EQ(member.read_reply().body, "5 held");
  // Others are not asked about.
  Loopback other(served.port());
  other.send("POST /api/v1/other HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nphoto");
  EXPECT_EQ(other.read_reply().body, "5");
}

TEST(HttpServer, EndsARequestThatComesTooSlowly) {
  Served served(echo, patient_but(&HttpServerOptions::header_timeout, 40));
  Loopback client(served.port());
  client.send("GET / HTTP/1.1\r\nHos");
  EXPECT_EQ(client.read_reply().status, 408U);
  client.finish_sending();
  EXPECT_TRUE(client.read_to_end());
}

TEST(HttpServer, EndsABodyThatComesTooSlowly) {
  Served served(echo, patient_but(&HttpServerOptions::body_timeout, 40));
  Loopback client(served.port());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(client.read_reply().status, 408U);
}

TEST(HttpServer, ClosesAnIdleConnectionWithoutAWord) {
  Served served(echo, patient_but(&HttpServerOptions::idle_timeout, 40));
  Loopback client(served.port());
  EXPECT_TRUE(client.read_to_end());
  EXPECT_EQ(client.unread(), "");
}

TEST(HttpServer, EndsAClientThatDoesNotReadItsAnswer) {
  const auto body = std::make_shared<const std::string>(std::string(30'000'000, 'z'));
  Served served([&](const HttpRequest&, const Responder& responder) { responder.respond({.shared = body}); },
                patient_but(&HttpServerOptions::write_timeout, 40));
  Loopback client(served.port(), 4096);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  // stop() drains: it returns early only when the connection has ended by its own time-out.
  served.server().stop();
  EXPECT_TRUE(client.read_to_end());
  EXPECT_LT(client.unread().size(), body->size());
}

TEST(HttpServer, ServesAThousandConnectionsAtOnce) {
  std::mutex mutex;
  std::vector<Responder> waiting;
  std::condition_variable changed;
  Served served([&](const HttpRequest&, Responder responder) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(responder));
    changed.notify_one();
  });
  std::vector<Loopback> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.emplace_back(served.port());
    ASSERT_TRUE(clients.back().connected());
    ASSERT_TRUE(clients.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{30}, [&] { return waiting.size() == 1000; }));
  for (const auto& responder : waiting) responder.respond({.body = "now"});
  lock.unlock();
  for (auto& client : clients) ASSERT_EQ(client.read_reply().body, "now");
}

TEST(HttpServer, RefusesMoreConnectionsThanItsLimit) {
  HttpServerOptions options;
  options.connections_max = 2;
  Served served(echo, options);
  std::vector<Loopback> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back(served.port());
    clients.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(clients.back().read_reply().status, 200U);
  }
  Loopback third(served.port());
  EXPECT_EQ(third.read_reply().status, 503U);
}

TEST(HttpServer, LetsOpenRequestsEndWhenItStops) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Responder> waiting;
  Served served([&](const HttpRequest&, Responder responder) {
    const std::lock_guard lock(mutex);
    waiting.push_back(std::move(responder));
    changed.notify_one();
  });
  Loopback client(served.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  std::unique_lock lock(mutex);
  ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{30}, [&] { return !waiting.empty(); }));
  lock.unlock();
  std::thread stopping([&] { served.server().stop(); });
  waiting.front().respond({.body = "in time"});
  EXPECT_EQ(client.read_reply().body, "in time");
  stopping.join();
}

TEST(HttpServer, StopsThoughAnAnswerNeverComes) {
  std::vector<Responder> kept;
  std::mutex mutex;
  std::condition_variable changed;
  HttpServerOptions options;
  options.drain_timeout = std::chrono::milliseconds{10};
  {
    Served served(
        [&](const HttpRequest&, Responder responder) {
          const std::lock_guard lock(mutex);
          kept.push_back(std::move(responder));
          changed.notify_one();
        },
        options);
    Loopback client(served.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{30}, [&] { return !kept.empty(); }));
    lock.unlock();
    served.server().stop();
    EXPECT_TRUE(client.read_to_end());
  }
  kept.front().respond({.body = "too late"});  // goes nowhere, harmlessly
  EXPECT_FALSE(kept.front().stream({})->push(std::make_shared<const std::string>("x")));
}

TEST(HttpServer, RefusesAnAddressThatIsNone) {
  for (const auto* address :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "no such host:1"}) {
    const auto server = adapters::beast::make_http_server();
    EXPECT_FALSE(server->start(address, echo, problem).has_value()) << address;
  }
}

TEST(HttpServer, SaysWhenThePortIsTaken) {
  Served served(echo);
  const auto second = adapters::beast::make_http_server();
  const auto started = second->start("127.0.0.1:" + std::to_string(served.port()), echo, problem);
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().find("Cannot listen"), std::string::npos);
}

// Streams of events.

class Listener {
 public:
  Listener(HttpServerOptions options, int receive_buffer_bytes = 0)
      : served_(
            [this](const HttpRequest&, const Responder& responder) {
              const std::lock_guard lock(mutex_);
              stream_ = responder.stream({.content_type = "text/event-stream"});
              changed_.notify_one();
            },
            std::move(options)),
        client_(served_.port(), receive_buffer_bytes) {
    client_.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return stream_ != nullptr; }));
  }
  api::EventStream& stream() { return *stream_; }
  Loopback& client() { return client_; }
  api::HttpServer& server() { return served_.server(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<api::EventStream> stream_;
  Served served_;
  Loopback client_;
};

api::HttpFrame frame(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

TEST(HttpServerStream, SendsFramesAsTheyCome) {
  Listener listener({});
  EXPECT_TRUE(listener.stream().push(frame("data: 1\n\n")));
  EXPECT_TRUE(listener.client().read_until("data: 1\n\n"));
  EXPECT_TRUE(listener.stream().push(frame("data: 2\n\n")));
  EXPECT_TRUE(listener.client().read_until("data: 2\n\n"));
  listener.stream().push(frame("data: 3\n\n"));
  listener.stream().close();
  EXPECT_TRUE(listener.client().read_to_end());
  EXPECT_TRUE(listener.client().unread().ends_with("data: 3\n\n"));
  EXPECT_FALSE(listener.stream().push(frame("data: 4\n\n")));
}

TEST(HttpServerStream, DropsASlowReader) {
  HttpServerOptions options;
  options.stream_frames_max = 16;
  Listener listener(options, 4096);
  const auto large = frame(std::string(60'000, 'x'));
  bool open = true;
  for (int i = 0; i < 10'000 && open; ++i) open = listener.stream().push(large);
  EXPECT_FALSE(open);
  EXPECT_TRUE(listener.stream().closed());
  EXPECT_TRUE(listener.client().read_to_end());
}

TEST(HttpServerStream, NoticesThatTheListenerWent) {
  std::mutex mutex;
  std::condition_variable changed;
  std::shared_ptr<api::EventStream> stream;
  Served served([&](const HttpRequest&, const Responder& responder) {
    const std::lock_guard lock(mutex);
    stream = responder.stream({.content_type = "text/event-stream"});
    changed.notify_one();
  });
  {
    Loopback client(served.port());
    client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, std::chrono::seconds{30}, [&] { return stream != nullptr; }));
  }
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!stream->closed() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  EXPECT_TRUE(stream->closed());
}

TEST(HttpServerStream, EndsWhenTheServerStops) {
  Listener listener({});
  listener.server().stop();
  EXPECT_TRUE(listener.client().read_to_end());
  EXPECT_FALSE(listener.stream().push(frame("x")));
}

}  // namespace
}  // namespace pioneer
