// Our YAML files: what is right is taken, what is wrong is refused with its line and what was expected.
#include <gmock/gmock.h>

#include <regex>
#include <string>
#include <vector>

#include "adapters/yaml/demo_texts_file.hpp"
#include "adapters/yaml/policy_file.hpp"
#include "adapters/yaml/request_mapping_file.hpp"
#include "adapters/yaml/settings_file.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::adapters::yaml {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using tests::TemporaryFile;

constexpr const char* good_policy =
    "confirm_within: 7 d\n"
    "feedback_category: other\n"
    "categories:\n"
    "  - code: repair\n"
    "    name: {zh: 维修, en: Repairs}\n"
    "    group: home\n"
    "    icon: wrench\n"
    "    accept_within: 2 h\n"
    "    resolve_within: 7 d\n"
    "  - {code: other, name: {zh: 其他, en: Other}, group: people, icon: dots, accept_within: 30 min, resolve_within: "
    "15 d}\n";

std::string with(std::string text, std::string_view what, std::string_view instead) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), instead);
}

template <class T>
std::vector<std::string> sentences(const api::Checked<T>& checked) {
  std::vector<std::string> out;
  if (!checked) {
    for (const auto& finding : checked.error()) out.push_back(std::to_string(finding.line) + " " + finding.sentence);
  }
  return out;
}

std::vector<std::string> refused(const std::string& policy) {
  const TemporaryFile file(policy);
  return sentences(load_policy(file.path()));
}

