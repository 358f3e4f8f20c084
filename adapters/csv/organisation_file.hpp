// A CSV of organisations: columns code, name, parent (a code, empty for a root), level.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "api/ports/imports.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::csv {

struct OrganisationFile {
  std::vector<api::OrganisationRow>
      rows;                            ///< what can be registered, each parent before its children, else in file order
  std::vector<api::Finding> findings;  ///< a refused row takes those below it with it
  std::set<std::string> unknown_parents;  ///< parents of refused rows that are neither in the file nor known
};

/// Fails only when the file cannot be read or lacks a column; what is wrong with a row is a finding with its line:
/// an unknown level, a code that stands there twice, a missing parent, a circle of parents, an empty code or name.
/// A parent that is not in the file must be in `known_codes`, those of the log.
eventstore::Result<OrganisationFile> read_organisations(const std::string& path,
                                                        const std::vector<std::string>& known_codes = {});

}  // namespace pioneer::adapters::csv
