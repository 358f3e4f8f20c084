// A CSV file as a stream of rows (RFC 4180): quoted fields with doubled quotes and line breaks, LF or CRLF, a UTF-8
// byte order mark is dropped. The first row names the columns. Memory is bounded by the longest row allowed. One
// thread.
#pragma once

#include <cstddef>
#include <expected>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/ports/imports.hpp"
#include "eventstore/error.hpp"

namespace pioneer::adapters::csv {

/// A row longer than this is no row of a table; refused with its line.
inline constexpr std::size_t row_bytes_max = 64 * 1024;
inline constexpr std::size_t columns_max = 1'000;

struct CsvRow {
  std::size_t line = 0;             ///< where the row begins, from 1
  std::vector<std::string> fields;  ///< as many as there are columns
};

class CsvReader {
 public:
  /// Opens the file and reads the header. Refuses an unreadable or empty file, and a header with an empty or repeated
  /// name.
  static eventstore::Result<CsvReader> open(const std::string& path);

  const std::vector<std::string>& columns() const { return columns_; }
  std::optional<std::size_t> column(std::string_view name) const;
  const std::string& path() const { return path_; }
  /// Bytes read so far, for progress; the file's size is known to whoever opened it.
  std::size_t bytes_read() const { return bytes_; }

  /// The next row, or what is wrong with it (the reader then stands behind it); nothing at the end.
  /// Wrong are: too few or too many fields, an open quote at the end, text after a closing quote, a row over
  /// `row_bytes_max`, bytes that are no UTF-8. A wrong row of several lines names them: "lines 3–6: …". Empty lines are
  /// skipped.
  std::optional<std::expected<CsvRow, api::Finding>> next();

 private:
  struct Scan {
    CsvRow row;
    std::size_t last_line = 0;  ///< where it ends
    std::string problem;        ///< empty: none
  };
  explicit CsvReader(const std::string& path);
  int get();
  int peek();
  void scan_quoted(Scan& scan, std::size_t& size);
  bool scan_row(Scan& scan);

  std::string path_;
  std::ifstream in_;
  std::vector<std::string> columns_;
  std::size_t line_ = 1;
  bool at_line_start_ = true;
  std::size_t bytes_ = 0;
};

/// Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, no zero byte.
bool is_utf8(std::string_view bytes);

}  // namespace pioneer::adapters::csv
