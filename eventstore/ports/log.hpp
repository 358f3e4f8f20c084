// The log as the Writer and all readers see it. Embedded: adapters/segments. In a cluster: adapters/kafka.
#pragma once

#include <cstdint>
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
  /// Any thread; the sequence must be below `end()`.
  virtual Result<std::string> read(Sequence sequence) const = 0;
  virtual std::unique_ptr<LogReader> reader(Sequence from) const = 0;
  /// Nothing was appended for a while: protect the last batch, so that a torn write behind it cannot hide it.
  virtual Result<void> protect_tail() = 0;
  /// Any thread. An engine whose every record is its own meets none: what else it finds keeps it from opening.
  virtual LogIncidents incidents() const { return {}; }
};

}  // namespace pioneer::eventstore
