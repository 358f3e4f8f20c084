#include "adapters/zeromq/bus_server.hpp"

#include <zmq.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/zeromq/gatekeeper.hpp"
#include "adapters/zeromq/peers.hpp"
#include "adapters/zeromq/sockets.hpp"

namespace pioneer::adapters::zeromq {
namespace {

using Clock = std::chrono::steady_clock;

/// Taken in a row before answers get their turn.
constexpr unsigned messages_a_turn = 64;

std::uint16_t port_of(const std::string& endpoint) {
  const auto colon = endpoint.rfind(':') + 1;
  std::uint16_t port = 0;
  std::from_chars(endpoint.data() + colon, endpoint.data() + endpoint.size(), port);
  return port;
}

/// It will not mend then, and shall not take a processor for ever.
constexpr unsigned failed_turns_max = 1'000;

class Server final : public api::BusServer {
 public:
  explicit Server(const BusServerOptions& options) : options_(options) {}
  ~Server() override { stop(); }

  std::expected<void, std::string> start(const std::string& address, const api::BusKeyPair& keys, Admission admission,
                                         api::BusHandler handler) override;
  std::uint16_t port() const override { return port_; }
  std::size_t open() const override {
    const std::lock_guard lock(shared_->mutex);
    return shared_->open;
  }
  void stop() override;

 private:
  enum class Sent { yes, later, gone };

  void run();
  void turn(Clock::time_point& next_look);
  bool receive();
  void take(const zmq::message_t& routing_id, std::vector<zmq::message_t> frames, std::size_t frames_sent);
  std::shared_ptr<Peer> peer_of(std::string_view routing_id, std::string_view key);
  std::optional<api::BusFlaw> flaw_of(const Peer& peer, std::size_t frames_sent);
  void send_waiting();
  void send_to(const std::shared_ptr<Peer>& peer);
  Sent send(const Peer& peer, const std::string& message);
  void forget(Peer& peer);
  void look_again();
  void tell_skipped(const std::shared_ptr<Peer>& peer);
  void finish();

  const BusServerOptions options_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  api::BusHandler handler_;
  zmq::context_t context_{1};
  zmq::socket_t router_;
  std::optional<Gatekeeper> gate_;
  std::map<std::string, std::shared_ptr<Peer>, std::less<>> peers_;  ///< by routing id
  std::vector<std::shared_ptr<Peer>> blocked_;                       ///< to be tried again
  std::thread thread_;
  std::uint16_t port_ = 0;
};

std::expected<void, std::string> Server::start(const std::string& address, const api::BusKeyPair& keys,
                                               Admission admission, api::BusHandler handler) {
  try {
    // The gate stands before there is a door: a server without one would admit everybody, or nobody.
    gate_.emplace(context_, std::move(admission));
    router_ = zmq::socket_t(context_, zmq::socket_type::router);
    make_server(router_, keys, options_.message_bytes_max);
    router_.bind(address);
    port_ = port_of(router_.get(zmq::sockopt::last_endpoint));
  } catch (const zmq::error_t& e) {
    return std::unexpected("The bus cannot listen on " + address + ": " + e.what() + ".");
  }
  handler_ = std::move(handler);
  thread_ = std::thread([this] { run(); });
  return {};
}

void Server::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->wake();
  thread_.join();
  router_.close();
  gate_.reset();
  context_.close();
}

void Server::run() {
  auto next_look = Clock::now() + options_.look_every;
  unsigned failed_in_a_row = 0;
  while (true) {
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->stopping) break;
    }
    try {
      turn(next_look);
      failed_in_a_row = 0;
    } catch (const std::exception&) {
      // A signal came, or one message was too much for the memory: who sent it gets no answer, the others go on.
      if (++failed_in_a_row == failed_turns_max) break;
    }
  }
  finish();
}

void Server::turn(Clock::time_point& next_look) {
  std::array<zmq::pollitem_t, 3> items{{{nullptr, shared_->wake_descriptor(), ZMQ_POLLIN, 0},
                                        {gate_->socket().handle(), 0, ZMQ_POLLIN, 0},
                                        {router_.handle(), 0, ZMQ_POLLIN, 0}}};
  zmq::poll(items.data(), items.size(), blocked_.empty() ? options_.look_every : options_.retry_every);
  shared_->awake();
  gate_->answer();
  for (unsigned i = 0; i < messages_a_turn && receive(); ++i) continue;
  send_waiting();
  if (Clock::now() < next_look) return;
  look_again();
  next_look = Clock::now() + options_.look_every;
}

bool Server::receive() {
  zmq::message_t routing_id;
  if (!router_.recv(routing_id, zmq::recv_flags::dontwait)) return false;
  std::vector<zmq::message_t> frames;
  std::size_t sent = 0;
  for (bool more = routing_id.more(); more; ++sent) {
    zmq::message_t frame;
    if (!router_.recv(frame, zmq::recv_flags::dontwait)) break;
    more = frame.more();
    if (frames.size() < options_.frames_max) frames.push_back(std::move(frame));
  }
  take(routing_id, std::move(frames), sent);
  return true;
}

