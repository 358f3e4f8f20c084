// The log as the Writer and all readers see it. Embedded: adapters/segments. In a cluster: adapters/kafka.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "eventstore/acceptance.hpp"
#include "eventstore/error.hpp"

namespace pioneer::eventstore {

struct Leaf {
  Sequence sequence;
  std::string record;
};

/// Walks accepted leaves in order. One thread; others may append meanwhile.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// Nothing at the durable end: ask again later.
  virtual Result<std::optional<Leaf>> next() = 0;
};

/// Codes of a log that nodes share: it lost or was given something; nobody who keeps it can be asked.
inline constexpr const char* log_forked = "log_forked";
inline constexpr const char* broker_unreachable = "broker_unreachable";

/// What a reader of the log met that does not count, since it was opened.
struct LogIncidents {
  std::uint64_t void_records = 0;  ///< read, and without effect: of a fenced writer, repeated, or not ours
  std::optional<Error> ended;      ///< a fork, or what this build cannot read: nothing more is read or written
};

class Log {
 public:
  virtual ~Log() = default;
  /// The fold's state over everything durable. The appending thread.
  virtual LogState state() const = 0;
  /// Sequence that the next durable leaf will have. Any thread.
  virtual Sequence end() const = 0;
  /// Makes one batch durable before it returns. CHECKs that acceptance, folded on from `state()`, accepts each record,
  /// if no other node has taken the log over since. What may follow a failure, the engine says of each error code.
  virtual Result<void> append(std::span<const std::string> records) = 0;
  /// Begins an append, and may return before it is durable: more may be begun behind it. An engine that writes one
  /// batch after the other does all of it at once. After a failure nothing is under way any more. The appending thread.
  virtual Result<void> begin_append(std::span<const std::string> records) { return append(records); }
  /// Of what was begun everything below is durable; or why the rest will not be, as append() says it. It is asked again
  /// until all is: what is durable is told before a failure is.
  virtual Result<Sequence> appended() { return end(); }
  /// Called, from any thread, when appended() may say more; {}: no longer, and no call is under way. Not while
  /// anything is.
  virtual void on_appended(const std::function<void()>& told) { static_cast<void>(told); }
  /// Any thread; the sequence must be below `end()`.
  virtual Result<std::string> read(Sequence sequence) const = 0;
  virtual std::unique_ptr<LogReader> reader(Sequence from) const = 0;
  /// Nothing was appended for a while: protect the last batch, so that a torn write behind it cannot hide it.
  virtual Result<void> protect_tail() = 0;
  /// Any thread. An engine whose every record is its own meets none: what else it finds keeps it from opening.
  virtual LogIncidents incidents() const { return {}; }
};

}  // namespace pioneer::eventstore
