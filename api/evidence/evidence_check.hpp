// Evidence that somebody handed over, checked without them. Any thread.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "api/evidence/evidence.hpp"
#include "api/ports/verifier.hpp"
#include "api/proofs/cosignature.hpp"
#include "api/proofs/signed_note.hpp"

namespace pioneer::api::evidence {

struct EvidenceFault {
  std::string code;
  std::string file;  ///< in the archive; empty: the archive as such
  std::string sentence;
};

struct EvidenceReport {
  std::optional<EvidenceFault> fault;  ///< the first one
  std::string stream;
  std::uint64_t from = 0;  ///< the entries that were looked through, as whoever made it says
  std::uint64_t to = 0;    ///< not one of them
  SignedCheckpoint checkpoint;
  std::vector<Cosigner> cosigners;  ///< of the witnesses whose keys were given, what each signed; in order of names
  bool cosigned = false;            ///< one of them signed what covers all entries
  /// Positions of all entries, in order, and when each was recorded.
  std::vector<std::pair<std::uint64_t, std::int64_t>> recorded_at_us;
  std::size_t entries = 0;  ///< of the stream
  std::size_t related = 0;  ///< policies by which they were decided
  std::size_t kept = 0;
  std::size_t stamps = 0;        ///< are not checked here: they need their authority's certificate
  bool key_history = false;      ///< the log's keys tell which came before them
  bool gap = false;              ///< a revision of the stream is missing between two
  bool whole_beginning = false;  ///< the stream's first revision is there
  bool page = false;             ///< there is one, and it shows these proofs
  bool own_page = false;         ///< and it is the page that was given to compare with
};

/// `keys`: as in check_receipt(). `page`: ours, to compare with; empty: none is at hand. Everything that follows from
/// the records is made anew and compared, so no word and no file in the archive is believed.
EvidenceReport check_evidence(std::span<const ArchivedFile> files, std::string_view origin,
                              std::span<const Verifier* const> keys, std::string_view page);

}  // namespace pioneer::api::evidence
