#include "adapters/zeromq/bus_client.hpp"

#include <zmq.hpp>

#include <chrono>

#include "adapters/zeromq/sockets.hpp"

namespace pioneer::adapters::zeromq {
namespace {

class Client final : public api::BusClient {
 public:
  Client(const std::string& address, const std::string& server_key, const api::BusKeyPair& keys)
      : dealer_(context_, zmq::socket_type::dealer) {
    make_client(dealer_, keys, server_key);
    dealer_.connect(address);
  }

  bool send(std::string_view message, std::uint32_t wait_ms) override {
    return ready(ZMQ_POLLOUT, wait_ms) &&
           dealer_.send(zmq::const_buffer(message.data(), message.size()), zmq::send_flags::dontwait);
  }

  std::expected<std::string, std::string> receive(std::uint32_t wait_ms) override {
    if (!ready(ZMQ_POLLIN, wait_ms)) return std::unexpected("No answer came in time.");
    zmq::message_t frame;
    if (!dealer_.recv(frame, zmq::recv_flags::dontwait)) return std::unexpected("No answer came in time.");
    auto message = frame.to_string();
    while (frame.more())
      if (!dealer_.recv(frame, zmq::recv_flags::dontwait)) break;
    return message;
  }

 private:
  bool ready(short what, std::uint32_t wait_ms) {
    zmq::pollitem_t item{dealer_.handle(), 0, what, 0};
    return zmq::poll(&item, 1, std::chrono::milliseconds{wait_ms}) > 0;
  }

  zmq::context_t context_{1};
  zmq::socket_t dealer_;
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
