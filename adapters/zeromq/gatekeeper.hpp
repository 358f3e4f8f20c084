// Says who may come in: the library asks it about every key that knocks (ZAP, RFC 27), over a socket inside the
// process. One thread.
#pragma once

#include <zmq.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/bus.hpp"

namespace pioneer::adapters::zeromq {

class Gatekeeper {
 public:
  /// Stands from here on; before any server of this context is bound.
  Gatekeeper(zmq::context_t& context, api::BusServer::Admission admission);

  zmq::socket_t& socket() { return socket_; }
  /// Answers all that was asked.
  void answer();
  /// As asked last, or now.
  bool admits(const std::string& key);
  /// Forgets what was asked.
  void look_again() { known_.clear(); }

 private:
  bool answer_one();
  std::string judge(const std::vector<std::string>& asked);

  zmq::socket_t socket_;
  api::BusServer::Admission admission_;
  std::map<std::string, bool, std::less<>> known_;
};

}  // namespace pioneer::adapters::zeromq
