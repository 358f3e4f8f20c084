// Every route, asked by every kind of caller: what each is told follows from domain/authorisation's table alone. A
// route without a fixture here fails.
#include <functional>
#include <map>

#include "adapters/posix/disk.hpp"
#include "adapters/prometheus/prometheus_metrics.hpp"
#include "api/http/handlers/live.hpp"
#include "api/http/rfc3339.hpp"
#include "api/proofs/checkpoints.hpp"
#include "api/text/bytes.hpp"
#include "tests/api/http/hand_clock.hpp"
#include "tests/api/http/matrix_callers.hpp"
#include "tests/api/http/whole_node.hpp"

namespace pioneer::api::http {
namespace {

struct Person {
  std::string id, token;
};

/// A city with two districts, the callers in it, and what they act on.
class City {
 public:
  City() : anchor_("x") {
    server::DeploymentOptions options;
    options.directory = std::filesystem::path(anchor_.path()).parent_path().string() + "/data";
    options.make = true;
    options.segment_bytes = 1 << 20;
    options.clock = &clock_;
    deployment_ = server::Deployment::open(options).value();
    deployment_->start();
    past_ = std::make_unique<Past>(deployment_->node().log(), past_stores_, replays_);
    hub_ = std::make_unique<EventHub>(live_events(deployment_->node()), EventHub::Options{}, 0);
    metrics_ = adapters::prometheus::make_metrics();
    checkpoints_ =
        Checkpoints::open(deployment_->node().log(), disk_, signer_, deployment_->directory() + "/checkpoints").value();
    service_ = std::make_unique<Service>(Service{.node = deployment_->node(),
                                                 .executor = pool_,
                                                 .random = random_,
                                                 .events = hub_.get(),
                                                 .past = past_.get(),
                                                 .blobs = &deployment_->blobs(),
                                                 .photos = &photos_,
                                                 .media = &media_,
                                                 .metrics = metrics_.get(),
                                                 .version = "test",
                                                 .openapi = openapi_document("test"),
                                                 .checkpoints = checkpoints_.get(),
                                                 .signer = &signer_,
                                                 .tickets = &tickets_});
    router = std::make_unique<Router>(Router::Options{.new_command_id = [this] { return new_command_id(random_); }});
    register_handlers(*router, *service_);
    found();
    lay_out();
    EXPECT_TRUE(checkpoints_->follow());
  }
  ~City() { deployment_->stop(); }
  City(const City&) = delete;
  City& operator=(const City&) = delete;

  HttpResponse ask(std::string_view method, const std::string& target, std::string body, const std::string& token) {
    HttpRequest request{.method = std::string(method), .body = std::move(body)};
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = *parse_query(target.substr(question + 1));
    if (method == "POST") request.headers.add("Content-Type", "application/json");
    request.headers.add("Pioneer-Position", std::to_string(position_));
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    const auto answer = std::make_shared<Waiting>();
    router->serve(std::move(request), Responder(answer));
    auto response = answer->wait();
    for (const auto& h : response.headers)
      if (h.name == "Pioneer-Position") position_ = std::max<std::uint64_t>(position_, std::stoull(h.value));
    return response;
  }

  std::unique_ptr<Router> router;
  std::map<Operation, Fixture> fixtures;
  std::map<std::string_view, Person> people;

 private:
  Edge& edge() { return deployment_->node().edge(); }

  /// The id of the stream that the console's command wrote.
  std::string execute(const Commanded& command) {
    if (!command) throw std::runtime_error(command.error().code + " " + command.error().field);
    const auto outcome = deployment_->execute(*command);
    if (outcome.refusal) throw std::runtime_error(std::string(outcome.refusal->code));
    position_ = outcome.answer.position.value;
    return std::string(domain::parts_of(outcome.stream).second);
  }

  /// What must succeed for a cell to be made at all.
  std::string done(const std::string& path, const std::string& body, const std::string& token) {
    const auto answer = ask("POST", path, body, token);
    if (answer.status >= 300) throw std::runtime_error(path + ": " + answer.body);
    return answer.body;
  }

  std::string organisation(const std::string& name, const std::string& level, const std::string& parent) {
    RegisterOrganisationBody body;
    body.set_name(name);
    body.set_level(level);
    if (!parent.empty()) body.set_parent(parent);
    return execute(edge().register_organisation(system_, body));
  }

