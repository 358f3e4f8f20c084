// `pioneer log restore`: a topic that lost its end is not touched; its next generation begins with the longest of the
// nodes' copies, if no other copy holds anything else, and if it leads to every checkpoint that was signed.
#include <algorithm>
#include <memory>
#include <vector>

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/kafka/topic_fold.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/segments/verify.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/copy_log.hpp"
#include "api/cli/json.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/own_checkpoint.hpp"
#include "api/server/log_topic.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

using eventstore::failure;
using eventstore::Result;

/// A node's copy, whole and held.
struct Copy {
  std::string directory;
  std::unique_ptr<eventstore::File> lock;
  adapters::segments::Verification found;
};

Result<Copy> held(eventstore::Disk& disk, const std::string& directory) {
  Copy copy{directory, nullptr, {}};
  auto lock = disk.lock(directory + "/lock");
  if (!lock) return std::unexpected(lock.error());
  copy.lock = std::move(*lock);
  copy.found = adapters::segments::verify(disk, directory + "/log");
  if (!copy.found.ok) {
    return failure(copy.found.code,
                   copy.found.file + ": " + copy.found.reason +
                       " A damaged copy decides nothing: leave its directory out, if others are whole.");
  }
  return copy;
}

/// Whether a log holds a commit from here on: the rest only says who wrote.
Result<bool> holds_commits(const eventstore::Log& log, eventstore::Sequence from) {
  const auto reader = log.reader(from);
  while (true) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return false;
    const auto header = eventstore::decode_record(eventstore::bytes_of((*leaf)->record));
    if (!header) return std::unexpected(header.error());
    if (header->kind == eventstore::RecordKind::commit) return true;
  }
}

/// The first record that two logs do not share.
Result<eventstore::Sequence> parting(const eventstore::Log& one, const eventstore::Log& other) {
  const auto mine = one.reader({});
  const auto theirs = other.reader({});
  for (eventstore::Sequence at;; ++at) {
    const auto left = mine->next();
    const auto right = theirs->next();
    if (!left) return std::unexpected(left.error());
    if (!right) return std::unexpected(right.error());
    if (!*left || !*right || (*left)->record != (*right)->record) return at;
  }
}

/// Of two copies the one that holds all that anybody may have been told.
Result<const Copy*> better(const Copy& one, const Copy& other) {
  const Copy& longer = one.found.position < other.found.position ? other : one;
  const Copy& shorter = &longer == &one ? other : one;
  const auto long_log = OpenLog::open(longer.directory);
  if (!long_log) return std::unexpected(long_log.error());
  const auto size = shorter.found.position.value;
  const auto root = root_of_first(longer.directory, (*long_log)->log(), size);
  if (!root) return std::unexpected(root.error());
  if (*root == shorter.found.root) return &longer;
  const auto short_log = OpenLog::open(shorter.directory);
  if (!short_log) return std::unexpected(short_log.error());
  const auto parted = parting((*long_log)->log(), (*short_log)->log());
  if (!parted) return std::unexpected(parted.error());
  const auto in_longer = holds_commits((*long_log)->log(), *parted);
  const auto in_shorter = holds_commits((*short_log)->log(), *parted);
  if (!in_longer) return std::unexpected(in_longer.error());
  if (!in_shorter) return std::unexpected(in_shorter.error());
  if (!*in_shorter) return &longer;
  if (!*in_longer) return &shorter;
  return failure("history_differs",
                 one.directory + " and " + other.directory + " part at position " + std::to_string(parted->value) +
                     ", and both hold commits behind it, of which people may have been told. Nothing "
                     "was changed; people must decide which of the two stands.");
}

/// What can be done where nobody has what was signed any more. The hashes beside that checkpoint tell whether the copy
/// was only cut off.
eventstore::Error with_the_way_on(eventstore::Error error, const Copy& best, const Copy& signed_last) {
  if (error.code != "log_behind_checkpoint") return error;
  error.detail +=
      " Nothing was changed. If a node that is not named here has them, name its directory, too. If nobody has, "
      "the longest copy goes on as another log, which names this one and what was lost: ";
  if (&best != &signed_last)
    error.detail +=
        "put " + signed_last.directory + "/checkpoints in the place of " + best.directory + "/checkpoints, ";
  error.detail += "run `pioneer log continue --data " + best.directory + "`, then `pioneer log copy " + best.directory +
                  " FILE` with settings that name a new topic or generation.";
  return error;
}

