#include "adapters/zeromq/bus_keys.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "eventstore/check.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::zeromq {
namespace {

using eventstore::failure;
using eventstore::Result;

constexpr std::size_t text_chars = 40;
constexpr std::size_t file_bytes_max = 4'096;
constexpr std::size_t list_bytes_max = 256u << 10;

/// Of zmq_curve(7), whose secret parts stand beside them, and in a thousand copies. The secret ones too, should
/// somebody have taken one for the other.
constexpr std::array<std::string_view, 4> published{
    "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7",
    "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs", "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"};

/// The value of `name = "…"` in a certificate; empty: none.
std::string value_of(std::string_view text, std::string_view name) {
  const auto at = text.find("\n    " + std::string(name) + " = \"");
  if (at == text.npos) return {};
  const auto from = text.find('"', at) + 1;
  return std::string(text.substr(from, std::min(text.find('"', from), text.size()) - from));
}

std::string public_part(const std::string& secret) {
  std::array<char, text_chars + 1> text{};
  return zmq_curve_public(text.data(), secret.c_str()) == 0 ? text.data() : "";
}

std::string public_file(const std::string& name) { return name + ".key"; }
std::string secret_file(const std::string& name) { return name + ".key_secret"; }

std::string_view without_line_end(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_bus_key(std::string_view text) {
  std::array<std::uint8_t, 32> bytes{};
  return text.size() == text_chars && zmq_z85_decode(bytes.data(), std::string(text).c_str()) != nullptr;
}

bool is_published(std::string_view key) { return std::ranges::find(published, key) != published.end(); }

api::BusKeyPair make_bus_keys() {
  std::array<char, text_chars + 1> public_key{}, secret_key{};
  CHECK(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);  // the library is built without CURVE
  return {public_key.data(), secret_key.data()};
}

Result<void> write_bus_keys(eventstore::Disk& disk, const std::string& name, const api::BusKeyPair& keys) {
  for (const auto& file : {public_file(name), secret_file(name)})
    if (disk.exists(file)) return failure("file_exists", file + " is there already.");
  const std::string public_line = "\nmetadata\ncurve\n    public-key = \"" + keys.public_key + "\"\n";
  const auto secret = "#   A program's key pair for the bus of Pioneer. Keep it to yourself." + public_line +
                      "    secret-key = \"" + keys.secret_key + "\"\n";
  if (auto written = eventstore::write_whole(disk, secret_file(name), secret); !written) return written;
  return eventstore::write_whole(disk, public_file(name),
                                 "#   A program's public key for the bus of Pioneer." + public_line,
                                 eventstore::OpenMode::create_new);
}

Result<api::BusKeyPair> read_bus_keys(eventstore::Disk& disk, const std::string& name) {
  const auto text = eventstore::read_whole(disk, secret_file(name), file_bytes_max);
  if (!text) return std::unexpected(text.error());
  api::BusKeyPair keys{value_of(*text, "public-key"), value_of(*text, "secret-key")};
  if (!is_bus_key(keys.secret_key) || public_part(keys.secret_key) != keys.public_key)
    return failure("bad_bus_key", secret_file(name) + " holds no pair of keys.");
  if (is_published(keys.public_key))
    return failure("bad_bus_key", secret_file(name) + " holds keys that are printed in documentation. Make new ones.");
  return keys;
}

Result<api::BusKeyPair> settle_bus_keys(eventstore::Disk& disk, const std::string& directory) {
  const auto name = directory + "/bus";
  if (!disk.exists(secret_file(name)))
    if (auto written = write_bus_keys(disk, name, make_bus_keys()); !written) return std::unexpected(written.error());
  return read_bus_keys(disk, name);
}

Result<std::string> public_key_of(eventstore::Disk& disk, const std::string& key_or_file) {
  std::string key = key_or_file;
  if (!is_bus_key(key)) {
    const auto text = eventstore::read_whole(disk, key_or_file, file_bytes_max);
    if (!text) return std::unexpected(text.error());
    key = value_of(*text, "public-key");
  }
  if (!is_bus_key(key)) return failure("bad_bus_key", key_or_file + " is no public key, and no file with one.");
  if (is_published(key)) return failure("bad_bus_key", "This key is printed in documentation: everybody has it.");
  return key;
}

Result<std::vector<AdmittedKey>> read_admitted(eventstore::Disk& disk, const std::string& path) {
  std::vector<AdmittedKey> out;
  if (!disk.exists(path)) return out;
  const auto text = eventstore::read_whole(disk, path, list_bytes_max);
  if (!text) return std::unexpected(text.error());
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = without_line_end(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++number;
    if (line.empty() || line.starts_with("# ")) continue;  // '#' may begin a key, but has no blank behind it there
    const auto key = line.substr(0, line.find(' '));
    if (!is_bus_key(key) || is_published(key) || out.size() == admitted_max)
      return failure("bad_bus_clients", path + ", line " + std::to_string(number) +
                                            ": a public key of 40 characters and a name are expected, at most " +
                                            std::to_string(admitted_max) + " of them.");
    out.push_back({std::string(key), std::string(line.substr(std::min(key.size() + 1, line.size())))});
  }
  return out;
}

Result<void> write_admitted(eventstore::Disk& disk, const std::string& path, const std::vector<AdmittedKey>& keys) {
  std::string text = "# Programs that the bus admits: a public key and a name each (pioneer keys bus).\n";
  for (const auto& [key, name] : keys) text += key + (name.empty() ? "" : " ") + name + "\n";
  return eventstore::write_whole(disk, path, text);
}

bool AdmittedKeys::has(std::string_view key) {
  const auto now = std::chrono::steady_clock::now();
  if (now - read_at_ >= std::chrono::seconds{1}) {
    auto read = read_admitted(disk_, path_);
    keys_ = read ? std::move(*read) : std::vector<AdmittedKey>();
    read_at_ = now;
  }
  return std::ranges::find(keys_, key, &AdmittedKey::key) != keys_.end();
}

}  // namespace pioneer::adapters::zeromq
