// Decisions of a log, made again: the command put together from what the commit says, the state folded from the commits
// before it, the business's own deciders; what comes out is compared with what was recorded, byte for byte.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/audit/rerun/decide_again.hpp"
#include "eventstore/error.hpp"
#include "projections/engine/engine.hpp"

namespace pioneer::api::rerun {

enum class Verdict : std::uint8_t {
  same,      ///< the same events, actor and rules; of a refusal: whoever sent whatever
  possible,  ///< of a refusal: some senders or contents lead to it, and which it was is not in the log
  differs,   ///< this program decides otherwise
  not_run,   ///< what it would take is not in the log, though a decision may have led to it
};
std::string_view word_of(Verdict verdict);

struct Judged {
  std::uint64_t position = 0;
  std::string stream;
  std::string command;  ///< "PlaceClaim"; of what no command leads to, its first event
  Verdict verdict = Verdict::not_run;
  std::string sentence;              ///< what differs, how many lead to it, or what is missing
  std::vector<std::string> unasked;  ///< rules that were not asked again, since only a person's key could
};

/// Goes through a log's commits in order. One thread.
class Rerun {
 public:
  /// As many as one product may have, and 100 MiB.
  static constexpr std::size_t claims_kept_max = 1'000'000;
  /// `kept`: names of streams of requests and products whose states are folded; only decisions about them can be
  /// judged. All others' states are folded always. A product with which its like have more than `claims_max` claims is
  /// let go: its decisions are not run from there on.
  explicit Rerun(std::function<bool(const std::string& stream)> kept, std::size_t claims_max = claims_kept_max);

  /// What the commit is a decision about: its first stream, or that of what was refused; empty: it holds no decision.
  static std::string subject(const projections::Commit& commit);
  /// What is to be taken though it is in no stream that is kept: decisions elsewhere hang on it.
  static bool concerns(const eventstore::StreamPart& part);
  /// Takes the next commit, and judges it first where that is wanted and it holds a decision.
  std::optional<Judged> take(const projections::Commit& commit, bool wanted);
  /// Of requests and products.
  std::size_t streams() const { return requests_.size() + products_.size(); }

 private:
  Judged judge(const projections::Commit& commit) const;
  void judge_refusal(const projections::Commit& commit, const domain::CommandRefused& refused, Judged& judged) const;
  Before before(const std::string& stream) const;
  domain::Context context(const projections::Commit& commit, domain::Actor actor) const;
  std::string beside(const domain::AnyCommand& command, const projections::Commit& commit) const;
  std::uint64_t revision_of(const std::string& stream) const;
  std::string out_of_order(const projections::Commit& commit) const;
  bool same_permission(const domain::AnyCommand& command) const;
  void fold(const projections::Commit& commit);
  void fold_product(const std::string& stream, const domain::supermarket::Event& event,
                    const domain::Happened& happened);

  const std::function<bool(const std::string& stream)> kept_;
  const std::size_t claims_max_;
  std::size_t claims_ = 0;                ///< in products_
  std::vector<std::string> permissions_;  ///< of this program, by Action
  node::Community community_;
  std::unordered_map<std::uint64_t, std::string> problems_;  ///< told in a rating, by cause: their category
  /// As of the newest entry. The revision is the one that the stream's events say, so that each gap is told once.
  template <class State>
  struct Folded {
    State state;
    std::uint64_t revision = 0;
    bool let_go = false;  ///< the state is no longer folded
  };
  std::unordered_map<std::string, Folded<domain::requests::State>> requests_;
  std::unordered_map<std::string, Folded<domain::supermarket::State>> products_;
  std::unordered_map<std::string, std::uint64_t> revisions_;  ///< of the others
};

struct Tally {
  std::uint64_t same = 0, possible = 0, differs = 0, not_run = 0;
  void add(Verdict verdict);
  void add(const Tally& other);
};

struct Report {
  static constexpr std::size_t kept_max = 1'000;
  std::map<std::string, Tally> commands;
  std::vector<Judged> different;                 ///< the first, by position
  std::map<std::string, std::uint64_t> missing;  ///< why decisions were not run, and how many
  std::map<std::string, std::uint64_t> unasked;  ///< rules, and in how many decisions
  Tally all() const;
};

struct Options {
  std::uint64_t from = 0;  ///< entries: decisions from here on
  std::uint64_t to = ~std::uint64_t{0};
  std::uint64_t entries = 0;  ///< of the log
  /// Requests and products are looked at in parts, one for each so many entries, each with a reading of the whole log:
  /// so memory does not grow with it, but for its members and organisations. A part takes up to 160 MiB: a request 540
  /// bytes.
  std::uint64_t entries_per_part = 300'000;
};

/// All decisions in a range. `source` begins at the log's beginning, each time. Errors: the source's, "unknown_event".
eventstore::Result<Report> rerun(const std::function<std::unique_ptr<projections::CommitSource>()>& source,
                                 const Options& options);

}  // namespace pioneer::api::rerun
