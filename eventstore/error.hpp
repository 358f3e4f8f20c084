// The world fails: an error says what failed, where, and whether trying again can help.
// (The business saying no is a domain::Refusal; our own mistakes are a CHECK.)
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace pioneer::eventstore {

enum class Retry { can_help, cannot_help };

struct Error {
  std::string code;    ///< stable, lower_snake: "sync_failed", "corrupt_batch"
  std::string detail;  ///< one sentence for a person, with file and offset where there is one
  Retry retry = Retry::cannot_help;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(std::string code, std::string detail, Retry retry = Retry::cannot_help) {
  return std::unexpected(Error{std::move(code), std::move(detail), retry});
}

}  // namespace pioneer::eventstore
