#include "api/audit/rerun/rerun.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "api/audit/rerun/difference.hpp"
#include "api/audit/rerun/refused_attempts.hpp"
#include "api/node/recorded_refusals.hpp"
#include "domain/authorisation/authorisation.hpp"
#include "domain/refusals.hpp"
#include "domain/streams.hpp"

namespace pioneer::api::rerun {
namespace {

using eventstore::Result;
using projections::Commit;
using projections::Part;
using projections::StreamKind;

const domain::CommandRefused* refused_in(const Commit& commit) {
  if (commit.parts.empty() || commit.parts.front().events.empty()) return nullptr;
  return std::get_if<domain::CommandRefused>(&commit.parts.front().events.front());
}

std::string name_of(const domain::AnyCommand& command) {
  return std::visit([](const auto& c) { return std::string(c.GetDescriptor()->name()); }, command);
}

bool is_command(const std::string& name) {
  return [&]<std::size_t... n>(std::index_sequence<n...>) {
    return ((std::variant_alternative_t<n, domain::AnyCommand>::descriptor()->name() == name) || ...);
  }(std::make_index_sequence<std::variant_size_v<domain::AnyCommand>>{});
}

/// What is not as a refusal is put on record, which would hide whatever stands beside it; empty: nothing.
std::string misplaced(const Commit& commit, const domain::CommandRefused& refused,
                      const domain::members::Roster& roster) {
  const Part& part = commit.parts.front();
  if (commit.parts.size() != 1 || part.events.size() != 1) return "A refusal stands alone: nothing else came of it.";
  if (!domain::id_in(part.raw->stream(), domain::stream_kind::refusal) || part.first_revision != 0)
    return "A refusal begins a stream of its own.";
  if (part.actor.is_zero() || roster.holding(part.actor) != nullptr)
    return "A refusal is told to a person, under a pseudonym of its own.";
  if (!commit.raw->rules().empty() || !commit.raw->facts().empty() || commit.cause != 0)
    return "A refusal names no rules, facts or cause.";
  const auto* text = domain::refusal_of(refused.code());
  if (text == nullptr || text->kind != domain::RefusalKind::conflict) return "No rule refuses like that.";
  return {};
}

constexpr std::string_view phone_fact = "phone_holders";

/// Numbers of one phone, counted by the Writer, which alone may look at them.
const eventstore::Fact* phone_holders(const Commit& commit) {
  const auto& facts = commit.raw->facts();
  const auto found = std::ranges::find(facts, phone_fact, &eventstore::Fact::name);
  return found == facts.end() ? nullptr : &*found;
}

/// Rules that compare the sender with somebody whom only a key joins to the pseudonym.
std::vector<std::string> unasked_of(const domain::AnyCommand& command, const Commit& commit, const Before& before) {
  std::vector<std::string> rules;
  const bool answers =
      std::holds_alternative<domain::ConfirmRequest>(command) || std::holds_alternative<domain::RateRequest>(command);
  if (answers && !before.request.workers.empty()) rules.push_back(domain::rule_name(domain::Rule::not_own_work));
  const auto* registered = std::get_if<domain::RegisterMember>(&command);
  if (registered != nullptr && registered->has_phone() && phone_holders(commit) == nullptr)
    rules.push_back(domain::rule_name(domain::Rule::phone_held_once));
  return rules;
}

}  // namespace

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::same:
      return "same";
    case Verdict::possible:
      return "possible";
    case Verdict::differs:
      return "differs";
    case Verdict::not_run:
      break;
  }
  return "not_run";
}

Rerun::Rerun(std::function<bool(const std::string& stream)> kept, std::size_t claims_max)
    : kept_(std::move(kept)), claims_max_(claims_max) {
  for (const auto& row : domain::permission_rows()) permissions_.push_back(row.SerializeAsString());
}

