// A receipt: the proof that a record stands in the log, in one file that is checked without us and without a
// connection (https://c2sp.org/tlog-proof). The record's exact bytes are its `extra`, so that the file says all:
//
//   c2sp.org/tlog-proof@v1
//   extra <base64 of the record>
//   index <position>
//   <base64 of a sibling's hash>       as many as the tree's size wants, leaf to root
//                                      an empty line
//   <the checkpoint, a signed note>
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/proofs/signed_note.hpp"
#include "eventstore/record.hpp"

namespace pioneer::api {

struct Receipt {
  std::string record;  ///< says nothing until check_receipt() has held it against the path; empty: none was given
  std::uint64_t index = 0;
  std::vector<eventstore::Hash> path;
  std::string checkpoint;  ///< a signed note, as it was published
};

/// Of a file that is read at all: the longest record in base64 (87 KB), the longest path (3 KB), the longest note.
inline constexpr std::size_t receipt_bytes_max = 160u << 10;
inline constexpr std::string_view receipt_media_type = "text/plain; charset=utf-8";
/// "pioneer-11008.tlog-proof"
std::string receipt_file_name(std::uint64_t index);

/// Whether a file's first line was meant as a receipt's, of this version of the format or another.
bool begins_as_receipt(std::string_view file);

std::string write_receipt(const Receipt& receipt);

/// Only what write_receipt() could have written is taken; whether it is true is check_receipt()'s. Error:
/// "bad_receipt", with what is wrong with it.
eventstore::Result<Receipt> parse_receipt(std::string_view file);

/// Who signed a receipt's checkpoint beside the log.
struct Witnessed {
  std::string name;
  std::optional<std::uint64_t> time_s;  ///< when, by its own clock; seconds since 1970; nothing: its key tells no time
};

/// What a receipt proves.
struct ProvenRecord {
  eventstore::RecordHeader header;
  eventstore::Hash leaf;
  SignedCheckpoint checkpoint;
  std::vector<Witnessed> cosigners;  ///< whose keys were given, beside the log's, and whose signature is over it too
};

/// Everything: the log's signature, its name and size, the number of hashes, the root, the record and its place.
/// `keys`: those that are trusted; the log's carry `origin` as their name, others are cosigners'. Errors: those of
/// parse_note(), check_signed() and read_checkpoint(), "wrong_path" and "not_in_tree" where the hashes do not lead to
/// the root, "no_record" where the file holds none, "bad_record" where what it holds is none, or is of another place.
eventstore::Result<ProvenRecord> check_receipt(const Receipt& receipt, std::string_view origin,
                                               std::span<const Verifier* const> keys);

}  // namespace pioneer::api
