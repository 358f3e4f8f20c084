#include "api/cli/scratch.hpp"

#include <filesystem>

#include "adapters/rocksdb/rocksdb_store.hpp"

namespace pioneer::cli {

namespace fs = std::filesystem;
using eventstore::Result;

Scratch::Scratch(std::string base)
    : base_(std::move(base)), made_(std::make_shared<std::uint64_t>(1)), number_(*made_) {}

Result<void> Scratch::open_rows() {
  adapters::RocksDbOptions options;
  options.block_cache_bytes = 16u << 20;
  options.write_buffer_bytes = 16u << 20;
  options.compact = false;
  auto store = adapters::RocksDbStore::open(directory(), options);
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  return {};
}

Result<std::unique_ptr<Scratch>> Scratch::open(const std::string& data) {
  std::unique_ptr<Scratch> scratch(new Scratch(data + "/replay"));
  std::error_code failed;
  fs::remove_all(scratch->base_, failed);
  fs::create_directories(scratch->base_, failed);
  if (failed) return eventstore::failure("write_failed", scratch->base_ + ": " + failed.message());
  if (auto opened = scratch->open_rows(); !opened) return std::unexpected(opened.error());
  return scratch;
}

Result<std::unique_ptr<Scratch>> Scratch::copied() const {
  std::unique_ptr<Scratch> copy(new Scratch(base_));
  copy->made_ = made_;
  copy->number_ = ++*made_;
  if (auto linked = store_->copy_to(copy->directory()); !linked) return std::unexpected(linked.error());
  if (auto opened = copy->open_rows(); !opened) return std::unexpected(opened.error());
  return copy;
}

eventstore::KeyValueStore& Scratch::store() { return *store_; }

Scratch::~Scratch() {
  store_.reset();
  std::error_code ignored;
  fs::remove_all(directory(), ignored);
  fs::remove(base_, ignored);  // which works for the last one: it is empty then
}

}  // namespace pioneer::cli