std::string Rerun::subject(const Commit& commit) {
  if (const auto* refused = refused_in(commit)) return refused->stream();
  return commit.parts.empty() ? std::string() : commit.parts.front().raw->stream();
}

std::optional<Judged> Rerun::take(const Commit& commit, bool wanted) {
  std::optional<Judged> judged;
  if (wanted && !commit.parts.empty()) {
    const auto product = products_.find(subject(commit));
    judged = judge(commit);
    if (product != products_.end() && product->second.let_go) {
      judged->verdict = Verdict::not_run;
      judged->sentence = "There are more claims beside this product's than are kept in memory: ask for it alone.";
    }
  }
  fold(commit);
  return judged;
}

Before Rerun::before(const std::string& stream) const {
  static const domain::requests::State no_request;
  static const domain::supermarket::State no_product;
  const auto request = requests_.find(stream);
  const auto product = products_.find(stream);
  return {community_, request == requests_.end() ? no_request : request->second.state,
          product == products_.end() ? no_product : product->second.state};
}

domain::Context Rerun::context(const Commit& commit, domain::Actor actor) const {
  return {commit.recorded_at, std::move(actor), community_.directory, community_.policy, community_.roster};
}

/// True where the table of permissions that stood in the log then says of this command what this program's says.
bool Rerun::same_permission(const domain::AnyCommand& command) const {
  const auto& then = community_.policy.permissions;
  if (then.empty()) return true;  // from before it was recorded: there is nothing to compare with
  const auto action = domain::action_of(command);
  const auto name = domain::permission(action).name;
  const auto row = std::ranges::find_if(then, [&](const auto& r) { return r.action() == name; });
  return row != then.end() && row->SerializeAsString() == permissions_[static_cast<std::size_t>(action)];
}

bool Rerun::concerns(const eventstore::StreamPart& part) {
  return node::Community::concerns(part.stream()) ||
         std::ranges::any_of(part.events(), [](const auto& event) { return event.type() == "ClaimRated"; });
}

std::uint64_t Rerun::revision_of(const std::string& stream) const {
  if (const auto request = requests_.find(stream); request != requests_.end()) return request->second.revision;
  if (const auto product = products_.find(stream); product != products_.end()) return product->second.revision;
  const auto other = revisions_.find(stream);
  return other == revisions_.end() ? 0 : other->second;
}

/// A revision is missing, or is there twice; empty: none.
std::string Rerun::out_of_order(const Commit& commit) const {
  for (const auto& part : commit.parts)
    if (const auto revision = revision_of(part.raw->stream()); part.first_revision != revision)
      return "Its first event is number " + std::to_string(part.first_revision) + " of the stream, which has " +
             std::to_string(revision) + ".";
  return {};
}

/// What the commit says beside its streams and its decision would not; empty: nothing.
std::string Rerun::beside(const domain::AnyCommand& command, const Commit& commit) const {
  const auto* registered = std::get_if<domain::RegisterMember>(&command);
  const bool asks_phone = registered != nullptr && registered->has_phone();
  const auto& facts = commit.raw->facts();
  if (facts.size() > (asks_phone ? 1 : 0) || (!facts.empty() && facts[0].name() != phone_fact))
    return "It notes a fact that such a decision does not ask for.";
  const auto* asked = std::get_if<domain::SubmitRequest>(&command);
  if (commit.cause != (asked == nullptr ? 0 : asked->cause())) return "It names a cause that is not its own.";
  if (commit.cause == 0) return {};
  const auto problem = problems_.find(commit.cause);
  if (problem == problems_.end()) return "Its cause is no rating whose problem waited to be asked for.";
  if (problem->second != asked->category()) return "Its category is another than the rating named.";
  return {};
}

