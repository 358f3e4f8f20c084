#include "api/proofs/checkpoints.hpp"

#include <algorithm>
#include <utility>

#include "api/proofs/checkpoint_watch.hpp"
#include "api/text/bytes.hpp"
#include "api/text/lines.hpp"
#include "eventstore/whole_file.hpp"

namespace pioneer::api {
namespace {

using eventstore::failure;
using eventstore::Hash;
using eventstore::Result;
using eventstore::Sequence;
using eventstore::TreeFiles;

constexpr std::size_t own_note_bytes_max = 4'096;
constexpr std::size_t root_chars = 44;  // 32 bytes in base64
/// Hashes that wait in memory: 2 MiB, however long the log is that is followed for the first time.
constexpr std::uint64_t flush_every = 65'536;
/// Whoever mirrors the log asks for bundle after bundle, over some connections; each reader has a piece of a file.
constexpr std::size_t waiting_max = 16;

}  // namespace

std::optional<CheckpointText> parse_checkpoint(std::string_view note) {
  const auto origin = take_line(note);
  const auto size = take_line(note);
  const auto root = take_line(note);
  if (!origin || !size || !root || origin->empty() || !note.starts_with('\n')) return std::nullopt;
  const auto count = decimal(*size);
  if (!count || root->size() != root_chars || !root->ends_with('=')) return std::nullopt;
  return CheckpointText{std::string(*origin), *count, std::string(*root)};
}

Result<std::unique_ptr<Checkpoints>> Checkpoints::open(const eventstore::Log& log, eventstore::Disk& disk,
                                                       const Signer& signer, std::string directory) {
  std::unique_ptr<Checkpoints> checkpoints(new Checkpoints(log, disk, &signer, std::move(directory)));
  if (auto read = checkpoints->read_newest(); !read) return std::unexpected(read.error());
  auto tree = checkpoints->open_tree();
  if (!tree) return std::unexpected(tree.error());
  checkpoints->tree_ = std::move(*tree);
  return checkpoints;
}

Result<void> Checkpoints::check(const eventstore::Log& log, eventstore::Disk& disk, std::string directory) {
  Checkpoints checkpoints(log, disk, nullptr, std::move(directory));
  if (auto read = checkpoints.read_newest(); !read) return read;
  const auto tree = checkpoints.open_tree();
  return tree ? Result<void>{} : std::unexpected(tree.error());
}

Result<void> Checkpoints::read_newest() {
  if (!disk_.exists(path())) return {};
  auto file = disk_.open(path(), eventstore::OpenMode::read_only);
  if (!file) return std::unexpected(file.error());
  std::string note(own_note_bytes_max, '\0');
  const auto bytes = (*file)->read(0, std::as_writable_bytes(std::span(note)));
  if (!bytes) return std::unexpected(bytes.error());
  note.resize(*bytes);
  auto text = parse_checkpoint(note);
  if (!text) {
    return failure("bad_checkpoint", path() +
                                         " is no checkpoint. Restore it from a copy; without it, this log may sign "
                                         "what contradicts what it signed before.");
  }
  if (text->size > log_.end().value) {
    return failure("log_behind_checkpoint",
                   "The log has " + std::to_string(log_.end().value) + " records, but " + std::to_string(text->size) +
                       " were signed in " + path() +
                       ". Restore the newest copy of the log, and keep this one. To go on without what was "
                       "lost, which everybody will notice, run `pioneer log continue`: the log goes on as another one, "
                       "which names this one.");
  }
  signed_ = {text->size, std::move(text->root)};
  newest_ = {std::make_shared<const std::string>(std::move(note)), signed_};
  return {};
}

/// The newest leaf binds all before it (each record holds its predecessor's hash), and the root binds all hashes.
Result<void> Checkpoints::agrees(const TreeFiles& tree) const {
  const auto root = tree.root_at(signed_.size);
  if (!root) return std::unexpected(root.error());
  if (base64(root->view()) != signed_.root)
    return failure("history_differs", "The tree is not the one that was signed.");
  if (signed_.size == 0) return {};
  const auto last = signed_.size - 1;
  const auto record = log_.read(Sequence{last});
  if (!record) return std::unexpected(record.error());
  const eventstore::TileName end{last / eventstore::tile_width, last % eventstore::tile_width + 1};
  const auto hashes = tree.tile(0, end);
  if (!hashes) return std::unexpected(hashes.error());
  const auto leaf = Hash::of(std::string_view(*hashes).substr(hashes->size() - Hash::size));
  if (leaf != eventstore::leaf_hash(eventstore::bytes_of(*record)))
    return failure("history_differs", "The last record that was signed is another one now.");
  return {};
}

Result<std::shared_ptr<TreeFiles>> Checkpoints::open_tree() {
  if (signed_.size == 0) {
    auto empty = TreeFiles::open(disk_, directory_, 0);
    if (!empty) return std::unexpected(empty.error());
    return std::shared_ptr<TreeFiles>(std::move(*empty));
  }
  if (auto there = TreeFiles::open(disk_, directory_, signed_.size); there && agrees(**there))
    return std::shared_ptr<TreeFiles>(std::move(*there));
  // Damaged, gone, or the log is another: made anew from the log, they tell which.
  auto anew = TreeFiles::open(disk_, directory_, 0);
  if (!anew) return std::unexpected(anew.error());
  if (auto taken = take_in(**anew, signed_.size); !taken) return std::unexpected(taken.error());
  if (const auto agreed = agrees(**anew); !agreed) {
    return failure("history_differs", "The log's first " + std::to_string(signed_.size) +
                                          " records are not those that were signed in " + path() +
                                          ". Keep both: together they are the proof that history was changed. To go "
                                          "on with another history, which everybody will notice, move " +
                                          directory_ + " away.");
  }
  ++rebuilt_;
  return std::shared_ptr<TreeFiles>(std::move(*anew));
}

Result<void> Checkpoints::take_in(TreeFiles& tree, std::uint64_t end) const {
  const auto reader = log_.reader(Sequence{tree.size()});
  while (tree.size() < end) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) break;
    tree.add(eventstore::leaf_hash(eventstore::bytes_of((*leaf)->record)));
    if (tree.size() - tree.flushed() < flush_every) continue;
    if (auto flushed = tree.flush(); !flushed) return flushed;
  }
  return tree.flush();
}

