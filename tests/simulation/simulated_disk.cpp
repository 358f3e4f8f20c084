#include "tests/simulation/simulated_disk.hpp"

#include <algorithm>

#include "eventstore/check.hpp"

namespace pioneer::tests {

using namespace eventstore;

namespace {
constexpr std::uint64_t sector_bytes = 512;

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

void copy_sector(const std::string& from, std::string& to, std::uint64_t sector) {
  const auto start = sector * sector_bytes;
  if (start >= from.size()) return;
  const auto n = std::min<std::uint64_t>(sector_bytes, from.size() - start);
  if (to.size() < start + n) to.resize(start + n, '\0');
  to.replace(start, n, from, start, n);
}
}  // namespace

class SimulatedDisk::SimulatedFile : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, std::string path, std::shared_ptr<Content> content, bool lock = false)
      : disk_(disk), path_(std::move(path)), content_(std::move(content)), lock_(lock), life_(disk.life_) {}
  ~SimulatedFile() override {
    if (lock_ && alive()) disk_.locked_.erase(path_);
  }

  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) const override {
    if (!alive()) return failure("read_failed", "the disk lost power");
    const auto& bytes = content_->bytes;
    if (offset >= bytes.size()) return std::size_t{0};
    const auto n = std::min<std::size_t>(into.size(), bytes.size() - offset);
    std::memcpy(into.data(), bytes.data() + offset, n);
    return n;
  }

  Result<void> write(std::uint64_t offset, ByteView bytes) override {
    if (!alive()) return failure("write_failed", "the disk lost power");
    const auto counted = disk_.count(Call::write, path_);
    // A write that fails has written some of it, in whole sectors.
    if (!counted) bytes = bytes.first(bytes.size() / 2 / sector_bytes * sector_bytes);
    const auto grown =
        offset + bytes.size() > content_->bytes.size() ? offset + bytes.size() - content_->bytes.size() : 0;
    if (grown > 0 && disk_.bytes_in_all() + grown > disk_.bytes_max_)
      return failure("disk_full", "no room", Retry::can_help);
    if (grown > 0) content_->bytes.resize(offset + bytes.size(), '\0');
    std::memcpy(content_->bytes.data() + offset, bytes.data(), bytes.size());
    if (!bytes.empty())
      for (auto s = offset / sector_bytes; s <= (offset + bytes.size() - 1) / sector_bytes; ++s)
        content_->unsynced.insert(s);
    return counted;
  }

  Result<void> sync() override {
    if (!alive()) return failure("sync_failed", "the disk lost power");
    if (auto counted = disk_.count(Call::sync, path_); !counted) return counted;
    const auto how = disk_.syncs_of(path_);
    if (how == Syncs::skipped) return {};
    if (how == Syncs::late) {
      disk_.late_.push_back([content = content_, bytes = content_->bytes, sectors = content_->unsynced] {
        for (const auto sector : sectors) copy_sector(bytes, content->durable, sector);
      });
      return {};
    }
    for (const auto sector : content_->unsynced) copy_sector(content_->bytes, content_->durable, sector);
    content_->unsynced.clear();
    return {};
  }

  Result<std::uint64_t> size() const override { return content_->bytes.size(); }

 private:
  bool alive() const { return life_ == disk_.life_; }

  SimulatedDisk& disk_;
  std::string path_;  ///< when it was opened
  std::shared_ptr<Content> content_;
  bool lock_;
  std::uint64_t life_;
};

SimulatedDisk::SimulatedDisk() = default;

SimulatedDisk::Syncs SimulatedDisk::syncs_of(const std::string& path) const {
  return path == broken_directory_ || path.starts_with(broken_directory_ + "/") ? syncs_ : Syncs::honest;
}

Result<void> SimulatedDisk::count(Call call, const std::string& path) {
  if (!powered_) return failure("power_off", "the disk lost power");
  for (const auto& sync : std::exchange(late_, {})) sync();
  if (++calls_ != fail_at_) return {};
  failed_ = true;
  failed_call_ = call;
  failed_path_ = path;
  powered_ = !power_off_on_failure_;
  return failure("simulated_failure", "call " + std::to_string(calls_) + " was made to fail");
}

void SimulatedDisk::fail_call(std::uint64_t number, bool power_off) {
  fail_at_ = number;
  power_off_on_failure_ = power_off;
  failed_ = false;
}

