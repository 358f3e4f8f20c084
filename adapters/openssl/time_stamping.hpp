// RFC 3161 by OpenSSL's TS functions.
#pragma once

#include <memory>
#include <string>

#include "api/ports/time_stamping.hpp"

namespace pioneer::adapters {

/// `certificates`: a PEM file with those of the authorities that are trusted; empty: a stamp's signature is not checked
/// here, but by whoever verifies the file (`openssl ts -verify`). Error: "bad_certificates".
eventstore::Result<std::unique_ptr<api::TimeStamping>> make_time_stamping(const std::string& certificates);

}  // namespace pioneer::adapters
