#include "adapters/csv/organisation_file.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/policy.hpp"
#include "api/cli/remote.hpp"

namespace pioneer::cli {
namespace {

std::vector<std::string> codes_of(const OrganisationsByCode& organisations) {
  std::vector<std::string> codes;
  for (const auto& [code, id] : organisations) codes.push_back(code);
  return codes;
}

/// Leaves out the rows that the log has otherwise, and counts them: what is there stays.
std::vector<api::OrganisationRow> without_changed(const node::Node& node, const OrganisationsByCode& by_code,
                                                  std::vector<api::OrganisationRow> rows, const std::string& file,
                                                  Tally& tally) {
  node.projector().with_community([&](const node::Community& community) {
    std::erase_if(rows, [&](const api::OrganisationRow& row) {
      const auto id = by_code.find(row.code);
      const auto* there = id == by_code.end() ? nullptr : community.directory.find(id->second);
      if (there == nullptr) return false;
      const auto parent = by_code.find(row.parent_code);
      const bool same_parent =
          row.parent_code.empty()
              ? there->parent.is_zero()
              : parent != by_code.end() && parent->second == community.directory.resolve(there->parent);
      if (same_parent && there->name == row.name && there->level == row.level) return false;
      tally.found(file, row.line, false);
      return true;
    });
  });
  return rows;
}

}  // namespace

Exit import_organisations(const Place& place, const ImportOrganisationsOptions& options) {
  if (!place.server.empty()) return remote::import_organisations(place, options.file);
  // The files are looked at first: one that cannot be used makes no log, and writes nothing to one.
  if (const auto readable = adapters::csv::read_organisations(options.file); !readable) return fail(readable.error());
  auto rules = read_rules(place, options.services);
  if (!rules) return fail(Exit::could_not_run, rules.error());
  auto local = open_local(place, true);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  Tally tally;
  {
    RunningPipeline pipeline(node);
    Imports imports(node.edge(), pipeline, organisations_of(node));
    if (const auto policy = settle_policy(**local, imports, std::move(*rules), tally); !policy) {
      return fail(Exit::could_not_run, policy.error());
    }
    const auto file = adapters::csv::read_organisations(options.file, codes_of(imports.by_code()));
    if (!file) return fail(file.error());
    for (const auto& finding : file->findings) tally.refuse(finding);
    imports.organisations(without_changed(node, imports.by_code(), file->rows, options.file, tally), options.file,
                          tally);
  }
  (*local)->stop();
  return report(tally, "organisation", place.json);
}

}  // namespace pioneer::cli
