// What comes in from files: findings about them, rows as imports take them, and how a file of requests is read.
// Plain values; any thread. Real: adapters/yaml and adapters/csv.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/common/common.pb.h"
#include "domain/organisations/organisations.pb.h"
#include "domain/requests/requests.pb.h"

namespace pioneer::api {

/// What is wrong at one place of a file, and what would be right.
struct Finding {
  std::string file;
  std::size_t line = 0;  ///< from 1; 0: the file as a whole
  std::string sentence;  ///< "accept_within: expected a duration such as \"2 h\", found \"soon\""

  /// "services.yaml:12: …"
  std::string text() const { return file + (line == 0 ? std::string() : ":" + std::to_string(line)) + ": " + sentence; }
};

/// A file is taken whole or refused with every finding; the list is never empty.
template <class T>
using Checked = std::expected<T, std::vector<Finding>>;

/// An organisation as a file names it. Rows stand parents first.
struct OrganisationRow {
  std::size_t line = 0;  ///< in the file; 0: derived from other rows
  std::string code;
  std::string name;
  std::string parent_code;  ///< empty: a root
  domain::Level::Value level = domain::Level::unspecified;
  friend bool operator==(const OrganisationRow&, const OrganisationRow&) = default;
};

/// A request of another system, in our terms, never saying more than the source says.
struct ImportedRow {
  std::size_t line = 0;
  std::string number;  ///< its number in the source; unique there
  std::string type;    ///< the source's word for its kind
  std::string category;
  std::string status;  ///< the source's word for its state
  domain::RequestState::Value state = domain::RequestState::unspecified;
  std::int64_t submitted_us = 0;  ///< since 1970-01-01T00:00:00Z
  std::int64_t closed_us = 0;     ///< 0: open
  std::optional<double> lat;      ///< degrees, WGS 84; both or neither
  std::optional<double> lon;
  std::string address;
  domain::Channel::Value channel = domain::Channel::imported;
  std::string organisation;  ///< code of the organisation that holds it
  /// Whether the mapping names this type. If not, it is whatever somebody wrote: sealed in the title, never in clear.
  bool type_is_known = true;
  friend bool operator==(const ImportedRow&, const ImportedRow&) = default;
};

/// Organisations made from the rows of requests: a root, areas below it, councils below them.
struct DerivedTree {
  std::string root_code;
  std::string root_name;
  std::string area_column;
  std::string council_column;
};

/// How the columns of a file of service requests are read. From FILE.yaml (adapters/yaml/request_mapping_file.hpp).
struct RequestMapping {
  std::string source;       ///< names the imported set: with a row's number it says which request this is, for ever
  std::string zone;         ///< IANA name of the local times: "America/Los_Angeles"
  std::string time_format;  ///< as strptime has it: "%m/%d/%y %H:%M"

  std::string number_column;
  std::string type_column;
  std::string status_column;
  std::string submitted_column;
  std::vector<std::string> closed_columns;  ///< the first that is not empty, where the state is a closed one
  std::string lat_column;                   ///< empty: none
  std::string lon_column;
  std::vector<std::string> address_columns;  ///< joined by ", "; empty ones left out
  std::string channel_column;                ///< empty: all are `imported`
  std::vector<std::string>
      organisation_columns;  ///< the first that is not empty holds a code; none where `tree` is set
  std::optional<DerivedTree> tree;

  std::map<std::string, std::string> categories;  ///< source's type → our category
  std::string category_otherwise;                 ///< for types not listed; empty: such a row is an error
  std::map<std::string, domain::RequestState::Value> states;
  std::map<std::string, domain::Channel::Value> channels;
};

}  // namespace pioneer::api
