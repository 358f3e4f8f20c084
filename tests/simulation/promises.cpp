#include "tests/simulation/promises.hpp"

#include "api/audit/rules/invariants.hpp"
#include "projections/read_models.hpp"
#include "tests/api/audit/listed_commits.hpp"

namespace pioneer::tests {

Commits read_log(const eventstore::Log& log, Wrong& wrong) {
  Commits commits;
  const auto reader = log.reader(eventstore::Sequence{0});
  while (true) {
    auto leaf = reader->next();
    if (!leaf) {
      wrong.push_back("the log cannot be read: " + leaf.error().code + ": " + leaf.error().detail);
      return commits;
    }
    if (!*leaf) return commits;
    auto commit = eventstore::parse_commit(**leaf);
    if (!commit) {
      wrong.push_back("a commit cannot be read: " + commit.error().detail);
      return commits;
    }
    commits.push_back(std::move(*commit));
  }
}

api::rerun::Report check_decisions(const Commits& commits, Wrong& wrong) {
  const auto source = [&commits] { return listed(commits); };
  const auto rules = api::rules::check_invariants(source, {.entries = commits.size()});
  if (!rules) {
    wrong.push_back("no rules: " + rules.error().code);
    return {};
  }
  for (const auto& breach : rules->breaches.kept())
    wrong.push_back(breach.rule + " in " + breach.stream + ", at " + std::to_string(breach.position));
  auto again = api::rerun::rerun(source, {.entries = commits.size()});
  if (!again) {
    wrong.push_back("no decisions: " + again.error().code);
    return {};
  }
  for (const auto& one : again->different)
    wrong.push_back(one.command + " comes out otherwise, at " + std::to_string(one.position) + ": " + one.sentence);
  for (const auto& [sentence, count] : again->missing) wrong.push_back("not made again: " + sentence);
  return std::move(*again);
}

void check_answers(const Audit& audit, const Workload& workload, Wrong& wrong) {
  for (const auto& [once, positions] : audit.by_once) {
    if (positions.size() > 1) wrong.push_back("a command took effect twice, at " + std::to_string(positions[1]));
  }
  for (const auto& sent : workload.sent()) {
    const auto there = audit.by_once.find(sent.once);
    const bool is_there = !sent.once.empty() && there != audit.by_once.end();
    if (sent.accepted) {
      if (!is_there || there->second.front() != *sent.accepted)
        wrong.push_back(sent.call.command_id + " was accepted at " + std::to_string(*sent.accepted) +
                        " and is not there");
    } else if (!sent.may_be_there() && !sent.shares_key && is_there) {
      wrong.push_back(sent.call.command_id + " was not accepted and stands at " +
                      std::to_string(there->second.front()));
    }
  }
}

void check_keys(const Audit& audit, adapters::FileKeyring& keyring, Wrong& wrong) {
  for (const auto& key : audit.living_keys) {
    if (!keyring.get(key)) wrong.push_back("the log relies on a key that is not there");
  }
  for (const auto& key : audit.ended_keys) {
    if (keyring.state(key) != api::KeyState::erased || keyring.get(key))
      wrong.push_back("an erased person's key is not erased");
  }
}

void check_read_models(const Commits& commits, node::Node& node, Wrong& wrong) {
  adapters::MemoryStore scratch;
  auto anew = projections::ReadModels::open(scratch);
  if (!anew) return wrong.push_back("the read models do not open: " + anew.error().code);
  if (const auto applied = (*anew)->engine().apply(commits); !applied)
    return wrong.push_back("a replay fails: " + applied.error().code + ": " + applied.error().detail);
  const auto replayed = (*anew)->engine().digests();
  const auto live = node.models().engine().digests();
  if (!replayed || !live) return wrong.push_back("no digests");
  if (replayed->position != live->position) wrong.push_back("the live read models stand at another position");
  if (replayed->by_name != live->by_name) wrong.push_back("a replay differs from the live read models");
}

}  // namespace pioneer::tests
