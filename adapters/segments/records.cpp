#include "adapters/segments/records.hpp"

namespace pioneer::adapters::segments {

using namespace eventstore;

Result<void> each_record(Disk& disk, const std::string& directory, const TakeRecords& take) {
  const auto headers = read_headers(disk, directory);
  if (!headers) return std::unexpected(headers.error().error());
  if (headers->empty()) return failure("no_log", directory + " holds no log");
  Result<void> taken;
  std::vector<ByteView> records;
  for (const auto& header : *headers) {
    const auto path = directory + "/" + segment_name(header.number);
    const auto file = disk.open(path, OpenMode::read_only);
    if (!file) return std::unexpected(file.error());
    const auto end = scan(**file, path, header, &header == &headers->back(), [&](const Batch& batch) {
      if (!taken || batch.header.records == 0) return;
      // scan() has split it before: it can be split.
      static_cast<void>(split(batch, header.source.kind, records));
      taken = take(records);
    });
    if (!taken) return taken;
    if (!end) return std::unexpected(end.error().error());
  }
  return {};
}

Result<Hash> root_of_first(Disk& disk, const std::string& directory, const Log& log, std::uint64_t size) {
  const auto headers = read_headers(disk, directory);
  if (!headers) return failure(headers.error().code, headers.error().reason);
  MerkleFrontier tree;
  for (const auto& header : *headers)
    if (header.before.next.value <= size) tree = header.frontier;
  const auto reader = log.reader(Sequence{tree.size()});
  while (tree.size() < size) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return failure("log_behind_checkpoint", "The log ends before what was signed of it.");
    tree.add(leaf_hash(bytes_of((*leaf)->record)));
  }
  return tree.root();
}

}  // namespace pioneer::adapters::segments
