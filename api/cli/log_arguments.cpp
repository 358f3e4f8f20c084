// `pioneer log …` and `pioneer cluster …`: their arguments.
#include "api/cli/arguments.hpp"
#include "api/cli/where.hpp"

namespace pioneer::cli {
namespace {

/// From one engine to another.
void add_copies(CLI::App& log, Elsewhere& elsewhere, Chosen& chosen) {
  static CopyOptions copied;
  auto& copy = *log.add_subcommand(
      "copy", "Copy a log's records as they are, from a directory into a topic or back " + std::string(alone));
  copy.add_option("FROM", copied.from, "the directory of a stopped server, or a settings file with `log: kafka`")
      ->required();
  copy.add_option("TO", copied.to, "likewise, holding no log; a topic may hold the beginning of this one")->required();
  copy.callback([&elsewhere, &chosen] {
    elsewhere = true;
    chosen = [](const Place& p) { return copy_log(p, copied); };
  });
  static RestoreOptions restored;
  auto& restore = *log.add_subcommand(
      "restore",
      "After a topic lost its end: its next generation, from the longest of the nodes' copies; --config FILE "
      "names the topic " +
          std::string(alone));
  restore.add_option("DIR", restored.directories, "the directories of all nodes, which are stopped")->required();
  restore.callback([&elsewhere, &chosen] {
    elsewhere = true;
    chosen = [](const Place& p) { return restore_log(p, restored); };
  });
}

}  // namespace

void add_log(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen) {
  auto& log = *app.add_subcommand("log", "What stands in the log")->require_subcommand(1);
  static LogOptions options;
  const auto with_range = [](CLI::App& command) {
    command.add_option("--from", options.from, "position to begin with");
    command.add_option("--limit", options.limit, "commits at most")->capture_default_str();
  };
  auto& show = *log.add_subcommand("show", "Commits in order");
  with_range(show);
  show.add_option("--stream", options.stream, "a stream (request/ID), or a kind (request/)");
  show.callback([&chosen] { chosen = [](const Place& p) { return show_log(p, options); }; });
  auto& stream = *log.add_subcommand("stream", "Commits of one stream");
  with_range(stream);
  stream.add_option("STREAM", options.stream, "its name, such as request/ID")->required();
  stream.callback([&chosen] { chosen = [](const Place& p) { return show_log(p, options); }; });
  auto& tail = *log.add_subcommand("tail", "The last commits");
  with_range(tail);
  tail.add_option("--stream", options.stream, "a stream, or a kind");
  tail.callback([&chosen] { chosen = [](const Place& p) { return tail_log(p, options); }; });
  log.add_subcommand("info", "Id, format, position; with --data also epoch, head and root")->callback([&chosen] {
    chosen = describe_log;
  });
  log.add_subcommand("confirm-clock",
                     "The clock is right: after a jump (--server), or though the log is ahead of it (--data)")
      ->callback([&chosen] { chosen = confirm_clock; });
  log.add_subcommand("continue",
                     "A log that lost what it had signed goes on as another one, which names it (--data only)")
      ->callback([&chosen] { chosen = continue_log; });
  add_copies(log, elsewhere, chosen);
  static LevelOptions level;
  auto& raise = *log.add_subcommand("raise-level",
                                    "Irreversible; --data only: from now on write what only new programs can read. "
                                    "First let every program that reads this log be new");
  raise.add_option("--to", level.to, "the feature level; without it, the highest that this program knows");
  raise.callback([&chosen] { chosen = [](const Place& p) { return raise_level(p, level); }; });
}

void add_cluster(CLI::App& app, Elsewhere& elsewhere, Chosen& chosen) {
  auto& cluster = *app.add_subcommand("cluster", "The nodes that share a log on Kafka")->require_subcommand(1);
  cluster
      .add_subcommand("status", "Who is there, who writes, how far each is; --config FILE says where the log is " +
                                    std::string(alone))
      ->callback([&elsewhere, &chosen] {
        elsewhere = true;
        chosen = cluster_status;
      });
}

}  // namespace pioneer::cli
