// A CSV of service requests of another system, row by row, in our terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/csv/csv_reader.hpp"
#include "adapters/csv/local_time.hpp"
#include "api/ports/imports.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::csv {

/// One thread. Memory: one row.
class RequestFile {
 public:
  static constexpr std::int64_t any_time = std::numeric_limits<std::int64_t>::max();
  /// Fails when the file cannot be read, a column that `mapping` names is missing, or the zone is unknown.
  /// A time after `now_us` (since 1970-01-01T00:00:00Z) is in the future, and refused.
  static eventstore::Result<RequestFile> open(const std::string& path, api::RequestMapping mapping,
                                              std::int64_t now_us = any_time);

  /// Words of the row that next() gave last, where the mapping has a tree: they name its area and council.
  const std::string& area() const;
  const std::string& council() const;

  /// The next request, or what is wrong with its row; nothing at the end. Wrong are, beside what CsvReader refuses: a
  /// missing number, type or organisation, a word that the mapping does not know, a time that is none or in the future,
  /// a closing before the submission or missing where the state is a closed one, coordinates that are none.
  std::optional<std::expected<api::ImportedRow, api::Finding>> next();

  std::size_t bytes_read() const { return reader_.bytes_read(); }

 private:
  using Column = std::optional<std::size_t>;
  struct Columns {
    Column number, type, status, submitted, lat, lon, channel, area, council;
    std::vector<Column> closed, address, organisation;
  };
  RequestFile(CsvReader reader, api::RequestMapping mapping, LocalTimes times, std::int64_t now_us)
      : reader_(std::move(reader)), mapping_(std::move(mapping)), times_(std::move(times)), now_us_(now_us) {}
  eventstore::Result<void> find_columns();
  std::string read(const CsvRow& row, api::ImportedRow& into) const;
  std::string read_words(const CsvRow& row, api::ImportedRow& into) const;
  std::string read_times(const CsvRow& row, api::ImportedRow& into) const;
  std::string read_place(const CsvRow& row, api::ImportedRow& into) const;
  std::string organisation_of(const CsvRow& row) const;

  CsvReader reader_;
  api::RequestMapping mapping_;
  LocalTimes times_;
  std::int64_t now_us_;
  Columns columns_;
  CsvRow row_;
};

}  // namespace pioneer::adapters::csv