TEST(PolicyFile, IsTakenWhole) {
  const TemporaryFile file(good_policy);
  const auto policy = load_policy(file.path());
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->confirm_within_minutes(), 10'080u);
  EXPECT_EQ(policy->feedback_category(), "other");
  ASSERT_EQ(policy->categories_size(), 2);
  EXPECT_EQ(policy->categories(0).name_zh(), "维修");
  EXPECT_EQ(policy->categories(0).accept_within_minutes(), 120u);
  EXPECT_EQ(policy->categories(1).accept_within_minutes(), 30u);
  EXPECT_EQ(policy->categories(1).resolve_within_minutes(), 21'600u);
}

TEST(PolicyFile, RefusesUnknownKeys) {
  EXPECT_THAT(refused(with(good_policy, "icon: wrench", "icon: wrench\n    urgent: yes")),
              Contains(AllOf(HasSubstr("8 categories[0].urgent: is not known"), HasSubstr("accept_within, code"))));
  EXPECT_THAT(refused(std::string(good_policy) + "confirm_whitin: 7 d\n"), Contains(HasSubstr("11 confirm_whitin")));
}

TEST(PolicyFile, RefusesMissingKeys) {
  EXPECT_THAT(refused(with(good_policy, "confirm_within: 7 d\n", "")), Contains("1 confirm_within: is missing"));
  EXPECT_THAT(refused(with(good_policy, "    group: home\n", "")), Contains("4 categories[0].group: is missing"));
}

TEST(PolicyFile, RefusesWrongTypes) {
  EXPECT_THAT(refused(with(good_policy, "accept_within: 2 h", "accept_within: soon")),
              Contains(AllOf(HasSubstr("8 categories[0].accept_within: expected a duration"), HasSubstr("\"soon\""))));
  EXPECT_THAT(refused(with(good_policy, "{zh: 维修, en: Repairs}", "维修")),
              Contains("5 categories[0].name: expected a map, found \"维修\""));
  EXPECT_THAT(refused(with(good_policy, "code: repair", "code: [repair]")),
              Contains("4 categories[0].code: expected a text, found a list"));
  EXPECT_THAT(refused("confirm_within: 7 d\nfeedback_category: other\ncategories: none\n"),
              Contains(HasSubstr("3 categories: expected a list")));
}

TEST(PolicyFile, RefusesDurationsOutOfBounds) {
  for (const char* wrong : {"0 h", "-2 h", "2", "2h", "4000 d", "99999999999 min", "7 weeks"}) {
    EXPECT_THAT(refused(with(good_policy, "accept_within: 2 h", std::string("accept_within: ") + wrong)),
                Contains(HasSubstr("accept_within: expected a duration")))
        << wrong;
  }
}

TEST(PolicyFile, RefusesAcceptingLaterThanResolving) {
  EXPECT_THAT(refused(with(good_policy, "accept_within: 2 h", "accept_within: 8 d")),
              Contains("8 categories[0].accept_within: is longer than resolve_within"));
}

TEST(PolicyFile, RefusesDuplicates) {
  EXPECT_THAT(refused(with(good_policy, "{code: other,", "{code: repair,")),
              Contains("10 categories: the code repair stands there twice"));
  EXPECT_THAT(refused(with(good_policy, "    icon: wrench\n", "    icon: wrench\n    icon: wrench\n")),
              Contains("8 categories[0].icon: stands there twice"));
}

TEST(PolicyFile, RefusesDanglingReferences) {
  EXPECT_THAT(refused(with(good_policy, "feedback_category: other", "feedback_category: nowhere")),
              Contains("2 feedback_category: expected the code of a category of this file, found \"nowhere\""));
}

TEST(PolicyFile, TellsAllFindingsAtOnce) {
  auto text = with(good_policy, "accept_within: 2 h", "accept_within: soon");
  text = with(text, "icon: dots", "icon: Dots");
  EXPECT_EQ(refused(text).size(), 2u);
}

TEST(PolicyFile, RefusesWhatIsNoYamlOrNotThere) {
  EXPECT_THAT(refused("categories: [\n"), Contains(HasSubstr("2 ")));
  EXPECT_THAT(refused(""), Contains(HasSubstr("expected a map, found nothing")));
  EXPECT_THAT(sentences(load_policy("no/such/file.yaml")), Contains("0 cannot be read"));
}

TEST(PolicyFile, FindingsNameTheFile) {
  const TemporaryFile file("confirm_within: 7\n", "services.yaml");
  const auto policy = load_policy(file.path());
  ASSERT_FALSE(policy.has_value());
  EXPECT_THAT(policy.error().front().text(), HasSubstr("services.yaml:1: "));
}

TEST(PolicyFile, TheExampleIsRight) {
  const auto policy = load_policy("ops/config/services.yaml");
  ASSERT_TRUE(policy.has_value()) << policy.error().front().text();
  EXPECT_EQ(policy->categories_size(), 25);
  EXPECT_EQ(policy->confirm_within_minutes(), 10'080u);
}

TEST(SettingsFile, TheExampleHoldsTheDefaults) {
  const auto settings = load_settings("ops/config/pioneerd.yaml");
  ASSERT_TRUE(settings.has_value()) << settings.error().front().text();
  const api::Settings defaults;
  EXPECT_EQ(settings->data, defaults.data);
  EXPECT_EQ(settings->listen, defaults.listen);
  EXPECT_EQ(settings->services, defaults.services);
  EXPECT_EQ(settings->origin, defaults.origin);
  EXPECT_EQ(settings->connections_max, defaults.connections_max);
  EXPECT_EQ(settings->disk_headroom_mebibytes, defaults.disk_headroom_mebibytes);
  EXPECT_EQ(settings->streams_max, defaults.streams_max);
  EXPECT_EQ(settings->cache_mebibytes, defaults.cache_mebibytes);
}

TEST(SettingsFile, KeysMayBeAbsentButNotMisspelled) {
  const TemporaryFile few("data: elsewhere\nlimits: {streams: 7, streams_per_address: 5}\n");
  const auto settings = load_settings(few.path());
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->data, "elsewhere");
  EXPECT_EQ(settings->streams_max, 7u);
  EXPECT_EQ(settings->streams_per_address_max, 5u);
  EXPECT_EQ(settings->listen, "127.0.0.1:8080");
  const TemporaryFile wrong("date: elsewhere\nlimits: {streams: many}\n");
  EXPECT_THAT(sentences(load_settings(wrong.path())),
              AllOf(Contains(HasSubstr("1 date: is not known")),
                    Contains(HasSubstr("2 limits.streams: expected a whole number"))));
}

TEST(SettingsFile, NamesWitnessesAndHowManyAreNeeded) {
  const std::string three =
      "witnesses:\n"
      "  - {url: 'http://a:1', key: a+1}\n  - {url: 'https://b/w', key: b+2}\n  - {url: 'http://c', key: c+3}\n";
  const TemporaryFile most(three);
  const auto settings = load_settings(most.path());
  ASSERT_TRUE(settings.has_value());
  ASSERT_EQ(settings->witnesses.size(), 3u);
  EXPECT_EQ(settings->witnesses[1].url, "https://b/w");
  EXPECT_EQ(settings->witnesses[1].key, "b+2");
  EXPECT_EQ(settings->witnesses_needed, 2u) << "more than half, where nothing is said";
  const TemporaryFile all(three + "witness_policy: {need: 3}\n");
  EXPECT_EQ(load_settings(all.path())->witnesses_needed, 3u);
  const TemporaryFile none("data: x\n");
  EXPECT_EQ(load_settings(none.path())->witnesses_needed, 0u);
  for (const auto* need : {"0", "4", "most"}) {
    const TemporaryFile wrong(three + "witness_policy: {need: " + need + "}\n");
    EXPECT_THAT(sentences(load_settings(wrong.path())), Contains(HasSubstr("5 witness_policy.need"))) << need;
  }
  const TemporaryFile wrong("witnesses:\n  - {url: 'ftp://a', key: a+1, weight: 2}\n");
  EXPECT_THAT(sentences(load_settings(wrong.path())),
              AllOf(Contains(HasSubstr("2 witnesses[0].url: expected an address that begins with http://")),
                    Contains(HasSubstr("2 witnesses[0].weight: is not known"))));
}

TEST(SettingsFile, NamesWhoStampsTime) {
  const TemporaryFile file("time_stamps: {url: 'http://tsa/', every: 1 d, certificates: ca.pem}\n");
  const auto settings = load_settings(file.path());
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->time_stamps.url, "http://tsa/");
  EXPECT_EQ(settings->time_stamps.every_minutes, 24u * 60);
  EXPECT_EQ(settings->time_stamps.certificates, "ca.pem");
  const TemporaryFile wrong("time_stamps: {url: tsa, every: often}\n");
  EXPECT_THAT(sentences(load_settings(wrong.path())),
              AllOf(Contains(HasSubstr("time_stamps.url")), Contains(HasSubstr("time_stamps.every"))));
}

