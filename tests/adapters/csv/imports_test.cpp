// Organisations and requests from files: the real ones with exact counts, and what is refused with its line.
#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "adapters/csv/derived_tree.hpp"
#include "adapters/csv/organisation_file.hpp"
#include "adapters/csv/request_file.hpp"
#include "adapters/yaml/policy_file.hpp"
#include "adapters/yaml/request_mapping_file.hpp"
#include "tests/temporary_file.hpp"

namespace pioneer::adapters::csv {
namespace {

using domain::Channel;
using domain::Level;
using domain::RequestState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tests::TemporaryFile;

constexpr const char* la_file = "ops/demo/la311-2020-01.csv";

std::vector<std::string> sentences(const std::vector<api::Finding>& findings) {
  std::vector<std::string> out;
  for (const auto& finding : findings) out.push_back(std::to_string(finding.line) + " " + finding.sentence);
  return out;
}

OrganisationFile organisations(const std::string& content, const std::vector<std::string>& known = {}) {
  const TemporaryFile file(content);
  return read_organisations(file.path(), known).value();
}

std::vector<std::string> codes(const OrganisationFile& file) {
  std::vector<std::string> out;
  for (const auto& row : file.rows) out.push_back(row.code);
  return out;
}

TEST(OrganisationFile, ReadsTheRealOnes) {
  const auto file = read_organisations("ops/demo/organisations.csv").value();
  EXPECT_THAT(file.findings, IsEmpty());
  std::map<Level::Value, int> counts;
  std::set<std::string> seen;
  for (const auto& row : file.rows) {
    ++counts[row.level];
    EXPECT_TRUE(row.parent_code.empty() || seen.contains(row.parent_code)) << row.code;
    seen.insert(row.code);
  }
  EXPECT_EQ(counts, (std::map<Level::Value, int>{
                        {Level::city, 4}, {Level::district, 9}, {Level::street, 98}, {Level::community, 1240}}));
  EXPECT_EQ(file.rows.front().name, "苏州市");
  EXPECT_EQ(file.rows.front().line, 2u);
}

TEST(OrganisationFile, PutsParentsFirst) {
  EXPECT_THAT(codes(organisations("level,code,name,parent\ncommunity,3,c,2\ndistrict,2,b,1\ncity,1,a,\n")),
              ElementsAre("1", "2", "3"));
}

TEST(OrganisationFile, TakesParentsThatTheLogHas) {
  EXPECT_THAT(codes(organisations("code,name,parent,level\n2,b,1,district\n", {"1"})), ElementsAre("2"));
}

TEST(OrganisationFile, TellsEachBadRowWithItsLine) {
  const auto file = organisations(
      "code,name,parent,level\n"
      "1,a,,city\n"
      "2,b,1,village\n"
      "1,again,,city\n"
      ",nameless,1,street\n"
      "5,,1,street\n"
      "6,f,9,street\n"
      "7,g,6,community\n"
      "8,h,1,street\n"
      "9\n");
  EXPECT_THAT(codes(file), ElementsAre("1", "8"));
  EXPECT_THAT(sentences(file.findings),
              ElementsAre(HasSubstr("3 level: expected city, district"), "4 code: 1 stands in line 2 already",
                          "5 code: is empty", "6 name: is empty", "10 expected 4 fields, found 1",
                          "7 parent: there is no organisation 9", "8 parent: 6 leads to no root"));
}

TEST(OrganisationFile, RefusesCircles) {
  const auto file = organisations("code,name,parent,level\n1,a,2,city\n2,b,1,district\n3,c,3,street\n4,d,,city\n");
  EXPECT_THAT(codes(file), ElementsAre("4"));
  EXPECT_THAT(sentences(file.findings), ElementsAre("2 parent: 2 leads to no root", "3 parent: 1 leads to no root",
                                                    "4 parent: 3 leads to no root"));
}

TEST(OrganisationFile, NeedsItsColumns) {
  const TemporaryFile file("code,name\n1,a\n");
  EXPECT_EQ(read_organisations(file.path()).error().code, "bad_header");
}

api::RequestMapping la_mapping() {
  return yaml::load_request_mapping("ops/demo/la311.yaml", *yaml::load_policy("ops/config/services.yaml")).value();
}

TEST(DerivedTree, MakesLosAngeles) {
  const auto rows = derive_organisations(la_file, la_mapping()).value();
  std::map<Level::Value, int> counts;
  std::map<std::string, std::string> parent_of;
  for (const auto& row : rows) {
    ++counts[row.level];
    parent_of[row.name] = row.parent_code;
  }
  EXPECT_EQ(counts, (std::map<Level::Value, int>{{Level::city, 1}, {Level::district, 7}, {Level::community, 102}}));
  EXPECT_EQ(rows[0], (api::OrganisationRow{0, "LA", "City of Los Angeles", "", Level::city}));
  EXPECT_EQ(parent_of.at("Harbor APC"), "LA");
  EXPECT_EQ(parent_of.at("ECHO PARK NC"), "LA-EAST-LOS-ANGELES-APC");              // 86 to 51
  EXPECT_EQ(parent_of.at("NORTH HOLLYWOOD NORTHEAST NC"), "LA-NORTH-VALLEY-APC");  // 44 to 13
  EXPECT_EQ(parent_of.at("SOUTH ROBERTSON NC"), "LA-CENTRAL-APC");                 // 44 to 44 to 36: the first by name
  EXPECT_EQ(rows, derive_organisations(la_file, la_mapping()).value());
}

TEST(RequestFile, ReadsLosAngelesToTheLastRow) {
  auto file = RequestFile::open(la_file, la_mapping()).value();
  std::set<std::string> known;
  const auto organisations = derive_organisations(la_file, la_mapping()).value();
  for (const auto& row : organisations) known.insert(row.code);
  std::map<RequestState::Value, int> states;
  std::map<Channel::Value, int> channels;
  std::map<std::string, int> categories;
  std::set<std::string> numbers;
  int without_council = 0;
  while (auto next = file.next()) {
    ASSERT_TRUE(next->has_value()) << next->error().text();
    const auto& row = **next;
    ++states[row.state];
    ++channels[row.channel];
    ++categories[row.category];
    numbers.insert(row.number);
    EXPECT_TRUE(known.contains(row.organisation)) << row.organisation;
    EXPECT_EQ(row.closed_us == 0, row.state == RequestState::submitted) << row.number;
    EXPECT_TRUE(row.lat && row.lon);
    if (row.organisation.ends_with("-APC")) ++without_council;
  }
  EXPECT_EQ(numbers.size(), 9'586u);
  EXPECT_EQ(states, (std::map<RequestState::Value, int>{{RequestState::submitted, 19},
                                                        {RequestState::closed_unconfirmed, 9'323},
                                                        {RequestState::withdrawn, 244}}));
  EXPECT_EQ(channels[Channel::phone], 4'476);
  EXPECT_EQ(channels[Channel::staff], 2'072);
  EXPECT_EQ(channels[Channel::counter], 2);
  EXPECT_EQ(categories["bulky_items"], 4'469);
  EXPECT_EQ(categories["street_light"], 135);
  EXPECT_EQ(categories["other"], 115);
  EXPECT_EQ(without_council, 24);
}

TEST(RequestFile, ReadsARowInOurTerms) {
  auto file = RequestFile::open(la_file, la_mapping()).value();
  const auto row = file.next().value().value();
  EXPECT_EQ(row, (api::ImportedRow{2, "1-1523590121", "Illegal Dumping Pickup", "illegal_dumping", "Closed",
                                   RequestState::closed_unconfirmed, 1'577'865'900'000'000, 1'577'983'380'000'000,
                                   34.194, -118.499, "W VANOWEN ST, 91406", Channel::phone, "LA-LAKE-BALBOA-NC"}));
}

api::RequestMapping small_mapping() {
  api::RequestMapping mapping;
  mapping.zone = "America/Los_Angeles";
  mapping.time_format = "%Y-%m-%d %H:%M";
  mapping.number_column = "no";
  mapping.type_column = "type";
  mapping.status_column = "status";
  mapping.submitted_column = "made";
  mapping.closed_columns = {"done", "touched"};
  mapping.lat_column = "lat";
  mapping.lon_column = "lon";
  mapping.organisation_columns = {"unit"};
  mapping.categories = {{"Lamp", "street_light"}};
  mapping.states = {{"open", RequestState::submitted}, {"closed", RequestState::closed_unconfirmed}};
  return mapping;
}

constexpr const char* small_header = "no,type,status,made,done,touched,lat,lon,unit\n";

std::string first(const std::string& row) {
  const TemporaryFile file(small_header + row + "\n");
  auto next = RequestFile::open(file.path(), small_mapping()).value().next().value();
  return next ? std::to_string(next->closed_us) : std::to_string(next.error().line) + " " + next.error().sentence;
}

TEST(RequestFile, UsesTheNextColumnWhereAClosedRowHasNoClosingTime) {
  EXPECT_EQ(first("1,Lamp,closed,2020-01-01 00:00,2020-01-02 00:00,2020-01-03 00:00,,,A"), "1577952000000000");
  EXPECT_EQ(first("1,Lamp,closed,2020-01-01 00:00,,2020-01-03 00:00,,,A"), "1578038400000000");
  EXPECT_EQ(first("1,Lamp,open,2020-01-01 00:00,2020-01-02 00:00,,,,A"), "0");
}

TEST(RequestFile, TellsWordsOfTheMappingFromWhatSomebodyWrote) {
  auto mapping = small_mapping();
  mapping.category_otherwise = "other";
  const TemporaryFile file(small_header + std::string("1,Lamp,open,2020-01-01 00:00,,,,,A\n") +
                           "2,Zhang San owes rent,open,2020-01-01 00:00,,,,,A\n");
  auto rows = RequestFile::open(file.path(), mapping).value();
  EXPECT_TRUE(rows.next().value().value().type_is_known);
  const auto free = rows.next().value().value();
  EXPECT_FALSE(free.type_is_known);
  EXPECT_EQ(free.category, "other");
}

TEST(RequestFile, TellsWhatIsWrongWithItsLine) {
  EXPECT_EQ(first(",Lamp,open,2020-01-01 00:00,,,,,A"), "2 no: is empty");
  EXPECT_EQ(first("1,Lamp,open,2020-01-01 00:00,,,,,"), "2 no column names the organisation");
  EXPECT_EQ(first("1,Lift,open,2020-01-01 00:00,,,,,A"), "2 type: expected one of Lamp");
  EXPECT_EQ(first("1,Lamp,gone,2020-01-01 00:00,,,,,A"), "2 status: expected one of closed, open");
  EXPECT_EQ(first("1,Lamp,open,1 January,,,,,A"), "2 made: expected a time such as %Y-%m-%d %H:%M");
  EXPECT_THAT(first("1,Lamp,open,2020-01-01 00:00 pm,,,,,A"), HasSubstr("2 made: expected a time"));
  EXPECT_THAT(first("1,Lamp,closed,2020-01-01 00:00,,,,,A"), HasSubstr("2 done: expected a time"));
  EXPECT_EQ(first("1,Lamp,closed,2020-01-02 00:00,2020-01-01 00:00,,,,A"), "2 done: is before made");
  EXPECT_THAT(first("1,Lamp,open,2020-01-01 00:00,,,91,0,A"), HasSubstr("2 lat, lon: expected degrees"));
  EXPECT_THAT(first("1,Lamp,open,2020-01-01 00:00,,,34,,A"), HasSubstr("2 lat, lon: expected degrees"));
  EXPECT_THAT(first("1,Lamp,open,2020-01-01 00:00,,,nan,0,A"), HasSubstr("2 lat, lon: expected degrees"));
}

TEST(RequestFile, RefusesAMappingThatDoesNotFit) {
  const TemporaryFile file("no,type\n1,Lamp\n");
  EXPECT_THAT(RequestFile::open(file.path(), small_mapping()).error().detail,
              HasSubstr("not there: status made done touched lat lon unit"));
  auto mapping = small_mapping();
  mapping.zone = "America/Springfield";
  const TemporaryFile right(small_header);
  EXPECT_EQ(RequestFile::open(right.path(), mapping).error().code, "unknown_zone");
}

TEST(RequestFile, TellsATimeInTheFuture) {
  constexpr std::int64_t now_us = 1'577'900'000'000'000;  // 2020-01-01
  const auto told = [](const std::string& row) {
    const TemporaryFile file(small_header + row + "\n");
    return RequestFile::open(file.path(), small_mapping(), now_us).value().next().value().error().sentence;
  };
  EXPECT_EQ(told("1,Lamp,open,2021-01-01 00:00,,,,,A"), "made: is in the future");
  EXPECT_EQ(told("1,Lamp,closed,2020-01-01 00:00,2021-01-01 00:00,,,,A"), "done: is in the future");
}

api::RequestMapping tree_mapping() {
  auto mapping = small_mapping();
  mapping.lat_column = mapping.lon_column = "";
  mapping.organisation_columns.clear();
  mapping.tree = {"X", "x", "area", "council"};
  return mapping;
}

constexpr const char* tree_header = "no,type,status,made,done,touched,area,council\n";

TEST(DerivedTree, RefusesNamesThatBecomeOneCode) {
  const TemporaryFile file(std::string(tree_header) + "1,Lamp,open,2020-01-01 00:00,,,north,a b\n" +
                           "2,Lamp,open,2020-01-01 00:00,,,north,a-b\n");
  const auto rows = derive_organisations(file.path(), tree_mapping());
  ASSERT_FALSE(rows.has_value());
  EXPECT_THAT(rows.error().detail, HasSubstr("a b and a-b would both have the code X-A-B"));
}

TEST(DerivedTree, HangsACouncilWithoutAreaOnTheRoot) {
  const TemporaryFile file(std::string(tree_header) + "1,Lamp,open,2020-01-01 00:00,,,,far out\n");
  const auto rows = derive_organisations(file.path(), tree_mapping()).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].parent_code, "X");
}

TEST(DerivedTree, MakesNothingFromRefusedRows) {
  const TemporaryFile file(
      std::string(tree_header) + "1,Lift,open,2020-01-01 00:00,,,north,unknown type\n" +
      "2,Lamp,open,tomorrow,,,north,no time\n" + ",Lamp,open,2020-01-01 00:00,,,north,no number\n" +
      "4,Lamp,open,2020-01-01 00:00,,,south,good\n" + "5,Lamp,open,2030-01-01 00:00,,,north,to come\n");
  const auto rows = derive_organisations(file.path(), tree_mapping(), 1'600'000'000'000'000).value();
  std::vector<std::string> made;
  for (const auto& row : rows) made.push_back(row.code);
  EXPECT_THAT(made, ElementsAre("X", "X-SOUTH", "X-GOOD"));
}

TEST(LocalTimes, KnowsChangesOfTheClock) {
  const auto times = LocalTimes::in("America/Los_Angeles", "%Y-%m-%d %H:%M").value();
  EXPECT_EQ(times.instant_us("2020-11-01 01:30"), 1'604'219'400'000'000);  // twice that night: the first
  EXPECT_EQ(times.instant_us("2020-03-08 02:30"), 1'583'661'600'000'000);  // skipped: the moment of the change
  EXPECT_EQ(times.instant_us("2020-13-08 02:30"), std::nullopt);
}

}  // namespace
}  // namespace pioneer::adapters::csv
