#include "api/cli/proof_file.hpp"

#include <algorithm>
#include <fstream>

#include "api/audit/mirror_folder.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/base64.hpp"

namespace pioneer::cli {
namespace {

/// With which every archive begins.
constexpr std::string_view archive_start = "PK\x03\x04";

/// Of a file that is longer than any receipt.
constexpr std::size_t head_bytes = 100;

/// A mail program may have put empty lines before it.
std::string_view without_blank_start(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

}  // namespace

eventstore::Result<std::string> read_proof(const std::string& file) {
  auto text = api::MirrorFolder(".").read(file, api::receipt_bytes_max);
  if (!text) return eventstore::failure(text.error().code, file + ": " + text.error().detail);
  return text;
}

std::string out_of_header(std::string text) {
  if (const auto end = text.find('\n'); end != text.npos && end + 1 != text.size()) return text;
  std::string line = text;
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  auto note = api::from_base64(line);
  return note ? std::move(*note) : std::move(text);
}

std::string no_receipt_but(const std::string& file) {
  const auto text = api::MirrorFolder(".").read(file, api::receipt_bytes_max);
  if (!text && text.error().code != "file_too_long") return {};
  std::string start = text ? *text : std::string(head_bytes, '\0');
  if (!text) std::ifstream(file, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  if (api::begins_as_receipt(without_blank_start(start))) return {};
  if (start.starts_with(archive_start))
    return "This is an archive, not a receipt. If it is evidence, `pioneer audit evidence-check` judges it";
  const auto note = out_of_header(std::move(start));
  if (note.substr(0, note.find('\n')).ends_with("/promise"))
    return "This is a promise, not a receipt. `pioneer receipt breach PROMISE EVIDENCE` judges it, with what the log "
           "signed since: the record's receipt, checkpoints, other promises";
  return "This is no receipt. Perhaps it is a photo or a printed page; nothing is wrong with it. A receipt is a small "
         "text file whose first line is c2sp.org/tlog-proof@v1";
}

}  // namespace pioneer::cli
