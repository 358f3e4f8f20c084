// The log's signing key (Ed25519) lives in DIR/keys/log-signing, as Go's note package writes a private key:
// PRIVATE+KEY+<name>+<hash>+<base64(0x01 ‖ seed)>. Its verifier key (C2SP signed-note) is what others check
// checkpoints with: <name>+<hex8(SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public)[:4])>+<base64(0x01 ‖ public)>.
#include "adapters/sodium/key_history.hpp"
#include "adapters/sodium/signing.hpp"

#include <filesystem>

#include "adapters/posix/clock.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/signed_to_end.hpp"
#include "api/http/rfc3339.hpp"
#include "api/server/log_key.hpp"

namespace pioneer::cli {
namespace {

std::string name_of_log(const KeysOptions& options, const OpenLog& open) {
  return options.name.empty() ? adapters::SigningKey::name_of(open.log().state().log_id) : options.name;
}

/// For a log on Kafka it takes the deployment's own key to make one.
eventstore::Result<adapters::SigningKey> settled_key(const Place& place, const KeysOptions& options,
                                                     const OpenLog& open) {
  adapters::posix::PosixDisk disk;
  const auto directory = place.data + "/keys";
  if (!lacks_shared_key(disk, directory, open.log()))
    return settle_key(disk, directory, open.log(), name_of_log(options, open));
  const auto local = open_to_read(place);
  if (!local) return std::unexpected(local.error());
  return server::settle_log_key(**local, options.name);
}

std::string time_text(std::int64_t seconds) { return api::http::rfc3339_of_us(seconds * 1'000'000); }

std::string json_of(const adapters::KeyPeriod& period) {
  JsonObject out;
  out.text("verifier", period.verifier).text("fromPosition", std::to_string(period.from_size));
  if (period.from_s != 0) out.text("from", time_text(period.from_s));
  if (period.to_size) out.text("toPosition", std::to_string(*period.to_size)).text("to", time_text(period.to_s));
  return out.str();
}

/// A line each, the key first: as a file of keys for `audit verify --verifier`.
Exit show_history(const Place& place, const std::vector<adapters::KeyPeriod>& periods) {
  std::string json;
  for (const auto& period : periods) {
    json += (json.empty() ? "" : ",") + json_of(period);
    if (place.json) continue;
    say(period.verifier + "  from " + grouped(period.from_size) + " records" +
        (period.from_s == 0 ? "" : " (" + time_text(period.from_s) + ")") +
        (period.to_size ? " to " + grouped(*period.to_size) + " (" + time_text(period.to_s) + ")" : ", signs now"));
  }
  if (place.json) say("[" + json + "]");
  return Exit::done;
}

/// For --verifier: what an earlier key signed is good for ever.
Exit show_verifiers(const Place& place, const std::vector<adapters::KeyPeriod>& periods) {
  JsonArray earlier;
  for (auto period = periods.rbegin(); period != periods.rend(); ++period) {
    if (!place.json) say(period->verifier);
    if (period != periods.rbegin()) earlier.add_text(period->verifier);
  }
  if (place.json) say(JsonObject().text("verifier", periods.back().verifier).raw("earlier", earlier.str()).str());
  return Exit::done;
}

}  // namespace

Exit rotate_key(const Place& place, const RotateOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "Keys are changed with --data DIR only, while no server runs.");
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  const auto lock = disk.lock(place.data + "/lock");
  if (!lock) return fail(lock.error());
  const auto directory = place.data + "/keys";
  const auto& log = (*open)->log();
  const auto name = adapters::SigningKey::name_of(log.state().log_id);
  const auto now = settle_key(disk, directory, log, name);
  if (!now) return fail(now.error());
  const auto before = now->verifier_before();
  if (options.end && before.empty()) return fail(Exit::no, "No key is being changed: one signs.");
  const auto now_s = adapters::posix::PosixClock().now().value / 1'000'000;
  // The first key's place in the history is noted before there is a second one.
  if (auto noted = adapters::settle_key_history(disk, directory, *now, log.end().value, now_s); !noted)
    return fail(noted.error());
  const auto key = options.end ? adapters::SigningKey::end_change(disk, directory, *now)
                               : adapters::SigningKey::change(disk, random, directory, *now);
  if (!key) return fail(key.error());
  if (auto noted = adapters::settle_key_history(disk, directory, *key, log.end().value, now_s); !noted)
    return fail(noted.error());
  if (place.json) {
    say(JsonObject().text("verifier", key->verifier()).text("before", options.end ? before : now->verifier()).str());
    return Exit::done;
  }
  say("verifier  " + key->verifier());
  say(options.end
          ? "The key before it is forgotten; it signed up to " + grouped(log.end().value) + " records: " + before
          : "Both sign until `pioneer keys rotate --end`. Let all who check know the new key by then: "
            "witnesses, auditors, readers of receipts.");
  return Exit::done;
}

Exit show_keys(const Place& place, const KeysOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "Keys are shown with --data DIR only; no server shows them.");
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  adapters::posix::PosixDisk disk;
  const auto key = settled_key(place, options, **open);
  if (!key) return fail(key.error());
  const auto periods = adapters::read_key_history(disk, place.data + "/keys", *key);
  if (!periods) return fail(periods.error());
  if (options.history) return show_history(place, *periods);
  if (options.verifier) return show_verifiers(place, *periods);
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
