#include "adapters/yaml/request_mapping_file.hpp"
#include "api/cli/commands.hpp"
#include "api/cli/policy.hpp"

namespace pioneer::cli {

Exit import_requests(const Place& place, const ImportRequestsOptions& options) {
  if (!place.server.empty()) {
    return fail(Exit::usage, "Requests are imported into the directory of a stopped server. Use --data DIR.");
  }
  auto rules = read_rules(place, options.services);
  if (!rules) return fail(Exit::could_not_run, rules.error());
  auto local = open_local(place);
  if (!local) return fail(local.error());
  auto& node = (*local)->node();
  Tally organisations, requests;
  {
    RunningPipeline pipeline(node);
    Imports imports(node.edge(), pipeline, organisations_of(node));
    const auto policy = settle_policy(**local, imports, std::move(*rules), organisations);
    if (!policy) return fail(Exit::could_not_run, policy.error());
    const auto mapping = adapters::yaml::load_request_mapping(options.mapping, *policy);
    if (!mapping) {
      for (const auto& finding : mapping.error()) complain(finding.text());
      return fail(Exit::could_not_run, "The mapping cannot be used. Correct it and try again; nothing was imported.");
    }
    const std::int64_t now_us = (*local)->clock().now().value;
    const auto derived = derived_rows(options.file, *mapping, now_us);
    if (!derived) return fail(derived.error());
    imports.organisations(*derived, options.file, organisations);
    if (auto imported = import_request_rows(imports, options.file, *mapping, now_us, requests); !imported) {
      return fail(imported.error());
    }
  }
  (*local)->stop();
  for (auto& finding : organisations.findings) requests.refuse(std::move(finding));
  if (!requests.stopped) requests.stopped = organisations.stopped;
  if (!place.json && organisations.added > 0) {
    say(counted(organisations.added, "organisation") + " derived from the rows.");
  }
  return report(requests, "request", place.json);
}

}  // namespace pioneer::cli