  /// The office first: it would end the token.
  Person person(const std::string& organisation, std::string_view role = {}, const std::string& held_in = {},
                const std::string& phone = {}) {
    RegisterMemberBody body;
    body.set_name("某人");
    if (!phone.empty()) body.set_phone(phone);
    body.set_organisation(organisation);
    Person made{.id = execute(edge().register_member(system_, body)), .token = "token " + std::to_string(++tokens_)};
    made.token[5] = '-';
    if (!role.empty()) grant(made.id, role, held_in);
    execute(edge().issue_token(system_, made.id, eventstore::sha256(eventstore::bytes_of(made.token)).view(), {}));
    // The console's commands went past the router: a query that names their position waits until they are projected.
    EXPECT_EQ(ask("GET", "/api/v1/categories", "", "").status, 200U);
    return made;
  }

  void grant(const std::string& member, std::string_view role, const std::string& organisation) {
    GrantRoleBody body;
    body.set_role(std::string(role));
    body.set_organisation(organisation);
    execute(edge().grant_role(system_, member, body));
  }

  void found() {
    system_.system = true;
    execute(edge().adopt_policy(system_, one_category()));
    city_ = organisation("厦门市", "city", "");
    district_ = organisation("思明区", "district", city_);
    sibling_ = organisation("湖里区", "district", city_);
    community_ = organisation("和通社区", "community", district_);
    const std::map<Scope, std::string> where{
        {Scope::district, district_}, {Scope::sibling, sibling_}, {Scope::city, city_}};
    for (const auto& kind : callers) {
      if (kind.anonymous) continue;
      if (kind.role.empty()) {
        people[kind.name] = person(kind.scope == Scope::none ? sibling_ : where.at(kind.scope));
      } else {
        people[kind.name] = person(where.at(kind.scope), kind.role, where.at(kind.scope));
      }
      const auto& who = people.at(kind.name);
      if (kind.revoked) {
        RevokeRoleBody body;
        body.set_organisation(where.at(kind.scope));
        execute(edge().revoke_role(system_, who.id, kind.role, body));
      }
      if (kind.erased) execute(edge().erase_member(system_, who.id));
    }
    owner_ = people.at("owner").token;
    cadre_ = people.at("cadre inside").token;
  }

  Subject request(std::initializer_list<std::string_view> steps, std::string_view call, std::string body = "{}") {
    const auto made = done(
        "/api/v1/requests",
        R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + community_ + "\"}", owner_);
    const auto path = "/api/v1/requests/" + field(made, "id");
    for (const auto step : steps)
      done(path + "/" + std::string(step), step == "resolve" ? R"({"text":"已修好"})" : "{}",
           step == "confirm" ? owner_ : cadre_);
    return {path + std::string(call), std::move(body), owner_};
  }

  /// Of the owner's asking, covered by a checkpoint.
  Subject receipt(std::string_view call) {
    request({}, "");
    EXPECT_TRUE(checkpoints_->follow());
    return {"/api/v1/receipts/" + std::to_string(position_) + std::string(call), "{}", owner_};
  }

  /// Places are given back before the first session begins; people check in while it lasts.
  std::string product_body(std::string_view year = "2020", std::string_view ends = "2090-01-01T10:00:00Z") const {
    return R"({"title":"陶艺课","description":"亲子","kind":"activity","organisation":")" + community_ +
           R"(","sessions":[{"starts":")" + std::string(year) + R"(-01-01T08:00:00Z","ends":")" + std::string(ends) +
           R"(","venue":"社区中心"}],"capacity":20,"maxPerMember":2,"waitlist":true,"closesAt":")" + std::string(ends) +
           "\"}";
  }
  Subject product_that_is_over(std::string_view call) {
    const auto body = product_body("2020", rfc3339_of_us(clock_.now().value + 1'000'000));
    const auto path = "/api/v1/products/" + field(done("/api/v1/products", body, cadre_), "id");
    done(path + "/publish", "{}", cadre_);
    clock_.pass(2'000'000);
    return {path + std::string(call), "{}", {}};
  }
  Subject product(bool published, std::string_view call, std::string body = "{}", std::string_view year = "2020") {
    const auto path = "/api/v1/products/" + field(done("/api/v1/products", product_body(year), cadre_), "id");
    if (published) done(path + "/publish", "{}", cadre_);
    return {path + std::string(call), std::move(body), {}};
  }
  Subject claim(std::initializer_list<std::string_view> steps, std::string_view call, std::string body = "{}") {
    const auto path = product(true, "/claims", "{}", call == "/cancel" ? "2089" : "2020").path;
    const auto mine = path + "/" + field(done(path, R"({"places":1})", owner_), "claimId");
    for (const auto step : steps) ask("POST", mine + "/" + std::string(step), "{}", cadre_);
    return {mine + std::string(call), std::move(body), owner_};
  }
  Subject member(std::string_view call, std::string body = "{}", bool cadre = false) {
    const auto made = cadre ? person(community_, "cadre", community_) : person(community_);
    return {"/api/v1/members/" + made.id + std::string(call), std::move(body), made.token};
  }
  Subject branch(std::string_view call, std::string body = "{}") {
    return {"/api/v1/organisations/" + organisation("新社区", "community", district_) + std::string(call),
            std::move(body),
            {}};
  }
  static std::function<Subject()> fixed(std::string path, std::string body = "{}") {
    return [subject = Subject{std::move(path), std::move(body), {}}] { return subject; };
  }

