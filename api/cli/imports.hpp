// From rows of files to commands of the system, many in flight. What the import commands and the demo share.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/cli/console.hpp"
#include "api/cli/pipeline.hpp"
#include "api/edge/edge.hpp"
#include "api/ports/imports.hpp"

namespace pioneer::cli {

/// What became of a file's rows.
struct Tally {
  std::uint64_t added = 0;
  std::uint64_t unchanged = 0;  ///< there already
  std::uint64_t refused = 0;
  std::vector<api::Finding> findings;
  std::optional<eventstore::Error> stopped;  ///< the log took no more

  void refuse(api::Finding finding);
  /// An organisation that is there already: `same` as in its row, or the row says something else and is refused.
  void found(const std::string& file, std::size_t line, bool same);
  /// Counts one outcome; `at` says which row it was.
  void count(const node::Outcome& outcome, const std::string& file, std::size_t line);
};

/// Organisations by their codes: those of the log, and those that an import adds.
using OrganisationsByCode = std::unordered_map<std::string, domain::Id>;

class Imports {
 public:
  Imports(api::Edge& edge, Pipeline& pipeline, OrganisationsByCode organisations)
      : edge_(edge), pipeline_(pipeline), organisations_(std::move(organisations)) {}

  void adopt(const domain::Policy& policy, Tally& tally);
  /// Each row one command. A code that is there already changes nothing.
  void organisations(std::span<const api::OrganisationRow> rows, const std::string& file, Tally& tally);
  void request(const api::ImportedRow& row, const std::string& source, const std::string& file, Tally& tally);
  /// Every outcome is counted when this returns.
  void finish() { pipeline_.drain(); }

  const OrganisationsByCode& by_code() const { return organisations_; }

 private:
  api::Edge& edge_;
  Pipeline& pipeline_;
  OrganisationsByCode organisations_;
};

/// Codes of all active organisations.
OrganisationsByCode organisations_of(const node::Node& node);
/// The organisations that a mapping derives from the rows of a file; none if it derives none.
eventstore::Result<std::vector<api::OrganisationRow>> derived_rows(const std::string& file,
                                                                   const api::RequestMapping& mapping,
                                                                   std::int64_t now_us);
/// All rows of a file of requests; the error is the file's, not a row's. Rows after `now_us` are in the future.
eventstore::Result<void> import_request_rows(Imports& imports, const std::string& file,
                                             const api::RequestMapping& mapping, std::int64_t now_us, Tally& tally);
/// Says the tally of what `one` is one of, and what the exit is.
Exit report(const Tally& tally, std::string_view one, bool json);

}  // namespace pioneer::cli
