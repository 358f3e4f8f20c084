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

}  // namespace

Exit import_organisations(const Place& place, const ImportOrganisationsOptions& options) {
  if (!place.server.empty()) return remote::import_organisations(place, options.file);
  // The file is looked at first: one that cannot be read makes no log.
  if (const auto readable = adapters::csv::read_organisations(options.file); !readable) return fail(readable.error());
  auto local = open_local(place, true);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  Tally tally;
  {
    RunningPipeline pipeline(node);
    Imports imports(node.edge(), pipeline, organisations_of(node));
    if (const auto policy = settle_policy(**local, imports, options.services, tally); !policy) {
      return fail(Exit::could_not_run, policy.error());
    }
    const auto file = adapters::csv::read_organisations(options.file, codes_of(imports.by_code()));
    if (!file) return fail(file.error());
    for (const auto& finding : file->findings) tally.refuse(finding);
    imports.organisations(file->rows, options.file, tally);
  }
  (*local)->stop();
  return report(tally, "organisations", place.json);
}

}  // namespace pioneer::cli
