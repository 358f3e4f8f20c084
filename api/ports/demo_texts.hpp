// The texts that the demo's generator plays: what people ask for and answer, what is offered, and parts of names.
// Plain values; any thread. Real: adapters/yaml/demo_texts_file.hpp, from ops/demo.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pioneer::api {

struct Bilingual {
  std::string zh;
  std::string en;
};

/// {building}, {unit}, {floor} and {street} in a text are replaced by the generator.
struct RequestText {
  std::uint32_t weight = 1;  ///< how often it is taken, beside the others
  Bilingual title;
  Bilingual text;
};

struct CategoryTexts {
  std::string category;
  std::vector<RequestText> requests;
  std::vector<Bilingual> progress;
  std::vector<Bilingual> resolved;
};

struct ProblemText {
  std::string category;  ///< empty: the rater names none
  Bilingual text;
};

struct ProductText {
  std::string kind;
  std::uint32_t weight = 1;
  Bilingual title;
  Bilingual text;
  Bilingual venue;
  std::uint32_t starts_minute = 0;  ///< of the day
  std::uint32_t minutes = 0;        ///< length of a session
  std::uint32_t sessions = 1;       ///< on as many days
  std::uint32_t capacity = 1;
  std::uint32_t max_per_member = 1;
  bool waitlist = false;
  std::vector<ProblemText> problems;
};

/// Comments of ratings; stars 1 to 5 are indexes 0 to 4, none is empty.
using Comments = std::array<std::vector<Bilingual>, 5>;

struct NameParts {
  std::vector<std::string> zh;
  std::vector<std::string> en;
};

struct DemoTexts {
  std::vector<CategoryTexts> categories;
  std::vector<Bilingual> disputes;
  std::vector<Bilingual> withdrawals;
  Comments request_comments;
  std::vector<ProductText> products;
  std::vector<Bilingual> cancellations;
  Comments product_comments;
  NameParts surnames;
  NameParts given_names;
  NameParts streets;
  NameParts enterprises;
};

}  // namespace pioneer::api
