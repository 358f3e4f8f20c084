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

}  // namespace pioneer::adapters::segments
