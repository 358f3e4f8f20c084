#include "adapters/csv/request_file.hpp"

#include <charconv>
#include <cmath>

#include "adapters/csv/derived_tree.hpp"

namespace pioneer::adapters::csv {
namespace {

using Column = std::optional<std::size_t>;

const std::string& field(const CsvRow& row, Column column) {
  static const std::string none;
  return column ? row.fields[*column] : none;
}

const std::string& first_filled(const CsvRow& row, const std::vector<Column>& columns) {
  static const std::string none;
  for (const Column column : columns) {
    if (!field(row, column).empty()) return field(row, column);
  }
  return none;
}

// Degrees within ±limit; nothing where the text is no such number.
std::optional<double> degrees(const std::string& text, double limit) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  if (std::abs(value) > limit) return std::nullopt;
  return value;
}

template <class Map>
std::string unknown_word(const std::string& column, const Map& known) {
  std::string out = column + ": expected one of ";
  const char* separator = "";
  for (const auto& [name, value] : known) {
    out += separator + name;
    separator = ", ";
  }
  return out;
}

}  // namespace

eventstore::Result<RequestFile> RequestFile::open(const std::string& path, api::RequestMapping mapping,
                                                  std::int64_t now_us) {
  auto reader = CsvReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  auto times = LocalTimes::in(mapping.zone, mapping.time_format);
  if (!times) return std::unexpected(times.error());
  RequestFile file(std::move(*reader), std::move(mapping), std::move(*times), now_us);
  if (auto found = file.find_columns(); !found) return std::unexpected(found.error());
  return file;
}

eventstore::Result<void> RequestFile::find_columns() {
  std::string missing;
  const auto find = [&](const std::string& name) -> Column {
    if (name.empty()) return std::nullopt;
    const Column column = reader_.column(name);
    if (!column) missing += " " + name;
    return column;
  };
  const auto find_all = [&](const std::vector<std::string>& names) {
    std::vector<Column> found;
    found.reserve(names.size());
    for (const auto& name : names) found.push_back(find(name));
    return found;
  };
  columns_.number = find(mapping_.number_column);
  columns_.type = find(mapping_.type_column);
  columns_.status = find(mapping_.status_column);
  columns_.submitted = find(mapping_.submitted_column);
  columns_.closed = find_all(mapping_.closed_columns);
  columns_.lat = find(mapping_.lat_column);
  columns_.lon = find(mapping_.lon_column);
  columns_.address = find_all(mapping_.address_columns);
  columns_.channel = find(mapping_.channel_column);
  columns_.organisation = find_all(mapping_.organisation_columns);
  if (mapping_.tree) {
    columns_.area = find(mapping_.tree->area_column);
    columns_.council = find(mapping_.tree->council_column);
  }
  if (missing.empty()) return {};
  return eventstore::failure("bad_header",
                             reader_.path() + ":1: the mapping names columns that are not there:" + missing);
}

std::string RequestFile::organisation_of(const CsvRow& row) const {
  if (!mapping_.tree) return first_filled(row, columns_.organisation);
  const std::string& council = field(row, columns_.council);
  const std::string& area = field(row, columns_.area);
  if (area.empty()) return council.empty() ? mapping_.tree->root_code : derived_code(*mapping_.tree, council);
  return derived_code(*mapping_.tree, council.empty() ? area : council);
}

const std::string& RequestFile::area() const { return field(row_, columns_.area); }
const std::string& RequestFile::council() const { return field(row_, columns_.council); }

// Each of these answers what is wrong, or "". What stands in the cell is not repeated: it may be about a person.
std::string RequestFile::read_words(const CsvRow& row, api::ImportedRow& into) const {
  into.number = field(row, columns_.number);
  into.type = field(row, columns_.type);
  into.status = field(row, columns_.status);
  into.organisation = organisation_of(row);
  if (into.number.empty()) return mapping_.number_column + ": is empty";
  if (into.type.empty()) return mapping_.type_column + ": is empty";
  if (into.organisation.empty()) return "no column names the organisation";
  const auto category = mapping_.categories.find(into.type);
  into.category = category == mapping_.categories.end() ? mapping_.category_otherwise : category->second;
  if (into.category.empty()) return unknown_word(mapping_.type_column, mapping_.categories);
  into.type_is_known = category != mapping_.categories.end();
  const auto state = mapping_.states.find(into.status);
  if (state == mapping_.states.end()) return unknown_word(mapping_.status_column, mapping_.states);
  into.state = state->second;
  if (!columns_.channel) return {};
  const std::string& channel_word = field(row, columns_.channel);
  const auto channel = mapping_.channels.find(channel_word);
  if (channel == mapping_.channels.end()) return unknown_word(mapping_.channel_column, mapping_.channels);
  into.channel = channel->second;
  return {};
}

std::string RequestFile::read_times(const CsvRow& row, api::ImportedRow& into) const {
  const auto wrong = [&](const std::string& column) {
    return column + ": expected a time such as " + mapping_.time_format;
  };
  const std::string& submitted_text = field(row, columns_.submitted);
  const auto submitted = times_.instant_us(submitted_text);
  if (!submitted) return wrong(mapping_.submitted_column);
  if (*submitted > now_us_) return mapping_.submitted_column + ": is in the future";
  into.submitted_us = *submitted;
  if (into.state == domain::RequestState::submitted) return {};
  const std::string& closed_text = first_filled(row, columns_.closed);
  const auto closed = times_.instant_us(closed_text);
  if (!closed) return wrong(mapping_.closed_columns.front());
  if (*closed < *submitted) return mapping_.closed_columns.front() + ": is before " + mapping_.submitted_column;
  if (*closed > now_us_) return mapping_.closed_columns.front() + ": is in the future";
  into.closed_us = *closed;
  return {};
}

std::string RequestFile::read_place(const CsvRow& row, api::ImportedRow& into) const {
  const std::string& lat_text = field(row, columns_.lat);
  const std::string& lon_text = field(row, columns_.lon);
  if (!lat_text.empty() || !lon_text.empty()) {
    into.lat = degrees(lat_text, 90);
    into.lon = degrees(lon_text, 180);
    if (!into.lat || !into.lon) {
      return mapping_.lat_column + ", " + mapping_.lon_column + ": expected degrees";
    }
  }
  for (const Column column : columns_.address) {
    const std::string& part = field(row, column);
    if (part.empty()) continue;
    if (!into.address.empty()) into.address += ", ";
    into.address += part;
  }
  return {};
}

std::string RequestFile::read(const CsvRow& row, api::ImportedRow& into) const {
  into.line = row.line;
  std::string wrong = read_words(row, into);
  if (wrong.empty()) wrong = read_times(row, into);
  if (wrong.empty()) wrong = read_place(row, into);
  return wrong;
}

std::optional<std::expected<api::ImportedRow, api::Finding>> RequestFile::next() {
  auto row = reader_.next();
  if (!row) return std::nullopt;
  if (!*row) return std::unexpected(row->error());
  row_ = std::move(**row);
  api::ImportedRow out;
  std::string wrong = read(row_, out);
  if (!wrong.empty()) return std::unexpected(api::Finding{reader_.path(), out.line, std::move(wrong)});
  return out;
}

}  // namespace pioneer::adapters::csv
