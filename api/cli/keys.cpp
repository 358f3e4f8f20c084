// The log's signing key (Ed25519) lives in DIR/keys/log-signing, as Go's note package writes a private key:
// PRIVATE+KEY+<name>+<hash>+<base64(0x01 ‖ seed)>. Its verifier key (C2SP signed-note) is what others check
// checkpoints with: <name>+<hex8(SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public)[:4])>+<base64(0x01 ‖ public)>.
#include "adapters/sodium/signing.hpp"

#include <filesystem>

#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/open_log.hpp"

namespace pioneer::cli {
namespace {

std::string name_of_log(const KeysOptions& options, const OpenLog& open) {
  return options.name.empty() ? adapters::SigningKey::name_of(open.log().state().log_id) : options.name;
}

}  // namespace

Exit show_keys(const Place& place, const KeysOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "Keys are shown with --data DIR only; no server shows them.");
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const auto key = adapters::SigningKey::settle(disk, random, place.data + "/keys", name_of_log(options, **open));
  if (!key) return fail(key.error());
  if (options.verifier) {
    say(place.json ? JsonObject().text("verifier", key->verifier()).str() : key->verifier());
    return Exit::done;
  }
  auto local = open_to_read(place);
  if (!local) return fail(local.error());
  const auto& keyring = (*local)->keyring();
  const auto erasing = keyring.erasing().size();
  if (place.json) {
    say(JsonObject().number("keys", keyring.size()).number("erasing", erasing).text("verifier", key->verifier()).str());
    return Exit::done;
  }
  say("keys      " + grouped(keyring.size()) + " of persons and cases, " + grouped(erasing) + " in erasure");
  say("verifier  " + key->verifier());
  return Exit::done;
}

}  // namespace pioneer::cli