Result<std::uint64_t> Checkpoints::follow() {
  const auto end = log_.end().value;
  auto tree = this->tree();
  if (!tree) {
    auto again = open_tree();
    if (!again) return std::unexpected(again.error());
    tree = std::move(*again);
  } else if (tree->size() == end && signed_.size == end) {
    return end;
  }
  auto done = take_in(*tree, end);
  if (done && tree->size() > signed_.size) done = sign(*tree);
  if (!done) {
    // What was signed is still served.
    auto again = open_tree();
    tree = again ? std::move(*again) : nullptr;
  }
  const std::lock_guard lock(mutex_);
  tree_ = std::move(tree);
  if (!done) return std::unexpected(done.error());
  return signed_.size;
}

Result<void> Checkpoints::sign(const TreeFiles& tree) {
  if (signed_.size == 0)
    if (auto begun = CheckpointGaps::begin(disk_, directory_); !begun) return begun;
  Signed now{tree.size(), base64(tree.root().view())};
  auto note = signer_->note(eventstore::checkpoint_text(signer_->name(), now.size, now.root));
  if (auto kept = eventstore::write_whole(disk_, path(), note, eventstore::OpenMode::create_new); !kept) return kept;
  signed_ = std::move(now);
  const std::lock_guard lock(mutex_);
  newest_ = {std::make_shared<const std::string>(std::move(note)), signed_};
  return {};
}

std::shared_ptr<const std::string> Checkpoints::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_.note;
}

