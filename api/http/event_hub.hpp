// Live events: from accepted commits to those who listen, as server-sent events.
//
// The hub walks the log behind the projector, through a callback, in rounds. Listeners of the same standing and the
// same filter form a group: what a round brings them is written once, as one buffer, and shared. A new listener that
// names its last event reads its own way forward, a slice a round and only while its connection keeps up, until it has
// reached its group.
//
// Permission is asked once for each pair of standing and audience, and remembered until a commit says that permissions
// changed. A commit that revokes closes the streams of the one concerned before anything later is sent; the client
// comes back and is judged anew. A stream ends with the token that it was opened with.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/ports/http.hpp"

namespace pioneer::api::http {

/// What one commit did in one stream, ready to send.
struct LivePart {
  std::string stream;              ///< "request/…"
  std::vector<std::string> types;  ///< of its events
  /// Ids of the organisation concerned and of all above it: a filter by organisation takes the whole subtree. Empty:
  /// none.
  std::vector<std::string> organisations;
  std::string audience;  ///< parts of equal audience are seen by the same standings
  std::string json;      ///< {position, stream, events}: a commit's frame is its first part's, the others under `more`
};

struct LiveCommit {
  std::uint64_t position = 0;
  std::vector<LivePart> parts;            ///< none: nothing in it is for listeners
  std::vector<std::string> revoked = {};  ///< persons whose streams end here
  bool permissions_changed = false;
};

struct EventFilter {
  std::string organisation = {};     ///< empty: any
  std::string stream = {};           ///< empty: any
  std::string kind = {};             ///< of stream: "request"; empty: any
  std::set<std::string> types = {};  ///< empty: any
};

/// Who listens.
struct Audience {
  std::string standing = {};    ///< listeners of equal standing may see the same; "" for the public
  std::string person = {};      ///< whom a revocation names; empty: anonymous
  std::string own_stream = {};  ///< a stream that is this person's own, whoever holds it; part of the standing
  std::uint64_t judged_at = 0;  ///< every commit below it had been projected when the standing was derived
  std::int64_t expires_us = 0;  ///< when the token expires; 0: never
  std::string peer = {};        ///< the address of the other end; empty: unknown, and not counted
};

class EventHub {
 public:
  struct Parts {
    /// Accepted and projected commits from `position` on, at most `limit`, in order and without a hole; fewer at the
    /// end. Nothing where they cannot be read now.
    std::function<std::optional<std::vector<LiveCommit>>(std::uint64_t position, std::size_t limit)> read;
    std::function<bool(const Audience& who, const LivePart& part)> may_see;
    std::function<std::int64_t()> now_us = {};  ///< the clock of tokens; absent: none expires
  };
  /// Fixed while it runs.
  struct Options {
    std::size_t listeners_max = 2'000;
    std::size_t anonymous_max = 1'000;  ///< of those: who has not signed in shall not keep out who has
    std::size_t listeners_per_person_max = 16;
    std::size_t listeners_per_peer_max = 100;
    std::size_t commits_a_round_max = 256;
    std::size_t catch_up_queue_bytes = 64 * 1024;  ///< more unsent than this: the next slice of old events waits
  };

  /// `position`: where live events begin.
  EventHub(Parts parts, Options options, std::uint64_t position);

  /// Takes a place and then calls `open`, which begins the answer; nothing from it: the other end has gone, and the
  /// place is free again. What comes back is why there is no place: a sentence; empty: it listens. `after`:
  /// Last-Event-ID. Any thread.
  [[nodiscard]] std::string_view listen(Audience who, EventFilter filter, std::optional<std::uint64_t> after,
                                        const std::function<std::shared_ptr<EventStream>()>& open);
  /// Every commit below `end` can be read. Any thread; does not block.
  void advance(std::uint64_t end);
  /// Ends all streams of this person, or of everybody (empty). Any thread.
  void cut(const std::string& person);
  std::size_t listeners() const;

  // One thread, or a test by hand:
  /// Sends what has come; false: there was nothing to do.
  bool step();
  /// A comment to each listener, so that neither end takes a silent connection for a dead one. Every 15 s.
  void heartbeat();
  /// Ends the streams whose tokens have expired. Every second.
  void close_expired();
  /// Steps until stop(), waiting for advance() and listen(); beats every `beat`.
  void loop(std::chrono::milliseconds beat = std::chrono::seconds{15});
  void stop();

 private:
  struct Listener {
    Audience who;
    EventFilter filter;
    std::string group;
    std::uint64_t next = 0;  ///< the first position it has not been sent or passed over
    bool live = false;
    std::shared_ptr<EventStream> stream;
  };
  struct Group {
    Audience who;
    EventFilter filter;
    std::vector<std::shared_ptr<Listener>> members;  ///< live ones
    std::string pending;                             ///< this round's frames, not yet pushed
  };

  // Under the mutex:
  std::string_view objection(const Audience& who) const;
  void count(const Audience& who);
  void count_out(const Audience& who);

  bool admit();
  bool send_live(std::uint64_t end);
  bool catch_up();
  void fan_out(const LiveCommit& commit);
  void flush();
  void close_revoked(const std::vector<std::string>& persons, bool everybody);
  template <class Concerned>
  void close_where(Concerned concerned);
  bool may_see(const Audience& who, const LivePart& part);
  bool append(std::string& out, const Audience& who, const EventFilter& filter, const LiveCommit& commit);
  void join(const std::shared_ptr<Listener>& listener);
  void forget_closed();

  const Parts parts_;
  const Options options_;

  mutable std::mutex mutex_;  ///< what other threads leave here
  std::condition_variable changed_;
  std::vector<std::shared_ptr<Listener>> arrived_;
  std::vector<std::string> to_cut_;
  bool cut_all_ = false;
  bool stopping_ = false;
  std::uint64_t end_;
  std::size_t listening_ = 0;
  std::size_t anonymous_ = 0;
  std::unordered_map<std::string, std::size_t> by_person_, by_peer_;

  // The stepping thread's:
  std::uint64_t next_;
  std::map<std::string, Group> groups_;
  std::vector<std::shared_ptr<Listener>> behind_;
  std::unordered_map<std::string, bool> permitted_;  ///< standing ‖ 0 ‖ audience
  std::uint64_t permissions_changed_below_ = 0;  ///< by a commit below this position; who was judged before comes back
};

}  // namespace pioneer::api::http
