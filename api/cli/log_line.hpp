// A commit as `pioneer log` tells it to a person: the same from a directory and from a server.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "api/cli/commands.hpp"
#include "eventstore/commit.hpp"

namespace pioneer::cli {

struct LogLine {
  std::uint64_t position = 0;
  std::int64_t recorded_at_us = 0;
  std::uint64_t epoch = 0;
  std::vector<std::pair<std::string, std::vector<std::string>>> streams;
  bool opened = false;  ///< the first of its epoch; else, without streams, nothing of it is for whoever asks
};

/// A line for each stream.
void tell(const LogLine& line);
/// No commit names this stream.
Exit no_stream(const std::string& stream);
/// A range or a kind without commits: said beside the answer, which is empty and no failure.
void say_nothing_there(const LogOptions& options);

namespace remote {
/// `log show`, `log stream` and `log tail` of a running server: pages until the limit is reached.
Exit show_log(const Place& place, const LogOptions& options);
Exit tail_log(const Place& place, const LogOptions& options);
Exit describe_log(const Place& place);
}  // namespace remote

/// The log that another one goes on from: its name, how much of it, and the root of that.
std::string continued_json(const eventstore::ContinuedLog& old);
std::string continued_words(const eventstore::ContinuedLog& old);

}  // namespace pioneer::cli
