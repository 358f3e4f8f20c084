#include "adapters/yaml/demo_texts_file.hpp"

#include <set>
#include <utility>

#include "adapters/yaml/strict_yaml.hpp"

namespace pioneer::adapters::yaml {
namespace {

using api::Bilingual;
using Codes = std::set<std::string>;

Bilingual read_pair(StrictMap pair) {
  Bilingual out{pair.text("zh"), pair.text("en")};
  pair.no_others();
  return out;
}

// The maps of a list, each named for findings.
std::vector<StrictMap> maps(StrictFile& file, StrictMap& from, std::string_view key) {
  std::vector<StrictMap> out;
  for (const YAML::Node& node : from.list(key)) {
    out.emplace_back(file, node, from.path(key) + "[" + std::to_string(out.size()) + "]");
  }
  return out;
}

std::vector<Bilingual> read_pairs(StrictFile& file, StrictMap& from, std::string_view key) {
  std::vector<Bilingual> out;
  for (StrictMap& pair : maps(file, from, key)) out.push_back(read_pair(std::move(pair)));
  return out;
}

void check_category(StrictFile& file, const StrictMap& from, const std::string& code, const Codes& codes) {
  if (code.empty() || codes.contains(code)) return;
  file.expected(from.at("category"), from.path("category"), "the code of a category of services.yaml");
}

api::Comments read_comments(StrictFile& file, StrictMap& top) {
  StrictMap stars = top.map("comments");
  api::Comments out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = read_pairs(file, stars, std::to_string(i + 1));
  stars.no_others();
  return out;
}

void read_requests(StrictFile& file, const Codes& codes, api::DemoTexts& texts) {
  StrictMap top(file, file.root(), "");
  for (StrictMap& entry : maps(file, top, "categories")) {
    api::CategoryTexts category;
    category.category = entry.code("category");
    check_category(file, entry, category.category, codes);
    for (StrictMap& request : maps(file, entry, "requests")) {
      api::RequestText text;
      text.weight = request.number_or("weight", 1, 1, 100);
      text.title = read_pair(request.map("title"));
      text.text = read_pair(request.map("text"));
      request.no_others();
      category.requests.push_back(std::move(text));
    }
    category.progress = read_pairs(file, entry, "progress");
    category.resolved = read_pairs(file, entry, "resolved");
    entry.no_others();
    texts.categories.push_back(std::move(category));
  }
  texts.disputes = read_pairs(file, top, "disputes");
  texts.withdrawals = read_pairs(file, top, "withdrawals");
  texts.request_comments = read_comments(file, top);
  top.no_others();
}

// "09:30" → 570.
std::uint32_t read_clock(StrictFile& file, StrictMap& from, std::string_view key) {
  const std::string text = from.text(key);
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  const auto two = [&](std::size_t i) {
    return static_cast<std::uint32_t>((text[i] - '0') * 10 + (text[i + 1] - '0'));
  };
  const bool shaped = text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4);
  if (shaped && two(0) < 24 && two(3) < 60) return two(0) * 60 + two(3);
  if (!text.empty()) file.expected(from.at(key), from.path(key), "a time of day such as \"09:30\"");
  return 0;
}

bool read_yes_no(StrictFile& file, StrictMap& from, std::string_view key) {
  const std::string text = from.text(key);
  if (text != "true" && text != "false" && !text.empty()) {
    file.expected(from.at(key), from.path(key), "true or false");
  }
  return text == "true";
}

api::ProductText read_product(StrictFile& file, StrictMap& entry, const Codes& codes) {
  api::ProductText product;
  product.kind = entry.code("kind");
  product.weight = entry.number_or("weight", 1, 1, 100);
  product.title = read_pair(entry.map("title"));
  product.text = read_pair(entry.map("text"));
  product.venue = read_pair(entry.map("venue"));
  product.starts_minute = read_clock(file, entry, "starts");
  product.minutes = entry.number_or("minutes", 60, 1, 24 * 60);
  product.sessions = entry.number_or("sessions", 1, 1, 52);
  product.capacity = entry.number_or("capacity", 1, 1, 1'000'000);
  product.max_per_member = entry.number_or("max_per_member", 1, 1, 100);
  product.waitlist = read_yes_no(file, entry, "waitlist");
  for (StrictMap& problem : maps(file, entry, "problems")) {
    api::ProblemText text;
    text.category = problem.text_or_none("category");
    check_category(file, problem, text.category, codes);
    text.text = {problem.text("zh"), problem.text("en")};
    problem.no_others();
    product.problems.push_back(std::move(text));
  }
  entry.no_others();
  return product;
}

void read_products(StrictFile& file, const Codes& codes, api::DemoTexts& texts) {
  StrictMap top(file, file.root(), "");
  for (StrictMap& entry : maps(file, top, "products")) texts.products.push_back(read_product(file, entry, codes));
  texts.cancellations = read_pairs(file, top, "cancellations");
  texts.product_comments = read_comments(file, top);
  top.no_others();
}

void read_names(StrictFile& file, api::DemoTexts& texts) {
  StrictMap top(file, file.root(), "");
  const auto parts = [&](std::string_view key) {
    StrictMap both = top.map(key);
    api::NameParts out{both.texts("zh"), both.texts("en")};
    both.no_others();
    return out;
  };
  texts.surnames = parts("surnames");
  texts.given_names = parts("given_names");
  texts.streets = parts("streets");
  texts.enterprises = parts("enterprises");
  top.no_others();
}

}  // namespace

api::Checked<api::DemoTexts> load_demo_texts(const std::string& folder, const domain::Policy& policy) {
  Codes codes;
  for (const auto& category : policy.categories()) codes.insert(category.code());
  api::DemoTexts texts;
  std::vector<api::Finding> findings;
  const auto read = [&](const char* name, auto&& reader) {
    StrictFile file(folder + "/" + name);
    if (file.clean()) reader(file);
    for (auto& finding : file.take_findings()) findings.push_back(std::move(finding));
  };
  read("requests.yaml", [&](StrictFile& file) { read_requests(file, codes, texts); });
  read("products.yaml", [&](StrictFile& file) { read_products(file, codes, texts); });
  read("names.yaml", [&](StrictFile& file) { read_names(file, texts); });
  if (!findings.empty()) return std::unexpected(std::move(findings));
  return texts;
}

}  // namespace pioneer::adapters::yaml
