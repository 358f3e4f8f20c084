#include "adapters/zeromq/bus_client.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "adapters/zeromq/sockets.hpp"

namespace pioneer::adapters::zeromq {
namespace {

using Clock = std::chrono::steady_clock;

/// Where a connection takes no more just now.
constexpr std::chrono::milliseconds look_every{50};
constexpr const char* news_endpoint = "inproc://connection";

class Client final : public api::BusClient {
 public:
  Client(const std::string& address, const std::string& server_key, const api::BusKeyPair& keys)
      : dealer_(context_, zmq::socket_type::dealer), news_(context_, zmq::socket_type::pair) {
    make_client(dealer_, keys, server_key);
    // Else an answer that will not come is waited for in vain: a new connection is another one to the server.
    if (zmq_socket_monitor(dealer_.handle(), news_endpoint, ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) !=
        0)
      throw zmq::error_t();
    news_.connect(news_endpoint);
    dealer_.connect(address);
  }

  bool send(std::string_view message, std::uint32_t wait_ms) override {
    const auto until = Clock::now() + std::chrono::milliseconds{wait_ms};
    hear_news();
    // A connection that has just ended still takes messages: it is news that tell whether there is one.
    while (!connected_ || !ready(dealer_, ZMQ_POLLOUT, std::chrono::milliseconds{0})) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
      if (left.count() <= 0) return false;
      ready(news_, ZMQ_POLLIN, std::min(left, look_every));
      hear_news();
    }
    return dealer_.send(zmq::const_buffer(message.data(), message.size()), zmq::send_flags::dontwait).has_value();
  }

  std::expected<std::string, std::string> receive(std::uint32_t wait_ms) override {
    std::array<zmq::pollitem_t, 2> items{{{dealer_.handle(), 0, ZMQ_POLLIN, 0}, {news_.handle(), 0, ZMQ_POLLIN, 0}}};
    zmq::poll(items.data(), items.size(), std::chrono::milliseconds{wait_ms});
    zmq::message_t frame;
    if (!dealer_.recv(frame, zmq::recv_flags::dontwait))
      return std::unexpected(hear_news() ? "The connection ended before an answer came." : "No answer came in time.");
    auto message = frame.to_string();
    while (frame.more())
      if (!dealer_.recv(frame, zmq::recv_flags::dontwait)) break;
    return message;
  }

 private:
  static bool ready(zmq::socket_t& socket, short what, std::chrono::milliseconds wait) {
    zmq::pollitem_t item{socket.handle(), 0, what, 0};
    return zmq::poll(&item, 1, wait) > 0;
  }

  /// Whether a connection ended.
  bool hear_news() {
    zmq::message_t event, address;
    bool ended = false;
    while (news_.recv(event, zmq::recv_flags::dontwait)) {
      if (event.more() && !news_.recv(address, zmq::recv_flags::dontwait)) break;
      std::uint16_t what = 0;
      std::memcpy(&what, event.data(), std::min(event.size(), sizeof what));
      connected_ = what == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
      ended = ended || !connected_;
    }
    return ended;
  }

  bool connected_ = false;
  zmq::context_t context_{1};
  zmq::socket_t dealer_;
  zmq::socket_t news_;
};

}  // namespace

std::expected<std::unique_ptr<api::BusClient>, std::string> connect_bus(const std::string& address,
                                                                        const std::string& server_key,
                                                                        const api::BusKeyPair& keys) {
  try {
    return std::make_unique<Client>(address, server_key, keys);
  } catch (const zmq::error_t& e) {
    return std::unexpected(address + " cannot be reached: " + e.what() + ".");
  }
}

}  // namespace pioneer::adapters::zeromq
