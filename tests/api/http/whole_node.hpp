// Routes, handlers and a whole node over a directory of its own: what a client does and sees, without a socket.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "adapters/posix/executor.hpp"
#include "adapters/posix/random.hpp"
#include "api/http/handlers/service.hpp"
#include "api/http/openapi.hpp"
#include "api/http/tickets.hpp"
#include "api/server/deployment.hpp"
#include "api/text/bytes.hpp"
#include "domain/streams.hpp"
#include "eventstore/record.hpp"
#include "tests/api/http/memory_past.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::api::http {

class Screen final : public EventStream {
 public:
  bool push(HttpFrame frame) override {
    text += *frame;
    return !over;
  }
  bool closed() const override { return over; }
  std::size_t queued_bytes() const override { return 0; }
  void close() override { over = true; }
  std::string text;
  bool over = false;
};

class Waiting final : public Answer {
 public:
  void respond(HttpResponse response) override {
    const std::lock_guard lock(mutex_);
    if (!given_) given_ = std::move(response);
    changed_.notify_one();
  }
  std::shared_ptr<EventStream> stream(HttpResponse head) override {
    respond(std::move(head));
    return screen;
  }
  std::shared_ptr<EventStream> screen;
  HttpResponse wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return given_.has_value(); })) return {.status = 0};
    return *given_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<HttpResponse> given_;
};

/// Signs with what nobody but this test believes.
class TestSigner final : public Signer {
 public:
  std::string name() const override { return "test"; }
  std::string verifier() const override { return "test+0+"; }
  std::string key_id() const override { return "kkkk"; }
  std::string public_key() const override { return std::string(32, 'k'); }
  std::string sign(std::string_view message) const override {
    const std::string half(eventstore::sha256(eventstore::bytes_of(message)).view());
    return half + half;
  }
  std::string note(std::string_view text) const override {
    return std::string(text) + "\n\u2014 test " + base64(sign(text)) + "\n";
  }
};

inline std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& h : response.headers)
    if (h.name == name) return h.value;
  return {};
}

/// Voice and documents as they come: cleaning has tests of its own (tests/adapters/media). What begins with "%PDF-bad"
/// is refused.
class MediaAsTheyAre final : public Media {
 public:
  std::expected<std::string, MediaRefusal> voice(std::string_view bytes, std::string_view) override {
    return std::string(bytes);
  }
  std::expected<std::string, MediaRefusal> document(std::string_view bytes) override {
    if (bytes.starts_with("%PDF-bad")) return std::unexpected(MediaRefusal{"not_a_document", "No."});
    return std::string(bytes);
  }
};

/// Documents are uploaded here: who may, and who may see them, does not depend on pixels.
class NoPhotos final : public Photos {
 public:
  std::expected<Photo, PhotoRefusal> reencode(std::string_view) override {
    return std::unexpected(PhotoRefusal{"not_a_photo", "There are no photos here."});
  }
};

/// The text of a JSON field, by its name alone: enough for answers that these tests made themselves.
inline std::string field(const std::string& json, const std::string& name) {
  const auto at = json.find("\"" + name + "\":\"");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 4;
  return json.substr(from, json.find('"', from) - from);
}

