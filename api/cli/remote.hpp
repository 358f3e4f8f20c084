// A running server, asked over HTTP. The only file that opens a socket is remote_http.cpp.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/cli/commands.hpp"

namespace pioneer::cli::remote {

struct Reply {
  unsigned status = 0;
  std::string body;
};

/// One call, waited for. `path` begins with a slash; an empty `body` with `method` POST sends `{}`. The error is a
/// sentence: the address is none, nobody listens, the answer broke off.
std::expected<Reply, std::string> call(const Place& place, std::string_view method, std::string_view path,
                                       std::string_view body = {}, std::string_view command_id = {});

/// Complains about a reply that is no success: the problem's own sentence, with its code.
Exit fail(const Reply& reply);
/// GET, and the answer as it came on stdout.
Exit show(const Place& place, const std::string& path);
/// Escapes what cannot stand in a path or query.
std::string escaped(std::string_view text);
/// An organisation's id by id or code; "" if the server knows none. The error is a sentence.
std::expected<std::string, std::string> organisation(const Place& place, std::string_view id_or_code);
/// A command id that is always the same for these words: what comes twice takes effect once.
std::string command_id_of(std::string_view words);

Exit import_organisations(const Place& place, const std::string& file);
Exit mirror(const Place& place, const MirrorOptions& options);
Exit create_token(const Place& place, const TokenOptions& options);
Exit make_link(const Place& place, const SignInLinkOptions& options);
Exit revoke_token(const Place& place, const RevokeTokenOptions& options);
Exit erase(const Place& place, const EraseOptions& options);

}  // namespace pioneer::cli::remote
