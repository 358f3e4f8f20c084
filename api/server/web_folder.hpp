// The web application's files, read once from their folder when the server begins.
#pragma once

#include <expected>
#include <string>

#include "api/http/site.hpp"

namespace pioneer::server {

/// Where the application is when nobody says: beside the program, in ../share/web. Empty: not there.
std::string installed_web();

/// Ordinary files only: no links, nothing whose name begins with a dot. The error is a sentence.
std::expected<api::http::Site, std::string> read_site(const std::string& folder);

}  // namespace pioneer::server