/// Rules with one category, "repair".
inline domain::Policy one_category() {
  domain::Policy policy;
  auto& category = *policy.add_categories();
  category.set_code("repair");
  category.set_name_zh("维修");
  category.set_name_en("Repairs");
  category.set_group("home");
  category.set_icon("wrench");
  category.set_accept_within_minutes(60);
  category.set_resolve_within_minutes(600);
  policy.set_confirm_within_minutes(10'080);
  policy.set_feedback_category("repair");
  return policy;
}

/// A city with an administrator who holds every role in it.
class WholeNode : public testing::Test {
 protected:
  /// `photos`: absent, uploads are not offered.
  explicit WholeNode(Photos* photos = nullptr) : anchor("x") {
    server::DeploymentOptions options;
    options.directory = std::filesystem::path(anchor.path()).parent_path().string() + "/data";
    options.make = true;
    options.segment_bytes = 1 << 20;
    auto opened = server::Deployment::open(options);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().detail);
    deployment = std::move(*opened);
    deployment->start();
    past = std::make_unique<Past>(deployment->node().log(), past_stores, replays);
    service = std::make_unique<Service>(Service{.node = deployment->node(),
                                                .executor = pool,
                                                .random = random,
                                                .past = past.get(),
                                                .blobs = &deployment->blobs(),
                                                .photos = photos,
                                                .media = &media,
                                                .version = "test",
                                                .openapi = openapi_document("test"),
                                                .tickets = &tickets});
    router = std::make_unique<Router>(Router::Options{.new_command_id = [this] { return new_command_id(random); }});
    register_handlers(*router, *service);
    found_a_city();
    // The console's commands went past the router: what they did shall be seen by who comes through it.
    EXPECT_EQ(get("/api/v1/categories", "").status, 200U);
  }
  ~WholeNode() override { deployment->stop(); }

  /// What the operator's console does once: policy, a root, its administrator, a token.
  void found_a_city() {
    auto& edge = deployment->node().edge();
    Call system;
    system.system = true;
    execute(edge.adopt_policy(system, one_category()));
    RegisterOrganisationBody organisation;
    organisation.set_name("厦门市");
    organisation.set_level("city");
    city = execute(edge.register_organisation(system, organisation));
    RegisterMemberBody member;
    member.set_name("管理员");
    member.set_organisation(city);
    administrator = execute(edge.register_member(system, member));
    for (const auto* role : {"administrator", "cadre", "auditor"}) {
      GrantRoleBody grant;
      grant.set_role(role);
      grant.set_organisation(city);
      execute(edge.grant_role(system, administrator, grant));
    }
    token = "administrators-token";
    execute(edge.issue_token(system, administrator, eventstore::sha256(eventstore::bytes_of(token)).view(),
                             IssueTokenBody{}));
  }

  /// The id of the stream that the command wrote.
  std::string execute(const Commanded& command) {
    EXPECT_TRUE(command.has_value()) << (command ? "" : command.error().code + " " + command.error().field);
    const auto outcome = deployment->execute(*command);
    EXPECT_EQ(outcome.answer.kind, eventstore::Answer::Kind::accepted)
        << (outcome.refusal ? outcome.refusal->code : outcome.answer.error.code);
    position = outcome.answer.position.value;
    return std::string(domain::parts_of(outcome.stream).second);
  }

  HttpResponse ask(std::string method, std::string target, std::string body = {},
                   std::vector<std::pair<std::string, std::string>> fields = {}, std::optional<std::string> as = {}) {
    HttpRequest request{.method = std::move(method), .body = std::move(body)};
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = *parse_query(target.substr(question + 1));
    request.headers.add("Content-Type", "application/json");
    request.headers.add("Pioneer-Position", std::to_string(position));
    if (const auto& credential = as ? *as : token; !credential.empty())
      request.headers.add("Authorization", "Bearer " + credential);
    for (const auto& [name, value] : fields) request.headers.add(name, value);
    const auto answer = std::make_shared<Waiting>();
    router->serve(std::move(request), Responder(answer));
    auto response = answer->wait();
    if (const auto at = header(response, "Pioneer-Position"); !at.empty()) position = std::stoull(at);
    return response;
  }
  HttpResponse post(std::string target, std::string body, std::optional<std::string> as = {}) {
    return ask("POST", std::move(target), std::move(body), {}, std::move(as));
  }
  HttpResponse get(std::string target, std::optional<std::string> as = {}) {
    return ask("GET", std::move(target), {}, {}, std::move(as));
  }

  std::string member_with_token(const std::string& name) { return official_with_token(name, "", ""); }
  /// `role`: empty for a plain member.
  std::string official_with_token(const std::string& name, const std::string& role, const std::string& organisation) {
    const auto made = post("/api/v1/members", R"({"name":")" + name + R"(","organisation":")" + city + "\"}");
    EXPECT_EQ(made.status, 201U) << made.body;
    const auto path = "/api/v1/members/" + field(made.body, "id");
    if (!role.empty()) {
      const auto granted =
          post(path + "/roles", R"({"role":")" + role + R"(","organisation":")" + organisation + "\"}");
      EXPECT_EQ(granted.status, 200U) << granted.body;
    }
    const auto issued = post(path + "/tokens", "{}");
    EXPECT_EQ(issued.status, 201U) << issued.body;
    return field(issued.body, "token");
  }

  TestSigner signer;
  Tickets tickets{signer, std::string(16, 'l')};
  tests::TemporaryFile anchor;
  adapters::posix::PosixRandom random;
  MediaAsTheyAre media;
  std::unique_ptr<server::Deployment> deployment;
  adapters::posix::ThreadPool pool{2};
  MemoryPastStores past_stores;
  adapters::posix::ThreadPool replays{1};
  std::unique_ptr<Past> past;
  std::unique_ptr<Service> service;
  std::unique_ptr<Router> router;
  std::string city, administrator, token;
  std::uint64_t position = 0;
};

}  // namespace pioneer::api::http
