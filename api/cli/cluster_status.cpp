// `pioneer cluster status`: the table in which nodes say how they are, read once.
#include <map>
#include <mutex>
#include <set>

#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/http/json.hpp"
#include "api/messages/cluster_views.pb.h"
#include "api/server/log_topic.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

constexpr std::chrono::milliseconds read_within{10'000};
/// A node says how it is each second.
constexpr std::int64_t silent_after_s = 5;

std::int64_t silent_for_s(const api::NodeView& node) {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count() -
         node.said_at().seconds();
}

void tell(const api::NodeView& node) {
  std::string line = node.address() + "  position " + std::to_string(node.position());
  if (const auto silent = silent_for_s(node); silent >= silent_after_s) {
    line += "  NOT HEARD OF for " + std::to_string(silent) + " s";
  } else {
    if (node.epoch() != 0) line += "  writes in epoch " + std::to_string(node.epoch());
    line += node.ready() ? "  ready" : "  not ready: " + node.reason();
  }
  say(line + "  (" + node.version() + ", reads level " + std::to_string(node.feature_level()) + ")");
}

bool all_sign_alike(const api::ClusterView& view) {
  std::set<std::string> keys;
  for (const auto& node : view.nodes())
    if (!node.log_key().empty()) keys.insert(node.log_key());
  return keys.size() <= 1;
}

}  // namespace

Exit cluster_status(const Place& place) {
  if (place.kafka.brokers.empty())
    return fail(Exit::usage, "Name settings whose log is on Kafka: pioneer cluster status --config FILE");
  std::mutex mutex;
  std::map<std::string, api::NodeView> nodes;
  auto table = adapters::kafka::TableTopic::open(
      server::roster_table(place.kafka, [&](std::string_view address, std::optional<std::string_view> value) {
        const std::lock_guard lock(mutex);
        api::NodeView said;
        if (value) value->remove_prefix(std::min(server::node_mac_bytes, value->size()));
        if (value && said.ParseFromArray(value->data(), static_cast<int>(value->size())))
          nodes[std::string(address)] = std::move(said);
        else
          nodes.erase(std::string(address));
      }));
  if (!table) return fail(table.error());
  const auto read = (*table)->read_to_end(read_within);
  (*table)->stop();
  if (!read) return fail(read.error());
  bool written = false;
  api::ClusterView view;
  for (const auto& [address, node] : nodes) {
    written = written || (node.epoch() != 0 && silent_for_s(node) < silent_after_s);
    *view.add_nodes() = node;
  }
  if (place.json) {
    say(api::http::to_json(view));
  } else {
    for (const auto& node : view.nodes()) tell(node);
    if (!all_sign_alike(view)) say("THEY SIGN WITH DIFFERENT KEYS: see ops/kafka/README.md, \"More nodes\".");
    if (nodes.empty()) say("No node is there.");
    if (!nodes.empty() && !written) say("No node writes just now.");
  }
  return written ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
