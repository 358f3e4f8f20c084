#include "api/cli/signed_to_end.hpp"

#include "adapters/posix/random.hpp"

namespace pioneer::cli {

using eventstore::Result;

bool lacks_shared_key(eventstore::Disk& disk, const std::string& directory, const adapters::segments::SegmentLog& log) {
  return log.source().kind == adapters::segments::Source::Kind::topic && !adapters::SigningKey::is_in(disk, directory);
}

Result<adapters::SigningKey> settle_key(eventstore::Disk& disk, const std::string& directory,
                                        const adapters::segments::SegmentLog& log, const std::string& name) {
  if (lacks_shared_key(disk, directory, log)) {
    return eventstore::failure(
        "no_signing_key",
        "This node of a log on Kafka has not signed yet. Run `pioneer keys show` first: it makes "
        "the key that all its nodes sign with.");
  }
  adapters::posix::PosixRandom random;
  return adapters::SigningKey::settle(disk, random, directory, name);
}

Result<std::unique_ptr<SignedToEnd>> SignedToEnd::sign(eventstore::Disk& disk, const std::string& data,
                                                       const adapters::segments::SegmentLog& log) {
  auto key = settle_key(disk, data + "/keys", log, adapters::SigningKey::name_of(log.state().log_id));
  if (!key) return std::unexpected(key.error());
  std::unique_ptr<SignedToEnd> made(new SignedToEnd(std::move(*key)));
  auto checkpoints =
      api::Checkpoints::open(log, disk, made->key_, data + "/" + std::string(api::Checkpoints::directory_name));
  if (!checkpoints) return std::unexpected(checkpoints.error());
  made->checkpoints_ = std::move(*checkpoints);
  if (const auto followed = made->checkpoints_->follow(); !followed) return std::unexpected(followed.error());
  return made;
}

}  // namespace pioneer::cli
