// `log` over a server: pages of GET /log and GET /streams, told as those of a directory are.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>

#include "api/cli/json.hpp"
#include "api/cli/log_line.hpp"
#include "api/cli/remote.hpp"
#include "api/http/json.hpp"
#include "api/messages/views.pb.h"

namespace pioneer::cli::remote {
namespace {

/// Of one page, as the server allows.
constexpr std::uint64_t page_max = 200;

std::int64_t us_of(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1'000;
}

/// GET, read into a view. Protobuf's own reader: events are free-form objects, which ours does not read.
template <class View>
std::expected<View, Exit> get(const Place& place, const std::string& path) {
  const auto reply = call(place, "GET", path);
  if (!reply) return std::unexpected(cli::fail(Exit::could_not_run, reply.error()));
  if (reply->status != 200) return std::unexpected(fail(*reply));
  View view;
  if (google::protobuf::util::JsonStringToMessage(reply->body, &view).ok()) return view;
  return std::unexpected(
      cli::fail(Exit::could_not_run, "The server's answer is of another version. Use its own pioneer."));
}

std::vector<std::string> types_of(const google::protobuf::RepeatedPtrField<api::EventView>& events) {
  std::vector<std::string> types;
  for (const auto& event : events) types.push_back(event.type());
  return types;
}

void tell(const Place& place, const api::LogEntryView& entry) {
  if (place.json) return say(api::http::to_json(entry));
  LogLine line{entry.position(), us_of(entry.recorded_at()), entry.epoch(), {}, entry.takeover()};
  for (const auto& part : entry.streams()) line.streams.emplace_back(part.stream(), types_of(part.events()));
  cli::tell(line);
}

void tell(const Place& place, const std::string& stream, const api::StreamCommitView& commit) {
  if (place.json) return say(api::http::to_json(commit));
  cli::tell({commit.position(), us_of(commit.recorded_at()), 0, {{stream, types_of(commit.events())}}, false});
}

bool wanted(const api::LogEntryView& entry, const std::string& kind) {
  if (kind.empty()) return true;
  return std::ranges::any_of(entry.streams(), [&](const auto& part) { return part.stream().starts_with(kind); });
}

/// All of the log, or of one kind of streams ("request/").
Exit show_all(const Place& place, std::uint64_t from, std::uint64_t left, const std::string& kind) {
  std::string cursor = std::to_string(from);
  const std::uint64_t wanted_at_most = left;
  while (left > 0 && !cursor.empty()) {
    const auto limit = kind.empty() ? std::min(left, page_max) : page_max;
    const auto page = get<api::LogPage>(place, "/api/v1/log?from=" + cursor + "&limit=" + std::to_string(limit));
    if (!page) return page.error();
    for (const auto& entry : page->items()) {
      if (left == 0 || !wanted(entry, kind)) continue;
      tell(place, entry);
      --left;
    }
    cursor = page->next_cursor();
  }
  if (left == wanted_at_most && left > 0) say_nothing_there({.from = from, .limit = left, .stream = kind});
  return Exit::done;
}

/// A stream's name as two steps of a path.
std::string in_path(const std::string& stream) {
  const auto slash = stream.find('/');
  return slash == stream.npos ? escaped(stream)
                              : escaped(stream.substr(0, slash)) + "/" + escaped(stream.substr(slash + 1));
}

/// The commits of one stream from a position on, and of those the last `keep`, or the first.
Exit show_stream(const Place& place, const LogOptions& options, bool last) {
  std::vector<api::StreamCommitView> commits;
  std::string cursor = "0";
  while (!cursor.empty() && (last || commits.size() < options.limit)) {
    const auto path =
        "/api/v1/streams/" + in_path(options.stream) + "?cursor=" + cursor + "&limit=" + std::to_string(page_max);
    const auto page = get<api::StreamView>(place, path);
    if (!page) return page.error();
    for (const auto& commit : page->items()) {
      if (commit.position() >= options.from) commits.push_back(commit);
    }
    cursor = page->next_cursor();
  }
  const auto shown = std::min<std::size_t>(options.limit, commits.size());
  const auto first = commits.begin() + static_cast<std::ptrdiff_t>(last ? commits.size() - shown : 0);
  std::for_each(first, first + static_cast<std::ptrdiff_t>(shown),
                [&](const auto& commit) { tell(place, options.stream, commit); });
  if (commits.empty() && options.limit > 0) say_nothing_there(options);
  return Exit::done;
}

/// A server that is ready has opened the log: a record stands at its position.
std::uint64_t size_of(const api::ReadyView& ready) { return ready.position() + 1; }

bool is_one_stream(const std::string& stream) { return !stream.empty() && !stream.ends_with('/'); }

}  // namespace

Exit show_log(const Place& place, const LogOptions& options) {
  if (is_one_stream(options.stream)) return show_stream(place, options, false);
  return show_all(place, options.from, options.limit, options.stream);
}

Exit tail_log(const Place& place, const LogOptions& options) {
  if (is_one_stream(options.stream)) return show_stream(place, options, true);
  if (!options.stream.empty())
    return cli::fail(Exit::usage, "Over a server, `log tail` takes one stream (request/ID), not a kind.");
  const auto ready = get<api::ReadyView>(place, "/readyz");
  if (!ready) return ready.error();
  const auto size = size_of(*ready);
  const auto from = size - std::min(size, options.limit);
  return show_all(place, from, options.limit, {});
}

Exit describe_log(const Place& place) {
  const auto version = get<api::VersionView>(place, "/version");
  if (!version) return version.error();
  const auto ready = get<api::ReadyView>(place, "/readyz");
  if (!ready) return ready.error();
  if (place.json) {
    JsonObject out;
    out.text("logId", version->log_id())
        .number("format", version->format())
        .text("position", std::to_string(size_of(*ready)))
        .text("version", version->version())
        .number("featureLevel", version->feature_level());
    if (version->has_continues()) out.raw("continues", api::http::to_json(version->continues()));
    say(out.str());
    return Exit::done;
  }
  say("log       " + version->log_id());
  say("format    " + std::to_string(version->format()));
  say("commits   " + grouped(size_of(*ready)));
  say("server    pioneerd " + version->version());
  say("level     " + std::to_string(version->feature_level()));
  if (version->has_continues()) say("continues " + version->continues().log_id());
  say("Epoch, head and root are told with --data DIR.");
  return Exit::done;
}

}  // namespace pioneer::cli::remote
