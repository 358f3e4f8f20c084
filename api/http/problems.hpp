// Every code that an answer of ours can carry, with its HTTP status and words in English and Chinese (RFC 9457).
// One table; a test holds it against the refusals of the domain and of the node. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/ports/http.hpp"
#include "domain/common/refusal.hpp"
#include "eventstore/error.hpp"

namespace pioneer::api::http {

enum class Language { english, chinese };

struct ProblemText {
  std::string_view code;
  unsigned status;
  std::string_view title;  ///< English, a few words
  std::string_view zh;     ///< a short sentence
};

std::span<const ProblemText> all_problems();
/// An unknown code stands as "internal": a test keeps that from happening.
const ProblemText& problem_text(std::string_view code);

struct Problem {
  std::string_view code;
  std::string_view detail = {};  ///< English, for a person; empty: the title says it all
  std::string_view field = {};   ///< lowerCamelCase, dotted; or a header's or parameter's name
  unsigned retry_after_s = 0;    ///< 0: no Retry-After
};

/// The status is the code's.
HttpResponse problem_response(const Problem& problem, Language language = Language::english);
/// For a business refusal; the status is the table's.
HttpResponse refusal_response(const domain::Refusal& refusal, Language language);
/// The world failed: 503 `not_writable` with Retry-After where trying again can help, else 500.
HttpResponse error_response(const eventstore::Error& error, Language language);

/// By Accept-Language: Chinese if it stands before English, else English.
Language language_of(std::string_view accept_language);

}  // namespace pioneer::api::http
