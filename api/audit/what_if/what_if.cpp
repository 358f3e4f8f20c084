#include "api/audit/what_if/what_if.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <unordered_map>

#include "api/audit/what_if/request_clocks.hpp"
#include "domain/common/rules.hpp"
#include "projections/engine/commit.hpp"

namespace pioneer::api::what_if {
namespace {

using domain::DeadlineKind;
using domain::Id;
using eventstore::Result;
using projections::StreamKind;

constexpr std::int64_t minute_us = 60'000'000;
/// Readings of one log: enough for half a thousand million requests that are open at once.
constexpr std::uint64_t parts_max = 1'024;

/// A number in which every byte of the id has a part, so that no choice of ids fills one part only by accident.
std::uint64_t spread(const Id& id) {
  std::uint64_t mixed = 0xCBF29CE484222325;  // FNV-1a
  for (const auto byte : id.bytes) mixed = (mixed ^ static_cast<std::uint8_t>(byte)) * 0x100000001B3;
  return mixed >> 32;
}

/// Which of how many.
struct Part {
  std::uint64_t number = 0;
  std::uint64_t of = 1;
};
using Found = std::unordered_map<Id, Organisation, domain::IdHash>;

/// One reading of the log, for a part of its requests.
class Reading {
 public:
  Reading(const domain::Policy& other, const Options& options, Part part, Report& report, Found& found)
      : other_(other), options_(options), part_(part), report_(report), found_(found) {}

  void take(const projections::Commit& commit) {
    last_us_ = commit.recorded_at.us;
    settle();
    for (const auto& part : commit.parts) {
      if (part.kind == StreamKind::organisation) {
        for (const auto& event : part.events) name(part.id, event);
      } else if (part.kind == StreamKind::policy) {
        for (const auto& event : part.events)
          if (const auto* adopted = std::get_if<domain::PolicyAdopted>(&event)) in_force_ = adopted->policy();
      } else if (part.kind == StreamKind::request && spread(part.id) % part_.of == part_.number) {
        now_ = {&commit, part.id};
        for (const auto& event : part.events) std::visit([&](const auto& e) { see(e); }, event);
      }
    }
  }
  bool too_many() const { return requests_.size() > options_.open_max; }

  void end() {
    for (auto& [id, clocks] : requests_) {
      now_.request = id;
      clocks.leave(last_us_, [&](const auto& ended) { note(clocks, ended); });
    }
    for (auto& organisation : organisations_) {
      if (organisation.was == Tallies{} && organisation.would == Tallies{}) continue;
      auto& sum =
          found_.try_emplace(organisation.id, Organisation{organisation.id, organisation.name, {}, {}}).first->second;
      for (std::size_t kind = 0; kind < sum.was.size(); ++kind) {
        sum.was[kind].add(organisation.was[kind]);
        sum.would[kind].add(organisation.would[kind]);
      }
    }
    if (part_.number != 0) return;
    domain::PolicyAdopted before;
    domain::PolicyAdopted after;
    *before.mutable_policy() = in_force_;
    *after.mutable_policy() = other_;
    report_.differences = domain::policy::differences(before, after);
  }

 private:
  /// What is looked at just now.
  struct Now {
    const projections::Commit* commit = nullptr;
    Id request;
  };

  std::uint32_t place_of(const Id& organisation) {
    const auto [found, made] = places_.try_emplace(organisation, static_cast<std::uint32_t>(organisations_.size()));
    if (made) organisations_.push_back({organisation, {}, {}, {}});
    return found->second;
  }

  void name(const Id& organisation, const domain::AnyEvent& event) {
    if (const auto* made = std::get_if<domain::OrganisationRegistered>(&event))
      organisations_[place_of(organisation)].name = made->name();
    else if (const auto* renamed = std::get_if<domain::OrganisationRenamed>(&event))
      organisations_[place_of(organisation)].name = renamed->name();
  }

  /// A problem told in a rating, without a category, would have got the other policy's.
  const std::string& category_of(const domain::RequestSubmitted& event) const {
    const auto& rules = now_.commit->raw->rules();
    const bool given = std::ranges::find(rules, std::uint32_t{domain::Rule::feedback_category}) != rules.end();
    return given ? other_.feedback_category() : event.category();
  }

