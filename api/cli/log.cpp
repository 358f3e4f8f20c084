#include <algorithm>
#include <deque>

#include "adapters/segments/format.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/log_line.hpp"
#include "api/cli/open_log.hpp"
#include "api/cli/remote.hpp"
#include "api/http/json.hpp"
#include "api/http/rfc3339.hpp"
#include "api/server/clock_confirmation.hpp"
#include "api/text/bytes.hpp"
#include "domain/common/id.hpp"
#include "domain/common/rules.hpp"
#include "domain/events.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/limits.hpp"
#include "eventstore/record.hpp"

namespace pioneer::cli {
namespace {

using eventstore::AcceptedCommit;

struct Entry {
  AcceptedCommit commit;
  std::uint64_t epoch = 0;
  bool opened = false;
};

eventstore::Result<Entry> entry_of(const eventstore::Leaf& leaf) {
  const auto header = eventstore::decode_record(eventstore::bytes_of(leaf.record));
  if (!header) return std::unexpected(header.error());
  auto commit = eventstore::parse_commit(leaf);
  if (!commit) return std::unexpected(commit.error());
  return Entry{std::move(*commit), header->epoch.value, header->kind == eventstore::RecordKind::opened};
}

/// The stream that `--stream` names: "request/5k2…", or a whole kind: "request/".
bool wanted(const Entry& entry, const std::string& stream) {
  if (stream.empty()) return true;
  return std::ranges::any_of(entry.commit.body.parts(), [&](const eventstore::StreamPart& part) {
    return stream.ends_with('/') ? part.stream().starts_with(stream) : part.stream() == stream;
  });
}

std::string event_json(const eventstore::Event& event, std::uint64_t revision) {
  JsonObject out;
  out.text("revision", std::to_string(revision)).text("type", event.type()).number("version", event.schema_version());
  if (const auto parsed = domain::parse_event(event.type(), event.payload())) {
    out.raw("data", std::visit([](const auto& e) { return api::http::to_json(e); }, *parsed));
  }
  return out.str();
}

std::string part_json(const eventstore::StreamPart& part) {
  JsonArray events;
  std::uint64_t revision = part.first_revision();
  for (const auto& event : part.events()) events.add(event_json(event, revision++));
  JsonObject out;
  out.text("stream", part.stream());
  if (!part.actor().empty()) out.text("actor", domain::Id::of(part.actor()).text());
  return out.raw("events", events.str()).str();
}

std::string json_of(const Entry& entry) {
  const auto& body = entry.commit.body;
  JsonArray streams;
  for (const auto& part : body.parts()) streams.add(part_json(part));
  JsonObject out;
  out.text("position", std::to_string(entry.commit.sequence.value))
      .text("epoch", std::to_string(entry.epoch))
      .text("leafHash", api::hex(entry.commit.leaf.view()))
      .text("recordedAt", api::http::rfc3339_of_us(body.recorded_at_us()));
  if (body.occurred_at_us() != 0) out.text("occurredAt", api::http::rfc3339_of_us(body.occurred_at_us()));
  if (body.cause() != 0) out.text("cause", std::to_string(body.cause() - 1));
  if (body.policy_sequence() != 0) out.text("policy", std::to_string(body.policy_sequence()));
  JsonArray rules;
  for (const auto rule : body.rules()) rules.add('"' + domain::rule_name(rule) + '"');
  return out.raw("rules", rules.str()).raw("streams", streams.str()).str();
}

void tell(const Entry& entry, bool json) {
  if (json) return say(json_of(entry));
  const auto& body = entry.commit.body;
  LogLine line{entry.commit.sequence.value, body.recorded_at_us(), entry.epoch, {}, entry.opened};
  for (const auto& part : body.parts()) {
    auto& [stream, types] = line.streams.emplace_back(part.stream(), std::vector<std::string>{});
    for (const auto& event : part.events()) types.push_back(event.type());
  }
  tell(line);
}

/// Calls `take` with each wanted entry from `from`, until it says no.
template <class Take>
Exit walk(const Place& place, std::uint64_t from, const std::string& stream, Take take) {
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  const auto reader = (*open)->log().reader(eventstore::Sequence{from});
  while (true) {
    auto leaf = reader->next();
    if (!leaf) return fail(leaf.error());
    if (!*leaf) return Exit::done;
    auto entry = entry_of(**leaf);
    if (!entry) return fail(entry.error());
    if (wanted(*entry, stream) && !take(std::move(*entry))) return Exit::done;
  }
}

}  // namespace

void tell(const LogLine& line) {
  const std::string head = std::to_string(line.position) + "  " + api::http::rfc3339_of_us(line.recorded_at_us) + "  ";
  if (line.opened)
    say(head + "(epoch " + std::to_string(line.epoch) + " opened)");
  else if (line.streams.empty())
    say(head + "(not for you to see)");
  for (const auto& [stream, types] : line.streams) {
    std::string events;
    for (const auto& type : types) events += (events.empty() ? "" : ", ") + type;
    say(head + stream + "  " + events);
  }
}

void say_nothing_there(const LogOptions& options) {
  complain("Nothing is there" + (options.stream.empty() ? std::string() : " of " + options.stream) +
           (options.from == 0 ? std::string() : " from position " + std::to_string(options.from) + " on") + ".");
}

Exit no_stream(const std::string& stream) {
  return fail(Exit::no, "There is no stream " + stream + ". Names look like request/ID; `pioneer log show` has them.");
}

Exit show_log(const Place& place, const LogOptions& options) {
  if (!place.server.empty()) return remote::show_log(place, options);
  std::uint64_t left = options.limit;
  if (left == 0) return Exit::done;
  const Exit exit = walk(place, options.from, options.stream, [&](const Entry& entry) {
    tell(entry, place.json);
    return --left > 0;
  });
  const bool one_stream = !options.stream.empty() && !options.stream.ends_with('/');
  if (exit == Exit::done && one_stream && left == options.limit && options.from == 0) return no_stream(options.stream);
  if (exit == Exit::done && left == options.limit) say_nothing_there(options);
  return exit;
}

Exit tail_log(const Place& place, const LogOptions& options) {
  if (!place.server.empty()) return remote::tail_log(place, options);
  std::deque<Entry> last;
  const Exit exit = walk(place, options.from, options.stream, [&](Entry entry) {
    last.push_back(std::move(entry));
    if (last.size() > options.limit) last.pop_front();
    return true;
  });
  for (const auto& entry : last) tell(entry, place.json);
  if (exit == Exit::done && last.empty() && options.limit > 0) say_nothing_there(options);
  return exit;
}

std::string continued_json(const eventstore::ContinuedLog& old) {
  return JsonObject()
      .text("logId", api::hex(old.log_id.view()))
      .text("size", std::to_string(old.size))
      .text("root", api::hex(old.root.view()))
      .str();
}

std::string continued_words(const eventstore::ContinuedLog& old) {
  return api::hex(old.log_id.view()) + ", of which " + grouped(old.size) + " records were left, with the root " +
         api::hex(old.root.view());
}

Exit describe_log(const Place& place) {
  if (!place.server.empty()) return remote::describe_log(place);
  const auto open = OpenLog::open(place.data);
  if (!open) return fail(open.error());
  const auto state = (*open)->log().state();
  const std::string log_id = api::hex(state.log_id.view());
  const std::string root = api::hex((*open)->log().frontier().root().view());
  const auto continues = eventstore::continued_by((*open)->log());
  if (!continues) return fail(continues.error());
  if (place.json) {
    JsonObject out;
    out.text("logId", log_id)
        .number("format", eventstore::limits::format)
        .text("position", std::to_string(state.next.value))
        .text("epoch", std::to_string(state.epoch.value))
        .text("head", api::hex(state.head.view()))
        .text("root", root);
    if (*continues) out.raw("continues", continued_json(**continues));
    say(out.str());
    return Exit::done;
  }
  say("log       " + log_id);
  say("format    " + std::to_string(eventstore::limits::format));
  say("commits   " + grouped(state.next.value));
  say("epoch     " + std::to_string(state.epoch.value));
  say("head      " + api::hex(state.head.view()));
  say("root      " + root);
  if (*continues) say("continues " + continued_words(**continues));
  return Exit::done;
}

Exit confirm_clock(const Place& place) {
  if (place.server.empty()) {
    adapters::posix::PosixDisk disk;
    const auto alone = disk.lock(place.data + "/lock");
    if (!alone && alone.error().code == "directory_in_use")
      return fail(Exit::could_not_run, "A server runs over this directory. Name it with --server URL --token T.");
    if (!alone) return fail(alone.error());
    const auto open = OpenLog::open(place.data);
    if (!open) return fail(open.error());
    const auto last = eventstore::last_stamp((*open)->log());
    if (!last) return fail(last.error());
    if (auto kept = server::keep_clock_confirmed(disk, place.data, *last); !kept) return fail(kept.error());
    say(place.json ? JsonObject().text("ahead", api::http::rfc3339_of_us(last->value)).str()
                   : "The clock is confirmed: the log goes on at " + api::http::rfc3339_of_us(last->value) +
                         " and waits there for the clock.");
    return Exit::done;
  }
  const auto reply = remote::call(place, "POST", "/api/v1/log/confirm-clock");
  if (!reply) return fail(Exit::could_not_run, reply.error());
  if (reply->status >= 300) return remote::fail(*reply);
  say(place.json ? reply->body : "The clock is confirmed; the server writes again.");
  return Exit::done;
}

Exit raise_level(const Place& place, const LevelOptions& options) {
  if (!place.server.empty())
    return fail(Exit::usage, "The level is raised while the server is stopped. Use --data DIR.");
  auto local = open_local(place, false);
  if (!local) return fail(local.error());
  const std::uint32_t to = options.to == 0 ? eventstore::limits::feature_level : options.to;
  const auto raised = carry_out(**local, (*local)->node().edge().raise_feature_level(system_call(), to));
  (*local)->stop();
  if (!raised) return fail(raised.error().exit, raised.error().sentence);
  say(place.json ? JsonObject().number("featureLevel", to).str()
                 : "The log is at feature level " + std::to_string(to) + ": older programs stop there.");
  return Exit::done;
}

}  // namespace pioneer::cli
