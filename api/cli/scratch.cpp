#include "api/cli/scratch.hpp"

#include <filesystem>

#include "adapters/rocksdb/rocksdb_store.hpp"

namespace pioneer::cli {

eventstore::Result<std::unique_ptr<Scratch>> Scratch::open(const std::string& data) {
  std::unique_ptr<Scratch> scratch(new Scratch(data + "/replay"));
  std::error_code failed;
  std::filesystem::remove_all(scratch->directory_, failed);
  adapters::RocksDbOptions options;
  options.block_cache_bytes = 16u << 20;
  options.write_buffer_bytes = 16u << 20;
  options.compact = false;
  auto store = adapters::RocksDbStore::open(scratch->directory_, options);
  if (!store) return std::unexpected(store.error());
  scratch->store_ = std::move(*store);
  return scratch;
}

Scratch::~Scratch() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace pioneer::cli
