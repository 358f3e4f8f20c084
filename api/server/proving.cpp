#include "api/server/proving.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>
#include <variant>

#include "adapters/http_client/http_client.hpp"
#include "adapters/openssl/time_stamping.hpp"
#include "api/proofs/key_history.hpp"
#include "api/server/log_key.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::server {
namespace {

using eventstore::Result;

/// While something happens, so often a checkpoint is signed.
constexpr std::chrono::seconds checkpoint_every{1};
/// The topic's end is soon known, or its brokers are away: then it is asked for again.
constexpr std::chrono::seconds read_to_end_within{2};

}  // namespace

Result<std::unique_ptr<Proving>> Proving::open(Deployment& deployment, const api::Settings& settings, Tell tell) {
  std::unique_ptr<Proving> proving(new Proving(deployment, std::move(tell)));
  if (auto opened = proving->open_signing(); !opened) return std::unexpected(opened.error());
  if (auto opened = proving->open_witnesses(settings); !opened) return std::unexpected(opened.error());
  if (auto opened = proving->open_stamps(settings); !opened) return std::unexpected(opened.error());
  return proving;
}

std::string Proving::directory() const {
  return deployment_.directory() + "/" + std::string(api::Checkpoints::directory_name);
}

/// The log's own key, made as `pioneer keys show` makes it where there is none yet.
Result<void> Proving::open_signing() {
  const auto& log = deployment_.node().log();
  auto continues = eventstore::continued_by(log);
  if (!continues) return std::unexpected(continues.error());
  continues_ = *continues;
  auto key = settle_log_key(deployment_);
  if (!key) return std::unexpected(key.error());
  signer_ = std::make_unique<adapters::SigningKey>(std::move(*key));
  auto keys = adapters::settle_key_history(disk_, deployment_.directory() + "/keys", *signer_, log.end().value,
                                           deployment_.clock().now().value / 1'000'000);
  if (!keys) return std::unexpected(keys.error());
  keys_ = std::move(*keys);
  for (const auto& period : keys_) log_keys_.insert(log_keys_.begin(), &period.key);
  key_history_ = signer_->note(api::key_history_text(signer_->name(), adapters::key_history_lines(keys_)));
  auto checkpoints = api::Checkpoints::open(log, disk_, *signer_, directory());
  if (!checkpoints) return std::unexpected(checkpoints.error());
  checkpoints_ = std::move(*checkpoints);
  watch_signing();
  api::Contradictions::ReadToEnd read_to_end;
  if (deployment_.shared()) read_to_end = [this] { return deployment_.read_to_end(read_to_end_within); };
  auto contradictions = api::Contradictions::open(disk_, directory(), *checkpoints_, log_keys_, std::move(read_to_end));
  if (!contradictions) return std::unexpected(contradictions.error());
  contradictions_ = std::move(*contradictions);
  for (const auto& kept : contradictions_->all()) {
    if (kept.stands)
      tell_("This log does not lead to the checkpoint in checkpoints/" + kept.file +
            ", which its key signed: it lost records, or was changed. Stop the server, and restore the newest copy.");
  }
  return {};
}

/// Goes on from what earlier processes kept. What cannot be kept is told while this one runs.
void Proving::watch_signing() {
  api::CheckpointWatch::Start start;
  start.covered = checkpoints_->covered();
  const auto& log = deployment_.node().log();
  if (start.covered > 0 && start.covered < log.end().value) {
    if (const auto commit = eventstore::read_commit(log, eventstore::Sequence{start.covered}))
      start.uncovered_since = eventstore::Instant{commit->body.recorded_at_us()};
  }
  start.gaps = gaps_until_now(start.covered);
  watch_ = std::make_unique<api::CheckpointWatch>(
      deployment_.clock(), std::move(start), [this](const api::CheckpointGaps& gaps) {
        const auto kept = gaps.keep(disk_, directory());
        if (!kept) tell_("A late checkpoint could not be put on record: " + kept.error().detail);
      });
}

/// Where a log was signed before and its record is gone, that itself is on record from now on.
api::CheckpointGaps Proving::gaps_until_now(std::uint64_t covered) {
  auto kept = api::CheckpointGaps::kept(disk_, directory());
  if (kept) return std::move(*kept);
  if (covered == 0) return {};
  tell_(kept.error().detail +
        " Which checkpoints were left out before is not shown any more; auditors are told that it is not known.");
  const auto first = eventstore::read_commit(deployment_.node().log(), eventstore::Sequence{0});
  const auto now = deployment_.clock().now();
  const bool is_gone = kept.error().code == "no_record";
  auto unknown = api::CheckpointGaps::unknown(first ? eventstore::Instant{first->body.recorded_at_us()} : now, now,
                                              covered, is_gone ? "record_lost" : "record_unreadable");
  if (!is_gone) return unknown;  // what stands there may be mended by hand
  if (const auto written = unknown.keep(disk_, directory()); !written)
    tell_("That could not be put on record: " + written.error().detail);
  return unknown;
}

std::vector<std::string> Proving::verifiers() const {
  std::vector<std::string> verifiers;
  for (const auto& period : keys_) verifiers.insert(verifiers.begin(), period.verifier);
  return verifiers;
}

