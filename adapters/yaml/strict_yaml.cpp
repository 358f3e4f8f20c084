#include "adapters/yaml/strict_yaml.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

namespace pioneer::adapters::yaml {
namespace {

constexpr std::size_t code_chars_max = 40;
constexpr std::uintmax_t bytes_max = 1u << 20;
constexpr std::uint32_t minutes_max = 10 * 366 * 24 * 60;

std::string shown(const YAML::Node& node) {
  if (!node.IsDefined()) return "nothing";
  if (node.IsScalar()) return "\"" + node.Scalar() + "\"";
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map";
  return "nothing";
}

std::optional<std::uint32_t> whole_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_minutes(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto amount = whole_number(text.substr(0, space));
  const auto unit = text.substr(space + 1);
  std::uint64_t each = 0;
  if (unit == "min") each = 1;
  if (unit == "h") each = 60;
  if (unit == "d") each = 24 * 60;
  if (!amount || each == 0) return std::nullopt;
  const std::uint64_t minutes = *amount * each;
  if (minutes == 0 || minutes > minutes_max) return std::nullopt;
  return static_cast<std::uint32_t>(minutes);
}

}  // namespace

bool is_code(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= code_chars_max && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, allowed);
}

StrictFile::StrictFile(const std::string& path) : path_(path) {
  std::error_code failed;
  // A pipe that nobody writes to would be waited for.
  if (!std::filesystem::is_regular_file(path, failed)) {
    findings_.push_back({path_, 0, "cannot be read"});
    return;
  }
  if (std::filesystem::file_size(path, failed) > bytes_max) {
    findings_.push_back({path_, 0, "is longer than 1 MiB"});
    return;
  }
  try {
    root_ = YAML::LoadFile(path);
  } catch (const YAML::BadFile&) {
    findings_.push_back({path_, 0, "cannot be read"});
  } catch (const YAML::Exception& problem) {
    findings_.push_back({path_, static_cast<std::size_t>(std::max(0, problem.mark.line + 1)), problem.msg});
  }
}

void StrictFile::found(const YAML::Node& node, std::string sentence) {
  const int line = node.IsDefined() ? node.Mark().line : -1;
  findings_.push_back({path_, line < 0 ? 0 : static_cast<std::size_t>(line) + 1, std::move(sentence)});
}

void StrictFile::expected(const YAML::Node& node, std::string_view field, std::string_view expected) {
  found(node, std::string(field) + (field.empty() ? "" : ": ") + "expected " + std::string(expected) + ", found " +
                  shown(node));
}

StrictMap::StrictMap(StrictFile& file, const YAML::Node& node, std::string name)
    : file_(file), node_(node), name_(std::move(name)) {
  if (!node_.IsDefined()) return;  // whoever asked for it has told so already
  if (!node_.IsMap()) {
    file_.expected(node_, name_, "a map");
    node_.reset(YAML::Node(YAML::NodeType::Undefined));  // `=` would change the tree
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) {
      file_.expected(entry.first, name_, "a word as key");
    } else if (!seen.insert(entry.first.Scalar()).second) {
      file_.found(entry.first, path(entry.first.Scalar()) + ": stands there twice");
    }
  }
}

std::string StrictMap::path(std::string_view key) const {
  return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

YAML::Node StrictMap::at(std::string_view key) const {
  if (!node_.IsDefined() || !node_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  return std::as_const(node_)[std::string(key)];
}

bool StrictMap::has(std::string_view key) const { return at(key).IsDefined(); }

YAML::Node StrictMap::wanted(std::string_view key) {
  asked_.emplace(key);
  const YAML::Node value = at(key);
  if (!value.IsDefined() && node_.IsDefined()) file_.found(node_, path(key) + ": is missing");
  return value;
}

std::string StrictMap::text(std::string_view key) {
  const YAML::Node value = wanted(key);
  if (!value.IsDefined()) return {};
  if (!value.IsScalar() || value.Scalar().empty()) {
    file_.expected(value, path(key), "a text");
    return {};
  }
  return value.Scalar();
}

std::string StrictMap::text_or_none(std::string_view key) {
  asked_.emplace(key);
  return has(key) ? text(key) : std::string();
}

std::string StrictMap::code(std::string_view key) {
  std::string value = text(key);
  if (value.empty() || is_code(value)) return value;
  file_.expected(at(key), path(key), "a code such as \"street_light\": lower-case letters, digits and _, at most 40");
  return {};
}

std::uint32_t StrictMap::number_or(std::string_view key, std::uint32_t otherwise, std::uint32_t min,
                                   std::uint32_t max) {
  asked_.emplace(key);
  if (!has(key)) return otherwise;
  const YAML::Node value = at(key);
  const auto number = value.IsScalar() ? whole_number(value.Scalar()) : std::nullopt;
  if (number && *number >= min && *number <= max) return *number;
  file_.expected(value, path(key), "a whole number of " + std::to_string(min) + " to " + std::to_string(max));
  return otherwise;
}

std::uint32_t StrictMap::minutes(std::string_view key) {
  const YAML::Node value = wanted(key);
  if (!value.IsDefined()) return 0;
  const auto minutes = value.IsScalar() ? parse_minutes(value.Scalar()) : std::nullopt;
  if (minutes) return *minutes;
  file_.expected(value, path(key), "a duration such as \"30 min\", \"2 h\" or \"7 d\", at most ten years");
  return 0;
}

StrictMap StrictMap::map(std::string_view key) {
  const YAML::Node value = wanted(key);
  return StrictMap(file_, value, path(key));
}

std::vector<std::pair<YAML::Node, YAML::Node>> StrictMap::entries(std::string_view key) {
  const YAML::Node value = wanted(key);
  std::vector<std::pair<YAML::Node, YAML::Node>> out;
  if (!value.IsDefined()) return out;
  const StrictMap checked(file_, value, path(key));  // told of repeated keys
  if (!value.IsMap()) return out;
  for (const auto& entry : value) {
    if (!entry.first.IsScalar()) continue;
    if (!entry.second.IsScalar() || entry.second.Scalar().empty()) {
      file_.expected(entry.second, path(key) + "." + entry.first.Scalar(), "a text");
      continue;
    }
    out.emplace_back(entry.first, entry.second);
  }
  return out;
}

std::vector<YAML::Node> StrictMap::list(std::string_view key) {
  const YAML::Node value = wanted(key);
  if (!value.IsDefined()) return {};
  if (!value.IsSequence() || value.size() == 0) {
    file_.expected(value, path(key), "a list with at least one entry");
    return {};
  }
  return {value.begin(), value.end()};
}

std::vector<std::string> StrictMap::texts(std::string_view key) {
  if (at(key).IsDefined() && at(key).IsScalar()) return {text(key)};
  std::vector<std::string> out;
  for (const YAML::Node& entry : list(key)) {
    if (entry.IsScalar() && !entry.Scalar().empty()) {
      out.push_back(entry.Scalar());
    } else {
      file_.expected(entry, path(key), "a text");
    }
  }
  return out;
}

void StrictMap::no_others() {
  if (!node_.IsDefined() || !node_.IsMap()) return;
  std::string known;
  for (const auto& key : asked_) known += (known.empty() ? "" : ", ") + key;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar() && !asked_.contains(entry.first.Scalar())) {
      file_.found(entry.first, path(entry.first.Scalar()) + ": is not known here; expected one of " + known);
    }
  }
}

}  // namespace pioneer::adapters::yaml
