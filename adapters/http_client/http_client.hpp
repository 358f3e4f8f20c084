// HTTP/1.1 over the system's sockets, with OpenSSL's TLS for https.
#pragma once

#include <memory>

#include "api/ports/http_client.hpp"

namespace pioneer::adapters {

/// Certificates are checked against the system's, and against the host's name.
std::unique_ptr<api::HttpClient> make_http_client();

}  // namespace pioneer::adapters