Result<void> Proving::open_witnesses(const api::Settings& settings) {
  api::Cosignatures::Policy policy;
  policy.needed = settings.witnesses.empty() ? 0 : settings.witnesses_needed;
  for (const auto& witness : settings.witnesses) {
    auto key = adapters::VerifierKey::parse_witness(witness.key);
    if (!key) return eventstore::failure("bad_witness", "The witness at " + witness.url + ": " + key.error().detail);
    const auto same = [&](const auto& other) { return other->name() == key->name(); };
    if (std::ranges::any_of(witness_keys_, same))
      return eventstore::failure("bad_witness", "Two witnesses are called " + key->name() + ": one would count twice.");
    witness_keys_.push_back(std::make_unique<adapters::VerifierKey>(std::move(*key)));
    policy.witnesses.push_back(witness_keys_.back().get());
  }
  witnesses_ = settings.witnesses;
  auto cosignatures = api::Cosignatures::open(disk_, directory(), log_keys_, std::move(policy));
  if (!cosignatures) return std::unexpected(cosignatures.error());
  cosignatures_ = std::move(*cosignatures);
  return {};
}

Result<void> Proving::open_stamps(const api::Settings& settings) {
  stamps_ = std::make_unique<api::Stamps>(disk_, directory() + "/stamps");
  time_stamps_ = settings.time_stamps;
  if (time_stamps_.url.empty()) return {};
  auto stamping = adapters::make_time_stamping(time_stamps_.certificates);
  if (!stamping) return std::unexpected(stamping.error());
  stamping_ = std::move(*stamping);
  return {};
}

void Proving::start(api::Metrics& metrics, std::function<void()> each_second, Owner owner) {
  http_ = adapters::make_http_client();
  sign(metrics, std::move(each_second));
  if (stamping_ != nullptr) ask_for_stamps();
  if (witnesses_.empty()) return;
  ask_witnesses(owner);
  if (owner) take_from_the_writer(std::move(owner));
}

/// Follows the log and signs, on a thread of its own. What fails is tried again: meanwhile the newest checkpoint
/// stands, and the measurement shows that it does not move.
void Proving::sign(api::Metrics& metrics, std::function<void()> each_second) {
  auto& covered = metrics.gauge("pioneer_checkpoint_records", "Records that the newest checkpoint covers.");
  auto& witnessed = metrics.gauge("pioneer_witnessed_records", "Records that the newest witnessed checkpoint covers.");
  auto& contradicting =
      metrics.gauge("pioneer_contradicting_checkpoints",
                    "Checkpoints that were signed and that the log does not lead to: 0, or evidence.");
  signing_ = std::jthread(
      [this, &covered, &witnessed, &contradicting, each_second = std::move(each_second)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        do {
          watch_->begin(deployment_.node().log().end().value);
          const auto size = checkpoints_->follow();
          watch_->end(size.value_or(0), size ? nullptr : &size.error());
          if (size) covered.set(static_cast<double>(*size));
          witnessed.set(static_cast<double>(cosignatures_->status().size));
          for (const auto& found : contradictions_->judge()) tell_(sentence_of(found));
          contradicting.set(static_cast<double>(contradictions_->standing()));
          if (each_second) each_second();
        } while (!stopped.wait_for(lock, stop, checkpoint_every, [&] { return stop.stop_requested(); }));
      });
}

void Proving::ask_for_stamps() {
  stamp_rounds_ = std::make_unique<StampRounds>(StampRounds::Parts{*checkpoints_, *cosignatures_, *stamps_, *stamping_,
                                                                   *http_, deployment_.clock(), time_stamps_, tell_});
}

/// One node's checkpoints are enough for them, and all that are asked about one sign the same.
void Proving::ask_witnesses(const Owner& owner) {
  std::vector<api::WitnessClient> clients;
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    clients.emplace_back(api::WitnessClient::Parts{
        *http_, witnesses_[i].url, *witness_keys_[i], log_keys_,
        [this](std::uint64_t first, std::uint64_t second) { return checkpoints_->consistency(first, second); }});
  }
  std::function<bool()> asks;
  if (owner) asks = [owner] { return std::holds_alternative<api::http::Forwarding::Here>(owner()); };
  rounds_ =
      std::make_unique<WitnessRounds>(WitnessRounds::Parts{*checkpoints_, *cosignatures_, deployment_.clock(),
                                                           signer_->name(), *contradictions_, std::move(asks), tell_},
                                      std::move(clients));
}

void Proving::take_from_the_writer(Owner owner) {
  std::vector<const api::Verifier*> witnesses;
  for (const auto& key : witness_keys_) witnesses.push_back(key.get());
  elsewhere_ = std::make_unique<WitnessedElsewhere>(WitnessedElsewhere::Parts{
      *checkpoints_, *cosignatures_, *contradictions_, *http_, deployment_.clock(), log_keys_, std::move(witnesses),
      [owner = std::move(owner)] {
        const auto writer = owner();
        const auto* address = std::get_if<std::string>(&writer);
        return address == nullptr ? std::string() : *address;
      },
      tell_});
}

void Proving::stop() {
  if (stamp_rounds_ != nullptr) stamp_rounds_->stop();
  if (rounds_ != nullptr) rounds_->stop();
  if (elsewhere_ != nullptr) elsewhere_->stop();
  signing_ = {};
}

}  // namespace pioneer::server
