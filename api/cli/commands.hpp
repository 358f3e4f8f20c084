// Every command of `pioneer`: its options, and the function that does it. main.cpp reads the command line into them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/cli/console.hpp"
#include "api/ports/settings.hpp"

namespace pioneer::cli {

/// Where a command works: on the directory of a stopped server, or on a running one.
struct Place {
  std::string data;
  std::string server;
  api::KafkaSetting kafka = {};  ///< where the directory's log is; no brokers: in the directory
  std::string master_key = {};   ///< file; empty: the directory's own
  std::string token;
  bool json = false;
};

struct ImportOrganisationsOptions {
  std::string file;
  std::string services;  ///< services.yaml; empty: the one that comes with pioneer
};
Exit import_organisations(const Place& place, const ImportOrganisationsOptions& options);

struct ImportRequestsOptions {
  std::string file;
  std::string mapping;
  std::string services;
};
Exit import_requests(const Place& place, const ImportRequestsOptions& options);

struct TokenOptions {
  std::string member;  ///< a name or an id
  std::string role;
  std::string organisation;  ///< an id or a code
  std::string phone;
  std::string expires;  ///< RFC 3339; empty: never
};
Exit create_token(const Place& place, const TokenOptions& options);
struct SignInLinkOptions {
  std::string member;                            ///< a name or an id
  std::string origin = "http://127.0.0.1:8080";  ///< how browsers reach the server; a running one knows
  std::uint32_t days = 7;                        ///< how long it is good
};
Exit make_link(const Place& place, const SignInLinkOptions& options);
struct RevokeTokenOptions {
  std::string token;  ///< the token itself, or the 64 digits of its hash as `token list` shows them
};
Exit revoke_token(const Place& place, const RevokeTokenOptions& options);
Exit list_tokens(const Place& place);

struct KeysOptions {
  bool verifier = false;
  bool history = false;  ///< all verifier keys that there ever were
  std::string name;      ///< of the log, in its verifier key; empty: from the log's id
};
Exit show_keys(const Place& place, const KeysOptions& options);
struct RotateOptions {
  bool end = false;  ///< the key that was before signs no more
};
Exit rotate_key(const Place& place, const RotateOptions& options);

struct LogOptions {
  std::uint64_t from = 0;
  std::uint64_t limit = 100;
  std::string stream;  ///< empty: all
};
Exit show_log(const Place& place, const LogOptions& options);
Exit tail_log(const Place& place, const LogOptions& options);
Exit describe_log(const Place& place);
Exit confirm_clock(const Place& place);
/// A log that lost what it had signed goes on as another one, which names it.
Exit continue_log(const Place& place);

struct CopyOptions {
  std::string from, to;  ///< a data directory, or a settings file whose log is on Kafka
};
/// All records as they are, fences included. Error `no`: the target holds another history.
Exit copy_log(const Place& place, const CopyOptions& options);

struct RestoreOptions {
  std::vector<std::string> directories;  ///< of all nodes, stopped
};
/// A topic that lost its end is left as it is; the longest copy goes into the topic's next generation. Error `no`: two
/// copies went different ways, or all are behind what was signed.
Exit restore_log(const Place& place, const RestoreOptions& options);

/// What the nodes of the log say of themselves, in their shared table. Error `no`: none writes, or none is there.
Exit cluster_status(const Place& place);

struct LevelOptions {
  std::uint32_t to = 0;  ///< 0: the highest that this program knows
};
Exit raise_level(const Place& place, const LevelOptions& options);

/// The policies that the deployment ever had, and what each said otherwise than the one before it.
Exit policy_history(const Place& place);

struct VerifyOptions {
  unsigned threads = 2;
};
Exit verify(const Place& place, const VerifyOptions& options);

struct MirrorOptions {
  std::string to;
  bool hashes_only = false;
  std::vector<std::string> verifiers;  ///< of a server's log: keys, or files with a key in each line; empty: its word
  unsigned connections = 4;            ///< to a server, at once
  bool digests = false;                ///< what a server signs that its read models are: it may replay its log for it
};
Exit mirror(const Place& place, const MirrorOptions& options);

Exit replay(const Place& place);

struct AsOfOptions {
  std::string at;    ///< RFC 3339, or a date: its first instant in UTC
  std::string kind;  ///< request, product or board
  std::string id;    ///< of the request or product; id or code of the organisation
};
Exit as_of(const Place& place, const AsOfOptions& options);

struct ExportOptions {
  std::string out;
  bool personal = false;
  std::string purpose;  ///< why personal fields are opened; stands in the log
};
Exit export_rows(const Place& place, const ExportOptions& options);

struct EraseOptions {
  std::string member;
};
Exit erase(const Place& place, const EraseOptions& options);

struct DemoOptions {
  std::string content;  ///< directory with the demo's files; empty: the one that comes with pioneer
  std::uint64_t seed = 1;
  unsigned days = 60;
  std::string until;                      ///< RFC 3339; empty: now
  std::string listen = "127.0.0.1:8080";  ///< of the server that will show it
};
Exit make_demo(const Place& place, const DemoOptions& options);

}  // namespace pioneer::cli
