#include "api/audit/published_digests.hpp"

#include "api/proofs/signed_note.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/record.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::string_view suffix = "/read-models";

}  // namespace

PublishedDigests named_digests(std::uint64_t position, const std::map<std::string, std::string>& digests) {
  PublishedDigests named{position, {}};
  for (const auto& [name, digest] : digests)
    named.by_name.emplace(name, hex(eventstore::sha256(eventstore::bytes_of(digest)).view()));
  return named;
}

std::vector<std::string> differences(const PublishedDigests& ours, const PublishedDigests& theirs) {
  std::vector<std::string> names;
  for (const auto& [name, digest] : theirs.by_name) {
    const auto mine = ours.by_name.find(name);
    if (mine == ours.by_name.end() || mine->second != digest) names.push_back(name);
  }
  return names;
}

std::string digests_text(std::string_view origin, const PublishedDigests& digests) {
  std::string text(origin);
  text.append(suffix).append("\n").append(std::to_string(digests.position)).append("\n");
  for (const auto& [name, digest] : digests.by_name) text.append(name).append(" ").append(digest).append("\n");
  return text;
}

Result<PublishedDigests> read_digests(std::string_view note, std::span<const Verifier* const> keys) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto checked = check_signed_as(keys.front()->name(), *parsed, keys); !checked)
    return std::unexpected(checked.error());
  std::string_view rest = parsed->text;
  PublishedDigests digests;
  const auto bad = failure("bad_digests", "These are no digests of the log's read models.");
  if (take_line(rest) != keys.front()->name() + std::string(suffix) || rest.empty()) return bad;
  const auto digits = take_line(rest);
  const auto position = digits ? decimal(*digits) : std::nullopt;
  if (!position) return bad;
  digests.position = *position;
  for (const auto line : lines_of(rest)) {
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return bad;
    digests.by_name.emplace(line.substr(0, space), line.substr(space + 1));
  }
  if (digests.by_name.empty()) return bad;
  return digests;
}

}  // namespace pioneer::api
