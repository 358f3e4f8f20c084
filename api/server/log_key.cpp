#include "api/server/log_key.hpp"

#include <cstring>
#include <utility>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "eventstore/check.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;

/// What follows from the deployment's own key, instead of chance.
class Derived final : public eventstore::Random {
 public:
  Derived(api::Cryptography& cryptography, const api::Secret& from) : cryptography_(cryptography), from_(from) {}
  void fill(std::span<std::byte> bytes) override {
    const auto seed = cryptography_.derive(from_, {"log signing"});
    CHECK(bytes.size() <= seed.view().size());
    std::memcpy(bytes.data(), seed.view().data(), bytes.size());
  }

 private:
  api::Cryptography& cryptography_;
  const api::Secret from_;
};

}  // namespace

Result<adapters::SigningKey> settle_log_key(Deployment& deployment, const std::string& name) {
  adapters::posix::PosixDisk disk;
  const auto directory = deployment.directory() + "/keys";
  const auto own_name = adapters::SigningKey::name_of(deployment.node().log().state().log_id);
  if (!deployment.is_copy()) {
    adapters::posix::PosixRandom random;
    return adapters::SigningKey::settle(disk, random, directory, name.empty() ? own_name : name);
  }
  const auto system = deployment.keyring().get(api::reserved_key::system);
  if (!system) return eventstore::failure("no_system_key", "The keyring lacks the deployment's own key.");
  Derived derived(deployment.cryptography(), system->sealing);
  if (!name.empty() && name != own_name && !disk.exists(directory + "/log-signing")) {
    return eventstore::failure("name_of_many",
                               "The nodes of a log on Kafka sign in its own name, which is " + own_name + ".");
  }
  return adapters::SigningKey::settle(disk, derived, directory, own_name);
}

}  // namespace pioneer::server
