#include "api/cli/witness.hpp"

#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>

#include "adapters/beast/http_server.hpp"
#include "adapters/posix/clock.hpp"
#include "adapters/posix/disk.hpp"
#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "adapters/sodium/signing.hpp"
#include "api/audit/mirror_folder.hpp"
#include "api/cli/audit_keys.hpp"
#include "api/cli/json.hpp"
#include "api/proofs/witness.hpp"
#include "api/text/bytes.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// Each syncs a file: more threads than this only wait for the disk.
constexpr std::size_t signing_threads = 2;
/// A log asks once a second: more than that many waiting is somebody else.
constexpr std::size_t waiting_max = 64;
constexpr std::size_t connections_max = 256;
/// A verifier key's file.
constexpr std::size_t key_bytes_max = 4096;

class State {
 public:
  /// The folder, made where it is missing, ours alone, with its key.
  static Result<std::unique_ptr<State>> open(const WitnessOptions& options);

  adapters::posix::PosixDisk disk;
  std::unique_ptr<eventstore::File> lock;
  std::unique_ptr<adapters::SigningKey> key;
};

Result<std::unique_ptr<State>> State::open(const WitnessOptions& options) {
  auto state = std::make_unique<State>();
  if (!state->disk.exists(options.state)) {
    if (auto made = state->disk.make_directory(options.state); !made) return std::unexpected(made.error());
  }
  auto lock = state->disk.lock(options.state + "/lock");
  if (!lock && lock.error().code == "directory_in_use")
    return eventstore::failure("witness_runs", "Another `pioneer witness` uses " + options.state + ". Stop it first.");
  if (!lock) return std::unexpected(lock.error());
  state->lock = std::move(*lock);
  adapters::posix::PosixRandom random;
  const auto made_up = "pioneer.witness/" + api::hex(random.bytes<eventstore::LogId>().view()).substr(0, 16);
  auto key = adapters::SigningKey::settle(state->disk, random, options.state,
                                          options.name.empty() ? made_up : options.name, adapters::witness_key_files);
  if (!key) return std::unexpected(key.error());
  state->key = std::make_unique<adapters::SigningKey>(std::move(*key));
  return state;
}

api::HttpResponse response_of(api::WitnessAnswer answer) {
  return {.status = answer.status, .content_type = answer.type, .body = std::move(answer.body)};
}

/// The paths of tlog-witness; all else is not found.
api::WitnessAnswer answer(api::Witness& witness, const api::HttpRequest& request) {
  constexpr std::string_view checkpoint = "/checkpoint";
  const std::string_view path = request.path;
  if (path == "/add-checkpoint") {
    if (request.method != "POST") return {405, "Checkpoints are sent by POST.\n"};
    return witness.add_checkpoint(request.body);
  }
  if (request.method == "GET" && path.size() > checkpoint.size() && path.ends_with(checkpoint))
    return witness.newest(path.substr(1, path.size() - checkpoint.size() - 1));
  return {404, "There is nothing here. A witness answers POST /add-checkpoint.\n"};
}

void wait_for_the_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
}

/// Before any thread begins, so that only wait_for_the_end() gets them.
void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

/// A line in the witness's log; it may come from any thread.
void tell_operator(const std::string& sentence) {
  std::fprintf(stderr, "pioneer witness: %s\n", sentence.c_str());
  std::fflush(stderr);
}

Exit serve(api::Witness& witness, const WitnessOptions& options, const std::string& name) {
  block_signals();
  adapters::posix::ThreadPool signing(signing_threads, waiting_max);
  adapters::beast::HttpServerOptions bounds;
  bounds.loops = 1;
  bounds.body_bytes_max = api::add_checkpoint_bytes_max;
  bounds.upload_path = {};
  bounds.upload_bytes_max = api::add_checkpoint_bytes_max;
  bounds.body_timeout = std::chrono::seconds(10);
  bounds.connections_max = connections_max;
  const auto server = adapters::beast::make_http_server(bounds);
  const auto started = server->start(
      options.listen,
      [&](api::HttpRequest request, const api::Responder& responder) {
        const bool taken = signing.run([&witness, request = std::move(request), responder] {
          responder.respond(response_of(answer(witness, request)));
        });
        if (!taken) responder.respond(response_of({503, "Too many ask at once. Try again.\n"}));
      },
      [](unsigned status, std::string_view code) { return response_of({status, std::string(code) + "\n"}); });
  if (!started) return fail(Exit::could_not_run, started.error());
  say("The witness " + name + " knows " + counted(witness.logs(), "log") + ", and listens on http://" +
      options.listen.substr(0, options.listen.rfind(':')) + ":" + std::to_string(server->port()));
  std::fflush(stdout);
  wait_for_the_end();
  server->stop();
  return Exit::done;
}

}  // namespace

Exit show_witness_key(const Place& place, const WitnessOptions& options) {
  std::string verifier;
  // A public key needs no lock: a witness may run.
  const adapters::posix::PosixDisk disk;
  if (const auto known = options.state + "/" + std::string(adapters::witness_key_files.verifier); disk.exists(known)) {
    const auto text =
        api::MirrorFolder(options.state).read(std::string(adapters::witness_key_files.verifier), key_bytes_max);
    if (!text) return fail(text.error());
    verifier = text->substr(0, text->find('\n'));
  } else {
    const auto state = State::open(options);
    if (!state) return fail(state.error());
    verifier = (*state)->key->verifier();
  }
  say(place.json ? JsonObject().text("verifier", verifier).str() : verifier);
  return Exit::done;
}

Exit run_witness(const Place&, const WitnessOptions& options) {
  if (options.logs.empty()) return fail(Exit::usage, "Name the logs that it watches, each by --log VERIFIER_KEY.");
  const auto logs = AuditKeys::read(options.logs);
  if (!logs) return fail(logs.error());
  const auto state = State::open(options);
  if (!state) return fail(state.error());
  const auto& key = *(*state)->key;
  const auto own = adapters::VerifierKey::parse_witness(key.verifier());
  if (!own) return fail(own.error());
  const adapters::posix::PosixClock clock;
  const auto witness =
      api::Witness::open({(*state)->disk, clock, key, *own}, options.state, logs->all(), tell_operator);
  if (!witness) return fail(witness.error());
  return serve(**witness, options, key.name());
}

}  // namespace pioneer::cli
