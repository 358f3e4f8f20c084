// The Writer: the only thing that writes. It takes commands in order, lets the Decider judge them, chains what they
// change, makes it durable in batches, and releases answers only when nothing can take them back.
//
// Two steps, each run by one thread (or both by a simulator's single one):
//   decide_step()  drains the queue: stamp, decide, chain; refusals and repeats are noted too, with the last sequence
//   chained write_step()   takes what has gathered, folds it by acceptance, makes it durable, tells the followers,
//   answers
// There is no timer: a batch is what was decided while the last one was being written. In a log that nodes share
// batches are sent one behind the other, without waiting for those before; answers leave in the same order.
//
// A log of one's own is taken over once, before anything is decided. In a log that nodes share (share()) write_step()
// does it, and does it again when the reign has ended: by another node's fence, by a record of ours that does not
// count, or by an append whose outcome nobody knows. Commands that were on their way then wait; when the next reign is
// open, what of them is in the log is known for good, and the rest is decided anew. Whoever sent them notices a pause.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "eventstore/commit.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/ports/clock.hpp"
#include "eventstore/ports/random.hpp"

namespace pioneer::eventstore {

/// How a command ended.
struct Answer {
  enum class Kind {
    accepted,     ///< durable at `position`
    refused,      ///< the business said no; the Pending knows why
    repeated,     ///< the same command was accepted before, at `position`
    unknown,      ///< it may or may not be in the log: ask again with the same idempotency key
    unavailable,  ///< not written and will not be; `error` says why
  };
  Kind kind;
  Sequence position;
  Error error;
  Hash leaf = {};  ///< accepted: of its record
};

/// One command on its way. The node derives from it and keeps the command and its refusal inside.
class Pending {
 public:
  virtual ~Pending() = default;
  /// Called exactly once, on the thread of write_step(), or of submit() if the queue is full.
  virtual void answer(const Answer& answer) = 0;
};

/// Who judges. All calls come from the thread of decide_step().
class Decider {
 public:
  struct Verdict {
    enum class Kind { write, refuse, repeat } kind;
    CommitBody body;    ///< write: all but the stamp
    Sequence repeated;  ///< repeat: where the first outcome is
    /// write: this commit's record and all that follow carry this feature level; zero: that of the one before.
    FeatureLevel raise{};
  };
  virtual ~Decider() = default;
  /// Moves the Decider's speculative state on if it answers `write`.
  virtual Result<Verdict> decide(Pending& pending, Instant now, Sequence sequence) = 0;
  /// Speculative state was not written: forget it, and decide from the log's durable state. After a failure it is
  /// called again before anything is decided.
  virtual Result<void> discard() = 0;
};

/// Follows what becomes durable, in order, on the thread of write_step().
class Follower {
 public:
  virtual ~Follower() = default;
  /// Before a batch is written: make durable whatever its commits rely on (new keys). A failure stops writing.
  virtual Result<void> before_write() { return {}; }
  /// May wait: that holds the Writer back.
  virtual void accepted(std::vector<AcceptedCommit> commits) = 0;
  /// In a shared log, between the fence of this epoch, which was accepted, and its opening: make known whatever commits
  /// before it rely on. A failure ends the reign.
  virtual Result<void> before_reign(Epoch epoch) {
    static_cast<void>(epoch);
    return {};
  }
  /// Whether the Decider finds all commits below `end` in what it decides from.
  virtual bool followed(Sequence end) const {
    static_cast<void>(end);
    return true;
  }
};

class Writer {
 public:
  /// In a shared log: how long a command that was sent in a reign that ended waits until the log says what became of
  /// it. Longer than a takeover and an election of brokers take; then its sender hears that nobody knows yet
  /// ("outcome_unknown").
  static constexpr std::int64_t in_doubt_wait_us_max = 15'000'000;

  /// `queue_max`: commands that may wait to be decided.
  Writer(Log& log, Clock& clock, Random& random, Decider& decider, Follower& follower,
         std::size_t queue_max = limits::command_queue_max);
  ~Writer();

  /// Fences the log and opens an epoch. Before it, commands are refused with "clock_behind_log" and nothing is written:
  /// call it again when the clock is right. Errors: "clock_behind_log", "driven_after_real", and what the log says.
  Result<void> take_over();