std::uint64_t SimulatedDisk::bytes_in_all() const {
  std::uint64_t sum = 0;
  for (const auto& [path, content] : files_) sum += content->bytes.size();
  return sum;
}

Result<std::unique_ptr<File>> SimulatedDisk::open(const std::string& path, OpenMode mode) {
  if (!powered_) return failure("power_off", "the disk lost power");
  const auto found = files_.find(path);
  if (mode == OpenMode::read_only || mode == OpenMode::read_write) {
    if (found == files_.end()) return failure("no_such_file", path);
    return std::make_unique<SimulatedFile>(*this, path, found->second);
  }
  if (found != files_.end()) return failure("already_exists", path);
  if (!directories_.contains(directory_of(path))) return failure("no_such_file", path);
  if (auto counted = count(Call::create, path); !counted) return std::unexpected(counted.error());
  auto content = std::make_shared<Content>();
  files_[path] = content;
  return std::make_unique<SimulatedFile>(*this, path, std::move(content));
}

Result<std::vector<std::string>> SimulatedDisk::list(const std::string& directory) const {
  if (!directories_.contains(directory)) return failure("no_such_file", directory);
  std::vector<std::string> names;
  for (const auto& [path, content] : files_)
    if (directory_of(path) == directory) names.push_back(path.substr(directory.size() + 1));
  return names;
}

Result<void> SimulatedDisk::make_directory(const std::string& path) {
  directories_.insert(path);
  return {};
}

Result<void> SimulatedDisk::rename(const std::string& from, const std::string& to) {
  if (!files_.contains(from)) return failure("no_such_file", from);
  if (auto counted = count(Call::rename, from); !counted) return counted;
  auto node = files_.extract(from);
  files_[to] = std::move(node.mapped());
  return {};
}

Result<void> SimulatedDisk::remove(const std::string& path) {
  if (!files_.contains(path)) return failure("no_such_file", path);
  if (auto counted = count(Call::remove, path); !counted) return counted;
  files_.erase(path);
  return {};
}

Result<void> SimulatedDisk::sync_directory(const std::string& path) {
  if (!directories_.contains(path)) return failure("no_such_file", path);
  if (auto counted = count(Call::sync_directory, path); !counted) return counted;
  const auto sync = [this, path](const auto& files) {
    std::erase_if(durable_files_, [&](const auto& file) { return directory_of(file.first) == path; });
    for (const auto& [name, content] : files)
      if (directory_of(name) == path) durable_files_[name] = content;
  };
  const auto how = syncs_of(path);
  if (how == Syncs::honest) sync(files_);
  if (how == Syncs::late) late_.push_back([sync, files = files_] { sync(files); });
  return {};
}

Result<std::unique_ptr<File>> SimulatedDisk::lock(const std::string& path) {
  if (!locked_.insert(path).second) return failure("directory_in_use", path, Retry::can_help);
  auto& content = files_[path];
  if (!content) content = std::make_shared<Content>();
  return std::make_unique<SimulatedFile>(*this, path, content, true);
}

void SimulatedDisk::crash(Unsynced unsynced, std::uint64_t seed) {
  late_.clear();
  std::mt19937_64 random(seed);
  const auto keeps = [&] { return unsynced == Unsynced::kept || (unsynced == Unsynced::torn && random() % 2 == 0); };
  // Of names, all that happened since the last sync, or nothing: journals keep the order.
  if (!keeps()) files_ = durable_files_;
  for (auto& [path, content] : files_) {
    for (const auto sector : content->unsynced)
      if (keeps()) copy_sector(content->bytes, content->durable, sector);
    content->unsynced.clear();
    content->bytes = content->durable;
  }
  durable_files_ = files_;
  locked_.clear();
  ++life_;
  powered_ = true;
  fail_at_ = 0;
}

std::string& SimulatedDisk::bytes(const std::string& path) {
  CHECK(files_.contains(path));
  return files_[path]->bytes;
}

std::set<std::string> SimulatedDisk::paths() const {
  std::set<std::string> paths;
  for (const auto& [path, content] : files_) paths.insert(path);
  return paths;
}

void SimulatedExecutor::run_waiting() {
  auto waiting = std::exchange(waiting_, {});
  for (auto& work : waiting) work();
}

}  // namespace pioneer::tests
