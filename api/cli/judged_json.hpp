// A decision that was made again, as commands show it.
#pragma once

#include <string>

#include "api/audit/rerun/rerun.hpp"
#include "api/cli/json.hpp"

namespace pioneer::cli {

inline std::string as_json(const api::rerun::Judged& judged) {
  JsonArray unasked;
  for (const auto& rule : judged.unasked) unasked.add('"' + rule + '"');
  return JsonObject()
      .text("command", judged.command)
      .text("verdict", api::rerun::word_of(judged.verdict))
      .text("reason", judged.sentence)
      .raw("unasked", unasked.str())
      .str();
}

/// On one line.
inline std::string told(const api::rerun::Judged& judged) {
  std::string line = judged.command;
  switch (judged.verdict) {
    case api::rerun::Verdict::same:
      line += ", the same";
      break;
    case api::rerun::Verdict::possible:
      line += ", possible";
      break;
    case api::rerun::Verdict::differs:
      line += ", DIFFERS";
      break;
    case api::rerun::Verdict::not_run:
      line += ", not made again";
      break;
  }
  if (!judged.sentence.empty()) line += ": " + judged.sentence;
  for (const auto& rule : judged.unasked) line += " (" + rule + " was not asked again: only a person's key could)";
  return line;
}

}  // namespace pioneer::cli
