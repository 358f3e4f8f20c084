#include "adapters/blobs/shared_blobs.hpp"

#include <charconv>
#include <chrono>
#include <utility>

#include "eventstore/record.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::adapters::blobs {

using api::Secret;
using eventstore::Result;

namespace {

/// A photo that is shown, and what a command names: the second is looked up where connections are served.
constexpr std::chrono::milliseconds read_within{2'000};
constexpr std::chrono::milliseconds staged_within{200};
constexpr std::string_view place_file = "/place";
constexpr std::size_t place_bytes_max = 512;

}  // namespace

SharedBlobs::SharedBlobs(eventstore::Disk& disk, api::Cryptography& cryptography, const eventstore::Clock& clock,
                         BlobFiles& files, BlobSharing& sharing, SharedBlobsOptions options)
    : disk_(disk),
      clock_(clock),
      files_(files),
      sharing_(sharing),
      options_(std::move(options)),
      parts_(cryptography, options_.secret),
      incomplete_(disk, options_.directory) {}

Result<std::unique_ptr<SharedBlobs>> SharedBlobs::open(eventstore::Disk& disk, api::Cryptography& cryptography,
                                                       const eventstore::Clock& clock, BlobFiles& files,
                                                       BlobSharing& sharing, SharedBlobsOptions options) {
  std::unique_ptr<SharedBlobs> blobs(new SharedBlobs(disk, cryptography, clock, files, sharing, std::move(options)));
  const auto& directory = blobs->options_.directory;
  if (!disk.exists(directory))
    if (auto made = disk.make_directory(directory); !made) return std::unexpected(made.error());
  if (auto read = blobs->read_place(); !read) return std::unexpected(read.error());
  if (!blobs->from_) blobs->told_anew();
  return blobs;
}

// "OFFSET TABLE". What is none of ours is as none: then all is read again, which costs time and nothing else.
Result<void> SharedBlobs::read_place() {
  const auto path = options_.directory + std::string(place_file);
  if (!disk_.exists(path)) return {};
  const auto text = eventstore::read_whole(disk_, path, place_bytes_max);
  if (!text) return std::unexpected(text.error());
  std::int64_t next = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), next);
  const std::string_view rest(end, text->data() + text->size());
  if (failed == std::errc{} && next >= 0 && rest == " " + options_.table) from_ = next;
  return {};
}

Result<std::string> SharedBlobs::put(std::string_view bytes, std::string_view media_type, std::int64_t now_us) {
  auto sealed = files_.seal(bytes, media_type, now_us);
  const auto parts = parts_.parts_of(sealed, now_us);
  if (!parts) return std::unexpected(parts.error());
  if (auto published = sharing_.publish(*parts); !published) return std::unexpected(published.error());
  static_cast<void>(files_.keep(sealed));  // else it comes here as to all others, when there is room
  return std::move(sealed.name);
}

std::optional<api::StagedBlob> SharedBlobs::staged(std::string_view name) const {
  if (name.size() == blob_name_bytes && !(files_.has(name) && files_.has_waiting_key(name)))
    static_cast<void>(sharing_.read_to_end(staged_within));
  return files_.staged(name);
}

Result<std::optional<api::OpenedText>> SharedBlobs::read(std::string_view name, const Secret& key) const {
  if (name.size() == blob_name_bytes && !files_.has(name)) {
    const auto looked = sharing_.read_to_end(read_within);
    if (!looked && !files_.has(name)) return std::unexpected(looked.error());
  }
  return files_.read(name, key);
}

// In the table first: what could not be said there is found again in the next round.
Result<void> SharedBlobs::remove(std::string_view name) {
  if (!files_.has(name) && !files_.has_waiting_key(name)) return {};
  std::size_t parts = parts_max;
  if (const auto kept = files_.kept(name); kept) parts = PartWriter::parts_for(kept->box.size());
  if (auto published = sharing_.publish(parts_.gone(name, parts, clock_.now().value)); !published) return published;
  return files_.remove(name);
}

Result<std::size_t> SharedBlobs::expire(std::int64_t now_us, const std::function<bool(std::string_view)>& used) {
  if (auto swept = files_.sweep(); !swept) return std::unexpected(swept.error());
  const auto over = files_.ended(now_us, used);
  if (!over) return std::unexpected(over.error());
  for (const auto& name : over->unused)
    if (auto gone = remove(name); !gone) return std::unexpected(gone.error());
  for (const auto& name : over->used) {
    const auto key_gone = parts_.key_gone(name, now_us);
    if (auto published = sharing_.publish({&key_gone, 1}); !published) return std::unexpected(published.error());
    if (auto gone = files_.forget_waiting_key(name); !gone) return std::unexpected(gone.error());
  }
  // Whose upload broke off was not answered: nobody uses these.
  std::vector<std::string> broken_off;
  {
    const std::lock_guard lock(mutex_);
    auto old = incomplete_.older_than(now_us - api::blob_unused_us_max);
    if (!old) return std::unexpected(old.error());
    broken_off = std::move(*old);
  }
  for (const auto& name : broken_off) {
    if (auto published = sharing_.publish(parts_.gone(name, parts_max, now_us)); !published)
      return std::unexpected(published.error());
    const std::lock_guard lock(mutex_);
    if (auto gone = incomplete_.forget(name); !gone) return std::unexpected(gone.error());
  }
  return over->unused.size() + broken_off.size();
}

