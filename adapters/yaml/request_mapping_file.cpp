#include "adapters/yaml/request_mapping_file.hpp"

// g++ 12 takes a value that date's parser sets on every path for one that may be unset, once it is inlined.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <date/tz.h>
#pragma GCC diagnostic pop

#include <exception>
#include <set>

#include "adapters/yaml/strict_yaml.hpp"

namespace pioneer::adapters::yaml {
namespace {

bool is_zone(const std::string& name) {
  try {
    date::locate_zone(name);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void read_columns(StrictMap columns, api::RequestMapping& mapping) {
  mapping.number_column = columns.text("number");
  mapping.type_column = columns.text("type");
  mapping.status_column = columns.text("status");
  mapping.submitted_column = columns.text("submitted");
  mapping.closed_columns = columns.texts("closed");
  mapping.lat_column = columns.text_or_none("lat");
  mapping.lon_column = columns.text_or_none("lon");
  if (columns.has("address")) {
    mapping.address_columns = columns.texts("address");
  } else {
    columns.text_or_none("address");  // known, absent
  }
  mapping.channel_column = columns.text_or_none("channel");
  if (columns.has("organisation")) {
    mapping.organisation_columns = columns.texts("organisation");
  } else {
    columns.text_or_none("organisation");
  }
  columns.no_others();
}

void read_categories(StrictFile& file, StrictMap& top, const domain::Policy& policy, api::RequestMapping& mapping) {
  std::set<std::string> known;
  for (const auto& category : policy.categories()) known.insert(category.code());
  const auto check = [&](const YAML::Node& node, const std::string& path) {
    if (!known.contains(node.Scalar())) file.expected(node, path, "the code of a category of services.yaml");
  };
  for (const auto& [word, code] : top.entries("categories")) {
    check(code, "categories." + word.Scalar());
    mapping.categories[word.Scalar()] = code.Scalar();
  }
  mapping.category_otherwise = top.text_or_none("category_otherwise");
  if (!mapping.category_otherwise.empty()) check(top.at("category_otherwise"), "category_otherwise");
}

void read_states(StrictFile& file, StrictMap& top, api::RequestMapping& mapping) {
  for (const auto& [word, value] : top.entries("states")) {
    domain::RequestState::Value state{};
    const bool known = domain::RequestState::Value_Parse(value.Scalar(), &state) &&
                       (state == domain::RequestState::submitted || state == domain::RequestState::closed_unconfirmed ||
                        state == domain::RequestState::withdrawn);
    // Other states would claim what an import does not know: that we accepted, or that the asker confirmed.
    if (!known) file.expected(value, "states." + word.Scalar(), "submitted, closed_unconfirmed or withdrawn");
    mapping.states[word.Scalar()] = state;
  }
}

void read_channels(StrictFile& file, StrictMap& top, api::RequestMapping& mapping) {
  if (mapping.channel_column.empty() && !top.has("channels")) {
    top.text_or_none("channels");
    return;
  }
  for (const auto& [word, value] : top.entries("channels")) {
    domain::Channel::Value channel{};
    if (!domain::Channel::Value_Parse(value.Scalar(), &channel) || channel == domain::Channel::unspecified) {
      file.expected(value, "channels." + word.Scalar(),
                    "web, phone, visit, app, email, counter, imported, feedback or staff");
    }
    mapping.channels[word.Scalar()] = channel;
  }
}

void read_tree(StrictFile& file, StrictMap& top, api::RequestMapping& mapping) {
  if (!top.has("tree")) {
    top.text_or_none("tree");
    if (mapping.organisation_columns.empty()) {
      file.found(file.root(), "expected columns.organisation or tree: what holds a request");
    }
    return;
  }
  StrictMap tree = top.map("tree");
  api::DerivedTree derived;
  StrictMap root = tree.map("root");
  derived.root_code = root.text("code");
  derived.root_name = root.text("name");
  root.no_others();
  derived.area_column = tree.text("area");
  derived.council_column = tree.text("council");
  tree.no_others();
  if (!mapping.organisation_columns.empty()) {
    file.found(top.at("tree"), "tree: excludes columns.organisation; expected one of both");
  }
  mapping.tree = std::move(derived);
}

}  // namespace

api::Checked<api::RequestMapping> load_request_mapping(const std::string& path, const domain::Policy& policy) {
  StrictFile file(path);
  if (!file.clean()) return std::unexpected(file.take_findings());
  api::RequestMapping mapping;
  StrictMap top(file, file.root(), "");
  mapping.source = top.text("source");
  StrictMap times = top.map("times");
  mapping.zone = times.text("zone");
  if (!mapping.zone.empty() && !is_zone(mapping.zone)) {
    file.expected(times.at("zone"), "times.zone", "an IANA time zone such as America/Los_Angeles");
  }
  mapping.time_format = times.text("format");
  times.no_others();
  read_columns(top.map("columns"), mapping);
  read_categories(file, top, policy, mapping);
  read_states(file, top, mapping);
  read_channels(file, top, mapping);
  read_tree(file, top, mapping);
  if (mapping.lat_column.empty() != mapping.lon_column.empty()) {
    file.found(top.at("columns"), "columns: expected both lat and lon, or neither");
  }
  top.no_others();
  if (!file.clean()) return std::unexpected(file.take_findings());
  return mapping;
}

}  // namespace pioneer::adapters::yaml
