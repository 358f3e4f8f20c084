#include "adapters/zeromq/gatekeeper.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "adapters/zeromq/bus_keys.hpp"
#include "adapters/zeromq/options.hpp"

namespace pioneer::adapters::zeromq {
namespace {

constexpr const char* endpoint = "inproc://zeromq.zap.01";
/// version, request, domain, address, identity, mechanism, and CURVE's one: the key.
constexpr std::size_t frames_of_curve = 7;
constexpr std::size_t key_bytes = 32;
/// Keys whose answer is kept until the next look: who knocks with ever new ones fills no memory.
constexpr std::size_t known_max = 1'024;

std::string as_text(const std::string& key) {
  std::array<char, 41> text{};
  zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(key.data()), key.size());
  return text.data();
}

}  // namespace

Gatekeeper::Gatekeeper(zmq::context_t& context, api::BusServer::Admission admission)
    : socket_(context, zmq::socket_type::rep), admission_(std::move(admission)) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind(endpoint);
}

bool Gatekeeper::admits(const std::string& key) {
  if (known_.size() >= known_max) known_.clear();
  const auto [known, fresh] = known_.try_emplace(key, false);
  if (fresh) known->second = !is_published(key) && admission_(key);
  return known->second;
}

/// Who it is; empty: nobody who may come in.
std::string Gatekeeper::judge(const std::vector<std::string>& asked) {
  if (asked.size() != frames_of_curve || asked[0] != "1.0" || asked[2] != zap_domain || asked[5] != "CURVE" ||
      asked[6].size() != key_bytes)
    return {};
  auto key = as_text(asked[6]);
  return admits(key) ? key : std::string();
}

bool Gatekeeper::answer_one() {
  std::vector<std::string> asked;
  bool more = true;
  while (more) {
    zmq::message_t frame;
    if (!socket_.recv(frame, zmq::recv_flags::dontwait)) return false;
    more = frame.more();
    if (asked.size() <= frames_of_curve) asked.push_back(frame.to_string());
  }
  const auto who = judge(asked);
  const std::array<std::string, 6> said{"1.0",
                                        asked.size() > 1 ? asked[1] : std::string(),
                                        who.empty() ? "400" : "200",
                                        who.empty() ? "This key is not admitted." : "OK",
                                        who,
                                        ""};
  for (std::size_t i = 0; i < said.size(); ++i)
    socket_.send(zmq::const_buffer(said[i].data(), said[i].size()),
                 i + 1 < said.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  return true;
}

void Gatekeeper::answer() {
  while (answer_one()) continue;
}

}  // namespace pioneer::adapters::zeromq
