// Who somebody is, proven elsewhere: by an account's password, by a provider of OpenID Connect. Our own one-time codes
// need none of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "domain/common/id.hpp"

namespace pioneer::api {

/// Any thread.
class SignInWay {
 public:
  using Answer = std::function<void(std::optional<domain::Id> member)>;

  virtual ~SignInWay() = default;
  /// Whom `code` proves: what a browser brought to POST /session and is no one-time code of ours, an authorisation code
  /// (RFC 6749, section 4.1.2), say. Answers once, at once or later, on any thread; with nobody where it proves nobody,
  /// or whoever could say so does not answer in time. It proves once: the same code again is nobody's.
  virtual void prove(std::string code, Answer answer) = 0;
};

}  // namespace pioneer::api
