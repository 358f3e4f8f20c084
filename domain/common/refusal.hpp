// The business says no. Codes are stable and listed in api/http/problems; the sentence is for a person.
#pragma once

#include <expected>
#include <string>

namespace pioneer::domain {

/// What a refusal means to the one who asked; the edges map it to their own statuses.
enum class RefusalKind {
  not_found,  ///< 404: no such thing, or none that this actor may know of
  forbidden,  ///< 403: this actor may not
  conflict,   ///< 409: a rule of the business
  invalid,    ///< 422: a value out of bounds; `field` says which
};

struct Refusal {
  RefusalKind kind;
  std::string code;      ///< lower_snake: "product_full"
  std::string sentence;  ///< one or two short sentences: what happened, what can be done
  std::string field;     ///< of the command, lowerCamelCase; empty: none in particular
};

template <class T>
using Decided = std::expected<T, Refusal>;

}  // namespace pioneer::domain
