#include "api/cli/imports.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "adapters/csv/derived_tree.hpp"
#include "adapters/csv/request_file.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/node/refusals.hpp"
#include "domain/common/limits.hpp"
#include "domain/common/text.hpp"

namespace pioneer::cli {
namespace {

/// Findings printed before the rest is only counted: a wrong mapping makes one for each row.
constexpr std::size_t findings_shown_max = 100;

api::RequestToImport to_import(const api::ImportedRow& row, const std::string& source, const domain::Id& organisation) {
  api::RequestToImport out;
  out.source = source;
  out.number = row.number;
  if (row.type_is_known) out.type = row.type;  // the log keeps it in clear and for ever
  out.status = row.status;
  out.title = row.type;
  if (!row.address.empty()) {
    const std::string with_place = row.type + " · " + row.address;
    if (domain::code_points(with_place) <= domain::limits::title_chars_max) out.title = with_place;
  }
  if (row.lat && row.lon) {
    out.location.emplace();
    out.location->set_lat(*row.lat);
    out.location->set_lon(*row.lon);
    out.location->set_address(row.address);
  }
  out.category = row.category;
  out.organisation = organisation;
  out.state = row.state;
  out.submitted_us = row.submitted_us;
  out.closed_us = row.closed_us;
  out.channel = row.channel;
  return out;
}

}  // namespace

void Tally::refuse(api::Finding finding) {
  ++refused;
  findings.push_back(std::move(finding));
}

void Tally::found(const std::string& file, std::size_t line, bool same) {
  if (same) {
    ++unchanged;
    return;
  }
  refuse(
      {file, line, "An organisation with this code is there with another name, level or parent. It stays as it is."});
}

void Tally::count(const node::Outcome& outcome, const std::string& file, std::size_t line) {
  using Kind = eventstore::Answer::Kind;
  switch (outcome.answer.kind) {
    case Kind::accepted:
      ++added;
      break;
    case Kind::repeated:
      ++unchanged;
      break;
    case Kind::refused:
      // The number of a row is the key of its command.
      refuse({file, line,
              outcome.refusal->code == node::refusals::idempotency_key_reused.code
                  ? "A row with this number was imported before with other content. The first one stays."
                  : sentence_of(*outcome.refusal)});
      break;
    case Kind::unknown:
    case Kind::unavailable:
      if (!stopped) stopped = outcome.answer.error;
      break;
  }
}

void Imports::adopt(const domain::Policy& policy, Tally& tally) {
  auto command = edge_.adopt_policy(system_call(), policy);
  if (!command) {
    tally.refuse({"services.yaml", 0, sentence_of(command.error())});
    return;
  }
  pipeline_.send(std::move(*command), [&tally](const node::Outcome& outcome) {
    if (outcome.answer.kind != eventstore::Answer::Kind::accepted) tally.count(outcome, "services.yaml", 0);
  });
}

void Imports::organisations(std::span<const api::OrganisationRow> rows, const std::string& file, Tally& tally) {
  Progress progress("organisations", rows.size());
  std::uint64_t done = 0;
  for (const auto& row : rows) {
    progress.at(done++);
    if (tally.stopped) return;
    if (organisations_.contains(row.code)) {
      ++tally.unchanged;
      continue;
    }
    api::RegisterOrganisationBody body;
    body.set_name(row.name);
    body.set_level(domain::Level::Value_Name(row.level));
    body.set_code(row.code);
    if (!row.parent_code.empty()) {
      const auto parent = organisations_.find(row.parent_code);
      if (parent == organisations_.end()) {
        tally.refuse({file, row.line, "The parent " + row.parent_code + " is not there."});
        continue;
      }
      body.set_parent(parent->second.text());
    }
    auto command = edge_.register_organisation(system_call("organisation:" + row.code), body);
    if (!command) {
      tally.refuse({file, row.line, sentence_of(command.error())});
      continue;
    }
    organisations_.emplace(row.code, domain::Id::of(std::get<domain::RegisterOrganisation>(command->what).id()));
    pipeline_.send(std::move(*command), [&tally, &file, line = row.line](const node::Outcome& outcome) {
      tally.count(outcome, file, line);
    });
  }
}

void Imports::request(const api::ImportedRow& row, const std::string& source, const std::string& file, Tally& tally) {
  const auto organisation = organisations_.find(row.organisation);
  if (organisation == organisations_.end()) {
    tally.refuse({file, row.line, "No organisation has the code that this row names."});
    return;
  }
  auto command = edge_.import_request(to_import(row, source, organisation->second));
  if (!command) {
    tally.refuse({file, row.line, sentence_of(command.error())});
    return;
  }
  pipeline_.send(std::move(*command),
                 [&tally, &file, line = row.line](const node::Outcome& outcome) { tally.count(outcome, file, line); });
}

OrganisationsByCode organisations_of(const node::Node& node) {
  OrganisationsByCode known;
  node.projector().with_community([&](const node::Community& community) {
    community.directory.for_each([&](const domain::Id& id, const domain::organisations::Organisation& organisation) {
      if (organisation.state == domain::OrganisationState::active && !organisation.code.empty()) {
        known.emplace(organisation.code, id);
      }
    });
  });
  return known;
}

eventstore::Result<std::vector<api::OrganisationRow>> derived_rows(const std::string& file,
                                                                   const api::RequestMapping& mapping,
                                                                   std::int64_t now_us) {
  if (!mapping.tree) return std::vector<api::OrganisationRow>{};
  return adapters::csv::derive_organisations(file, mapping, now_us);
}

eventstore::Result<void> import_request_rows(Imports& imports, const std::string& file,
                                             const api::RequestMapping& mapping, std::int64_t now_us, Tally& tally) {
  auto rows = adapters::csv::RequestFile::open(file, mapping, now_us);
  if (!rows) return std::unexpected(rows.error());
  std::error_code unknown_size;
  const auto size = std::filesystem::file_size(file, unknown_size);
  Progress progress("bytes of requests", unknown_size ? 0 : size);
  while (auto row = rows->next()) {
    progress.at(rows->bytes_read());
    if (tally.stopped) break;
    if (*row) {
      imports.request(**row, mapping.source, file, tally);
    } else {
      tally.refuse(row->error());
    }
  }
  imports.finish();
  return {};
}

Exit report(const Tally& tally, std::string_view one, bool json) {
  auto findings = tally.findings;
  std::ranges::stable_sort(findings, {}, &api::Finding::line);
  if (json) {
    JsonArray list;
    for (const auto& finding : findings) {
      list.add(JsonObject()
                   .text("file", finding.file)
                   .number("line", finding.line)
                   .text("sentence", finding.sentence)
                   .str());
    }
    say(JsonObject()
            .number("added", tally.added)
            .number("unchanged", tally.unchanged)
            .number("refused", tally.refused)
            .raw("findings", list.str())
            .str());
  } else {
    for (std::size_t i = 0; i < std::min(findings.size(), findings_shown_max); ++i) complain(findings[i].text());
    if (findings.size() > findings_shown_max) {
      complain("… and " + grouped(findings.size() - findings_shown_max) + " more; --json lists all.");
    }
    say(counted(tally.added, one) + " added, " + counted(tally.unchanged, "was there already", "were there already") +
        ", " + grouped(tally.refused) + " refused.");
  }
  if (tally.stopped) return fail(*tally.stopped);
  return tally.refused == 0 ? Exit::done : Exit::no;
}

}  // namespace pioneer::cli
