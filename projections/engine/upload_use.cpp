#include "projections/engine/upload_use.hpp"

namespace pioneer::projections {

std::string UploadUse::encode() const {
  Encoder to;
  to.number(taken_away ? 1u : 0u);
  key.write(to);
  to.text(media_type);
  return to.take();
}

std::optional<UploadUse> UploadUse::decode(const domain::Id& shown_by, std::string_view row) {
  Decoder from(row);
  UploadUse use;
  use.shown_by = shown_by;
  use.taken_away = from.number() != 0;
  use.key = SealedValue::read(from);
  use.media_type = from.text();
  if (!from.complete()) return std::nullopt;
  return use;
}

eventstore::Result<std::vector<UploadUse>> upload_uses(const View& rows, std::string_view prefix, std::size_t limit) {
  std::vector<UploadUse> uses;
  const auto at = rows.cursor();
  for (at->seek(prefix); uses.size() < limit && at->valid(); at->next()) {
    const auto key = at->key();
    if (!key.starts_with(prefix)) break;
    auto use = key.size() == prefix.size() + sizeof(domain::Id::bytes)
                   ? UploadUse::decode(domain::Id::of(key.substr(prefix.size())), at->value())
                   : std::nullopt;
    if (!use) return eventstore::failure("corrupt_row", "A row of an upload does not parse; rebuild the projection.");
    uses.push_back(std::move(*use));
  }
  if (auto status = at->status(); !status) return std::unexpected(status.error());
  return uses;
}

}  // namespace pioneer::projections