void SharedBlobs::told_anew() {
  const auto here = files_.names();
  const std::lock_guard lock(mutex_);
  reads_all_ = true;
  unheard_.clear();
  if (here) unheard_.insert(here->begin(), here->end());
}

bool SharedBlobs::reads_all() const {
  const std::lock_guard lock(mutex_);
  return reads_all_;
}

void SharedBlobs::take(std::string_view key, std::optional<std::string_view> value) {
  if (ending_) return;
  const auto part = value ? parts_.read(key, *value) : Result<std::optional<ReadPart>>{};
  if (!part)
    ending_ = part.error();
  else if (!*part)
    contradict(key);
  else
    taken_.push_back({std::string(key), std::string(*value)});
}

// What stands there last is what compaction leaves for nodes that come later: what was there goes there again.
void SharedBlobs::contradict(std::string_view key) {
  const auto name = key.substr(0, blob_name_bytes);
  if (key.size() != blob_name_bytes + 1 || !files_.has(name)) return;
  const std::lock_guard lock(mutex_);
  owed_.emplace(name);
}

Result<void> SharedBlobs::settle(std::int64_t next) {
  for (; !taken_.empty(); taken_.pop_front())
    if (auto done = take_now(taken_.front()); !done) return done;
  if (ending_) return std::unexpected(*ending_);
  return eventstore::write_whole(disk_, options_.directory + std::string(place_file),
                                 std::to_string(next) + " " + options_.table);
}

Result<void> SharedBlobs::take_now(const Taken& taken) {
  const auto part = *parts_.read(taken.key, taken.value);
  if (part->gone()) return take_gone(*part);
  if (!part->of_waiting_key()) return take_content(*part, taken.value);
  if (files_.has_waiting_key(part->name)) return {};
  return files_.keep_waiting_key(part->name, part->content);
}

Result<void> SharedBlobs::take_gone(const ReadPart& part) {
  if (part.of_waiting_key()) return files_.forget_waiting_key(part.name);
  {
    const std::lock_guard lock(mutex_);
    for (auto* names : {&unheard_, &owed_})
      if (const auto known = names->find(part.name); known != names->end()) names->erase(known);
    if (auto gone = incomplete_.forget(part.name); !gone) return gone;
  }
  return files_.remove(part.name);
}

Result<void> SharedBlobs::take_content(const ReadPart& part, std::string_view value) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = unheard_.find(part.name); known != unheard_.end()) unheard_.erase(known);
  }
  if (files_.has(part.name)) return {};
  std::optional<std::string> whole;
  if (part.parts == 1) {
    whole = part.content;
  } else {
    const std::lock_guard lock(mutex_);
    auto added = incomplete_.add(part, value);
    if (!added) return std::unexpected(added.error());
    whole = std::move(*added);
  }
  if (!whole) return {};
  if (eventstore::sha256(eventstore::bytes_of(*whole)).view() == part.name) {
    if (auto kept = files_.keep({std::string(part.name), std::move(*whole), {}}); !kept) return kept;
  } else if (options_.tell) {
    options_.tell("An upload came damaged from " + options_.table + " and is not taken: " + digits_of_blob(part.name) +
                  ".");
  }
  const std::lock_guard lock(mutex_);
  return incomplete_.forget(part.name);
}

Result<void> SharedBlobs::settled_to_end() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(reads_all_, false)) owed_.merge(unheard_);
    unheard_.clear();
  }
  return publish_owed();
}

Result<void> SharedBlobs::publish_owed() {
  for (;;) {
    std::string name;
    {
      const std::lock_guard lock(mutex_);
      if (owed_.empty()) return {};
      name = *owed_.begin();
    }
    if (const auto kept = files_.kept(name); kept) {
      const auto parts = parts_.parts_of(*kept, clock_.now().value);
      if (parts)
        if (auto published = sharing_.publish(*parts); !published) return published;
    }  // what went meanwhile, or is damaged here, is nobody's to give
    const std::lock_guard lock(mutex_);
    owed_.erase(name);
  }
}

}  // namespace pioneer::adapters::blobs
