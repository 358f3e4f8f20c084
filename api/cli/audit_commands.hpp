// Commands that read what left the machine, and need neither a log nor a server. main.cpp reads the command line into
// them.
#pragma once

#include <string>
#include <vector>

#include "api/cli/commands.hpp"

namespace pioneer::cli {

struct AuditVerifyOptions {
  std::string mirror;
  std::vector<std::string> verifiers;    ///< keys, or files with a key in each line; empty: as the mirror was told
  std::vector<std::string> checkpoints;  ///< files: signed checkpoints that somebody else has
  std::string tsa_ca;                    ///< a PEM file of the authorities that stamped; empty: stamps are not checked
  bool any_entries = false;              ///< the log is none of ours
  unsigned threads = 2;
};
Exit audit_verify(const Place& place, const AuditVerifyOptions& options);

struct ReceiptOptions {
  std::string file;
  std::vector<std::string> verifiers;  ///< keys, or files with a key in each line; empty: as --data knows the log
};
/// Whether a receipt holds, without a log or a server, and what its record says.
Exit verify_receipt(const Place& place, const ReceiptOptions& options);

struct GetReceiptOptions {
  std::uint64_t position = 0;
  std::string to;  ///< a file, never over another; empty: pioneer-<position>.tlog-proof, here
};
/// Writes the receipt of what stands at this position.
Exit get_receipt(const Place& place, const GetReceiptOptions& options);

struct BreachOptions {
  std::string promise;                 ///< a file: the note, or its base64 as it came in the header
  std::vector<std::string> evidence;   ///< files: receipts, checkpoints, other promises
  std::vector<std::string> verifiers;  ///< as in ReceiptOptions
};
/// Whether a promise was broken, by what others signed since; exit 1 if it was.
Exit judge_promise(const Place& place, const BreachOptions& options);

/// A mirror to compute from.
struct AuditMirrorOptions {
  std::string mirror;
  std::vector<std::string> verifiers;  ///< as in AuditVerifyOptions
  bool unproven = false;               ///< compute from it without holding its entries against the checkpoint
};
Exit audit_invariants(const Place& place, const AuditMirrorOptions& options);

struct AuditReplayOptions {
  AuditMirrorOptions mirror;
  std::vector<std::string> published;  ///< files with signed digests, beside those in the mirror
  std::string scratch = ".";           ///< where the replay's store stands meanwhile
};
/// With a server in `place`: also against what that one signs, to the first entry where they part.
Exit audit_replay(const Place& place, const AuditReplayOptions& options);

struct AuditHistoryOptions {
  AuditMirrorOptions mirror;
  std::string from = "0";     ///< a position, or a time such as 2026-03-01T12:00:00Z
  std::string to;             ///< likewise; empty: the end
  std::string stream;         ///< "request/ID"; a kind ("request/"); empty: all
  std::string scratch = ".";  ///< of a figure: where the replay's store stands meanwhile
  /// Of a kind's streams: they are decided again in groups, one for each so many of their entries.
  std::uint64_t entries_per_part = 300'000;
};
/// What happened between two moments, by stream.
Exit audit_diff(const Place& place, const AuditHistoryOptions& options);
/// Why something is as it is: its events, each with its data and the policy that decided it, and each decision again.
Exit audit_why(const Place& place, const AuditHistoryOptions& options);
/// Why a board's figure is what it is: the requests that it counts. `options.stream`: "board/ID/accepted/overdue".
Exit audit_figure(const Place& place, const AuditHistoryOptions& options);
/// Every decision of a range, made again; exit 1 where one comes out otherwise. `stream` is not asked.
Exit audit_rerun(const Place& place, const AuditHistoryOptions& options);

struct WhatIfOptions {
  AuditHistoryOptions range;  ///< `stream` is not asked
  std::string policy;         ///< a services.yaml
};
/// Who would have been judged otherwise, had another policy been in force.
Exit audit_what_if(const Place& place, const WhatIfOptions& options);

struct EvidenceOptions {
  AuditHistoryOptions range;  ///< `stream`: of which evidence is wanted
  std::string file;           ///< the archive to write; never over another
  std::string page;           ///< a verify.html; empty: the one that was built for this program, if it was
};
/// All that a mirror holds of a stream, with its proofs, as an archive that others' programs check.
Exit audit_evidence(const Place& place, const EvidenceOptions& options);

struct EvidenceCheckOptions {
  std::string file;
  std::vector<std::string> verifiers;  ///< as in AuditVerifyOptions; empty: the key in the archive
  std::string page;                    ///< as in EvidenceOptions, to compare with
  std::string tsa_ca;                  ///< as in AuditVerifyOptions
};
Exit audit_evidence_check(const Place& place, const EvidenceCheckOptions& options);

/// The policies in a mirror, as `policy history` tells them.
Exit audit_policies(const Place& place, const AuditMirrorOptions& options);

struct AuditCompleteOptions {
  AuditHistoryOptions range;  ///< `stream` is not asked
  std::string kind;           ///< one of complete_kinds()
  std::string organisation;   ///< an id: only what began there; empty: all
  bool subtree = false;       ///< and in all that stood below it then
};
std::vector<std::string> complete_kinds();
/// All that was begun of one kind, in one time and place: that nothing is missing is proven.
Exit audit_complete(const Place& place, const AuditCompleteOptions& options);

struct PublishOptions {
  std::string folder;             ///< empty: nothing is signed, nowhere
  std::vector<std::uint64_t> at;  ///< places beside the log's end
  std::uint64_t every = 0;        ///< and each of so many entries; 0: none
};
/// `replay`, and what it came to as signed notes in FOLDER/digests/POSITION.
Exit replay_and_publish(const Place& place, const PublishOptions& options);

}  // namespace pioneer::cli
