#include "api/evidence/evidence_check.hpp"

#include <algorithm>
#include <map>

#include "api/proofs/key_history.hpp"
#include "api/proofs/receipt.hpp"
#include "api/text/base64.hpp"
#include "api/text/lines.hpp"
#include "eventstore/commit.hpp"
#include "eventstore/tree_proofs.hpp"

namespace pioneer::api::evidence {
namespace {

using eventstore::Hash;
using eventstore::TreeHead;
using Fault = std::optional<EvidenceFault>;

/// A tree of 2^64 leaves is this high.
constexpr std::size_t path_max = 64;
/// The manifest, the keys, a path of hashes: each is read into lines.
constexpr std::size_t short_file_bytes_max = 64u << 10;

EvidenceFault fault(std::string code, std::string file, std::string sentence) {
  return {std::move(code), std::move(file), std::move(sentence)};
}
EvidenceFault fault(std::string file, const eventstore::Error& error) {
  return {error.code, std::move(file), error.detail};
}

/// What stands behind `begins` in the name; nothing: it begins or ends otherwise.
std::optional<std::string_view> between(std::string_view name, std::string_view begins, std::string_view ends) {
  if (name.size() < begins.size() + ends.size() || !name.starts_with(begins) || !name.ends_with(ends))
    return std::nullopt;
  return name.substr(begins.size(), name.size() - begins.size() - ends.size());
}

/// The archive, read back into what it was written from.
class Check {
 public:
  Check(std::span<const ArchivedFile> files, std::string_view origin, std::span<const Verifier* const> keys,
        std::string_view page)
      : origin_(origin), keys_(keys), page_(page) {
    for (const auto& file : files) files_.emplace(file.name, file.bytes);
    evidence_.origin = origin;
  }

  EvidenceReport run() {
    for (const auto step :
         {&Check::read_manifest, &Check::read_entries, &Check::read_kept, &Check::read_attached, &Check::check_proofs,
          &Check::check_kept, &Check::count, &Check::compare, &Check::look_at_page}) {
      report_.fault = (this->*step)();
      if (report_.fault) break;
    }
    return std::move(report_);
  }

 private:
  const std::string_view* file(std::string_view name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
  }

  Fault read_manifest() {
    for (const auto* name : {"evidence.txt", "checkpoint", "verifier"})
      if (file(name) == nullptr)
        return fault("missing_file", name, "It is not there: this is no evidence, or only a part of it");
    for (const auto& [name, bytes] : files_) {
      const bool is_short = name == manifest_file || name == "verifier" || name.ends_with(consistency_suffix);
      if (is_short && bytes.size() > short_file_bytes_max)
        return fault("too_large", std::string(name), "It is longer than such a file can be");
    }
    const auto lines = lines_of(*file(manifest_file));
    const auto value = [&](std::size_t at, std::string_view key) {
      return at < lines.size() ? between(lines[at], key, "") : std::nullopt;
    };
    const auto stream = value(2, "stream ");
    const auto from = decimal(value(3, "from ").value_or(""));
    const auto to = decimal(value(4, "to ").value_or(""));
    if (lines.size() != 5 || lines[0] != "pioneer-evidence 1" || !value(1, "origin ") || !stream || !from || !to)
      return fault("bad_manifest", std::string(manifest_file),
                   "Its lines are not those of evidence that this program knows");
    if (*value(1, "origin ") != origin_)
      return fault("other_origin", std::string(manifest_file),
                   "It is of the log \"" + std::string(*value(1, "origin ")) + "\", and the key is of \"" +
                       std::string(origin_) + "\"");
    evidence_.stream = report_.stream = *stream;
    evidence_.from = report_.from = *from;
    evidence_.to = report_.to = *to;
    evidence_.checkpoint = *file("checkpoint");
    evidence_.verifiers = *file("verifier");
    return std::nullopt;
  }

  Fault read_entries() {
    for (const auto& [name, bytes] : files_) {
      const auto number = between(name, "entries/", ".entry");
      if (!number) continue;
      const auto position = decimal(*number);
      if (!position) return fault("bad_name", std::string(name), "An entry's file is named by its place in the log");
      const auto* const proof = file(proof_file(*position));
      if (proof == nullptr) return fault("missing_file", proof_file(*position), "The entry has no proof");
      auto receipt = parse_receipt(*proof);
      if (!receipt) return fault(proof_file(*position), receipt.error());
      evidence_.entries.push_back({*position, std::string(bytes), std::move(receipt->path)});
    }
    if (evidence_.entries.empty()) return fault("no_entries", "", "There is no entry in it");
    if (evidence_.entries.size() > entries_max) return fault("too_large", "", "It has more entries than evidence may");
    std::ranges::sort(evidence_.entries, {}, &Entry::position);
    return std::nullopt;
  }

  Fault read_kept() {
    for (const auto& [name, bytes] : files_) {
      if (!is_kept(name)) continue;
      Kept one{std::string(name), std::string(bytes), {}};
      const auto path = std::string(name) + std::string(consistency_suffix);
      if (file(path) == nullptr)
        return fault("missing_file", path, "The checkpoint has no proof that it is of this history");
      for (const auto line : lines_of(*file(path))) {
        const auto hash = from_base64(line);
        if (!hash || hash->size() != Hash::size || one.consistency.size() == path_max)
          return fault("bad_proof", path, "Its lines are not at most 64 hashes in base64");
        one.consistency.push_back(Hash::of(*hash));
      }
      evidence_.kept.push_back(std::move(one));
    }
    return std::nullopt;  // in the order of their names, as the map has them
  }