  /// Instead of take_over(), where other nodes write the log too: write_step() follows it from here on, tells the
  /// Follower what anybody wrote, and takes it over while want() says so. Once, before the first step.
  void share(Sequence followed);
  /// Whether this node should write the log; it is so until somebody says otherwise. Where it should not and another
  /// node's epoch is open, commands are refused with "elsewhere": nothing of them will be written here. Any thread.
  void want(bool wanted);
  /// Under which records of this node count just now; nothing: none do. Any thread.
  struct Reigning {
    Epoch epoch;
    WriterId writer;
  };
  std::optional<Reigning> reign() const;
  /// Reigns begun by now. Any thread.
  std::uint64_t reigns() const { return reigns_.load(std::memory_order_relaxed); }

  /// Queues a command; any thread. At once answered `unavailable`: "queue_full", or "stopping".
  void submit(std::unique_ptr<Pending> pending);

  /// Judges what is queued, at most a batch. False: there was nothing to do, or no room for more.
  bool decide_step();
  /// Writes what has gathered. False: there was nothing.
  bool write_step();

  /// The two threads of a server: each blocks until stop(), and returns when every queued command is answered.
  void decide_loop();
  void write_loop();
  void stop();

  /// The operator says that the clock is right: after a jump; or though stamps of the log up to `ahead` are ahead of
  /// it. Those written then repeat the last one, until the clock is past it. Any thread.
  void confirm_clock(Instant ahead = Instant{0});
  /// Refuses all commands with this code until release(): others found out that nothing should be written. Any thread.
  void hold(std::string_view code);
  /// Ends a hold of that code, and also "disk_full" after an append that found no room: call it when there may be room
  /// again and the Decider can read everything durable. A failed sync stays: nobody knows what the disk kept.
  void release(std::string_view code);
  /// Looks at the clock again, if it was the reason. Any thread.
  void look_again();
  /// Why nothing is written now; empty: all is well. Any thread.
  std::string unwritable() const;
  bool writable() const { return writable_.load(std::memory_order_relaxed); }

  /// What write_step() has made durable so far, and how long its appends took together. Any thread.
  struct Written {
    std::uint64_t batches = 0;
    std::uint64_t append_us = 0;
  };
  Written written() const {
    return {batches_.load(std::memory_order_relaxed), append_us_.load(std::memory_order_relaxed)};
  }

  /// Commands that wait to be decided; above `queue_max` they are refused. Any thread.
  std::size_t queued() const;
  /// What two looks at it tell apart: with something to do and `turns` as before, a step is stuck. Any thread.
  struct Pulse {
    bool busy = false;
    std::uint64_t turns = 0;
  };
  Pulse pulse() const;

 private:
  struct Batch {
    std::vector<std::string> records;
    std::vector<AcceptedCommit> commits;
    std::vector<std::pair<std::unique_ptr<Pending>, Answer>> answers;
    std::size_t bytes = 0;
    Sequence end;  ///< shared: everything below is durable when this is
    std::int64_t sent_us = 0;
    bool empty() const { return answers.empty(); }
    bool full() const;
    void reserve(std::size_t commands);
  };

  /// What the deciding thread goes on from when a reign is open.
  struct Reign {
    RecordHeader next;
    Instant last_stamp{0};
  };

  Result<Hash> append_now(RecordHeader header, std::string_view body);
  Result<Reign> fence();
  Result<Hash> open_epoch(Reign& reign, const Hash& fence);

  // sending.cpp: the writing thread's, in a shared log and a reign of ours.
  bool send_step();
  void send(Batch batch);
  Result<void> begin(Batch& batch);
  bool answer_appended();
  bool may_send() const;
  void told_appended();

  // reign.cpp: the writing thread's, in a shared log.
  bool reign_step();
  bool try_to_reign();
  void look_whose_reign();
  void begin_reign();
  void end_reign(const Error& error);
  void no_reign(const Error& error);
  bool deposed() const;
  bool tell_follower();
  std::vector<std::unique_ptr<Pending>> look_up();
  std::int64_t pause_us();
  void put_back(Batch& batch);
  bool between_reigns() const;
  bool still_waits();
  void give_up_in_doubt();
  bool pause_between_steps();
  Result<void> check_no_real_epoch() const;
  Result<Instant> stamp();
  /// What has waited, and why it is refused, if it is.
  bool take(std::optional<Error>& refusal, bool& discard, bool& look);
  Result<void> start_over();
  std::optional<Error> refusal() const;
  bool behind(Instant last, Instant now) const;
  void note_clock(std::string_view trouble);
  void settle();
  void judge(std::unique_ptr<Pending> pending, Batch& into);
  void chain(Decider::Verdict verdict, Batch& into);
  void hand_over(Batch& decided);
  std::optional<Batch> take_gathered();
  Result<void> write(Batch& batch);
  void tell_all(Batch& batch);
  void count_written(std::int64_t began_us);
  void give_up(Batch& batch, const Error& error);
  void refuse_all(Batch& batch, const Error& error) const;

