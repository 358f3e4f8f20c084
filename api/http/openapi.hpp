// The OpenAPI 3.1 document of the API, made from the table of routes and the descriptors of the messages: what the
// router does and what the document says cannot part.
#pragma once

#include <string>

namespace pioneer::api::http {

/// JSON. The same text in every process of one version.
std::string openapi_document(const std::string& version);

}  // namespace pioneer::api::http
