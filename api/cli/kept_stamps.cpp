#include "api/cli/kept_stamps.hpp"

#include <set>

#include "adapters/openssl/time_stamping.hpp"
#include "api/audit/kept_checkpoints.hpp"
#include "api/cli/console.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/stamps.hpp"

namespace pioneer::cli {
namespace {

constexpr std::string_view unknown_words =
    "It is a time stamp of an authority that was not given. Give the certificates of all that stamped by --tsa-ca, in "
    "one file; without --tsa-ca, all else is checked";

std::string file_of(const std::string& size) { return std::string(api::stamps_folder) + "/" + size; }
std::string answer_of(const std::string& size) { return file_of(size) + std::string(api::stamp_suffix); }

}  // namespace

eventstore::Result<KeptStamps> KeptStamps::with(const std::string& authority) {
  if (authority.empty()) return KeptStamps(nullptr);
  auto made = adapters::make_time_stamping(authority);
  if (!made) return std::unexpected(made.error());
  return KeptStamps(std::move(*made));
}

void KeptStamps::wrong(std::string code, std::string file, std::string sentence) {
  if (sentence.ends_with('.')) sentence.pop_back();
  if (!fault_) fault_ = Fault{std::move(code), std::move(file), std::move(sentence)};
}

void KeptStamps::check(const std::string& size, std::string_view text, std::string_view answer,
                       const RecordedAt& recorded_at_us) {
  ++count_;
  if (authority_ == nullptr || fault_) return;
  const auto time_s = authority_->stamped(answer, eventstore::sha256(eventstore::bytes_of(text)));
  if (!time_s && time_s.error().code == unknown_authority) {
    if (!unknown_) unknown_ = Fault{time_s.error().code, answer_of(size), std::string(unknown_words)};
    return;
  }
  if (!time_s) return wrong(time_s.error().code, answer_of(size), time_s.error().detail);
  const auto checkpoint = api::parse_checkpoint(text);
  if (!checkpoint || std::to_string(checkpoint->size) != size)
    return wrong("bad_time_stamp", file_of(size), "What was stamped is no checkpoint of " + size + " entries.");
  if (const auto recorded_us = recorded_at_us(checkpoint->size))
    clocks_.look("The authority that stamped the first " + grouped(checkpoint->size) + " entries", *time_s,
                 *recorded_us);
  if (checkpoint->size < newest_) return;
  newest_ = checkpoint->size;
  newest_s_ = *time_s;
}

void KeptStamps::check(const api::MirrorFolder& folder, const RecordedAt& recorded_at_us) {
  std::set<std::uint64_t> sizes;
  const auto listed = folder.each(std::string(api::stamps_folder), [&](const std::string& name) {
    if (const auto size = api::stamped_size(name)) sizes.insert(*size);
    return true;
  });
  if (!listed) return wrong(listed.error().code, std::string(api::stamps_folder), listed.error().detail);
  for (const auto size : sizes) {
    const auto name = std::to_string(size);
    const auto text = folder.read(file_of(name), api::note_bytes_max);
    const auto answer = folder.read(answer_of(name), api::stamp_bytes_max);
    if (!text) return wrong(text.error().code, file_of(name), text.error().detail);
    if (!answer) return wrong(answer.error().code, answer_of(name), answer.error().detail);
    check(name, *text, *answer, recorded_at_us);
  }
}

void KeptStamps::add_to(JsonObject& out) const {
  out.number("stamps", count_).yes_no("stampsChecked", authority_ != nullptr);
  if (newest_s_ != 0)
    out.text("stampedEntries", std::to_string(newest_))
        .text("stampedAt", api::http::rfc3339_of_us(newest_s_ * 1'000'000));
}

void KeptStamps::tell() const {
  if (count_ == 0) return;
  if (authority_ == nullptr)
    say("  stamps       " + grouped(count_) + ", not checked: no authority given (--tsa-ca FILE)");
  else
    say("  stamps       " + grouped(count_) + ", good; the first " + grouped(newest_) + " entries stood there on " +
        api::http::rfc3339_of_us(newest_s_ * 1'000'000) + ", as the authority says");
}

}  // namespace pioneer::cli
