#include "adapters/yaml/settings_file.hpp"

#include "adapters/yaml/strict_yaml.hpp"
#include "api/ports/origin.hpp"

namespace pioneer::adapters::yaml {

api::Checked<api::Settings> load_settings(const std::string& path) {
  StrictFile file(path);
  if (!file.clean()) return std::unexpected(file.take_findings());
  api::Settings settings;
  StrictMap top(file, file.root(), "");
  const auto text = [](StrictMap& fields, const char* key, std::string& into) {
    std::string value = fields.text_or_none(key);
    if (!value.empty()) into = std::move(value);
  };
  text(top, "data", settings.data);
  text(top, "listen", settings.listen);
  text(top, "services", settings.services);
  text(top, "origin", settings.origin);
  text(top, "web", settings.web);
  text(top, "map", settings.map);
  text(top, "master_key", settings.master_key);
  if (settings.listen.find(':') == std::string::npos) {
    file.expected(top.at("listen"), "listen", "HOST:PORT such as \"127.0.0.1:8080\"");
  }
  if (!settings.origin.empty() && !api::is_origin(settings.origin)) {
    file.expected(top.at("origin"), "origin", api::origin_wanted);
  }
  if (top.has("limits")) {
    StrictMap limits = top.map("limits");
    settings.loops = limits.number_or("loops", settings.loops, 0, 256);
    settings.connections_max = limits.number_or("connections", settings.connections_max, 1, 1'000'000);
    settings.disk_headroom_mebibytes =
        limits.number_or("disk_headroom_mebibytes", settings.disk_headroom_mebibytes, 0, 1'048'576);
    settings.streams_max = limits.number_or("streams", settings.streams_max, 1, 1'000'000);
    settings.streams_per_address_max =
        limits.number_or("streams_per_address", settings.streams_per_address_max, 1, 1'000'000);
    settings.cache_mebibytes = limits.number_or("cache_mebibytes", settings.cache_mebibytes, 8, 1'048'576);
    limits.no_others();
  } else {
    top.text_or_none("limits");  // known, absent
  }
  top.no_others();
  if (!file.clean()) return std::unexpected(file.take_findings());
  return settings;
}

}  // namespace pioneer::adapters::yaml