  void lay_out() {
    lay_out_community();
    lay_out_requests();
    lay_out_products();
    auto& f = fixtures;
    using enum Operation;
    f[get_board] = {fixed("/api/v1/boards/" + community_)};
    f[get_stream] = {[this] {
      auto subject = request({}, "");
      subject.path.replace(0, std::string("/api/v1/requests/").size(), "/api/v1/streams/request/");
      return subject;
    }};
    f[post_blob] = {fixed("/api/v1/blobs", "%PDF-1.7")};
    f[get_blob] = {[this] {
      const auto blob = field(done("/api/v1/blobs", "%PDF-1.7 plan", owner_), "blob");
      done("/api/v1/requests",
           R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + community_ +
               R"(","photos":[")" + blob + "\"]}",
           owner_);
      return Subject{"/api/v1/blobs/" + blob, {}, owner_};
    }};
    f[get_log] = {.make = fixed("/api/v1/log?from=0&limit=1"), .root = true};
    f[get_log_state] = {fixed("/api/v1/log/state")};
    f[get_log_incidents] = {.make = fixed("/api/v1/log/incidents"), .root = true};
    f[get_openings] = {fixed("/api/v1/openings?organisation=" + community_)};
    f[list_my_openings] = {fixed("/api/v1/me/openings")};
    f[get_differences] = {
        fixed("/api/v1/differences?organisation=" + community_ + "&from=" + rfc3339_of_us(clock_.now().value))};
    f[get_receipt] = {[this] { return receipt(""); }};
    f[get_receipt_proof] = {.make = [this] { return receipt("/proof"); }, .root = true};
    f[get_checkpoint] = {fixed("/log/checkpoint")};
    f[get_stamps] = {.make = fixed("/log/stamps"), .succeeds = false, .nothing_there = true};
    f[get_stamp] = {.make = fixed("/log/stamps/1.tsr"), .succeeds = false, .nothing_there = true};
    f[get_key_history] = {.make = fixed("/log/key-history"), .succeeds = false, .nothing_there = true};
    f[get_witnessed] = {.make = fixed("/log/witnessed"), .succeeds = false, .nothing_there = true};
    f[get_tile] = {fixed("/log/tile/0/000.p/1")};
    f[get_entries] = {.make = fixed("/log/tile/entries/000.p/1"), .root = true};
    f[get_digests] = {.make = fixed("/log/digests/1"), .root = true};
    f[confirm_clock] = {.make = fixed("/api/v1/log/confirm-clock"), .root = true, .succeeds = false};
    // Everybody may listen; each frame is then judged for its audience (tests of live events).
    f[get_events] = {fixed("/api/v1/events")};
    f[get_health] = {fixed("/healthz")};
    f[get_ready] = {fixed("/readyz")};
    f[get_version] = {fixed("/version")};
    f[get_metrics] = {fixed("/metrics")};
    f[get_openapi] = {fixed("/api/openapi.json")};
  }

  void lay_out_community() {
    auto& f = fixtures;
    using enum Operation;
    const auto inside = R"("organisation":")" + community_ + "\"}";
    f[list_organisations] = {fixed("/api/v1/organisations")};
    f[get_organisation] = {fixed("/api/v1/organisations/" + community_)};
    f[register_organisation] = {
        fixed("/api/v1/organisations", R"({"name":"新社区","level":"community","parent":")" + district_ + "\"}")};
    f[rename_organisation] = {[this] { return branch("/rename", R"({"name":"改名"})"); }};
    f[move_organisation] = {[this, street = organisation("街道", "street", district_)] {
      return branch("/move", R"({"parent":")" + street + "\"}");
    }};
    f[merge_organisation] = {[this] { return branch("/merge", R"({"into":")" + community_ + "\"}"); }};
    f[close_organisation] = {[this] { return branch("/close"); }};
    f[register_member] = {fixed("/api/v1/members", R"({"name":"新人",)" + inside)};
    f[get_member] = {[this] { return member(""); }};
    f[find_member] = {[this] {
      const auto phone = std::to_string(13'900'000'000 + ++phones_);
      const auto made = person(community_, {}, {}, phone);
      return Subject{"/api/v1/members/find", R"({"phone":")" + phone + "\"}", made.token};
    }};
    f[grant_role] = {[this, inside] { return member("/roles", R"({"role":"cadre",)" + inside); }};
    f[revoke_role] = {[this, inside] { return member("/roles/cadre/revoke", "{" + inside, true); }};
    f[issue_token] = {[this] { return member("/tokens"); }};
    f[revoke_token] = {[this] {
      auto subject = member("/tokens/revoke");
      subject.body = R"({"tokenHash":")" + hex(eventstore::sha256(eventstore::bytes_of(subject.owner)).view()) + "\"}";
      return subject;
    }};
    f[issue_sign_in] = {[this] { return member("/sign-in-links"); }};
    f[open_session] = {[this] {
      const auto link = done("/api/v1/members/" + people.at("owner").id + "/sign-in-links", "{}", owner_);
      return Subject{"/api/v1/session", R"({"code":")" + field(link, "code") + "\"}", {}};
    }};
    f[get_session] = {fixed("/api/v1/session")};
    f[rotate_session] = {[this] { return session("/api/v1/session/rotate"); }};
    f[end_session] = {[this] { return session("/api/v1/session/end"); }};
    f[list_my_sessions] = {fixed("/api/v1/me/sessions")};
    f[revoke_my_session] = {.make =
                                [this] {
                                  auto subject = member("");
                                  subject.path = "/api/v1/me/sessions/" + hex(hash_of(subject.owner)) + "/revoke";
                                  return subject;
                                },
                            .absent_for_others = true};
    f[erase_member] = {[this] { return member("/erase"); }};
    f[get_me] = {fixed("/api/v1/me")};
    f[list_my_claims] = {fixed("/api/v1/me/claims")};
    f[list_my_requests] = {fixed("/api/v1/me/requests")};
    f[get_categories] = {fixed("/api/v1/categories")};
    f[list_policies] = {fixed("/api/v1/policies")};
  }

  /// A session of the owner's; its secret also does as a bearer token.
  Subject session(std::string path) {
    const auto link = done("/api/v1/members/" + people.at("owner").id + "/sign-in-links", "{}", owner_);
    const auto opened = ask("POST", "/api/v1/session", R"({"code":")" + field(link, "code") + "\"}", "");
    std::string cookie;
    for (const auto& h : opened.headers)
      if (h.name == "Set-Cookie") cookie = h.value;
    const auto from = cookie.find('=') + 1;
    return {std::move(path), "{}", cookie.substr(from, cookie.find(';') - from)};
  }

  void lay_out_requests() {
    auto& f = fixtures;
    using enum Operation;
    f[submit_request] = {
        fixed("/api/v1/requests",
              R"({"title":"漏水","description":"厨房","category":"repair","organisation":")" + community_ + "\"}")};
    f[list_requests] = {fixed("/api/v1/requests?organisation=" + community_)};
    f[get_request] = {[this] { return request({}, ""); }};
    const auto neighbour = organisation("官浔社区", "community", district_);
    f[accept_request] = {[this] { return request({}, "/accept"); }};
    f[assign_request] = {
        [this, neighbour] { return request({"accept"}, "/assign", R"({"organisation":")" + neighbour + "\"}"); }};
    f[report_progress] = {[this] { return request({"accept"}, "/progress", R"({"text":"已出发"})"); }};
    f[resolve_request] = {[this] { return request({"accept"}, "/resolve", R"({"text":"已修好"})"); }};
    f[confirm_request] = {[this] { return request({"accept", "resolve"}, "/confirm"); }};
    f[dispute_request] = {[this] { return request({"accept", "resolve"}, "/dispute", R"({"reason":"还漏"})"); }};
    f[rate_request] = {[this] { return request({"accept", "resolve", "confirm"}, "/rate", R"({"stars":4})"); }};
    f[withdraw_request] = {[this] { return request({}, "/withdraw"); }};
  }

  void lay_out_products() {
    auto& f = fixtures;
    using enum Operation;
    f[create_product] = {fixed("/api/v1/products", product_body())};
    f[list_products] = {fixed("/api/v1/products")};
    f[get_product] = {[this] { return product(true, ""); }};
    f[publish_product] = {.make = [this] { return product(false, "/publish"); }, .draft = true};
    f[change_capacity] = {[this] { return product(true, "/capacity", R"({"capacity":30})"); }};
    f[change_pictures] = {[this] { return product(true, "/pictures", R"({"pictures":[]})"); }};
    f[cancel_product] = {[this] { return product(true, "/cancel", R"({"reason":"台风"})"); }};
    f[complete_product] = {[this] { return product_that_is_over("/complete"); }};
    f[place_claim] = {[this] { return product(true, "/claims", R"({"places":1})"); }};
    f[list_claims] = {[this] { return product(true, "/claims"); }};
    f[get_claim] = {[this] { return claim({}, ""); }};
    f[cancel_claim] = {[this] { return claim({}, "/cancel"); }};
    f[check_in] = {[this] { return claim({}, "/check-in"); }};
    f[complete_claim] = {[this] { return claim({"check-in"}, "/complete"); }};
    f[mark_no_show] = {[this] { return claim({}, "/no-show"); }};
    f[check_in_tickets] = {[this] {
      auto subject = claim({}, "");
      const auto ticket = field(ask("GET", subject.path, "", owner_).body, "ticket");
      return Subject{subject.path.substr(0, subject.path.find("/claims")) + "/check-ins",
                     R"({"tickets":[{"ticket":")" + ticket + "\"}]}", owner_};
    }};
    f[get_ticket_key] = {fixed("/api/v1/tickets/key")};
    f[get_product_calendar] = {[this] { return product(true, "/calendar.ics"); }};
    f[get_my_calendar] = {fixed("/api/v1/me/claims/calendar.ics")};
    f[rate_claim] = {[this] { return claim({"check-in", "complete"}, "/rating", R"({"stars":5})"); }};
  }

  TestSigner signer_;
  adapters::posix::PosixDisk disk_;
  std::unique_ptr<Checkpoints> checkpoints_;
  Tickets tickets_{signer_, std::string(16, 'l')};
  tests::TemporaryFile anchor_;
  HandClock clock_;
  adapters::posix::PosixRandom random_;
  std::unique_ptr<server::Deployment> deployment_;
  adapters::posix::ThreadPool pool_{2};
  MemoryPastStores past_stores_;
  adapters::posix::ThreadPool replays_{1};
  std::unique_ptr<Past> past_;
  std::unique_ptr<EventHub> hub_;
  std::unique_ptr<Metrics> metrics_;
  NoPhotos photos_;
  MediaAsTheyAre media_;
  std::unique_ptr<Service> service_;
  Call system_;
  std::string city_, district_, sibling_, community_, owner_, cadre_;
  std::uint64_t position_ = 0;
  int tokens_ = 0;
  std::int64_t phones_ = 0;
};