  /// A place in `times_`; the other policy's measure for the category.
  std::uint32_t times_of(const std::string& code) {
    const auto [found, made] = categories_.try_emplace(code, static_cast<std::uint32_t>(times_.size()));
    if (!made) return found->second;
    Minutes minutes{};
    const auto& all = other_.categories();
    const auto category = std::ranges::find_if(all, [&](const auto& c) { return c.code() == code; });
    if (category != all.end()) {
      minutes[DeadlineKind::accept] = category->accept_within_minutes();
      minutes[DeadlineKind::resolve] = category->resolve_within_minutes();
      minutes[DeadlineKind::confirm] = other_.confirm_within_minutes();
    }
    times_.push_back(minutes);
    return found->second;
  }

  void see(const domain::RequestSubmitted& event) {
    if (now_.commit->sequence.value < options_.from) return;
    const auto& code = category_of(event);
    const auto category = times_of(code);
    ++report_.requests;
    if (times_[category][DeadlineKind::accept] == 0) ++report_.lacking[code];
    requests_.try_emplace(now_.request, category).first->second.holder = place_of(Id::of(event.organisation()));
  }
  void see(const domain::RequestAssigned& event) {
    if (auto* clocks = open()) clocks->holder = place_of(Id::of(event.organisation()));
  }
  void see(const domain::RequestDeadlineSet& event) {
    auto* const clocks = open();
    if (clocks == nullptr || event.kind() == DeadlineKind::unspecified || !DeadlineKind::Value_IsValid(event.kind()))
      return;
    const auto now_us = now_.commit->recorded_at.us;
    clocks->drop(event.kind(), now_us, [&](const auto& ended) { note(*clocks, ended); });
    clocks->set(event.kind(), now_.commit->sequence.value, now_us, event.due_us(), times_[clocks->category()]);
  }
  void see(const domain::RequestAccepted&) { meet(DeadlineKind::accept); }
  void see(const domain::RequestResolved&) { meet(DeadlineKind::resolve); }
  void see(const domain::RequestDisputed&) {
    if (auto* clocks = open())
      clocks->dispute(now_.commit->recorded_at.us, [&](const auto& ended) { note(*clocks, ended); });
  }
  void see(const domain::RequestConfirmed&) {
    meet(DeadlineKind::confirm);
    requests_.erase(now_.request);
  }
  void see(const domain::RequestWithdrawn&) {
    for (const auto kind : {DeadlineKind::accept, DeadlineKind::resolve, DeadlineKind::confirm}) drop(kind);
    requests_.erase(now_.request);
  }
  // Its asker did not answer. By the other policy their time may run on: then it stays until that is over, too.
  void see(const domain::RequestClosedUnconfirmed&) {
    auto* const clocks = open();
    if (clocks == nullptr) return;
    if (const auto until_us = clocks->would_close_us(); until_us > now_.commit->recorded_at.us)
      silent_.emplace(until_us, now_.request);
    else
      leave(now_.request, *clocks, now_.commit->recorded_at.us);
  }
  template <class Other>
  void see(const Other&) {}  // sets and ends no clock

  RequestClocks* open() {
    const auto found = requests_.find(now_.request);
    return found == requests_.end() ? nullptr : &found->second;
  }
  /// Those that silence would have closed by now.
  void settle() {
    for (; !silent_.empty() && silent_.begin()->first <= last_us_; silent_.erase(silent_.begin())) {
      const auto found = requests_.find(silent_.begin()->second);
      if (found != requests_.end()) leave(found->first, found->second, silent_.begin()->first);
    }
  }
  void leave(Id request, RequestClocks& clocks, std::int64_t now_us) {
    now_.request = request;
    clocks.leave(now_us, [&](const auto& ended) { note(clocks, ended); });
    requests_.erase(request);
  }
  void meet(DeadlineKind::Value kind) {
    if (auto* clocks = open())
      clocks->meet(kind, now_.commit->recorded_at.us, [&](const auto& ended) { note(*clocks, ended); });
  }
  void drop(DeadlineKind::Value kind) {
    if (auto* clocks = open())
      clocks->drop(kind, now_.commit->recorded_at.us, [&](const auto& ended) { note(*clocks, ended); });
  }

