#include "api/cli/proof_file.hpp"

#include <fstream>

#include "api/audit/mirror_folder.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/base64.hpp"

namespace pioneer::cli {
namespace {

/// With which every archive begins.
constexpr std::string_view archive_start = "PK\x03\x04";

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
  std::string start = text ? *text : std::string();
  if (!text && text.error().code == "file_too_long") {
    start.resize(archive_start.size());
    std::ifstream(file, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  }
  if (start.starts_with(archive_start))
    return "This is an archive, not a receipt. If it is evidence, `pioneer audit evidence-check` judges it";
  const auto note = out_of_header(std::move(start));
  if (note.substr(0, note.find('\n')).ends_with("/promise"))
    return "This is a promise, not a receipt. `pioneer receipt breach PROMISE EVIDENCE` judges it, with what the log "
           "signed since: the record's receipt, checkpoints, other promises";
  return {};
}

}  // namespace pioneer::cli
