#include "adapters/zeromq/bus_server.hpp"

#include <gtest/gtest.h>

#include <zmq.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "adapters/zeromq/bus_client.hpp"
#include "adapters/zeromq/bus_keys.hpp"
#include "adapters/zeromq/sockets.hpp"

namespace pioneer::adapters::zeromq {
namespace {

using api::BusFlaw;

/// Long for what shall come; what shall not is waited for as long as a handshake takes many times over.
constexpr std::uint32_t soon_ms = 20'000;
constexpr std::uint32_t never_ms = 1'500;

const api::BusKeyPair printed_client{"Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID",
                                     "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"};

bool until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{soon_ms};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

std::string word_of(BusFlaw flaw) {
  switch (flaw) {
    case BusFlaw::none:
      return "echo ";
    case BusFlaw::frames:
      return "frames";
    case BusFlaw::busy:
      return "busy";
    case BusFlaw::refused:
      return "refused";
    case BusFlaw::skipped:
      return "skipped";
  }
  return {};
}

/// Echoes what is said; keeps what begins with "keep", until it is let go.
class BusServer : public testing::Test {
 protected:
  void start(const BusServerOptions& options = {}) {
    server = make_bus_server(options);
    const auto started = server->start(
        "tcp://127.0.0.1:0", server_keys,
        [this](std::string_view key) {
          const std::lock_guard lock(mutex);
          return admitted.contains(std::string(key));
        },
        [this](api::BusArrival arrival, std::shared_ptr<api::BusReturn> back) {
          take(std::move(arrival), std::move(back));
        });
    ASSERT_TRUE(started.has_value()) << started.error();
    address = "tcp://127.0.0.1:" + std::to_string(server->port());
  }
  void TearDown() override {
    {
      const std::lock_guard lock(mutex);
      kept.clear();
    }
    if (server) server->stop();
  }

  void take(api::BusArrival arrival, std::shared_ptr<api::BusReturn> back) {
    const std::lock_guard lock(mutex);
    if (arrival.flaw == BusFlaw::none) keys.insert(arrival.key);
    if (arrival.message.starts_with("keep") && arrival.flaw == BusFlaw::none)
      kept.push_back(std::move(back));
    else
      back->send(word_of(arrival.flaw) + (arrival.flaw == BusFlaw::none ? arrival.message : ""));
  }

  std::unique_ptr<api::BusClient> client(const api::BusKeyPair& pair) {
    auto connected = connect_bus(address, server_keys.public_key, pair);
    EXPECT_TRUE(connected.has_value());
    return std::move(*connected);
  }
  void admit(const std::string& key) {
    const std::lock_guard lock(mutex);
    admitted.insert(key);
  }
  std::size_t kept_now() {
    const std::lock_guard lock(mutex);
    return kept.size();
  }
  void expect_works() {
    const auto fine = client(client_keys);
    ASSERT_TRUE(fine->send("hello", soon_ms));
    EXPECT_EQ(fine->receive(soon_ms).value_or(""), "echo hello");
  }

