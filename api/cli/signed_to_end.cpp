#include "api/cli/signed_to_end.hpp"

#include "adapters/posix/random.hpp"

namespace pioneer::cli {

using eventstore::Result;

Result<std::unique_ptr<SignedToEnd>> SignedToEnd::sign(eventstore::Disk& disk, const std::string& data,
                                                       const eventstore::Log& log) {
  adapters::posix::PosixRandom random;
  auto key =
      adapters::SigningKey::settle(disk, random, data + "/keys", adapters::SigningKey::name_of(log.state().log_id));
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