class Matrix : public testing::TestWithParam<Operation> {
 protected:
  static void SetUpTestSuite() { city = std::make_unique<City>(); }
  static void TearDownTestSuite() { city.reset(); }
  static inline std::unique_ptr<City> city;
};

std::optional<Told> told(unsigned status) {
  if ((status >= 200 && status < 300) || status == 409 || status == 422) return Told::allowed;
  if (status == 401 || status == 403 || status == 404) return static_cast<Told>(status);
  return std::nullopt;
}

TEST_P(Matrix, TellsEachCallerWhatTheTableSays) {
  const auto& route = route_of(GetParam());
  const auto found = city->fixtures.find(route.operation);
  ASSERT_NE(found, city->fixtures.end()) << "no fixture for " << route.pattern;
  const auto& fixture = found->second;
  const auto& row = domain::permission(route.action);
  const bool changes = route.method == Method::post;
  std::optional<Subject> subject;
  bool succeeded = false;
  for (const auto& caller : callers) {
    if (changes || !subject) subject = fixture.make();
    std::string token = caller.anonymous ? "" : city->people.at(caller.name).token;
    if (caller.owner && !subject->owner.empty()) token = subject->owner;
    const auto answer = city->ask(changes ? "POST" : "GET", subject->path, changes ? subject->body : "", token);
    const auto wanted = expected(row, caller, route.tag != "operations", fixture);
    const auto got = fixture.nothing_there && answer.status == 404 ? Told::allowed : told(answer.status);
    EXPECT_TRUE(got == wanted) << caller.name << " asks " << subject->path << ": " << answer.status << " instead of "
                               << static_cast<int>(wanted) << " " << answer.body;
    succeeded = succeeded || (answer.status >= 200 && answer.status < 300);
  }
  EXPECT_TRUE(succeeded || !fixture.succeeds) << "the fixture lets nobody succeed";
}

std::vector<Operation> operations() {
  std::vector<Operation> all;
  for (const auto& route : routes()) all.push_back(route.operation);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Routes, Matrix, testing::ValuesIn(operations()),
                         [](const auto& parameter) { return std::string(route_of(parameter.param).name()); });

}  // namespace
}  // namespace pioneer::api::http
