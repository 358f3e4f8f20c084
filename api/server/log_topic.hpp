// The topic that the settings name: how it is reached, and that it is there and as a log's should be.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapters/kafka/table_topic.hpp"
#include "adapters/kafka/topic.hpp"
#include "api/ports/settings.hpp"

namespace pioneer::server {

using WaitLimit = std::shared_ptr<const adapters::kafka::WaitLimit>;

/// `tell`: a sentence for an operator at a time, from any thread; may be empty. `limit`: of whoever stops; may be null.
adapters::kafka::Options topic_options(const api::KafkaSetting& setting,
                                       std::function<void(const std::string&)> tell = {}, WaitLimit limit = {});

/// Checked; made first where it is missing. Errors: those of Topic.
eventstore::Result<adapters::kafka::Topic> open_topic(const api::KafkaSetting& setting,
                                                      const adapters::kafka::Options& options);

/// What authenticates a node's word of itself stands before it (node_mac_bytes).
inline constexpr std::size_t node_mac_bytes = 16;
/// The table beside the topic in which each node says how it is: a MAC, and api::NodeView, by the node's address.
/// `told`: as TableOptions has it.
adapters::kafka::TableOptions roster_table(
    const api::KafkaSetting& setting,
    std::function<void(std::string_view key, std::optional<std::string_view> value)> told, WaitLimit limit = {});

/// The table of keys, beside the log's topic: made where it is missing when it is opened.
adapters::kafka::TableOptions keys_table(const api::KafkaSetting& setting,
                                         std::function<void(const std::string&)> tell = {}, WaitLimit limit = {});

/// The table of uploads, likewise.
adapters::kafka::TableOptions uploads_table(const api::KafkaSetting& setting,
                                            std::function<void(const std::string&)> tell = {}, WaitLimit limit = {});

}  // namespace pioneer::server