  const api::BusKeyPair server_keys = make_bus_keys();
  const api::BusKeyPair client_keys = make_bus_keys();
  std::mutex mutex;
  std::set<std::string> admitted{client_keys.public_key};
  std::set<std::string> keys;  ///< who spoke
  std::vector<std::shared_ptr<api::BusReturn>> kept;
  std::unique_ptr<api::BusServer> server;
  std::string address;
};

TEST_F(BusServer, SaysWhoseKeyItIs) {
  start();
  expect_works();
  EXPECT_EQ(keys, std::set<std::string>{client_keys.public_key});
}

TEST_F(BusServer, LetsNobodyInWhoseKeyIsNotAdmitted) {
  start();
  EXPECT_FALSE(client(make_bus_keys())->send("hello", never_ms));
  expect_works();
  EXPECT_EQ(keys.size(), 1U);
}

TEST_F(BusServer, LetsNobodyInWithKeysFromTheDocumentation) {
  admit(printed_client.public_key);
  start();
  EXPECT_FALSE(client(printed_client)->send("hello", never_ms));
  expect_works();
}

TEST_F(BusServer, LetsNobodyInWhoTakesItForAnother) {
  start();
  auto other = connect_bus(address, make_bus_keys().public_key, client_keys);
  ASSERT_TRUE(other.has_value());
  EXPECT_FALSE((*other)->send("hello", never_ms));
  expect_works();
}

TEST_F(BusServer, LetsNobodyInWithoutCurve) {
  start();
  zmq::context_t context;
  zmq::socket_t plain(context, zmq::socket_type::dealer);
  plain.set(zmq::sockopt::linger, 0);
  plain.set(zmq::sockopt::immediate, true);
  plain.connect(address);
  zmq::pollitem_t item{plain.handle(), 0, ZMQ_POLLOUT, 0};
  EXPECT_EQ(zmq::poll(&item, 1, std::chrono::milliseconds{never_ms}), 0);
  zmq::socket_t named(context, zmq::socket_type::dealer);
  named.set(zmq::sockopt::linger, 0);
  named.set(zmq::sockopt::immediate, true);
  named.set(zmq::sockopt::plain_username, "admin");
  named.set(zmq::sockopt::plain_password, "admin");
  named.connect(address);
  zmq::pollitem_t again{named.handle(), 0, ZMQ_POLLOUT, 0};
  EXPECT_EQ(zmq::poll(&again, 1, std::chrono::milliseconds{never_ms}), 0);
  expect_works();
}

/// A client that can send what ours cannot.
class Raw {
 public:
  Raw(const std::string& address, const api::BusKeyPair& keys, const std::string& server_key,
      const std::string& routing_id = {}, bool immediate = true)
      : socket(context, zmq::socket_type::dealer) {
    make_client(socket, keys, server_key);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::immediate, immediate);
    if (!routing_id.empty()) socket.set(zmq::sockopt::routing_id, routing_id);
    socket.connect(address);
  }
  void send(const std::vector<std::string>& frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
      socket.send(zmq::buffer(frames[i]), i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
  std::string receive(std::uint32_t wait_ms = soon_ms) {
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    if (zmq::poll(&item, 1, std::chrono::milliseconds{wait_ms}) == 0) return "nothing";
    zmq::message_t message;
    return socket.recv(message, zmq::recv_flags::dontwait) ? message.to_string() : "nothing";
  }
  zmq::context_t context;
  zmq::socket_t socket;
};

TEST_F(BusServer, TakesOneFrameAndNoMore) {
  start();
  Raw raw(address, client_keys, server_keys.public_key);
  raw.send({"one", "two"});
  EXPECT_EQ(raw.receive(), "frames");
  raw.send(std::vector<std::string>(1'000, "frame"));
  EXPECT_EQ(raw.receive(), "frames");
  raw.send({"", "as REQ does"});
  EXPECT_EQ(raw.receive(), "frames");
  raw.send({"one"});
  EXPECT_EQ(raw.receive(), "echo one");
  raw.send({""});
  EXPECT_EQ(raw.receive(), "echo ");
}

TEST_F(BusServer, LetsGoOfWhoSendsTooMuchAtOnce) {
  BusServerOptions options;
  options.message_bytes_max = 1'000;
  start(options);
  Raw raw(address, client_keys, server_keys.public_key);
  raw.send({std::string(1'000, 'x')});
  EXPECT_EQ(raw.receive(), "echo " + std::string(1'000, 'x'));
  raw.send({std::string(1'001, 'x')});
  EXPECT_EQ(raw.receive(never_ms), "nothing");
  expect_works();
}

TEST_F(BusServer, SaysThatItIsBusyAndTakesMoreOnceItIsNot) {
  BusServerOptions options;
  options.open_per_peer_max = 4;
  options.open_max = 6;
  start(options);
  Raw first(address, client_keys, server_keys.public_key);
  for (int i = 0; i < 4; ++i) first.send({"keep"});
  first.send({"hello"});
  EXPECT_EQ(first.receive(), "busy");
  Raw second(address, client_keys, server_keys.public_key);
  for (int i = 0; i < 3; ++i) second.send({"keep"});
  EXPECT_EQ(second.receive(), "busy");
  EXPECT_EQ(server->open(), 6U);
  {
    const std::lock_guard lock(mutex);
    kept.clear();
  }
  ASSERT_TRUE(until([&] { return server->open() == 0; }));
  first.send({"hello"});
  EXPECT_EQ(first.receive(), "echo hello");
}

TEST_F(BusServer, TellsWhoReadNothingWhatItDidNotTake) {
  BusServerOptions options;
  options.queued_messages_max = 8;
  start(options);
  Raw raw(address, client_keys, server_keys.public_key);
  const std::string large = std::string(256 * 1024, 'x');
  // The kernel and the library keep megabytes on the way; what is beyond stays with the server.
  std::size_t sent = 0;
  for (; sent < 400; ++sent) {
    zmq::pollitem_t item{raw.socket.handle(), 0, ZMQ_POLLOUT, 0};
    if (zmq::poll(&item, 1, std::chrono::milliseconds{never_ms}) == 0) break;
    raw.send({large});
  }
  ASSERT_EQ(sent, 400U) << "the server stopped reading";
  std::map<std::string, std::size_t> heard;
  while (heard["skipped"] == 0) {
    const auto answer = raw.receive();
    ASSERT_NE(answer, "nothing") << "nobody told of what was not taken";
    ++heard[answer.substr(0, 7)];
  }
  EXPECT_LT(heard["echo xx"], 400U);
  EXPECT_GT(heard["echo xx"], 0U);
  expect_works();
}

TEST_F(BusServer, KnowsThatSomebodyHasGone) {
  start();
  {
    Raw raw(address, client_keys, server_keys.public_key);
    raw.send({"keep"});
    ASSERT_TRUE(until([&] { return kept_now() == 1; }));
    EXPECT_FALSE(kept.front()->closed());
  }
  const auto tell = [&] {
    kept.front()->send("are you there?");
    return kept.front()->closed();
  };
  EXPECT_TRUE(until(tell));
  EXPECT_FALSE(kept.front()->send("nobody hears this"));
  expect_works();
}

TEST_F(BusServer, GivesNobodyTheAnswersOfAnother) {
  const auto others = make_bus_keys();
  admit(others.public_key);
  start();
  {
    Raw raw(address, client_keys, server_keys.public_key, "the same name");
    raw.send({"keep"});
    ASSERT_TRUE(until([&] { return kept_now() == 1; }));
    // While the first is there, the second has no place.
    Raw thief(address, others, server_keys.public_key, "the same name");
    thief.send({"hello"});
    EXPECT_EQ(thief.receive(never_ms), "nothing");
  }
  EXPECT_TRUE(until([&] {
    Raw heir(address, others, server_keys.public_key, "the same name");
    heir.send({"hello"});
    return heir.receive(200) == "echo hello";
  }));
  EXPECT_TRUE(kept.front()->closed());
  EXPECT_FALSE(kept.front()->send("of the first alone"));
}

TEST_F(BusServer, RefusesWhoIsNoLongerAdmitted) {
  BusServerOptions options;
  options.look_every = std::chrono::milliseconds{20};
  start(options);
  Raw raw(address, client_keys, server_keys.public_key);
  raw.send({"keep"});
  ASSERT_TRUE(until([&] { return kept_now() == 1; }));
  {
    const std::lock_guard lock(mutex);
    admitted.clear();
  }
  EXPECT_TRUE(until([&] { return kept.front()->closed(); }));
  raw.send({"hello"});
  EXPECT_EQ(raw.receive(), "refused");
  EXPECT_FALSE(client(client_keys)->send("hello", never_ms));
}

TEST_F(BusServer, OutlivesAnyBytes) {
  start();
  std::mt19937 chance(7);
  Raw raw(address, client_keys, server_keys.public_key);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(chance() % 300, '\0');
    for (auto& c : bytes) c = static_cast<char>(chance());
    raw.send({bytes});
    EXPECT_EQ(raw.receive(), "echo " + bytes);
  }
  // And such that never were of this protocol.
  zmq::context_t context;
  for (int i = 0; i < 20; ++i) {
    zmq::socket_t stream(context, zmq::socket_type::stream);
    stream.set(zmq::sockopt::linger, 0);
    stream.connect(address);
    zmq::message_t id;
    ASSERT_TRUE(stream.recv(id).has_value());
    std::string bytes(chance() % 3'000 + 1, '\0');
    for (auto& c : bytes) c = static_cast<char>(chance());
    stream.send(id, zmq::send_flags::sndmore);
    stream.send(zmq::buffer(bytes), zmq::send_flags::none);
  }
  expect_works();
}

TEST_F(BusServer, SendsWhatItOwesBeforeItStops) {
  start();
  // With IMMEDIATE the library forgets what came last when the connection ends, though it has arrived.
  Raw raw(address, client_keys, server_keys.public_key, {}, false);
  raw.send({"keep"});
  ASSERT_TRUE(until([&] { return kept_now() == 1; }));
  const auto back = kept.front();
  EXPECT_TRUE(back->send("the last word"));
  server->stop();
  EXPECT_EQ(raw.receive(), "the last word");
  EXPECT_TRUE(back->closed());
  EXPECT_FALSE(back->send("too late"));
}

TEST_F(BusServer, CannotListenWhereAnotherDoes) {
  start();
  auto second = make_bus_server();
  const auto started = second->start(address, server_keys, [](std::string_view) { return true; }, [](auto, auto) {});
  ASSERT_FALSE(started.has_value());
  EXPECT_NE(started.error().find(address), std::string::npos);
}

}  // namespace
}  // namespace pioneer::adapters::zeromq