Result<std::optional<Inclusion>> Checkpoints::inclusion(Sequence sequence,
                                                        const std::shared_ptr<const std::string>& under) const {
  std::shared_ptr<const TreeFiles> tree;
  Shown newest;
  {
    const std::lock_guard lock(mutex_);
    tree = tree_;
    newest = newest_;
  }
  if (const auto older = under == nullptr ? std::nullopt : parse_checkpoint(*under); older && newest.note)
    newest = {under, {older->size, older->root}};
  const auto size = newest.signed_text.size;
  // A failure may have left a tree that is shorter, until the next call of follow().
  if (!tree || !newest.note || sequence.value >= size || tree->flushed() < size) return std::optional<Inclusion>{};
  const auto hashes = tree->stored();
  const auto leaf = hashes(0, sequence.value, 1);
  if (!leaf) return std::unexpected(leaf.error());
  auto path = eventstore::inclusion_path(sequence.value, size, hashes);
  if (!path) return std::unexpected(path.error());
  Inclusion inclusion{std::move(*path), Hash::of(*leaf), std::move(newest.note), size};
  const auto root = eventstore::root_by_inclusion(sequence.value, size, inclusion.leaf, inclusion.path);
  if (!root || base64(root->view()) != newest.signed_text.root)
    return failure("tree_damaged", "The hashes in " + directory_ + " do not lead to what was signed.");
  return std::optional(std::move(inclusion));
}

Result<std::vector<Hash>> Checkpoints::consistency(std::uint64_t first, std::uint64_t second) const {
  const std::shared_ptr<const TreeFiles> tree = this->tree();
  if (!tree || first > second || second > tree->flushed())
    return failure("not_yet", "No checkpoint covers that yet.", eventstore::Retry::can_help);
  return eventstore::consistency_path(first, second, tree->stored());
}

Result<Hash> Checkpoints::root_at(std::uint64_t size) const {
  const std::shared_ptr<const TreeFiles> tree = this->tree();
  if (!tree || size > tree->flushed())
    return failure("not_yet", "No checkpoint covers that yet.", eventstore::Retry::can_help);
  return tree->root_at(size);
}

Result<std::optional<std::string>> Checkpoints::tile(unsigned level, const eventstore::TileName& tile) const {
  const std::shared_ptr<const TreeFiles> tree = this->tree();
  if (!tree || !tree->holds(level, tile)) return std::optional<std::string>{};
  auto hashes = tree->tile(level, tile);
  if (!hashes) return std::unexpected(hashes.error());
  return std::optional(std::move(*hashes));
}

std::shared_ptr<TreeFiles> Checkpoints::tree() const {
  const std::lock_guard lock(mutex_);
  return tree_;
}

std::uint64_t Checkpoints::covered() const {
  const std::lock_guard lock(mutex_);
  return newest_.signed_text.size;
}

Result<std::optional<std::string>> Checkpoints::bundle(const eventstore::TileName& bundle) const {
  const auto signed_now = this->covered();
  const auto bundles = signed_now / eventstore::tile_width;
  // Compared so that no index makes it overflow.
  if (bundle.index > bundles || (bundle.index == bundles && bundle.width > signed_now % eventstore::tile_width))
    return std::optional<std::string>{};
  const auto first = bundle.index * eventstore::tile_width;
  auto reader = reader_at(first);
  std::string framed;
  for (std::size_t i = 0; i < bundle.width; ++i) {
    const auto leaf = reader->next();
    if (!leaf) return std::unexpected(leaf.error());
    if (!*leaf) return failure("log_behind_checkpoint", "The log ends before what was signed of it.");
    if (i == 0)
      framed.reserve(bundle.width * ((*leaf)->record.size() + eventstore::entry_length_bytes));  // most are alike
    eventstore::append_entry(framed, (*leaf)->record);
  }
  keep_reader(first + bundle.width, std::move(reader));
  return std::optional(std::move(framed));
}

std::unique_ptr<eventstore::LogReader> Checkpoints::reader_at(std::uint64_t first) const {
  const std::lock_guard lock(waiting_mutex_);
  const auto found = std::ranges::find(waiting_, first, &Waiting::next);
  if (found == waiting_.end()) return log_.reader(Sequence{first});
  auto reader = std::move(found->reader);
  waiting_.erase(found);
  return reader;
}

void Checkpoints::keep_reader(std::uint64_t next, std::unique_ptr<eventstore::LogReader> reader) const {
  const std::lock_guard lock(waiting_mutex_);
  if (waiting_.size() == waiting_max) waiting_.erase(waiting_.begin());
  waiting_.push_back({next, std::move(reader)});
}

}  // namespace pioneer::api
