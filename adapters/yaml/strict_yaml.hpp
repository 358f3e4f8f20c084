// A YAML map read field by field, strictly: what is asked for must be there and of its type, what is not asked for may
// not. Findings are collected; values of refused fields are empty, and the caller returns the findings in the end. For
// this folder only. One thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/imports.hpp"

namespace pioneer::adapters::yaml {

/// One file and what was found wrong in it.
class StrictFile {
 public:
  /// Reads and parses; a file that cannot be read or parsed is a finding, and `root` is then null.
  explicit StrictFile(const std::string& path);

  const YAML::Node& root() const { return root_; }
  /// "expected `expected`" at `node`, for the field `field` (empty: the node itself).
  void expected(const YAML::Node& node, std::string_view field, std::string_view expected);
  void found(const YAML::Node& node, std::string sentence);
  bool clean() const { return findings_.empty(); }
  std::vector<api::Finding> take_findings() { return std::move(findings_); }

 private:
  std::string path_;
  YAML::Node root_;
  std::vector<api::Finding> findings_;
};

/// One map of a file.
class StrictMap {
 public:
  /// `name` is how findings call it: "categories[3]"; empty for the whole file. A node that is no map is a finding.
  StrictMap(StrictFile& file, const YAML::Node& node, std::string name);

  std::string text(std::string_view key);
  /// As `text`; "" where the key is absent.
  std::string text_or_none(std::string_view key);
  /// A whole number of `min` to `max`; `otherwise` where the key is absent.
  std::uint32_t number_or(std::string_view key, std::uint32_t otherwise, std::uint32_t min, std::uint32_t max);
  /// "30 min", "2 h", "7 d": at least a minute, at most ten years.
  std::uint32_t minutes(std::string_view key);
  /// Lower-case letters, digits and underscores, a letter first, at most 40: how codes are written.
  std::string code(std::string_view key);
  StrictMap map(std::string_view key);
  /// The names and values of a map of texts, in the file's order.
  std::vector<std::pair<YAML::Node, YAML::Node>> entries(std::string_view key);
  /// A list; a finding where it is absent or empty.
  std::vector<YAML::Node> list(std::string_view key);
  /// One text or a list of texts.
  std::vector<std::string> texts(std::string_view key);
  bool has(std::string_view key) const;
  /// To be called last: every key that nobody asked for is a finding.
  void no_others();
  /// Where `key` stands, for findings of the caller.
  YAML::Node at(std::string_view key) const;
  std::string path(std::string_view key) const;

 private:
  YAML::Node wanted(std::string_view key);

  StrictFile& file_;
  YAML::Node node_;
  std::string name_;
  std::set<std::string, std::less<>> asked_;
};

bool is_code(std::string_view text);

}  // namespace pioneer::adapters::yaml
