#include "adapters/yaml/settings_file.hpp"

#include "adapters/yaml/strict_yaml.hpp"
#include "api/ports/origin.hpp"

namespace pioneer::adapters::yaml {
namespace {

bool is_http_url(const std::string& url) { return url.starts_with("http://") || url.starts_with("https://"); }

/// witnesses: [{url, key}], witness_policy: {need}.
void read_witnesses(StrictFile& file, StrictMap& top, api::Settings& settings) {
  if (top.has("witnesses")) {
    for (const auto& node : top.list("witnesses")) {
      const auto number = settings.witnesses.size();
      StrictMap witness(file, node, "witnesses[" + std::to_string(number) + "]");
      settings.witnesses.push_back({witness.text("url"), witness.text("key")});
      if (!is_http_url(settings.witnesses.back().url))
        file.expected(witness.at("url"), witness.path("url"), "an address that begins with http:// or https://");
      witness.no_others();
    }
    if (settings.witnesses.size() > api::witnesses_max)
      file.expected(top.at("witnesses"), "witnesses", "at most " + std::to_string(api::witnesses_max));
  } else {
    top.text_or_none("witnesses");  // known, absent
  }
  const auto all = static_cast<std::uint32_t>(settings.witnesses.size());
  settings.witnesses_needed = all == 0 ? 0 : all / 2 + 1;
  if (!top.has("witness_policy")) {
    top.text_or_none("witness_policy");
    return;
  }
  StrictMap policy = top.map("witness_policy");
  settings.witnesses_needed = policy.number_or("need", settings.witnesses_needed, all == 0 ? 0 : 1, all);
  policy.no_others();
}

/// time_stamps: {url, every, certificates}.
void read_time_stamps(StrictFile& file, StrictMap& top, api::Settings& settings) {
  if (!top.has("time_stamps")) {
    top.text_or_none("time_stamps");  // known, absent
    return;
  }
  StrictMap stamps = top.map("time_stamps");
  settings.time_stamps.url = stamps.text("url");
  settings.time_stamps.every_minutes = stamps.minutes("every");
  settings.time_stamps.certificates = stamps.text_or_none("certificates");
  if (!is_http_url(settings.time_stamps.url))
    file.expected(stamps.at("url"), stamps.path("url"), "an address that begins with http:// or https://");
  stamps.no_others();
}

/// log: embedded | kafka, and kafka: {brokers, topic, generation, copies, address, session_seconds, properties}.
void read_log(StrictFile& file, StrictMap& top, api::Settings& settings) {
  const auto engine = top.text_or_none("log");
  if (engine.empty() || engine == "embedded") {
    if (top.has("kafka")) file.expected(top.at("kafka"), "kafka", "`log: kafka` beside it");
    top.text_or_none("kafka");  // known, absent
    return;
  }
  if (engine != "kafka") file.expected(top.at("log"), "log", "embedded or kafka");
  StrictMap kafka = top.map("kafka");
  settings.kafka.brokers = kafka.text("brokers");
  settings.kafka.topic = kafka.text("topic");
  settings.kafka.copies = kafka.number_or("copies", settings.kafka.copies, 1, 9);
  settings.kafka.generation = kafka.number_or("generation", settings.kafka.generation, 1, 1'000'000);
  settings.kafka.address = kafka.text_or_none("address");
  if (!settings.kafka.address.empty() && !is_http_url(settings.kafka.address))
    file.expected(kafka.at("address"), "kafka.address", "an address that begins with http:// or https://");
  settings.kafka.session_seconds = kafka.number_or("session_seconds", settings.kafka.session_seconds, 1, 600);
  if (kafka.has("properties")) {
    for (const auto& [name, value] : kafka.entries("properties"))
      settings.kafka.properties.emplace_back(name.as<std::string>(), value.as<std::string>());
  } else {
    kafka.text_or_none("properties");  // known, absent
  }
  kafka.no_others();
}

/// bus: {listen, keys}.
void read_bus(StrictFile& file, StrictMap& top, api::Settings& settings) {
  if (!top.has("bus")) {
    top.text_or_none("bus");  // known, absent
    return;
  }
  StrictMap bus = top.map("bus");
  settings.bus.listen = bus.text("listen");
  settings.bus.keys = bus.text_or_none("keys");
  if (!settings.bus.listen.starts_with("tcp://") || settings.bus.listen.rfind(':') < sizeof("tcp://"))
    file.expected(bus.at("listen"), bus.path("listen"), "tcp://HOST:PORT such as \"tcp://127.0.0.1:5555\"");
  bus.no_others();
}

}  // namespace

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
  text(top, "blobs", settings.blobs);
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
  read_log(file, top, settings);
  read_witnesses(file, top, settings);
  read_time_stamps(file, top, settings);
  read_bus(file, top, settings);
  top.no_others();
  if (!file.clean()) return std::unexpected(file.take_findings());
  return settings;
}

}  // namespace pioneer::adapters::yaml