Judged Rerun::judge(const Commit& commit) const {
  const Part& part = commit.parts.front();
  Judged judged;
  judged.position = commit.sequence.value;
  judged.stream = part.raw->stream();
  judged.command = part.raw->events().empty() ? std::string() : part.raw->events(0).type();
  if (const auto* refused = refused_in(commit)) {
    judge_refusal(commit, *refused, judged);
    return judged;
  }
  const auto states = before(part.raw->stream());
  const auto command = rebuilt_command(commit, part, states);
  if (!command) {
    judged.verdict = Verdict::differs;
    judged.sentence = command.error();
    return judged;
  }
  judged.command = name_of(*command);
  if (!same_permission(*command)) {
    judged.sentence = "It was decided by another table of permissions than this program's.";
    return judged;
  }
  judged.unasked = unasked_of(*command, commit, states);
  const auto* phone = phone_holders(commit);
  const auto decided = decide_again(*command, context(commit, rebuilt_actor(part, community_)), states,
                                    phone != nullptr && phone->value() != 0);
  if (!decided) {
    judged.verdict = Verdict::differs;
    judged.sentence = "It is refused: " + decided.error().code + ". " + decided.error().sentence;
    return judged;
  }
  judged.sentence = difference(*decided, commit, community_.policy_sequence.value);
  if (judged.sentence.empty()) judged.sentence = out_of_order(commit);
  if (judged.sentence.empty()) judged.sentence = beside(*command, commit);
  judged.verdict = judged.sentence.empty() ? Verdict::same : Verdict::differs;
  return judged;
}

void Rerun::judge_refusal(const Commit& commit, const domain::CommandRefused& refused, Judged& judged) const {
  const auto differs = [&](std::string sentence) {
    judged.verdict = Verdict::differs;
    judged.sentence = std::move(sentence);
  };
  if (!is_command(refused.command())) return differs("No command has the name that was refused.");
  judged.command = "refused " + refused.command();
  if (auto wrong = misplaced(commit, refused, community_.roster); !wrong.empty()) return differs(std::move(wrong));
  if (community_.policy.feature_level < domain::feature::recorded_refusals)
    return differs("The log may not hold refusals yet: its feature level is lower.");
  if (commit.raw->policy_sequence() != community_.policy_sequence.value)
    return differs("It names another policy than the one in force.");
  const auto states = before(refused.stream());
  const auto attempts = refused_attempts(refused, states);
  if (!attempts) {
    judged.sentence = "What a refused " + refused.command() + " said is not in the log.";
    return;
  }
  std::size_t fit = 0;
  std::size_t counted = 0;
  std::set<std::string> others;
  for (const auto& [what, who] : *attempts) {
    if (!same_permission(what)) {
      judged.sentence = "It was decided by another table of permissions than this program's.";
      return;
    }
    const auto decided = decide_again(what, context(commit, who), states, false);
    // Only what a rule refused may be on record.
    if (!decided && !node::is_of_a_rule(decided.error())) continue;
    ++counted;
    const bool fits = !decided && decided.error().code == refused.code() && decided.error().field == refused.field();
    fit += fits ? 1 : 0;
    if (!fits) others.insert(decided ? "accepted" : decided.error().code);
  }
  if (fit == 0) {
    std::string told;
    for (const auto& other : others) told += (told.empty() ? "" : ", ") + other;
    return differs("No sender and nothing that it could say leads to " + refused.code() +
                   ", but to: " + (told.empty() ? "nothing that a rule says" : told) + ".");
  }
  judged.verdict = fit == counted ? Verdict::same : Verdict::possible;
  if (judged.verdict == Verdict::possible)
    judged.sentence = "Of " + std::to_string(counted) + " senders and contents that the rules tell apart, " +
                      std::to_string(fit) + " are refused so; which it was is not in the log.";
}

