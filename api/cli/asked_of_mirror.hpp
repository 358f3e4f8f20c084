// What a command is asked about in a mirror, in the words that people use: streams by their names, organisations by
// their codes. One thread.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "api/cli/signed_mirror.hpp"
#include "domain/common/id.hpp"

namespace pioneer::cli {

/// The organisation of this id or code. A code that was free again is that of whoever had it last. Reads the mirror up
/// to where it is found; for a code, all of it. An exit code: it was complained, 1 where the mirror has no such
/// organisation.
std::expected<domain::Id, Exit> named_organisation(const SignedMirror& mirror, const std::string& id_or_code);

/// The stream of this name, "kind/ID", or a kind, "kind/"; "organisation/CODE" becomes that of the id, "" stays. An
/// exit code: it was complained that there is no such kind, and told which there are. That the stream is there is not
/// asked.
std::expected<std::string, Exit> named_stream(const SignedMirror& mirror, const std::string& name);

/// Whether what named_stream() gave takes this stream.
bool takes(std::string_view asked, std::string_view stream);

/// Complains that nothing of it is in the range, and gives the exit code.
Exit not_in_mirror(const std::string& asked);

}  // namespace pioneer::cli