Result<const Copy*> best_of(const std::vector<Copy>& copies) {
  const Copy* best = &copies.front();
  for (const auto& copy : copies) {
    if (copy.found.state.log_id != best->found.state.log_id)
      return failure("other_log", copy.directory + " and " + best->directory + " are not of one log.");
    const auto chosen = better(*best, copy);
    if (!chosen) return chosen;
    best = *chosen;
  }
  const auto log = OpenLog::open(best->directory);
  if (!log) return std::unexpected(log.error());
  for (const auto& copy : copies) {
    const auto signed_there = read_own_checkpoint(copy.directory);
    if (!signed_there) return std::unexpected(signed_there.error());
    if (!*signed_there) continue;
    if (auto holds = holds_what_was_signed(best->directory, (*log)->log(), **signed_there); !holds)
      return std::unexpected(with_the_way_on(holds.error(), *best, copy));
  }
  return best;
}

/// What the damaged topic still holds must be in the copy, too: it may be all that is left of a node that is gone.
Result<void> holds_the_topics(const Copy& best, const api::KafkaSetting& damaged) {
  const auto options = server::topic_options(damaged);
  const auto topic = adapters::kafka::Topic::check(options);
  if (!topic && topic.error().code == "topic_missing") return {};
  if (!topic) return std::unexpected(topic.error());
  adapters::kafka::TopicFold fold(best.found.state.log_id);
  const auto log = adapters::kafka::KafkaLog::open(fold, *topic, options);
  if (!log) return std::unexpected(log.error());
  // Behind a fork nothing counts; what does is folded by then.
  if (const auto read = (*log)->read_all(); !read && read.error().retry == eventstore::Retry::can_help)
    return std::unexpected(read.error());
  (*log)->stop();
  const auto size = fold.end().value;
  if (size > best.found.position.value) {
    return failure("history_differs",
                   "The topic holds " + grouped(size) + " commits, and the longest copy " +
                       grouped(best.found.position.value) +
                       ". Name the directory of the node that has them all, or start one to fill it.");
  }
  const auto copy = OpenLog::open(best.directory);
  if (!copy) return std::unexpected(copy.error());
  const auto root = root_of_first(best.directory, (*copy)->log(), size);
  if (!root) return std::unexpected(root.error());
  if (*root == fold.root()) return {};
  return failure("history_differs",
                 "The topic went another way than " + best.directory +
                     ": both may hold commits of which people were told. Nothing was changed; people "
                     "must decide which of the two stands.");
}

/// They are kept: where their records stood is not where they stand in the new topic.
Result<void> set_aside(eventstore::Disk& disk, const std::vector<Copy>& copies, std::uint32_t generation) {
  for (const auto& copy : copies) {
    const auto from = copy.directory + "/log";
    if (auto moved = disk.rename(from, from + ".generation-" + std::to_string(generation)); !moved) return moved;
    if (auto synced = disk.sync_directory(copy.directory); !synced) return synced;
  }
  return {};
}

Result<Copied> restore(const api::KafkaSetting& damaged, const std::vector<std::string>& directories,
                       std::string& best_directory) {
  adapters::posix::PosixDisk disk;
  std::vector<Copy> copies;
  for (const auto& directory : directories) {
    auto copy = held(disk, directory);
    if (!copy) return std::unexpected(copy.error());
    copies.push_back(std::move(*copy));
  }
  const auto best = best_of(copies);
  if (!best) return std::unexpected(best.error());
  if (auto holds = holds_the_topics(**best, damaged); !holds) return std::unexpected(holds.error());
  best_directory = (*best)->directory;
  auto next = damaged;
  ++next.generation;
  auto copied = copy_into_topic(best_directory, next);
  if (!copied) return copied;
  if (auto aside = set_aside(disk, copies, damaged.generation); !aside) return std::unexpected(aside.error());
  return copied;
}

}  // namespace

Exit restore_log(const Place& place, const RestoreOptions& options) {
  if (place.kafka.brokers.empty())
    return fail(Exit::usage, "Name the settings of the damaged topic: pioneer log restore DIR… --config FILE");
  std::string best;
  const auto copied = restore(place.kafka, options.directories, best);
  if (!copied) {
    const auto& code = copied.error().code;
    const bool refused = code == "history_differs" || code == "log_behind_checkpoint" || code == "other_log";
    return refused ? fail(Exit::no, sentence_of(copied.error())) : fail(copied.error());
  }
  const auto root = api::hex(copied->root.view());
  const auto generation = place.kafka.generation + 1;
  if (place.json) {
    say(JsonObject()
            .text("from", best)
            .number("generation", generation)
            .text("position", std::to_string(copied->commits))
            .text("root", root)
            .str());
    return Exit::done;
  }
  say("Restored from " + best + ": " + grouped(copied->commits) + " commits.");
  say("  root      " + root);
  say("Set `generation: " + std::to_string(generation) +
      "` below `kafka:` in the settings of every node, and start them: each fills its copy anew.");
  return Exit::done;
}

}  // namespace pioneer::cli
