#include "adapters/media/media_cleaner.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "adapters/media/cleaning.hpp"
#include "api/ports/blobs.hpp"

namespace pioneer::adapters::media {
namespace {

using api::MediaRefusal;
using Answer = std::expected<std::string, MediaRefusal>;

constexpr std::chrono::seconds wait_max{15};
constexpr std::size_t answer_bytes_max = 2 * api::document_bytes_max;
constexpr int failed = 3;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

/// Sends all of `bytes`, reads all that comes; false: it took too long, or gave too much.
bool exchange(int socket, std::string_view bytes, std::string& answer) {
  const auto limit = std::chrono::steady_clock::now() + wait_max;
  std::array<char, 65'536> some{};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(limit - std::chrono::steady_clock::now()).count();
    if (left <= 0 || answer.size() > answer_bytes_max) return false;
    pollfd both{socket, static_cast<short>(bytes.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&both, 1, static_cast<int>(left)) <= 0) continue;
    if ((both.revents & POLLOUT) != 0 && !bytes.empty()) {
      const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : sent < 0 && errno == EAGAIN ? 0 : bytes.size());
      if (bytes.empty()) ::shutdown(socket, SHUT_WR);
    }
    if ((both.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
      const auto got = ::recv(socket, some.data(), some.size(), MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EAGAIN)) return true;
      if (got > 0) answer.append(some.data(), static_cast<std::size_t>(got));
    }
  }
}

std::optional<pid_t> start(const std::string& program, std::vector<std::string> arguments, int end) {
  posix_spawn_file_actions_t actions;
  if (::posix_spawn_file_actions_init(&actions) != 0) return std::nullopt;
  ::posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};
  pid_t pid = 0;
  const int spawned = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  return spawned == 0 ? std::optional(pid) : std::nullopt;
}

/// The program's exit code; `failed` where it was killed, or cannot be started.
int run(const std::string& program, std::vector<std::string> arguments, std::string_view bytes, std::string& answer) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return failed;
  Descriptor ours(ends[0]), theirs(ends[1]);
  const auto pid = start(program, std::move(arguments), theirs.get());
  theirs.close();
  if (!pid) return failed;
  if (!exchange(ours.get(), bytes, answer)) ::kill(*pid, SIGKILL);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : failed;
}

class MediaCleaner final : public api::Media {
 public:
  explicit MediaCleaner(std::string program) : program_(std::move(program)) {}

  Answer voice(std::string_view bytes, std::string_view media_type) override {
    std::string cleaned;
    const int code = run(program_, {"voice", std::string(media_type)}, bytes, cleaned);
    if (code == static_cast<int>(Unclean::too_long))
      return std::unexpected(MediaRefusal{"voice_too_long", "A voice message has at most 60 seconds and 1 megabyte."});
    if (code == 0 && !cleaned.empty()) return cleaned;
    return std::unexpected(
        MediaRefusal{"not_a_voice", "This recording cannot be read. Send Opus in Ogg or WebM, or AAC in MP4."});
  }

  Answer document(std::string_view bytes) override {
    std::string cleaned;
    if (run(program_, {"document"}, bytes, cleaned) == 0 && !cleaned.empty()) return cleaned;
    return std::unexpected(
        MediaRefusal{"not_a_document", "This document cannot be read. Send a PDF without password."});
  }

 private:
  std::string program_;
};

}  // namespace

std::unique_ptr<api::Media> make_media(std::string program) {
  if (program.empty()) {
    std::error_code ignored;
    program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "pioneer_media";
  }
  return std::make_unique<MediaCleaner>(std::move(program));
}

}  // namespace pioneer::adapters::media
