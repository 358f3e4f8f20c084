#include "api/proofs/promise.hpp"

#include <charconv>
#include <optional>
#include <vector>

#include "api/http/rfc3339.hpp"
#include "api/text/base64.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::string_view origin_end = "/promise";

auto bad_promise(const std::string& what) { return failure("bad_promise", "This is no promise of a log: " + what); }

std::string text_of(const Promise& promise) {
  return promise.origin + std::string(origin_end) + "\nposition " + std::to_string(promise.position) + "\n" +
         base64(promise.leaf.view()) + "\nreceived " + http::rfc3339_of_us(promise.received_us) + "\nby " +
         http::rfc3339_of_us(promise.by_us) + "\n";
}

/// What stands behind this word; nothing where the line begins otherwise.
std::optional<std::string_view> behind(std::string_view word, std::string_view line) {
  if (!line.starts_with(word) || line.substr(word.size(), 1) != " ") return std::nullopt;
  return line.substr(word.size() + 1);
}

std::optional<std::int64_t> time_of(std::optional<std::string_view> text) {
  const auto time = text ? http::parse_rfc3339(*text) : std::nullopt;
  if (!time) return std::nullopt;
  return time->seconds * 1'000'000 + time->nanos / 1'000;
}

Result<Promise> read_promise(std::string_view text, std::string_view origin) {
  const auto lines = lines_of(text);
  if (lines.size() != 5) return bad_promise("it has " + std::to_string(lines.size()) + " lines; five tell it.");
  if (!lines[0].ends_with(origin_end)) return bad_promise("its first line does not end with \"/promise\".");
  if (lines[0].substr(0, lines[0].size() - origin_end.size()) != origin)
    return failure("other_origin", "This is a promise of another log than " + std::string(origin) + ".");
  Promise promise;
  promise.origin = std::string(origin);
  const auto digits = behind("position", lines[1]);
  if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), promise.position).ec != std::errc{})
    return bad_promise("its second line tells no position.");
  const auto leaf = from_base64(lines[2]);
  if (!leaf || leaf->size() != eventstore::Hash::size) return bad_promise("its third line is no hash.");
  promise.leaf = eventstore::Hash::of(*leaf);
  const auto received = time_of(behind("received", lines[3]));
  const auto by = time_of(behind("by", lines[4]));
  if (!received || !by || *by < *received) return bad_promise("its last lines tell no two times in order.");
  promise.received_us = *received;
  promise.by_us = *by;
  // Each thing is written in one way.
  if (text_of(promise) != text) return bad_promise("a number or a time is not written as a log writes it.");
  return promise;
}

}  // namespace

std::string write_promise(const Signer& signer, std::uint64_t position, const eventstore::Hash& leaf,
                          std::int64_t received_us) {
  return signer.note(text_of({signer.name(), position, leaf, received_us, received_us + promise_within_us}));
}

Result<Promise> check_promise(std::string_view note, std::string_view origin, std::span<const Verifier* const> keys) {
  const auto parsed = parse_note(note);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto checked = check_signed_as(origin, *parsed, keys); !checked) return std::unexpected(checked.error());
  return read_promise(parsed->text, origin);
}

}  // namespace pioneer::api
