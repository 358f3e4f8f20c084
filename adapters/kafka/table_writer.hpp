// Puts entries into a table's topic and says what became of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "adapters/kafka/client.hpp"

namespace pioneer::adapters::kafka {

/// One entry of a table: without a value it is removed.
struct TableEntry {
  std::string key;
  std::optional<std::string> value;
};

/// Any thread; one puts at a time. After a failure it goes on with a new producer: nothing is sent behind records of
/// which nobody knows whether they came.
class TableWriter {
 public:
  explicit TableWriter(Options options);
  ~TableWriter();
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  /// Errors: those of TableTopic::put().
  eventstore::Result<void> put(std::span<const TableEntry> entries);
  /// Sends one entry and waits for nothing; not while another thread puts.
  void send_if_idle(const TableEntry& entry);
  /// Gives up what is not confirmed; it may still arrive. Not while another thread puts.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Sender;
  struct Outcome;
  eventstore::Result<void> put_some(std::span<const TableEntry> entries, bool& any_sent);
  void hear(Outcome& outcome, Clock::time_point until);
  eventstore::Result<void> begin();
  std::unexpected<eventstore::Error> give_up(const std::string& why, bool any_sent);

  const Options options_;
  std::mutex putting_;  ///< who puts; taken first
  std::unique_ptr<Sender> sender_;
};

}  // namespace pioneer::adapters::kafka
