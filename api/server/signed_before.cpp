#include "api/server/signed_before.hpp"

#include "adapters/kafka/kafka_log.hpp"
#include "adapters/segments/records.hpp"
#include "api/proofs/checkpoints.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;

std::string folder_of(const SignedBefore& before) {
  return before.directory + "/" + std::string(api::Checkpoints::directory_name);
}

/// Whoever signed it had read so much: it is in the topic by now, or lost.
Result<bool> topic_leads_to(const SignedBefore& before, const KnownElsewhere& known) {
  if (auto read = before.topic->read_all(); !read) return std::unexpected(read.error());
  if (known.size > before.log.end().value) return false;
  const auto root = adapters::segments::root_of_first(before.disk, before.directory + "/log", before.log, known.size);
  if (!root) return std::unexpected(root.error());
  return *root == known.root;
}

// A node that was away is behind what others signed, day by day: its own checkpoint stays, for to follow the log from
// there is less than to compute a tree anew.
Result<void> learn(const SignedBefore& before, const KnownElsewhere& known) {
  if (before.topic != nullptr) {
    const auto leads = topic_leads_to(before, known);
    if (!leads) return std::unexpected(leads.error());
    if (*leads) return {};
  }
  const auto folder = folder_of(before);
  if (auto made = before.disk.make_directory(folder); !made) return made;
  return eventstore::write_whole(before.disk, folder + "/checkpoint", known.note, eventstore::OpenMode::create_new);
}

}  // namespace

Result<void> check_signed_before(const SignedBefore& before, const AskElsewhere& ask) {
  if (ask) {
    const auto known = ask();
    if (!known) return std::unexpected(known.error());
    if (*known)
      if (auto learnt = learn(before, **known); !learnt) return learnt;
  }
  auto same = api::Checkpoints::check(before.log, before.disk, folder_of(before));
  if (same || before.topic == nullptr || same.error().code != "log_behind_checkpoint") return same;
  // A node does not go on as another log while the others do.
  return eventstore::failure(same.error().code,
                             "Topic " + before.topic_name + " holds " + std::to_string(before.log.end().value) +
                                 " records, but more of them were signed in " + folder_of(before) +
                                 "/checkpoint: it lost its end. Stop all nodes, keep their directories, and put the "
                                 "longest copy into the topic's next generation: `pioneer log restore`.");
}

}  // namespace pioneer::server
