// A receipt fetched: from a running server, as whoever the token says, or made from the directory of a stopped one.
#include "adapters/posix/disk.hpp"
#include "adapters/posix/threads.hpp"
#include "api/audit/mirror_folder.hpp"
#include "api/cli/audit_commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/remote.hpp"
#include "api/cli/signed_to_end.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/proofs/cosignatures.hpp"
#include "api/proofs/receipt.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::cli {
namespace {

using eventstore::Result;

/// A checkpoint is signed each second; so often one is asked for again.
constexpr int tries_max = 10;
constexpr unsigned between_tries_s = 1;

/// What witnesses signed proves more than what only the log did. Null: none of it covers the position.
std::shared_ptr<const std::string> witnessed_over(const std::string& data, std::uint64_t position) {
  auto note = api::MirrorFolder(data + "/" + std::string(api::Checkpoints::directory_name))
                  .read(std::string(api::witnessed_file), api::note_bytes_max);
  const auto text = note ? api::parse_checkpoint(*note) : std::nullopt;
  return text && position < text->size ? std::make_shared<const std::string>(std::move(*note)) : nullptr;
}

Result<std::string> make(const std::string& data, std::uint64_t position) {
  adapters::posix::PosixDisk disk;
  if (!disk.exists(data + "/log")) return eventstore::failure("no_log", "There is no log in " + data + ".");
  // A checkpoint may be signed: no server does so meanwhile.
  const auto lock = disk.lock(data + "/lock");
  if (!lock) return std::unexpected(lock.error());
  const auto open = OpenLog::open(data);
  if (!open) return std::unexpected(open.error());
  const auto& log = (*open)->log();
  const eventstore::Sequence at{position};
  if (at >= log.end()) {
    return eventstore::failure("no_such_position", "The log has " + std::to_string(log.end().value) +
                                                       " records, counted from 0; none stands at this position.");
  }
  const auto done = SignedToEnd::sign(disk, data, log);
  if (!done) return std::unexpected(done.error());
  auto inclusion = (*done)->checkpoints().inclusion(at, witnessed_over(data, position));
  if (!inclusion) return std::unexpected(inclusion.error());
  if (!*inclusion) return eventstore::failure("not_in_checkpoint", "No checkpoint covers this position.");
  auto record = log.read(at);
  if (!record) return std::unexpected(record.error());
  return api::write_receipt({std::move(*record), position, std::move((*inclusion)->path), *(*inclusion)->checkpoint});
}

std::expected<std::string, Exit> fetch(const Place& place, std::uint64_t position) {
  const auto path = "/api/v1/receipts/" + std::to_string(position) + "/proof";
  for (int tried = 1;; ++tried) {
    auto reply = remote::call(place, "GET", path);
    if (!reply) return std::unexpected(fail(Exit::could_not_run, reply.error()));
    if (reply->status == 200) return std::move(reply->body);
    const bool waits = reply->status == 503 && reply->body.find("\"not_in_checkpoint\"") != std::string::npos;
    if (!waits || tried == tries_max) return std::unexpected(remote::fail(*reply));
    adapters::posix::pause_s(between_tries_s);
  }
}

}  // namespace

Exit get_receipt(const Place& place, const GetReceiptOptions& options) {
  const auto to = options.to.empty() ? api::receipt_file_name(options.position) : options.to;
  adapters::posix::PosixDisk disk;
  if (disk.exists(to)) return fail(Exit::could_not_run, to + " exists already. Name another file with --to.");
  std::string file;
  if (!place.server.empty()) {
    auto fetched = fetch(place, options.position);
    if (!fetched) return fetched.error();
    file = std::move(*fetched);
  } else {
    auto made = make(place.data, options.position);
    if (!made) {
      return made.error().code == "no_such_position" ? fail(Exit::no, sentence_of(made.error())) : fail(made.error());
    }
    file = std::move(*made);
  }
  if (const auto kept = eventstore::write_whole(disk, to, file, eventstore::OpenMode::create_new); !kept)
    return fail(kept.error());
  say(place.json ? JsonObject().text("file", to).text("position", std::to_string(options.position)).str()
                 : "Wrote " + to + ".");
  return Exit::done;
}

}  // namespace pioneer::cli
