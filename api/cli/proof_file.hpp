// A file that a person was given as proof: a receipt, a promise, a checkpoint; and what it is instead.
#pragma once

#include <string>
#include <string_view>

#include "eventstore/error.hpp"

namespace pioneer::cli {

/// At most as long as a receipt may be. Errors: those of MirrorFolder::read(), which name the file.
eventstore::Result<std::string> read_proof(const std::string& file);

/// As it is; one line of base64 is read back: so a promise stands in the header that it came with.
std::string out_of_header(std::string text);

/// What a file is that does not begin as a receipt, and which command checks it; empty: it begins as one, or cannot be
/// read.
std::string no_receipt_but(const std::string& file);

}  // namespace pioneer::cli
