// States of streams at the chained head, kept while they are in use. Deciding thread only.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "domain/common/id.hpp"
#include "eventstore/types.hpp"

namespace pioneer::node {

/// One stream as a decision sees it.
template <class State>
struct CachedStream {
  State state{};
  std::uint64_t revision = 0;                                 ///< events so far
  std::unordered_set<domain::Id, domain::IdHash> introduced;  ///< pseudonyms whose member the stream has told already
  eventstore::Sequence last;                                  ///< its newest commit
};

/// Least recently used goes first, but never a stream whose newest commit is not yet indexed: it could not be read
/// back.
template <class State>
class StreamCache {
 public:
  explicit StreamCache(std::size_t streams_max) : streams_max_(streams_max) {}

  CachedStream<State>* find(const std::string& stream) {
    const auto found = entries_.find(stream);
    if (found == entries_.end()) return nullptr;
    used_.splice(used_.begin(), used_, found->second.place);
    return &found->second.stream;
  }

  CachedStream<State>& insert(const std::string& stream, CachedStream<State> loaded, eventstore::Sequence indexed) {
    while (entries_.size() >= streams_max_ && evict_one(indexed)) {
    }
    used_.push_front(stream);
    return entries_.insert_or_assign(stream, Entry{std::move(loaded), used_.begin()}).first->second.stream;
  }

  void clear() {
    entries_.clear();
    used_.clear();
  }

 private:
  struct Entry {
    CachedStream<State> stream;
    std::list<std::string>::iterator place;
  };

  bool evict_one(eventstore::Sequence indexed) {
    const auto oldest = entries_.find(used_.back());
    if (oldest->second.stream.last >= indexed) return false;
    entries_.erase(oldest);
    used_.pop_back();
    return true;
  }

  std::size_t streams_max_;
  std::unordered_map<std::string, Entry> entries_;
  std::list<std::string> used_;
};

}  // namespace pioneer::node
