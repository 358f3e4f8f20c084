// The log as the Writer and all readers see it. Embedded: adapters/segments. In a cluster: adapters/kafka.
#pragma once

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
};

}  // namespace pioneer::eventstore