void Rerun::fold(const Commit& commit) {
  for (const auto& part : commit.parts) {
    const domain::Happened happened{part.actor, commit.recorded_at};
    const auto& stream = part.raw->stream();
    const bool request = part.kind == StreamKind::request && kept_(stream);
    const bool product = part.kind == StreamKind::product && kept_(stream);
    if (request)
      requests_[stream].revision = part.revision();
    else if (product)
      products_[stream].revision = part.revision();
    else if (part.kind != StreamKind::other && part.kind != StreamKind::request && part.kind != StreamKind::product)
      revisions_[stream] = part.revision();
    for (const auto& event : part.events) {
      if (const auto* rated = std::get_if<domain::ClaimRated>(&event); rated != nullptr && rated->has_problem())
        problems_[commit.sequence.value + 1] = rated->problem_category();
      if (std::holds_alternative<domain::RequestSubmitted>(event)) problems_.erase(commit.cause);
      if (request) {
        if (const auto e = domain::as_part<domain::requests::Event>(event))
          domain::requests::evolve(requests_[stream].state, *e, happened);
      } else if (product) {
        if (const auto e = domain::as_part<domain::supermarket::Event>(event)) fold_product(stream, *e, happened);
      } else {
        community_.evolve(stream, event, happened, commit.sequence);
      }
    }
  }
}

void Rerun::fold_product(const std::string& stream, const domain::supermarket::Event& event,
                         const domain::Happened& happened) {
  auto& product = products_[stream];
  if (product.let_go) return;
  const auto before = product.state.tickets.size();
  domain::supermarket::evolve(product.state, event, happened);
  claims_ += product.state.tickets.size() - before;
  if (claims_ <= claims_max_) return;
  claims_ -= product.state.tickets.size();
  product.state = {};
  product.let_go = true;
}

void Tally::add(Verdict verdict) {
  same += verdict == Verdict::same ? 1U : 0U;
  possible += verdict == Verdict::possible ? 1U : 0U;
  differs += verdict == Verdict::differs ? 1U : 0U;
  not_run += verdict == Verdict::not_run ? 1U : 0U;
}

void Tally::add(const Tally& other) {
  same += other.same;
  possible += other.possible;
  differs += other.differs;
  not_run += other.not_run;
}

Tally Report::all() const {
  Tally sum;
  for (const auto& [command, tally] : commands) sum.add(tally);
  return sum;
}

namespace {

void note(Judged judged, Report& report) {
  report.commands[judged.command].add(judged.verdict);
  for (const auto& rule : judged.unasked) ++report.unasked[rule];
  if (judged.verdict == Verdict::not_run) ++report.missing[judged.sentence];
  if (judged.verdict != Verdict::differs) return;
  report.different.push_back(std::move(judged));
  if (report.different.size() < 2 * Report::kept_max) return;
  std::ranges::sort(report.different, {}, &Judged::position);
  report.different.resize(Report::kept_max);
}

}  // namespace

Result<Report> rerun(const std::function<std::unique_ptr<projections::CommitSource>()>& source,
                     const Options& options) {
  Report report;
  const auto parts = std::min(options.entries, options.to) / options.entries_per_part + 1;
  for (std::uint64_t part = 0; part < parts; ++part) {
    const auto mine = [&](const std::string& stream) { return std::hash<std::string>{}(stream) % parts == part; };
    Rerun again(mine);
    const auto commits = source();
    for (bool more = true; more;) {
      const auto next = commits->next();
      if (!next) return std::unexpected(next.error());
      more = !next->empty();
      for (const auto& accepted : *next) {
        const auto position = accepted.sequence.value;
        if (position >= options.to) {
          more = false;
          break;
        }
        const auto commit = projections::read_commit(accepted);
        if (!commit) return std::unexpected(commit.error());
        auto judged = again.take(*commit, position >= options.from && mine(Rerun::subject(*commit)));
        if (judged) note(std::move(*judged), report);
      }
    }
  }
  std::ranges::sort(report.different, {}, &Judged::position);
  if (report.different.size() > Report::kept_max) report.different.resize(Report::kept_max);
  return report;
}

}  // namespace pioneer::api::rerun