TEST(SettingsFile, NamesTheTopicOfALogOnKafka) {
  const TemporaryFile file(
      "log: kafka\nkafka:\n  brokers: 'a:1,b:2'\n  topic: town\n  copies: 1\n"
      "  properties: {security.protocol: ssl, ssl.ca.location: ca.pem}\n");
  const auto settings = load_settings(file.path());
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->kafka.brokers, "a:1,b:2");
  EXPECT_EQ(settings->kafka.topic, "town");
  EXPECT_EQ(settings->kafka.copies, 1u);
  ASSERT_EQ(settings->kafka.properties.size(), 2u);
  EXPECT_EQ(settings->kafka.properties[1], std::pair(std::string("ssl.ca.location"), std::string("ca.pem")));
  for (const auto* none : {"data: x\n", "log: embedded\n"}) {
    const TemporaryFile embedded(none);
    EXPECT_EQ(load_settings(embedded.path())->kafka.brokers, "") << none;
  }
  EXPECT_THAT(sentences(load_settings(TemporaryFile("log: tape\n").path())), Contains(HasSubstr("1 log: expected")));
  EXPECT_THAT(sentences(load_settings(TemporaryFile("log: kafka\n").path())), Contains(HasSubstr("kafka")));
  EXPECT_THAT(sentences(load_settings(TemporaryFile("log: kafka\nkafka: {brokers: a:1, copies: 0}\n").path())),
              AllOf(Contains(HasSubstr("kafka.topic")), Contains(HasSubstr("kafka.copies"))));
  EXPECT_THAT(sentences(load_settings(TemporaryFile("kafka: {brokers: a:1, topic: b}\n").path())),
              Contains(HasSubstr("`log: kafka` beside it")));
}

TEST(SettingsFile, HasABusOnlyWhereItIsNamed) {
  const TemporaryFile none("data: x\n");
  EXPECT_EQ(load_settings(none.path())->bus.listen, "");
  const TemporaryFile file("bus: {listen: 'tcp://127.0.0.1:5555', keys: clients}\n");
  const auto settings = load_settings(file.path());
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->bus.listen, "tcp://127.0.0.1:5555");
  EXPECT_EQ(settings->bus.keys, "clients");
  for (const auto* bad : {"127.0.0.1:5555", "ipc:///tmp/bus", "tcp://nowhere", "tcp://:1"}) {
    const TemporaryFile wrong(std::string("bus: {listen: '") + bad + "', public: true}\n");
    EXPECT_THAT(sentences(load_settings(wrong.path())),
                AllOf(Contains(HasSubstr("bus.listen: expected tcp://HOST:PORT")), Contains(HasSubstr("bus.public"))))
        << bad;
  }
}

TEST(SettingsFile, AnOriginIsHttpAndAHost) {
  for (const auto* good : {"https://pioneer.example", "http://127.0.0.1:8080", "http://[::1]:80"}) {
    const TemporaryFile file(std::string("origin: '") + good + "'\n");
    const auto settings = load_settings(file.path());
    ASSERT_TRUE(settings.has_value()) << good;
    EXPECT_EQ(settings->origin, good);
  }
  for (const auto* bad : {"ftp://x", "foo", "https://", "https://x/", "https://x/path", "http://x:0", "http://x:99999",
                          "http://x:8o", "http://a b", "http://[::1", "http://u@x"}) {
    const TemporaryFile file(std::string("data: x\norigin: '") + bad + "'\n");
    EXPECT_THAT(sentences(load_settings(file.path())), Contains(HasSubstr("2 origin: expected http://HOST[:PORT]")))
        << bad;
  }
}

