// Organisations made from the rows of a file of requests, where the source has no list of its own: a root (city), an
// area (district) for each word in the area's column, a council (community) for each word in the council's column. A
// council belongs to the area that most of its rows name, the first by name where two are level, the root where none
// does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/csv/request_file.hpp"
#include "api/ports/imports.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::csv {

/// Root, areas by name, councils by name, by the tree of `mapping`, which must have one: the same file gives the same
/// rows. Rows that RequestFile refuses name nothing: organisations without a request would be left. Reading the
/// requests tells them.
eventstore::Result<std::vector<api::OrganisationRow>> derive_organisations(const std::string& path,
                                                                           const api::RequestMapping& mapping,
                                                                           std::int64_t now_us = RequestFile::any_time);

/// The code of an area or council: the root's code and the name in capitals, "LA-ECHO-PARK-NC". Two names that
/// differ only in signs get the same code, and derive_organisations refuses them.
std::string derived_code(const api::DerivedTree& tree, std::string_view name);

}  // namespace pioneer::adapters::csv
