// What a command says: answers on stdout, problems and progress on stderr. One thread, but for Progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "domain/common/refusal.hpp"
#include "eventstore/error.hpp"

namespace pioneer::cli {

enum class Exit : int {
  done = 0,
  no = 1,             ///< the answer is no: a check failed, a row was refused
  usage = 2,          ///< the command line makes no sense
  could_not_run = 3,  ///< a file, a server, a lock: nothing was decided
};

/// With a full stop, unless it ends as a sentence does.
std::string ended(std::string text);
/// Of a time such as 2026-03-01T12:00:00Z, or of a date: its first instant, in UTC. Nothing where it is neither.
std::optional<std::int64_t> time_or_date_us(const std::string& text);
/// A line on stdout. What a terminal would obey is shown as "?": names of files and texts of others are among what is
/// said.
void say(std::string_view text);
/// The same without an end of line: there is more of it.
void say_part(std::string_view text);
/// False where something could not be written: the disk is full, the reader is gone.
bool all_said();
/// Without what a terminal would obey; line breaks and tabs stay.
std::string plain(std::string_view text);
/// A name that came from anywhere, on one line.
std::string shown_name(std::string_view name);
/// A problem on stderr: one sentence, then what to do.
void complain(std::string_view text);
/// What an error means, and what helps against it.
std::string sentence_of(const eventstore::Error& error);
std::string sentence_of(const domain::Refusal& refusal);
/// Complains and gives `exit`.
Exit fail(Exit exit, std::string_view text);
Exit fail(const eventstore::Error& error);
Exit fail(const domain::Refusal& refusal);

/// "1,234"
std::string grouped(std::uint64_t number);
/// "1 entry", "1,234 entries"; without `many`, that is `one` with an s.
std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {});

/// A bar on stderr, only if that is a terminal; drawn at most ten times a second. Any thread.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void at(std::uint64_t done);
  void at(std::uint64_t done, std::uint64_t total);

 private:
  void draw();
  std::mutex mutex_;
  const std::string what_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  const bool shown_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace pioneer::cli
