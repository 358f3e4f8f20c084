// Acceptance: which records of a log count. A pure fold that every reader runs over every record, in log order;
// it never reads a body. Model-checked before it was written (DESIGN: Records and acceptance).
#pragma once

#include "eventstore/limits.hpp"
#include "eventstore/record.hpp"

namespace pioneer::eventstore {

/// The fold's state after some prefix. A plain value: stored in segment headers, compared between nodes.
struct LogState {
  LogId log_id;
  Epoch epoch;        ///< of the newest accepted fence
  WriterId writer;    ///< who fenced it
  bool open = false;  ///< its EpochOpened was accepted
  Hash fence_hash;    ///< leaf hash of the newest accepted fence; zero before any
  Sequence next;      ///< sequence of the next leaf = number of leaves
  Hash head;          ///< leaf hash of the last leaf, or genesis
  friend bool operator==(const LogState&, const LogState&) = default;

  static LogState genesis(const LogId& log_id) {
    LogState s;
    s.log_id = log_id;
    s.head = genesis_hash(log_id);
    return s;
  }
};

enum class Verdict {
  accepted_leaf,   ///< an `opened` or `commit`: it has a sequence
  accepted_fence,  ///< the log changed hands; no leaf
  void_record,     ///< no effect; counted
  fork,            ///< the log lost or was given something: no writes, evidence kept
  stop,            ///< would count, but this build is too old to read it
};

struct Judgement {
  Verdict verdict;
  const char* reason;  ///< a constant, for logs and reports
  Hash leaf;           ///< hash of the record, if accepted
};

/// Judges `record` after the prefix that `state` stands for, and moves `state` on if it is accepted.
/// The record's bytes may be anything.
/// `readable`: the highest feature level that does not stop.
Judgement accept(LogState& state, ByteView record, FeatureLevel readable = FeatureLevel{limits::feature_level});

}  // namespace pioneer::eventstore