  void note(const RequestClocks& clocks, const RequestClocks::Ended& ended) {
    auto& organisation = organisations_[clocks.holder];
    const auto kind = static_cast<std::size_t>(ended.kind);
    organisation.was[kind].add(ended.was);
    organisation.would[kind].add(ended.would == Verdict::not_told ? ended.was : ended.would);
    if (ended.would == ended.was || ended.would == Verdict::not_told) return;
    ++report_.changes[DeadlineKind::Value_Name(ended.kind) + ": " + std::string(word_of(ended.was)) + " → " +
                      std::string(word_of(ended.would))];
    report_.kept.push_back({ended.clock.position, now_.request, organisation.id, ended.kind, ended.clock.due_us,
                            ended.clock.would_be_due_us, ended.at_us, ended.was, ended.would});
    if (report_.kept.size() >= 2 * Report::kept_max) keep_first();
  }

  void keep_first() {
    std::ranges::sort(report_.kept, {}, &Otherwise::position);
    if (report_.kept.size() > Report::kept_max) report_.kept.resize(Report::kept_max);
  }

  const domain::Policy& other_;
  const Options& options_;
  const Part part_;
  Report& report_;
  Found& found_;
  Now now_;
  std::int64_t last_us_ = 0;
  domain::Policy in_force_;
  std::unordered_map<Id, std::uint32_t, domain::IdHash> places_;
  std::vector<Organisation> organisations_;
  std::unordered_map<std::string, std::uint32_t> categories_;
  std::vector<Minutes> times_;
  std::unordered_map<Id, RequestClocks, domain::IdHash> requests_;
  std::set<std::pair<std::int64_t, Id>> silent_;  ///< closed, and when the other policy had closed them
};

/// False: more requests are open at once than a reading of so many parts can hold.
Result<bool> read(const std::function<std::unique_ptr<projections::CommitSource>()>& source, Reading& reading,
                  std::uint64_t to) {
  const auto commits = source();
  while (true) {
    const auto next = commits->next();
    if (!next) return std::unexpected(next.error());
    for (const auto& accepted : *next) {
      if (accepted.sequence.value >= to) return true;
      const auto commit = projections::read_commit(accepted);
      if (!commit) return std::unexpected(commit.error());
      reading.take(*commit);
    }
    if (reading.too_many()) return false;
    if (next->empty()) return true;
  }
}

}  // namespace

void RequestClocks::set(DeadlineKind::Value kind, std::uint64_t position, std::int64_t now_us, std::int64_t due_us,
                        const Minutes& minutes) {
  const auto within = minutes[static_cast<std::size_t>(kind)];
  clocks_[static_cast<std::size_t>(kind)] = {position, due_us, within == 0 ? 0 : now_us + within * minute_us, true};
}

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::in_time:
      return "in_time";
    case Verdict::disputed:
      return "disputed";
    case Verdict::late:
      return "late";
    case Verdict::dropped:
      return "dropped";
    case Verdict::not_told:
      return "not_told";
    case Verdict::open:
      break;
  }
  return "open";
}

Result<Report> judge(const std::function<std::unique_ptr<projections::CommitSource>()>& source,
                     const domain::Policy& other, const Options& options) {
  std::uint64_t readings = 0;
  for (std::uint64_t parts = 1;; parts *= 2) {
    Report report;
    Found found;
    bool fits = true;
    for (std::uint64_t part = 0; fits && part < parts; ++part) {
      Reading reading(other, options, {part, parts}, report, found);
      const auto whole = read(source, reading, options.to);
      ++readings;
      if (!whole) return std::unexpected(whole.error());
      fits = *whole;
      if (fits) reading.end();
    }
    if (!fits && parts == parts_max)
      return eventstore::failure("too_many_open", "More requests are open at once than this program can hold");
    if (!fits) continue;
    std::ranges::sort(report.kept, {}, &Otherwise::position);
    if (report.kept.size() > Report::kept_max) report.kept.resize(Report::kept_max);
    for (auto& [id, organisation] : found) report.organisations.push_back(std::move(organisation));
    std::ranges::sort(report.organisations, [](const auto& one, const auto& two) {
      return std::tie(one.name, one.id) < std::tie(two.name, two.id);
    });
    report.readings = readings;
    return report;
  }
}

}  // namespace pioneer::api::what_if
