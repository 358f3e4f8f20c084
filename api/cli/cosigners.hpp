// Who signed a log's checkpoints beside the log, as commands tell it. Any thread.
#pragma once

#include <span>
#include <string>

#include "api/cli/console.hpp"
#include "api/cli/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/cosignature.hpp"

namespace pioneer::cli {

inline std::string time_of_s(std::uint64_t time_s) {
  return api::http::rfc3339_of_us(static_cast<std::int64_t>(time_s) * 1'000'000);
}
inline std::string cosigned_at(const api::Cosigner& one) { return time_of_s(one.time_s); }

/// [{"name", "size", "at"}]
inline std::string cosigners_json(std::span<const api::Cosigner> cosigners) {
  JsonArray all;
  for (const auto& one : cosigners)
    all.add(JsonObject()
                .text("name", one.witness)
                .text("size", std::to_string(one.size))
                .text("at", cosigned_at(one))
                .str());
  return all.str();
}

inline void tell_cosigners(std::span<const api::Cosigner> cosigners) {
  for (const auto& one : cosigners)
    say("  cosigned     " + one.witness + ", the first " + grouped(one.size) + " entries, on " + cosigned_at(one));
  if (cosigners.empty())
    say("  cosigned     nobody whose key was given: that nothing was back-dated rests on the one who runs the log");
}

}  // namespace pioneer::cli
