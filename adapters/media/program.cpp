// pioneer_media voice MEDIA-TYPE | document: bytes on standard input, cleaned bytes on standard output. Started by
// media_cleaner.cpp for one upload each; it opens no file and no socket.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <string>

#include "adapters/media/cleaning.hpp"
#include "api/ports/blobs.hpp"

namespace {

/// Libraries alone map about 200 MB; a file whose streams unpack to more than the rest is refused.
[[maybe_unused]] constexpr rlim_t memory_bytes_max = 768u << 20;
constexpr rlim_t cpu_seconds_max = 5;

void limit(int what, rlim_t most) {
  const rlimit both{most, most};
  static_cast<void>(::setrlimit(static_cast<__rlimit_resource>(what), &both));
}

std::string read_all() {
  std::string bytes;
  std::array<char, 65'536> some{};
  while (bytes.size() <= pioneer::api::document_bytes_max) {
    const auto n = ::read(STDIN_FILENO, some.data(), some.size());
    if (n <= 0) break;
    bytes.append(some.data(), static_cast<std::size_t>(n));
  }
  return bytes;
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
#ifndef __SANITIZE_ADDRESS__  // which reserves addresses by the terabyte
  limit(RLIMIT_AS, memory_bytes_max);
#endif
  limit(RLIMIT_CPU, cpu_seconds_max);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);  // somebody's words must not end in a file
  limit(RLIMIT_NPROC, 0);
  const std::string_view what = argc > 1 ? argv[1] : "";
  const auto cleaned = what == "voice" && argc > 2 ? pioneer::adapters::media::clean_voice(read_all(), argv[2])
                                                   : pioneer::adapters::media::clean_document(read_all());
  if (!cleaned) return static_cast<int>(cleaned.error());
  return write_all(*cleaned) ? 0 : 3;
}
