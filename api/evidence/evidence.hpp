// Evidence: what a log holds of one thing, with its proofs, as files that others' programs check. Everything but the
// page follows from the records, the paths and the signed notes, so who checks it makes it anew and compares. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/archives.hpp"
#include "eventstore/error.hpp"
#include "eventstore/types.hpp"

namespace pioneer::api::evidence {

// More is asked for in parts, by times.
inline constexpr std::size_t entries_max = 5'000;
inline constexpr std::size_t files_max = 2 * entries_max + 3'000;
/// Who checks an archive holds it packed, unpacked, read and made again: four times this.
inline constexpr std::size_t bytes_max = 32u << 20;
/// Checkpoints, and stamps, that are taken along: two a day for a year.
inline constexpr std::size_t attached_max = 730;

struct Entry {
  std::uint64_t position = 0;
  std::string record;                  ///< its exact bytes in the log
  std::vector<eventstore::Hash> path;  ///< of its leaf in the checkpoint's tree
};

/// A checkpoint that somebody kept, or that an authority stamped with its time.
struct Kept {
  std::string file;  ///< "checkpoints/1234-0011aabb…", "stamps/1234"
  std::string note;
  std::vector<eventstore::Hash> consistency;  ///< that the newest one's tree begins with its own
};

struct Evidence {
  std::string origin;      ///< the log's name, as its checkpoint has it
  std::string stream;      ///< "request/5k2…", or a kind: "request/"
  std::uint64_t from = 0;  ///< entries that were looked through
  std::uint64_t to = 0;
  std::string checkpoint;              ///< a signed note, with every signature that it has
  std::string verifiers;               ///< the log's keys, a line each
  std::vector<Entry> entries;          ///< of the stream, and of the policies by which they were decided; ascending
  std::vector<Kept> kept;              ///< ascending by file
  std::vector<ArchivedFile> attached;  ///< as they were found
  std::string page;                    ///< verify.html, to show itself the proofs; empty: none is at hand
};

inline constexpr std::string_view manifest_file = "evidence.txt";
inline constexpr std::string_view page_file = "index.html";
/// What is taken along as it was found in a mirror: answers of time stamping authorities, the history of the log's
/// keys.
bool is_attached(std::string_view file);
/// What is a signed checkpoint by its file's name: "checkpoints/…", "stamps/1234".
bool is_kept(std::string_view file);
inline constexpr std::string_view consistency_suffix = ".consistency";
std::string entry_file(std::uint64_t position);  ///< "entries/17.entry"
std::string proof_file(std::uint64_t position);  ///< "proofs/17.tlog-proof"

/// All files, in the order in which they are packed. Errors: those of tell_entry(); "too_large" beyond `bytes_max`.
eventstore::Result<std::vector<ArchivedFile>> write_evidence(const Evidence& evidence);

/// The JSON that the page reads its keys and proofs from.
std::string embedded_json(const Evidence& evidence);
/// The page with that JSON in it; nothing where the page has no place for it.
std::string filled_page(std::string_view page, std::string_view json);
/// What stands in that place; nothing where there is none.
std::string_view embedded_in(std::string_view page);

}  // namespace pioneer::api::evidence
