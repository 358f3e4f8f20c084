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

Result<Derived> derived_from(Deployment& deployment) {
  const auto system = deployment.keyring().get(api::reserved_key::system);
  if (!system) return eventstore::failure("no_system_key", "The keyring lacks the deployment's own key.");
  return Derived(deployment.cryptography(), system->sealing);
}

std::string own_name_of(Deployment& deployment) {
  return adapters::SigningKey::name_of(deployment.node().log().state().log_id);
}

std::string key_directory(const Deployment& deployment) { return deployment.directory() + "/keys"; }

}  // namespace

Result<std::string> log_key_to_be(Deployment& deployment) {
  adapters::posix::PosixDisk disk;
  if (adapters::SigningKey::is_in(disk, key_directory(deployment))) return std::string();
  auto derived = derived_from(deployment);
  if (!derived) return std::unexpected(derived.error());
  return adapters::SigningKey::to_be(*derived, own_name_of(deployment)).verifier();
}

Result<adapters::SigningKey> settle_log_key(Deployment& deployment, const std::string& name) {
  adapters::posix::PosixDisk disk;
  const auto directory = key_directory(deployment);
  const auto own_name = own_name_of(deployment);
  if (!deployment.is_copy()) {
    adapters::posix::PosixRandom random;
    return adapters::SigningKey::settle(disk, random, directory, name.empty() ? own_name : name);
  }
  auto derived = derived_from(deployment);
  if (!derived) return std::unexpected(derived.error());
  if (!name.empty() && name != own_name && !adapters::SigningKey::is_in(disk, directory)) {
    return eventstore::failure("name_of_many",
                               "The nodes of a log on Kafka sign in its own name, which is " + own_name + ".");
  }
  return adapters::SigningKey::settle(disk, *derived, directory, own_name);
}

}  // namespace pioneer::server
