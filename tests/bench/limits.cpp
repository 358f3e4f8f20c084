// What the machine itself allows: how fast a disk takes synced appends, how fast a core hashes.
//
//   bench_limits append FOLDER BYTES SECONDS   appends of so many bytes, each followed by fdatasync, a second
//   bench_limits hash BYTES SECONDS            leaves of so many bytes, with one inner node each (RFC 6962), a second
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Hash = std::array<unsigned char, 32>;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// One thread, into a file that is as large as it gets, zero-filled and synced before: no sync writes metadata.
double appends_per_second(const std::string& folder, std::size_t bytes, double seconds) {
  constexpr std::size_t file_bytes = 256U << 20;
  const std::string path = folder + "/append";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
  if (file < 0) return -1;
  ::unlink(path.c_str());
  const std::vector<char> zeros(1U << 20);
  for (std::size_t at = 0; at < file_bytes; at += zeros.size()) {
    if (::pwrite(file, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0) return -1;
  }
  ::fsync(file);
  const std::vector<char> batch(bytes, 'x');
  const auto start = Clock::now();
  std::size_t done = 0;
  std::size_t at = 0;
  for (; seconds_since(start) < seconds; ++done, at += bytes) {
    if (at + bytes > file_bytes) at = 0;
    if (::pwrite(file, batch.data(), bytes, static_cast<off_t>(at)) < 0 || ::fdatasync(file) != 0) return -1;
  }
  ::close(file);
  return static_cast<double>(done) / seconds_since(start);
}

double leaves_per_second(std::size_t bytes, double seconds) {
  std::vector<unsigned char> leaf(bytes + 1, 'x');
  leaf[0] = 0;
  std::array<unsigned char, 65> node{1};
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Hash hash{};
  const auto digest = [&](const auto& input) {
    EVP_DigestInit_ex(context, algorithm, nullptr);
    EVP_DigestUpdate(context, input.data(), input.size());
    EVP_DigestFinal_ex(context, hash.data(), nullptr);
  };
  const auto start = Clock::now();
  std::size_t done = 0;
  while (seconds_since(start) < seconds) {
    for (int turn = 0; turn < 1'000; ++turn, ++done) {
      leaf[1] = hash[0];
      digest(leaf);
      std::copy(hash.begin(), hash.end(), node.begin() + 1);
      digest(node);
    }
  }
  const double rate = static_cast<double>(done) / seconds_since(start);
  EVP_MD_free(algorithm);
  EVP_MD_CTX_free(context);
  return rate;
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> w(words, words + count);
  double rate = -1;
  if (count == 5 && w[1] == "append") {
    rate = appends_per_second(w[2], std::stoul(w[3]), std::stod(w[4]));
  } else if (count == 4 && w[1] == "hash") {
    rate = leaves_per_second(std::stoul(w[2]), std::stod(w[3]));
  } else {
    std::fputs("usage: bench_limits append FOLDER BYTES SECONDS | hash BYTES SECONDS\n", stderr);
    return 2;
  }
  if (rate < 0) {
    std::perror("bench_limits");
    return 3;
  }
  std::printf("{\"rate\": %.1f}\n", rate);
  return 0;
}