  Fault read_attached() {
    for (const auto& [name, bytes] : files_) {
      if (!is_attached(name)) continue;
      evidence_.attached.push_back({std::string(name), std::string(bytes)});
      if (name.ends_with(".tsr")) ++report_.stamps;
      if (name != key_history_file) continue;
      if (const auto lines = check_key_history(bytes, keys_named(origin_, keys_)); !lines)
        return fault(std::string(name), lines.error());
      report_.key_history = true;
    }
    return std::nullopt;
  }

  Fault check_proofs() {
    for (const auto& entry : evidence_.entries) {
      const Receipt receipt{entry.record, entry.position, entry.path, evidence_.checkpoint};
      const auto proven = check_receipt(receipt, origin_, keys_);
      if (!proven) return fault(proof_file(entry.position), proven.error());
      report_.checkpoint = proven->checkpoint;
    }
    if (auto wrong = add_cosigners("checkpoint", parse_note(evidence_.checkpoint).value(), report_.checkpoint))
      return wrong;
    if (evidence_.entries.back().position >= evidence_.to || evidence_.to > report_.checkpoint.size)
      return fault("bad_manifest", std::string(manifest_file), "It holds more than it says it looked through");
    return std::nullopt;
  }

  Fault check_kept() {
    const TreeHead newest{report_.checkpoint.size, report_.checkpoint.root};
    for (const auto& kept : evidence_.kept) {
      const auto& name = kept.file;
      const auto note = parse_note(kept.note);
      if (!note) return fault(name, note.error());
      const auto then = check_checkpoint_of(*note, origin_, keys_);
      if (!then) return fault(name, then.error());
      if (then->size > newest.size || !eventstore::consistent({then->size, then->root}, newest, kept.consistency))
        return fault("contradiction", name,
                     "The log signed this too, and its proof does not show that it is of the same history. Keep both");
      if (auto wrong = add_cosigners(name, *note, *then)) return wrong;
      ++report_.kept;
    }
    std::ranges::sort(report_.cosigners, {}, &Cosigner::witness);
    return std::nullopt;
  }

  Fault add_cosigners(std::string file, const SignedNote& note, const SignedCheckpoint& checkpoint) {
    std::vector<const Verifier*> witnesses;
    for (const auto* key : keys_)
      if (key->name() != origin_) witnesses.push_back(key);
    const auto added = api::add_cosigners(report_.cosigners, note, checkpoint.size, witnesses);
    if (!added) return fault(std::move(file), added.error());
    report_.cosigned = std::ranges::any_of(
        report_.cosigners, [&](const Cosigner& one) { return one.size > evidence_.entries.back().position; });
    return std::nullopt;
  }

  /// Which entries are the stream's, and whether its revisions go on without a gap.
  Fault count() {
    const bool one = !evidence_.stream.ends_with('/');
    std::optional<std::uint64_t> next;
    for (const auto& entry : evidence_.entries) {
      const auto commit = eventstore::parse_commit({eventstore::Sequence{entry.position}, entry.record});
      if (!commit) return fault(entry_file(entry.position), commit.error());
      report_.recorded_at_us.emplace_back(entry.position, commit->body.recorded_at_us());
      bool its = false;
      for (const auto& part : commit->body.parts()) {
        if (one ? part.stream() != evidence_.stream : !part.stream().starts_with(evidence_.stream)) continue;
        its = true;
        if (!one) continue;
        if (!next) report_.whole_beginning = part.first_revision() == 0;
        if (next && *next != part.first_revision()) report_.gap = true;
        next = part.first_revision() + static_cast<std::uint64_t>(part.events_size());
      }
      ++(its ? report_.entries : report_.related);
    }
    if (report_.entries == 0) return fault("no_entries", "", "None of its entries is of " + evidence_.stream);
    return std::nullopt;
  }

  /// Whatever follows from the records is made anew; no other word and no other file is left standing.
  Fault compare() {
    const auto anew = write_evidence(evidence_);
    if (!anew) return fault("", anew.error());
    std::size_t known = 0;
    for (const auto& made : *anew) {
      const auto* const there = file(made.name);
      if (there == nullptr) return fault("missing_file", made.name, "It is not there");
      if (*there != made.bytes)
        return fault("other_words", made.name, "It does not say what the records and proofs say");
      ++known;
    }
    if (file(page_file) != nullptr) ++known;
    if (known == files_.size()) return std::nullopt;
    for (const auto& [name, bytes] : files_) {
      if (name == page_file || std::ranges::find(*anew, name, &ArchivedFile::name) != anew->end()) continue;
      return fault("unknown_file", std::string(name), "It is no part of evidence");
    }
    return std::nullopt;
  }

  // A page is a program: that it shows these proofs is checked, what it says about them only where it is ours.
  Fault look_at_page() {
    const auto* const there = file(page_file);
    if (there == nullptr) return std::nullopt;
    if (embedded_in(*there) != embedded_json(evidence_))
      return fault("other_words", std::string(page_file), "The page shows other proofs than those in the archive");
    report_.page = true;
    report_.own_page = !page_.empty() && *there == filled_page(page_, embedded_json(evidence_));
    return std::nullopt;
  }

  std::map<std::string_view, std::string_view> files_;
  const std::string_view origin_;
  const std::span<const Verifier* const> keys_;
  const std::string_view page_;
  Evidence evidence_;
  EvidenceReport report_;
};

}  // namespace

EvidenceReport check_evidence(std::span<const ArchivedFile> files, std::string_view origin,
                              std::span<const Verifier* const> keys, std::string_view page) {
  return Check(files, origin, keys, page).run();
}

}  // namespace pioneer::api::evidence
