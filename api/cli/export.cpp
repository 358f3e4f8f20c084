// Files for others: what is public of organisations, products and requests. With --personal also who the members are;
// that is written into the log first, a PersonalDataOpened for every 200 of them.
#include "api/cli/commands.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <unordered_set>

#include "api/cli/console_caller.hpp"
#include "api/cli/csv_cell.hpp"
#include "api/cli/json.hpp"
#include "api/cli/local.hpp"
#include "api/cli/shown_commits.hpp"
#include "api/edge/fields.hpp"
#include "api/http/json.hpp"
#include "api/queries/product_view.hpp"
#include "api/queries/request_view.hpp"
#include "domain/streams.hpp"

namespace pioneer::cli {
namespace {

namespace fs = std::filesystem;

/// Clears every field that is not classed PUBLIC, at every depth.
void keep_public(google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> present;
  reflection->ListFields(message, &present);
  for (const auto* field : present) {
    const auto& file = field->file()->package();
    if (file == "google.protobuf") continue;
    if (field->options().GetExtension(domain::is) != domain::PUBLIC) {
      reflection->ClearField(&message, field);
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        keep_public(*reflection->MutableMessage(&message, field));
        continue;
      }
      for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
        keep_public(*reflection->MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

class Export {
 public:
  Export(server::Deployment& local, std::string out) : local_(local), out_(std::move(out)) {}

  eventstore::Result<void> organisations();
  eventstore::Result<void> streams();
  std::expected<void, NotDone> members(const std::string& purpose);

  std::uint64_t organisations_written = 0, products_written = 0, requests_written = 0, members_written = 0;

 private:
  eventstore::Result<std::ofstream> open(const char* name, bool is_private = false) const;
  std::expected<void, NotDone> journal(const std::string& purpose, const domain::Id& organisation,
                                       std::span<const api::Sender> subjects);

  server::Deployment& local_;
  std::string out_;
};

eventstore::Result<std::ofstream> Export::open(const char* name, bool is_private) const {
  const std::string path = out_ + "/" + name;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file || (is_private && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)) {
    return eventstore::failure("not_writable", path + " cannot be written. Choose another directory.");
  }
  return file;
}

eventstore::Result<void> Export::organisations() {
  auto file = open("organisations.csv");
  if (!file) return std::unexpected(file.error());
  *file << "id,code,name,level,parent,state\n";
  local_.node().projector().with_community([&](const node::Community& community) {
    std::vector<std::string> rows;
    community.directory.for_each([&](const domain::Id& id, const domain::organisations::Organisation& o) {
      rows.push_back(id.text() + "," + csv_cell(o.code) + "," + csv_cell(o.name) + "," +
                     domain::Level::Value_Name(o.level) + "," + (o.parent.is_zero() ? std::string() : o.parent.text()) +
                     "," + domain::OrganisationState::Value_Name(o.state) + "\n");
    });
    std::ranges::sort(rows);
    for (const auto& row : rows) *file << row;
    organisations_written = rows.size();
  });
  return {};
}

// In the order in which they came into the log.
eventstore::Result<void> Export::streams() {
  auto products = open("products.jsonl");
  if (!products) return std::unexpected(products.error());
  auto requests = open("requests.jsonl");
  if (!requests) return std::unexpected(requests.error());
  const auto& node = local_.node();
  const node::Caller caller = console_caller(node);
  std::unordered_set<domain::Id, domain::IdHash> seen;
  ShownCommits source(node.log(), node.log().end());
  while (true) {
    auto commits = source.next();
    if (!commits) return std::unexpected(commits.error());
    if (commits->empty()) return {};
    for (const auto& commit : *commits) {
      for (const auto& part : commit.body.parts()) {
        if (const auto id = domain::id_in(part.stream(), domain::stream_kind::product); id && seen.insert(*id).second) {
          auto view = queries::product_view({node, local_.node().models()}, caller, *id);
          if (!view || view->state() == domain::ProductState::draft) continue;
          keep_public(*view);
          *products << api::http::to_json(*view) << "\n";
          ++products_written;
        } else if (const auto request = domain::id_in(part.stream(), domain::stream_kind::request);
                   request && seen.insert(*request).second) {
          auto answer = queries::request_view(node, caller, *request, {});
          if (!answer) continue;
          keep_public(answer->view);
          *requests << api::http::to_json(answer->view) << "\n";
          ++requests_written;
        }
      }
    }
  }
}

std::expected<void, NotDone> Export::journal(const std::string& purpose, const domain::Id& organisation,
                                             std::span<const api::Sender> subjects) {
  auto command = local_.node().edge().record_personal_data_opened(system_call(), organisation, purpose, subjects);
  if (const auto done = carry_out(local_, std::move(command)); !done) return std::unexpected(done.error());
  return {};
}

/// A value that was journalled, on its way into the file.
class Into final : public api::OpenedReader {
 public:
  explicit Into(std::string& text) : text_(text) {}
  void read_opened(std::string_view value) override { text_ = value; }

 private:
  std::string& text_;
};

std::expected<void, NotDone> Export::members(const std::string& purpose) {
  auto file = open("members.jsonl", true);
  if (!file) return std::unexpected(NotDone{Exit::could_not_run, sentence_of(file.error())});
  std::map<domain::Id, std::vector<api::Sender>> by_organisation;
  local_.node().projector().with_community([&](const node::Community& community) {
    community.roster.for_each([&](const domain::Id& member, const domain::members::State& state) {
      if (!state.erased)
        by_organisation[community.directory.resolve(state.organisation)].push_back({member, state.key});
    });
  });
  const auto& opener = local_.node().edge().opener();
  for (const auto& [organisation, all] : by_organisation) {
    for (std::size_t at = 0; at < all.size(); at += api::Opener::batch_max) {
      const std::span some(all.data() + at, std::min(api::Opener::batch_max, all.size() - at));
      if (const auto told = journal(purpose, organisation, some); !told) return std::unexpected(told.error());
      for (const auto& subject : some) {
        const auto person = local_.people().find(subject.member);
        if (!person) continue;
        const std::string stream = domain::stream_of(domain::stream_kind::member, subject.member);
        std::string name, phone;
        Into name_reader(name), phone_reader(phone);
        if (const auto opened = opener.open(person->name, stream, api::field::member_name))
          opened->reveal_to(name_reader);
        if (const auto opened = opener.open(person->phone, stream, api::field::member_phone))
          opened->reveal_to(phone_reader);
        *file << JsonObject()
                     .text("id", subject.member.text())
                     .text("name", name)
                     .text("phone", phone)
                     .text("organisation", organisation.text())
                     .str()
              << "\n";
        ++members_written;
      }
    }
  }
  return {};
}

}  // namespace

Exit export_rows(const Place& place, const ExportOptions& options) {
  if (!place.server.empty()) return fail(Exit::usage, "`export` reads a directory. Use --data DIR.");
  if (options.personal && options.purpose.empty()) {
    return fail(Exit::usage, "--personal needs --purpose TEXT: it stands in the log, where those concerned see it.");
  }
  auto local = options.personal ? open_local(place) : open_to_read(place);
  if (!local) return fail(local.error());
  std::error_code failed;
  fs::create_directories(options.out, failed);
  if (failed) return fail(Exit::could_not_run, options.out + " cannot be made: " + failed.message() + ".");
  Export out(**local, options.out);
  if (const auto done = out.organisations(); !done) return fail(done.error());
  if (const auto done = out.streams(); !done) return fail(done.error());
  if (options.personal) {
    if (const auto done = out.members(options.purpose); !done) return fail(done.error().exit, done.error().sentence);
  }
  (*local)->stop();
  if (place.json) {
    say(JsonObject()
            .text("out", options.out)
            .number("organisations", out.organisations_written)
            .number("products", out.products_written)
            .number("requests", out.requests_written)
            .number("members", out.members_written)
            .str());
  } else {
    say(grouped(out.organisations_written) + " organisations, " + grouped(out.products_written) + " products, " +
        grouped(out.requests_written) + " requests, " + grouped(out.members_written) + " members written to " +
        options.out + ".");
  }
  return Exit::done;
}

}  // namespace pioneer::cli