constexpr const char* good_mapping =
    "source: elsewhere\n"
    "times: {zone: Asia/Shanghai, format: \"%Y-%m-%d %H:%M\"}\n"
    "columns: {number: no, type: kind, status: state, submitted: made, closed: done, organisation: [unit, area]}\n"
    "categories: {Lamp: repair}\n"
    "category_otherwise: other\n"
    "states: {open: submitted, done: closed_unconfirmed}\n";

api::Checked<api::RequestMapping> mapping(const std::string& text) {
  const TemporaryFile services(good_policy);
  const TemporaryFile file(text);
  return load_request_mapping(file.path(), *load_policy(services.path()));
}

TEST(RequestMappingFile, IsTakenWhole) {
  const auto read = mapping(good_mapping);
  ASSERT_TRUE(read.has_value()) << read.error().front().text();
  EXPECT_EQ(read->zone, "Asia/Shanghai");
  EXPECT_EQ(read->organisation_columns, (std::vector<std::string>{"unit", "area"}));
  EXPECT_EQ(read->closed_columns, std::vector<std::string>{"done"});
  EXPECT_EQ(read->states.at("done"), domain::RequestState::closed_unconfirmed);
  EXPECT_FALSE(read->tree.has_value());
}

TEST(RequestMappingFile, RefusesCategoriesThatAreNot) {
  EXPECT_THAT(sentences(mapping(with(good_mapping, "Lamp: repair", "Lamp: lamps"))),
              Contains("4 categories.Lamp: expected the code of a category of services.yaml, found \"lamps\""));
}

TEST(RequestMappingFile, TellsAnUnknownZoneBesideWhatElseIsWrong) {
  const auto wrong = with(with(good_mapping, "Asia/Shanghai", "Mars/Base"), "Lamp: repair", "Lamp: lamps");
  EXPECT_THAT(sentences(mapping(wrong)), AllOf(Contains(HasSubstr("2 times.zone: expected an IANA time zone")),
                                               Contains(HasSubstr("4 categories.Lamp: expected the code"))));
}

TEST(RequestMappingFile, RefusesToClaimMoreThanTheSourceSays) {
  for (const char* state : {"accepted", "closed_confirmed", "unspecified", "finished"}) {
    EXPECT_THAT(sentences(mapping(with(good_mapping, "done: closed_unconfirmed", std::string("done: ") + state))),
                Contains(HasSubstr("6 states.done: expected submitted, closed_unconfirmed or withdrawn")))
        << state;
  }
}

TEST(RequestMappingFile, NeedsToKnowWhoHoldsARequest) {
  EXPECT_THAT(sentences(mapping(with(good_mapping, ", organisation: [unit, area]", ""))),
              Contains(HasSubstr("expected columns.organisation or tree")));
}

TEST(RequestMappingFile, TheDemosIsRight) {
  const auto read = load_request_mapping("ops/demo/la311.yaml", *load_policy("ops/config/services.yaml"));
  ASSERT_TRUE(read.has_value()) << read.error().front().text();
  EXPECT_EQ(read->closed_columns, (std::vector<std::string>{"closeddate", "updateddate"}));
  ASSERT_TRUE(read->tree.has_value());
  EXPECT_EQ(read->tree->root_code, "LA");
}

TEST(DemoTexts, AreWholeAndFitTheLimits) {
  const auto texts = load_demo_texts("ops/demo", *load_policy("ops/config/services.yaml"));
  ASSERT_TRUE(texts.has_value()) << texts.error().front().text();
  std::size_t requests = 0;
  for (const auto& category : texts->categories) {
    requests += category.requests.size();
    for (const auto& request : category.requests) {
      EXPECT_LE(request.title.en.size(), 120u) << request.title.en;
      for (const std::string& text : {request.text.zh, request.text.en}) {
        EXPECT_THAT(std::regex_replace(text, std::regex("\\{(building|unit|floor|street)\\}"), ""),
                    Not(HasSubstr("{")));
      }
    }
  }
  EXPECT_EQ(requests, 61u);
  EXPECT_EQ(texts->products.size(), 12u);
  EXPECT_EQ(texts->products[0].starts_minute, 570u);
  EXPECT_EQ(texts->request_comments[4].front().en, "They came quickly and even swept the floor.");
  EXPECT_EQ(texts->surnames.zh.size(), 40u);
}

TEST(DemoTexts, RefuseCategoriesThatAreNot) {
  const TemporaryFile services(good_policy);  // has no water_supply
  EXPECT_THAT(sentences(load_demo_texts("ops/demo", *load_policy(services.path()))),
              Contains(HasSubstr("expected the code of a category of services.yaml, found \"water_supply\"")));
}

}  // namespace
}  // namespace pioneer::adapters::yaml