std::shared_ptr<Peer> Server::peer_of(std::string_view routing_id, std::string_view key) {
  const auto known = peers_.find(routing_id);
  if (known != peers_.end()) {
    if (known->second->key == key) return known->second;
    forget(*known->second);  // another program came by the name of one that left: nothing of that one's is for it
    peers_.erase(known);
  }
  auto peer = std::make_shared<Peer>(Peer{std::string(routing_id), std::string(key)});
  peers_.emplace(peer->routing_id, peer);
  return peer;
}

/// Nothing: not even an answer has room.
std::optional<api::BusFlaw> Server::flaw_of(const Peer& peer, std::size_t frames_sent) {
  if (!gate_->admits(peer.key)) return api::BusFlaw::refused;
  const std::lock_guard lock(shared_->mutex);
  if (peer.queue.size() >= options_.queued_messages_max) return std::nullopt;
  if (frames_sent != 1) return api::BusFlaw::frames;
  if (peer.open >= options_.open_per_peer_max || shared_->open >= options_.open_max ||
      peer.bytes >= options_.queued_bytes_max)
    return api::BusFlaw::busy;
  return api::BusFlaw::none;
}

void Server::take(const zmq::message_t& routing_id, std::vector<zmq::message_t> frames, std::size_t frames_sent) {
  if (frames.empty()) return;
  const auto* user = zmq_msg_gets(frames.front().handle(), "User-Id");
  if (user == nullptr) return;  // nobody whom the gate let in
  const auto peer = peer_of(routing_id.to_string_view(), user);
  const auto flaw = flaw_of(*peer, frames_sent);
  if (!flaw) {
    const std::lock_guard lock(shared_->mutex);
    ++peer->skipped;
    return;
  }
  auto message = *flaw == api::BusFlaw::frames ? std::string() : frames.front().to_string();
  frames.clear();
  handler_({std::move(message), peer->key, peer->routing_id, *flaw}, std::make_shared<Return>(shared_, peer));
}

Server::Sent Server::send(const Peer& peer, const std::string& message) {
  try {
    const zmq::const_buffer to(peer.routing_id.data(), peer.routing_id.size());
    if (!router_.send(to, zmq::send_flags::sndmore | zmq::send_flags::dontwait)) return Sent::later;
    if (!router_.send(zmq::const_buffer(message.data(), message.size()), zmq::send_flags::dontwait)) return Sent::later;
    return Sent::yes;
  } catch (const zmq::error_t& e) {
    if (e.num() == EINTR) return Sent::later;
    if (e.num() == EHOSTUNREACH) return Sent::gone;
    throw;
  }
}

void Server::send_to(const std::shared_ptr<Peer>& peer) {
  while (true) {
    std::string message;
    {
      const std::lock_guard lock(shared_->mutex);
      if (peer->gone || peer->queue.empty()) {
        peer->waiting = false;
        break;
      }
      message = std::move(peer->queue.front());
      peer->queue.pop_front();
    }
    const auto sent = send(*peer, message);
    if (sent == Sent::gone) return forget(*peer);
    const std::lock_guard lock(shared_->mutex);
    if (sent == Sent::later) {
      peer->queue.push_front(std::move(message));
      blocked_.push_back(peer);
      break;
    }
    peer->bytes -= message.size();
  }
  tell_skipped(peer);
}

void Server::tell_skipped(const std::shared_ptr<Peer>& peer) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (peer->gone || peer->skipped == 0 || peer->queue.size() > options_.queued_messages_max / 2) return;
    peer->skipped = 0;
  }
  handler_({{}, peer->key, peer->routing_id, api::BusFlaw::skipped}, std::make_shared<Return>(shared_, peer));
}

void Server::send_waiting() {
  std::vector<std::shared_ptr<Peer>> waiting = std::exchange(blocked_, {});
  {
    const std::lock_guard lock(shared_->mutex);
    waiting.insert(waiting.end(), shared_->waiting.begin(), shared_->waiting.end());
    shared_->waiting.clear();
  }
  for (const auto& peer : waiting) send_to(peer);
}

void Server::forget(Peer& peer) {
  const std::lock_guard lock(shared_->mutex);
  peer.gone = true;
  peer.waiting = false;
  peer.bytes = 0;
  peer.queue.clear();
}

void Server::look_again() {
  gate_->look_again();
  for (auto peer = peers_.begin(); peer != peers_.end();) {
    if (!gate_->admits(peer->second->key)) forget(*peer->second);
    const std::lock_guard lock(shared_->mutex);
    const auto& p = *peer->second;
    const bool idle = p.open == 0 && p.queue.empty() && p.skipped == 0;
    peer = p.gone || idle ? peers_.erase(peer) : std::next(peer);
  }
}

/// What is queued leaves, if it does so soon; ways back that live on lead nowhere.
void Server::finish() {
  const auto until = Clock::now() + linger;
  try {
    do {
      send_waiting();
      if (!blocked_.empty()) std::this_thread::sleep_for(options_.retry_every);
    } while (!blocked_.empty() && Clock::now() < until);
  } catch (const zmq::error_t&) {
    blocked_.clear();  // the socket takes no more
  }
  for (const auto& [routing_id, peer] : peers_) forget(*peer);
}

}  // namespace

std::unique_ptr<api::BusServer> make_bus_server(const BusServerOptions& options) {
  return std::make_unique<Server>(options);
}

}  // namespace pioneer::adapters::zeromq
