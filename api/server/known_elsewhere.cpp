#include "api/server/known_elsewhere.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "adapters/http_client/http_client.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/key_history.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/witness_client.hpp"
#include "api/text/bytes.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;

struct Known {
  KnownElsewhere checkpoint;
  std::string witness;

  std::uint64_t size() const { return checkpoint.size; }
};

/// What they hold that the log's key signed.
std::vector<Known> ask(std::vector<api::WitnessClient>& witnesses, std::span<const api::Verifier* const> keys) {
  std::mutex mutex;
  std::vector<Known> known;
  {
    std::vector<std::jthread> threads;
    for (auto& witness : witnesses) {
      threads.emplace_back([&](const std::stop_token& stop) {
        const auto theirs = witness.newest_known(stop);
        const auto note = theirs ? api::parse_note(*theirs) : eventstore::failure("none", "");
        const auto checkpoint = note ? api::read_checkpoint(*note, keys.front()->name())
                                     : Result<api::SignedCheckpoint>(std::unexpected(note.error()));
        if (!checkpoint) return;
        const std::lock_guard lock(mutex);
        known.push_back({{checkpoint->size, checkpoint->root, api::only_signed_by(*note, keys)}, witness.name()});
      });
    }
    // They end by themselves: a call has its time.
    for (auto& thread : threads) thread.join();
  }
  return known;
}

}  // namespace

Result<std::optional<KnownElsewhere>> known_to_witnesses(const std::string& directory, const api::Settings& settings,
                                                         const std::function<void(const std::string&)>& tell) {
  adapters::posix::PosixDisk disk;
  adapters::posix::PosixRandom random;
  // Where there is no key yet, nothing was signed.
  if (settings.witnesses.empty() || !adapters::SigningKey::is_in(disk, directory + "/keys")) return std::nullopt;
  const auto key = adapters::SigningKey::settle(disk, random, directory + "/keys", "");
  if (!key) return std::unexpected(key.error());
  const auto periods = adapters::read_key_history(disk, directory + "/keys", *key);
  if (!periods) return std::unexpected(periods.error());
  std::vector<const api::Verifier*> keys;
  for (const auto& period : *periods) keys.insert(keys.begin(), &period.key);

  const auto http = adapters::make_http_client();
  std::vector<adapters::VerifierKey> own;
  for (const auto& witness : settings.witnesses) {
    auto parsed = adapters::VerifierKey::parse_witness(witness.key);
    if (!parsed)
      return eventstore::failure("bad_witness", "The witness at " + witness.url + ": " + parsed.error().detail);
    own.push_back(std::move(*parsed));
  }
  std::vector<api::WitnessClient> clients;
  for (std::size_t i = 0; i < own.size(); ++i)
    clients.emplace_back(api::WitnessClient::Parts{*http, settings.witnesses[i].url, own[i], keys, {}});
  const auto known = ask(clients, keys);
  const auto newest = std::ranges::max_element(known, {}, &Known::size);
  if (newest == known.end()) return std::nullopt;

  const auto path = directory + "/" + std::string(api::Checkpoints::directory_name) + "/checkpoint";
  std::uint64_t have = 0;
  if (disk.exists(path)) {
    const auto text = eventstore::read_whole(disk, path, api::note_bytes_max);
    if (!text) return std::unexpected(text.error());
    const auto ours = api::parse_checkpoint(*text);
    if (!ours) return std::nullopt;  // the opening says so
    have = ours->size;
  }
  if (newest->size() <= have) return std::nullopt;
  tell("The witness " + newest->witness + " holds a checkpoint of " + std::to_string(newest->size()) +
       " records that this log signed; here stands one of " + std::to_string(have) + ".");
  return newest->checkpoint;
}

}  // namespace pioneer::server
