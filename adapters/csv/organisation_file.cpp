#include "adapters/csv/organisation_file.hpp"

#include <set>
#include <unordered_map>
#include <utility>

#include "adapters/csv/csv_reader.hpp"

namespace pioneer::adapters::csv {
namespace {

struct Columns {
  std::size_t code, name, parent, level;
};

eventstore::Result<Columns> find_columns(const CsvReader& reader) {
  const auto code = reader.column("code"), name = reader.column("name"), parent = reader.column("parent"),
             level = reader.column("level");
  if (!code || !name || !parent || !level) {
    return eventstore::failure("bad_header", reader.path() + ":1: expected the columns code, name, parent, level");
  }
  return Columns{*code, *name, *parent, *level};
}

std::expected<api::OrganisationRow, std::string> read_row(const CsvRow& row, const Columns& columns) {
  api::OrganisationRow out;
  out.line = row.line;
  out.code = row.fields[columns.code];
  out.name = row.fields[columns.name];
  out.parent_code = row.fields[columns.parent];
  const std::string& level = row.fields[columns.level];
  if (out.code.empty()) return std::unexpected("code: is empty");
  if (out.name.empty()) return std::unexpected("name: is empty");
  if (!domain::Level::Value_Parse(level, &out.level) || out.level == domain::Level::unspecified) {
    return std::unexpected("level: expected city, district, street, community, enterprise or department, found \"" +
                           level + "\"");
  }
  return out;
}

// Moves rows whose parents stand before them to `into`, until no more can be moved; the rest hangs on nothing or in a
// circle.
void order(OrganisationFile& into, std::vector<api::OrganisationRow> rows, const std::vector<std::string>& known_codes,
           const std::string& path) {
  std::unordered_map<std::string, std::vector<std::size_t>> children;
  std::set<std::string> given;
  const std::set<std::string> known(known_codes.begin(), known_codes.end());
  for (const auto& row : rows) given.insert(row.code);
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& parent = rows[i].parent_code;
    if (parent.empty() || (known.contains(parent) && !given.contains(parent))) {
      ready.push_back(i);
    } else {
      children[parent].push_back(i);
    }
  }
  std::vector<bool> placed(rows.size());
  for (std::size_t at = 0; at < ready.size(); ++at) {
    const std::size_t i = ready[at];
    placed[i] = true;
    if (const auto below = children.find(rows[i].code); below != children.end()) {
      ready.insert(ready.end(), below->second.begin(), below->second.end());
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (placed[i]) continue;
    const bool has_parent = given.contains(rows[i].parent_code);
    if (!has_parent) into.unknown_parents.insert(rows[i].parent_code);
    into.findings.push_back({path, rows[i].line,
                             has_parent ? "parent: " + rows[i].parent_code + " leads to no root"
                                        : "parent: there is no organisation " + rows[i].parent_code});
  }
  for (const std::size_t i : ready) into.rows.push_back(std::move(rows[i]));
}

}  // namespace

eventstore::Result<OrganisationFile> read_organisations(const std::string& path,
                                                        const std::vector<std::string>& known_codes) {
  auto reader = CsvReader::open(path);
  if (!reader) return std::unexpected(reader.error());
  const auto columns = find_columns(*reader);
  if (!columns) return std::unexpected(columns.error());
  OrganisationFile file;
  std::vector<api::OrganisationRow> rows;
  std::unordered_map<std::string, std::size_t> line_of;
  while (auto next = reader->next()) {
    if (!*next) {
      file.findings.push_back(next->error());
      continue;
    }
    auto row = read_row(**next, *columns);
    if (!row) {
      file.findings.push_back({path, (*next)->line, row.error()});
    } else if (const auto [first, is_new] = line_of.emplace(row->code, row->line); !is_new) {
      file.findings.push_back(
          {path, row->line, "code: " + row->code + " stands in line " + std::to_string(first->second) + " already"});
    } else {
      rows.push_back(std::move(*row));
    }
  }
  order(file, std::move(rows), known_codes, path);
  return file;
}

}  // namespace pioneer::adapters::csv
