#include "api/cli/console.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "api/http/rfc3339.hpp"

namespace pioneer::cli {
namespace {

constexpr std::size_t bar_cells = 32;
constexpr std::chrono::milliseconds draw_every{100};

void put(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

struct Advice {
  std::string_view code;
  std::string_view what;
};

constexpr std::array advices{
    Advice{"directory_in_use", "Stop the server that uses it, or ask it with --server URL --token T."},
    Advice{"no_log", "`pioneer import organisations FILE` makes one."},
    Advice{"format_too_new", "Use a newer pioneer; nothing was changed."},
    Advice{"format_too_old", "This directory was made before the format was frozen; make a new one."},
    Advice{"clock_jumped", "Check the clock, then run `pioneer log confirm-clock`."},
    Advice{"clock_behind_log", "Check the clock; if it is right, run `pioneer log confirm-clock`."},
    Advice{"broker_unreachable", "Check that the brokers run and can be reached from here."},
    Advice{"topic_missing", "Check the topic's name in the settings."},
    Advice{"log_is_copy", "Name the settings of its server with --config FILE."},
    Advice{"history_differs", "Copy into another topic, or another directory."},
    Advice{"sync_failed", "Check the disk, then try again; nothing that was acknowledged is lost."},
    Advice{"disk_full", "Make room on the disk, then try again."},
    Advice{"corrupt_batch", "Run `pioneer verify`; keep the directory as it is and restore a copy beside it."},
    Advice{"corrupt_tail", "Run `pioneer verify`; keep the directory as it is and restore a copy beside it."},
};

}  // namespace

std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;
    out.push_back(c1 || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f ? '?' : text[i]);
  }
  return out;
}

std::string shown_name(std::string_view name) {
  auto out = plain(name);
  std::ranges::replace(out, '\n', '?');
  return out;
}

void say_part(std::string_view text) { put(stdout, plain(text)); }

void say(std::string_view text) {
  say_part(text);
  put(stdout, "\n");
}

bool all_said() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

void complain(std::string_view text) {
  std::fflush(stdout);
  put(stderr, "pioneer: ");
  put(stderr, plain(text));
  put(stderr, "\n");
}

std::string ended(std::string text) {
  if (!text.empty() && std::string_view(".?!").find(text.back()) == std::string_view::npos) text += '.';
  return text;
}

std::string sentence_of(const eventstore::Error& error) {
  std::string text = ended(error.detail.empty() ? error.code : error.detail);
  const auto advice = std::ranges::find(advices, error.code, &Advice::code);
  if (advice != advices.end() && text.find(advice->what) == text.npos) text.append(" ").append(advice->what);
  return text;
}

std::string sentence_of(const domain::Refusal& refusal) {
  std::string text = refusal.field.empty() ? std::string() : refusal.field + ": ";
  return text + refusal.sentence + " (" + refusal.code + ")";
}

Exit fail(Exit exit, std::string_view text) {
  complain(text);
  return exit;
}
Exit fail(const eventstore::Error& error) { return fail(Exit::could_not_run, sentence_of(error)); }
Exit fail(const domain::Refusal& refusal) { return fail(Exit::no, sentence_of(refusal)); }

std::optional<std::int64_t> time_or_date_us(const std::string& text) {
  constexpr std::size_t date_chars = 10;
  const auto time = api::http::parse_rfc3339(text.size() == date_chars ? text + "T00:00:00Z" : text);
  if (!time) return std::nullopt;
  return time->seconds * 1'000'000 + time->nanos / 1'000;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  const auto words = number == 1 || many.empty() ? std::string(one) + (number == 1 ? "" : "s") : std::string(many);
  return grouped(number) + " " + words;
}

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_ && next_ != std::chrono::steady_clock::time_point{}) put(stderr, "\r\033[K");
}

void Progress::at(std::uint64_t done) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  draw();
}

void Progress::at(std::uint64_t done, std::uint64_t total) {
  const std::lock_guard lock(mutex_);
  done_ = done;
  total_ = total;
  draw();
}

void Progress::draw() {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  next_ = now + draw_every;
  const double share = total_ == 0 ? 0 : std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
  const auto full = static_cast<std::size_t>(share * bar_cells);
  std::string line = "\r" + what_ + " [" + std::string(full, '#') + std::string(bar_cells - full, '.') + "] " +
                     grouped(done_) + " of " + grouped(total_) + "\033[K";
  put(stderr, line);
  std::fflush(stderr);
}

}  // namespace pioneer::cli
