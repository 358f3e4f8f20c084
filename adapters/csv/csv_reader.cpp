#include "adapters/csv/csv_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace pioneer::adapters::csv {
namespace {

constexpr int end_of_file = std::ifstream::traits_type::eof();

// Length of the UTF-8 sequence at the start of `bytes`; 0: none.
std::size_t utf8_length(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t first = at(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  std::size_t length = 0;
  std::uint32_t code = 0;
  std::uint32_t least = 0;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2, code = first & 0x1fu, least = 0x80;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3, code = first & 0x0fu, least = 0x800;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4, code = first & 0x07u, least = 0x10000;
  }
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0u) != 0x80) return 0;
    code = (code << 6) | (at(i) & 0x3fu);
  }
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < least || code > 0x10ffff || surrogate ? 0 : length;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

CsvReader::CsvReader(const std::string& path) : path_(path), in_(path, std::ios::binary) {}

int CsvReader::get() {
  const int c = in_.get();
  if (c == end_of_file) return c;
  ++bytes_;
  if (c == '\n') ++line_;
  at_line_start_ = c == '\n';
  return c;
}

int CsvReader::peek() { return in_.peek(); }

// Behind an opening quote: to behind the closing one. The text belongs to the last field.
void CsvReader::scan_quoted(Scan& scan, std::size_t& size) {
  for (int c = get(); c != end_of_file; c = get()) {
    if (c == '"') {
      if (peek() != '"') return;
      get();
    }
    if (++size <= row_bytes_max) scan.row.fields.back().push_back(static_cast<char>(c));
  }
  scan.problem = "a quote is opened and never closed";
}

// One row, wrong or right, to behind its line break. False: there was nothing left.
bool CsvReader::scan_row(Scan& scan) {
  scan.row = {line_, {}};
  scan.problem.clear();
  if (peek() == end_of_file) return false;
  scan.row.fields.emplace_back();
  std::size_t size = 0;
  bool quoted = false;  // this field's quote was closed
  for (int c = get(); c != end_of_file && c != '\n'; c = get()) {
    if (c == '\r' && (peek() == '\n' || peek() == end_of_file)) continue;
    ++size;
    if (c == ',') {
      quoted = false;
      if (scan.row.fields.size() <= columns_max) scan.row.fields.emplace_back();
    } else if (c == '"' && !quoted && scan.row.fields.back().empty()) {
      scan_quoted(scan, size);
      quoted = true;
    } else if (c == '"' || quoted) {
      scan.problem =
          quoted ? "text after a closing quote; expected a comma" : "a quote inside a field that is not quoted";
    } else if (size <= row_bytes_max) {
      scan.row.fields.back().push_back(static_cast<char>(c));
    }
  }
  scan.last_line = at_line_start_ ? line_ - 1 : line_;
  if (size > row_bytes_max) scan.problem = "longer than " + std::to_string(row_bytes_max) + " bytes";
  if (scan.problem.empty() && !std::ranges::all_of(scan.row.fields, is_utf8)) scan.problem = "is not UTF-8";
  return true;
}

eventstore::Result<CsvReader> CsvReader::open(const std::string& path) {
  CsvReader reader(path);
  if (!reader.in_.is_open() || reader.peek() == end_of_file) {
    return eventstore::failure("unreadable_file", path + ": cannot be read, or is empty");
  }
  if (reader.peek() == 0xef) {  // a byte order mark, or no CSV of ours
    char mark[3] = {};
    reader.in_.read(mark, sizeof mark);
    reader.bytes_ += sizeof mark;
    if (std::string_view(mark, sizeof mark) != "\xef\xbb\xbf") {
      return eventstore::failure("bad_header", path + ":1: is not UTF-8");
    }
  }
  Scan scan;
  reader.scan_row(scan);
  if (!scan.problem.empty()) return eventstore::failure("bad_header", path + ":1: " + scan.problem);
  std::set<std::string> seen;
  for (const auto& name : scan.row.fields) {
    if (name.empty()) return eventstore::failure("bad_header", path + ":1: a column has no name");
    if (!seen.insert(name).second) {
      return eventstore::failure("bad_header", path + ":1: the column " + name + " stands there twice");
    }
  }
  if (scan.row.fields.size() > columns_max) return eventstore::failure("bad_header", path + ":1: too many columns");
  reader.columns_ = std::move(scan.row.fields);
  return reader;
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

std::optional<std::expected<CsvRow, api::Finding>> CsvReader::next() {
  Scan scan;
  do {
    if (!scan_row(scan)) return std::nullopt;
  } while (scan.problem.empty() && scan.row.fields.size() == 1 && scan.row.fields[0].empty() && columns_.size() > 1);
  // An open quote takes the lines behind it into its row: whoever mends the file must know which.
  const auto wrong = [&](const std::string& sentence) {
    const std::string lines = scan.last_line == scan.row.line ? std::string()
                                                              : "lines " + std::to_string(scan.row.line) + "–" +
                                                                    std::to_string(scan.last_line) + ": ";
    return std::unexpected(api::Finding{path_, scan.row.line, lines + sentence});
  };
  if (!scan.problem.empty()) return wrong(scan.problem);
  if (scan.row.fields.size() != columns_.size()) {
    return wrong("expected " + std::to_string(columns_.size()) + " fields, found " +
                 std::to_string(scan.row.fields.size()));
  }
  return std::move(scan.row);
}

}  // namespace pioneer::adapters::csv