  Log& log_;
  Clock& clock_;
  Random& random_;
  Decider& decider_;
  Follower& follower_;

  // Deciding thread only.
  RecordHeader next_;  ///< header of the next record: chained head, in flight included
  Instant last_stamp_{0};
  std::int64_t clock_offset_us_ = 0;  ///< clock − boot at the last stamp
  bool jumped_ = false;               ///< the clock did, and nobody has confirmed it yet
  bool clock_in_trouble_ = false;
  std::atomic<bool> opened_{false};
  std::vector<std::unique_ptr<Pending>> taken_;  ///< from the queue, and not yet judged: from taken_at_ on
  std::size_t taken_at_ = 0;

  // Writing thread only, in a shared log.
  enum class Phase { following, fenced, reigning };
  Phase phase_ = Phase::following;
  Reign reign_;                     ///< fenced: what is to be opened; reigning: what was
  Hash fence_hash_;                 ///< of the fence that was read back
  Sequence told_;                   ///< the Follower knows what is below
  std::deque<Batch> sent_;          ///< and not known to be durable yet, in order
  std::size_t sent_answers_ = 0;    ///< theirs
  std::size_t sent_bytes_ = 0;      ///< theirs
  Batch in_doubt_;                  ///< sent in a reign that ended: what of it is in the log shows after the next fence
  std::int64_t not_before_us_ = 0;  ///< by the boot clock: when to try again
  std::int64_t pause_us_ = 0;       ///< before the try after that

  mutable std::mutex mutex_;
  std::condition_variable arrived_;   ///< commands, room in the gathering batch, or stop
  std::condition_variable gathered_;  ///< something to write, or stop
  std::vector<std::unique_ptr<Pending>> queue_;
  std::vector<std::unique_ptr<Pending>> again_;  ///< were judged in a reign that ended: before what is queued
  std::optional<Reign> opened_reign_;            ///< the deciding thread has not taken it up yet
  std::optional<Reigning> reigning_;             ///< as reign() tells it
  Error reign_trouble_;                          ///< why there is no reign
  std::int64_t no_reign_since_us_ = 0;
  bool waited_ = false;     ///< for a reign, longer than commands wait
  bool elsewhere_ = false;  ///< another node writes, and this one does not want to
  Batch gathering_;
  std::optional<Error>
      failure_;  ///< an append failed, and nobody knows what the disk kept: nothing is written any more
  std::set<std::string, std::less<>> holds_;
  std::string clock_trouble_;  ///< code
  bool look_again_ = false;
  bool clock_confirmed_ = false;
  std::atomic<std::int64_t> confirmed_us_{0};  ///< stamps up to here may be ahead of the clock
  bool discard_ = false;                       ///< the Decider's state was not written
  bool room_wanted_ = false;                   ///< decide_step() found the gathering batch full
  bool stopping_ = false;
  bool deciding_done_ = false;
  std::atomic<bool> queued_{false};       ///< queue_ holds something
  std::atomic<bool> handed_over_{false};  ///< gathering_ holds something
  std::atomic<std::uint64_t> batches_{0};
  std::atomic<std::uint64_t> append_us_{0};
  std::atomic<std::size_t> taken_left_{0};  ///< of taken_: they wait too
  std::atomic<bool> write_idle_{true};      ///< write_step() waits: hand over at once
  std::atomic<bool> interrupted_{false};    ///< an append failed, and what was decided since rests on nothing
  std::atomic<bool> writable_{true};
  std::atomic<bool> shared_{false};
  std::atomic<bool> wanted_{true};
  std::atomic<std::uint64_t> reigns_{0};
  std::atomic<std::uint64_t> turns_{0};     ///< of both steps
  std::atomic<bool> writing_now_{false};    ///< write_step() holds a batch
  std::atomic<bool> appended_more_{false};  ///< the log says so since it was asked last
  const std::size_t queue_max_;
  std::int64_t in_doubt_since_us_ = 0;  ///< by the boot clock; the writing thread's
};

}  // namespace pioneer::eventstore
