#include "api/proofs/witness_client.hpp"

#include <chrono>
#include <utility>

#include "api/proofs/witness.hpp"
#include "api/text/lines.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::chrono::seconds ask_time_max{5};
/// A signature's line, or 64 KiB of a note.
constexpr std::size_t witness_reply_bytes_max = note_bytes_max + (16u << 10);
/// What the witness knows may change between two tries, if another copy of us asks too.
constexpr int tries_max = 3;

/// What came from outside, so that it can be printable.
std::string printable(std::string_view text) {
  constexpr std::size_t shown_max = 120;
  std::string out;
  for (const char c : text.substr(0, shown_max))
    if (c != '\n') out.push_back(c < ' ' || c > '~' ? '?' : c);
  return out;
}

std::string address_below(std::string url, const std::string& path) {
  while (url.ends_with('/')) url.pop_back();
  return url + path;
}

/// The body of a 409: digits without leading zeros, and a line break.
std::optional<std::uint64_t> size_told(std::string_view body) {
  const auto line = take_line(body);
  return line && body.empty() ? decimal(*line) : std::nullopt;
}

}  // namespace

Result<HttpReply> WitnessClient::post(const std::string& note, std::uint64_t size, const std::stop_token& stop) const {
  const auto proof = parts_.proof(known_, size);
  if (!proof) return std::unexpected(proof.error());
  auto reply = parts_.http.call({.method = "POST",
                                 .url = address_below(parts_.url, "/add-checkpoint"),
                                 .headers = {{"Content-Type", std::string(plain_text_type)}},
                                 .body = add_checkpoint_body(known_, *proof, note),
                                 .reply_bytes_max = witness_reply_bytes_max,
                                 .time_max = ask_time_max},
                                stop);
  if (!reply) return failure("witness_unreachable", reply.error(), eventstore::Retry::can_help);
  return std::move(*reply);
}

Result<Cosignature> WitnessClient::cosign(const std::string& note, const SignedCheckpoint& checkpoint,
                                          std::uint64_t now_s, const std::stop_token& stop) {
  for (int tried = 0; tried < tries_max; ++tried) {
    if (known_ > checkpoint.size) known_ = 0;
    const auto reply = post(note, checkpoint.size, stop);
    if (!reply) return std::unexpected(reply.error());
    if (reply->status == 200) {
      auto signed_now = checked(note, reply->body, now_s);
      if (signed_now) known_ = checkpoint.size;
      return signed_now;
    }
    const auto knows = reply->status == 409 ? size_told(reply->body) : std::nullopt;
    if (!knows) {
      return failure("witness_refused", "It answered with status " + std::to_string(reply->status) + ": \"" +
                                            printable(reply->body) + "\".");
    }
    if (*knows > checkpoint.size) {
      return failure("witness_ahead", "It says that it has signed " + std::to_string(*knows) +
                                          " records of this log, which has " + std::to_string(checkpoint.size) + ".");
    }
    known_ = *knows;
  }
  return failure("witness_refused", "It names another size each time.", eventstore::Retry::can_help);
}

Result<Cosignature> WitnessClient::checked(const std::string& note, const std::string& lines, std::uint64_t now_s) {
  const auto cosigned = parse_note(note + lines);
  if (!cosigned) return failure("bad_cosignature", "What it answered is no signature: \"" + printable(lines) + "\".");
  auto cosignature = check_cosignature(*cosigned, parts_.key);
  if (!cosignature) return failure("bad_cosignature", cosignature.error().detail);
  if (const auto wrong = wrong_fresh_time(*cosignature, now_s, last_ ? &*last_ : nullptr))
    return failure("witness_clock", *wrong);
  last_ = *cosignature;
  return cosignature;
}

std::optional<std::string> WitnessClient::newest_known(const std::stop_token& stop) const {
  const auto reply =
      parts_.http.call({.url = address_below(parts_.url, "/" + origin_hash(parts_.log.front()->name()) + "/checkpoint"),
                        .reply_bytes_max = witness_reply_bytes_max,
                        .time_max = ask_time_max},
                       stop);
  if (!reply || reply->status != 200) return std::nullopt;
  const auto note = parse_note(reply->body);
  if (!note || !check_signed(*note, parts_.log) || !read_checkpoint(*note, parts_.log.front()->name())) {
    return std::nullopt;
  }
  return reply->body;
}

}  // namespace pioneer::api
