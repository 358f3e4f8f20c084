// The commands of an operator's day, on small files, with the exit codes that scripts rely on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/api/cli/program.hpp"

namespace pioneer::tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view organisations =
    "code,name,parent,level\n"
    "3502,Xiamen,,city\n"
    "350203,Siming,3502,district\n"
    "350203001,Xiagang,350203,street\n"
    "350203001001,Shapowei,350203001,community\n";

class Commands : public testing::Test {
 protected:
  Program pioneer;

  void SetUp() override {
    const auto file = pioneer.write("organisations.csv", organisations);
    const Ran made = pioneer.run({"import", "organisations", file.string(), "--json"});
    ASSERT_EQ(made.exit, 0) << made.err;
    ASSERT_EQ(json_member(made.out, "added"), "4");
  }
  Ran token(const std::string& member, const std::string& role, const std::string& organisation) {
    return pioneer.run(
        {"token", "create", "--member", member, "--role", role, "--organisation", organisation, "--json"});
  }
  fs::path first_segment() const {
    for (const auto& entry : fs::directory_iterator(pioneer.data() / "log")) return entry.path();
    return {};
  }
};

TEST_F(Commands, ARepeatedImportChangesNothing) {
  const auto before = json_member(pioneer.run({"log", "info", "--json"}).out, "position");
  const Ran again =
      pioneer.run({"import", "organisations", (pioneer.folder() / "organisations.csv").string(), "--json"});
  EXPECT_EQ(again.exit, 0);
  EXPECT_EQ(json_member(again.out, "added"), "0");
  EXPECT_EQ(json_member(again.out, "unchanged"), "4");
  // Opening the log for writing is a leaf of its own; nothing else came.
  const auto after = json_member(pioneer.run({"log", "info", "--json"}).out, "position");
  EXPECT_EQ(std::stoi(after), std::stoi(before) + 1);
}

TEST_F(Commands, ABadRowIsReportedWithItsLineAndTheRestIsImported) {
  const auto file = pioneer.write("more.csv",
                                  "code,name,parent,level\n"
                                  "350205,Haicang,3502,district\n"
                                  "350299,Nowhere,9999,district\n"
                                  "350206,Huli,3502,village\n"
                                  "350211,Jimei,3502,district\n");
  const Ran ran = pioneer.run({"import", "organisations", file.string()});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.out, HasSubstr("2 organisations added"));
  EXPECT_THAT(ran.err, HasSubstr("more.csv:3:"));
  EXPECT_THAT(ran.err, HasSubstr("more.csv:4:"));
}

TEST_F(Commands, RequestsOfAnotherSystemComeOnce) {
  const auto mapping = pioneer.write("mapping.yaml", R"(source: elsewhere
times: {zone: America/Los_Angeles, format: "%m/%d/%y %H:%M"}
columns: {number: nr, type: kind, status: state, submitted: made, closed: [ended], organisation: [org]}
categories: {Graffiti: graffiti}
category_otherwise: other
states: {Open: submitted, Closed: closed_unconfirmed}
)");
  const auto rows = pioneer.write("rows.csv",
                                  "nr,kind,state,made,ended,org\n"
                                  "1,Graffiti,Closed,1/1/20 0:05,1/2/20 8:43,3502\n"
                                  "2,Lamp,Open,1/1/20 0:21,,350203\n"
                                  "3,Lamp,Open,yesterday,,350203\n");
  const Ran first = pioneer.run({"import", "requests", rows.string(), "--mapping", mapping.string(), "--json"});
  EXPECT_EQ(first.exit, 1) << first.err;
  EXPECT_EQ(json_member(first.out, "added"), "2") << first.out << first.err;
  EXPECT_EQ(json_member(first.out, "line"), "4");
  const Ran again = pioneer.run({"import", "requests", rows.string(), "--mapping", mapping.string(), "--json"});
  EXPECT_EQ(json_member(again.out, "added"), "0");
  EXPECT_EQ(json_member(again.out, "unchanged"), "2");
}

TEST_F(Commands, ATokenIsTheLastWordAndRegistersOnce) {
  const Ran made =
      pioneer.run({"token", "create", "--member", "Lin Yulan", "--role", "cadre", "--organisation", "350203001001"});
  ASSERT_EQ(made.exit, 0) << made.err;
  const std::string word = made.out.substr(made.out.rfind(' ') + 1);
  EXPECT_GE(word.size(), 43u);
  const auto first = json_member(token("Lin Yulan", "cadre", "350203001001").out, "member");
  EXPECT_NE(first, "");
  EXPECT_EQ(json_member(token("Lin Yulan", "member", "3502").out, "member"), first);
  const Ran revoked = pioneer.run({"token", "revoke", word.substr(0, word.find('\n'))});
  EXPECT_EQ(revoked.exit, 0) << revoked.err;
  EXPECT_THAT(pioneer.run({"token", "list"}).out, HasSubstr("revoked"));
  EXPECT_EQ(pioneer.run({"token", "revoke", "no such token"}).exit, 1);
}

TEST_F(Commands, ANewMemberIsSaidToBeNew) {
  const std::vector<std::string> create = {"token",  "create", "--member",       "Xu Ping",
                                           "--role", "member", "--organisation", "3502"};
  EXPECT_THAT(pioneer.run(create).out, HasSubstr("Registered a new member."));
  EXPECT_THAT(pioneer.run(create).out, Not(HasSubstr("Registered")));
  EXPECT_EQ(json_member(token("Xu Ping", "member", "3502").out, "registered"), "false");
  EXPECT_EQ(json_member(token("Xu Ann", "member", "3502").out, "registered"), "true");
}

TEST_F(Commands, AnUnknownStreamIsSaidToBeUnknown) {
  const Ran unknown = pioneer.run({"log", "stream", "request/nothing"});
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_THAT(unknown.err, HasSubstr("no stream request/nothing"));
  EXPECT_EQ(pioneer.run({"log", "stream", "policy/services"}).exit, 0);
  EXPECT_EQ(pioneer.run({"log", "show", "--stream", "request/"}).exit, 0) << "of a kind there may be none yet";
}

TEST_F(Commands, AnExportIsHarmlessInASpreadsheet) {
  const auto file =
      pioneer.write("formulas.csv",
                    "code,name,parent,level\n"
                    "1001,\"=HYPERLINK(\"\"http://x\"\",1)\",,city\n"
                    "1002,+1,,city\n1003,-1,,city\n1004,@SUM(A1),,city\n1005,'quoted,,city\n1006,＝1,,city\n"
                    "1007,a=b,,city\n");
  ASSERT_EQ(pioneer.run({"import", "organisations", file.string()}).exit, 0);
  const auto out = pioneer.folder() / "out";
  const Ran ran = pioneer.run({"export", "--out", out.string(), "--json"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const auto rows = read_file(out / "organisations.csv");
  for (const auto* cell : {"1001,\"'=HYPERLINK(\"\"http://x\"\",1)\",city", "1002,'+1,city", "1003,'-1,city",
                           "1004,'@SUM(A1),city", "1005,''quoted,city", "1006,'＝1,city", "1007,a=b,city"}) {
    EXPECT_THAT(rows, HasSubstr(cell));
  }
  EXPECT_FALSE(fs::exists(out / "members.jsonl"));
}

TEST_F(Commands, PersonalExportsSayWhyInTheLog) {
  ASSERT_EQ(token("Zhuang Wangshu", "member", "3502").exit, 0);
  const auto out = pioneer.folder() / "out";
  const Ran refused = pioneer.run({"export", "--out", out.string(), "--personal"});
  EXPECT_EQ(refused.exit, 2);
  EXPECT_THAT(refused.err, HasSubstr("--purpose"));
  const Ran ran = pioneer.run({"export", "--out", out.string(), "--personal", "--purpose", "yearly letter", "--json"});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(json_member(ran.out, "members"), "1");
  EXPECT_THAT(read_file(out / "members.jsonl"), HasSubstr("Zhuang Wangshu"));
  EXPECT_EQ(fs::status(out / "members.jsonl").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const Ran journal = pioneer.run({"log", "show", "--stream", "access/", "--json"});
  EXPECT_THAT(journal.out, HasSubstr("PersonalDataOpened"));
  EXPECT_THAT(journal.out, HasSubstr("yearly letter"));
  EXPECT_THAT(journal.out, Not(HasSubstr("Zhuang")));
}

TEST_F(Commands, KeysAreCountedAndShown) {
  ASSERT_EQ(token("Lin", "member", "3502").exit, 0);
  const Ran shown = pioneer.run({"keys", "show"});
  EXPECT_EQ(shown.exit, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("verifier"));
  EXPECT_EQ(json_member(pioneer.run({"keys", "show", "--json"}).out, "erasing"), "0");
}

TEST_F(Commands, ALinkSignsAMemberIn) {
  ASSERT_EQ(token("Lin Yulan", "member", "3502").exit, 0);
  const Ran made = pioneer.run({"token", "link", "--member", "Lin Yulan", "--origin", "https://p.example"});
  ASSERT_EQ(made.exit, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr(" https://p.example/in#"));
  EXPECT_THAT(pioneer.run({"token", "list"}).out, HasSubstr("sign-in code"));
  EXPECT_EQ(pioneer.run({"token", "link", "--member", "nobody"}).exit, 1);
}

TEST_F(Commands, VerifyFindsAFlippedByte) {
  EXPECT_EQ(json_member(pioneer.run({"verify", "--json"}).out, "ok"), "true");
  const auto segment = first_segment();
  std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(4096 + 512 + 100);
  const char was = static_cast<char>(file.get());
  file.seekp(4096 + 512 + 100);
  file.put(static_cast<char>(was ^ 1));
  file.close();
  const Ran damaged = pioneer.run({"verify", "--json"});
  EXPECT_EQ(damaged.exit, 1);
  EXPECT_EQ(json_member(damaged.out, "ok"), "false");
  EXPECT_THAT(json_member(damaged.out, "file"), HasSubstr(segment.filename().string()));
  EXPECT_NE(json_member(damaged.out, "offset"), "");
  EXPECT_NE(json_member(damaged.out, "reason"), "");
}

TEST_F(Commands, ReplayIsTheSameAfterTheDatabaseIsDeleted) {
  const Ran before = pioneer.run({"replay", "--json"});
  EXPECT_EQ(before.exit, 0) << before.out << before.err;
  fs::remove_all(pioneer.data() / "db");
  const Ran after = pioneer.run({"replay", "--json"});
  EXPECT_EQ(after.exit, 0);
  EXPECT_EQ(after.out, before.out);
  EXPECT_THAT(after.out, HasSubstr("\"requests\""));
}

TEST_F(Commands, NothingOfAnErasedMemberIsLeft) {
  const Ran made = token("Zhuang Wangshu", "member", "3502");
  ASSERT_EQ(made.exit, 0) << made.err;
  const std::string id = json_member(made.out, "member");
  const Ran erased = pioneer.run({"erase", "--member", "Zhuang Wangshu", "--json"});
  EXPECT_EQ(erased.exit, 0) << erased.err;
  EXPECT_EQ(json_member(erased.out, "member"), id);
  EXPECT_TRUE(files_with(pioneer.data(), "Zhuang Wangshu").empty());
  EXPECT_EQ(pioneer.run({"verify"}).exit, 0);
  EXPECT_EQ(pioneer.run({"replay"}).exit, 0);
  EXPECT_EQ(pioneer.run({"erase", "--member", "Zhuang Wangshu"}).exit, 1);
  EXPECT_EQ(pioneer.run({"erase", "--member", id}).exit, 0) << "run again, it says that it is done";
}

TEST_F(Commands, TheVerifierKeyStays) {
  const Ran first = pioneer.run({"keys", "show", "--verifier", "--name", "log.example/xiamen"});
  EXPECT_EQ(first.exit, 0) << first.err;
  EXPECT_THAT(first.out, testing::StartsWith("log.example/xiamen+"));
  EXPECT_EQ(pioneer.run({"keys", "show", "--verifier"}).out, first.out);
}

TEST_F(Commands, TheLogShowsWhatHappened) {
  const Ran shown = pioneer.run({"log", "show", "--stream", "organisation/", "--limit", "1", "--json"});
  EXPECT_EQ(shown.exit, 0);
  EXPECT_EQ(json_member(shown.out, "type"), "OrganisationRegistered");
  EXPECT_EQ(json_member(shown.out, "name"), "Xiamen");
  const Ran tail = pioneer.run({"log", "tail", "--limit", "1"});
  EXPECT_THAT(tail.out, HasSubstr("OrganisationRegistered"));
}

TEST_F(Commands, AsOfShowsABoardBeforeAnythingCame) {
  const Ran board = pioneer.run({"as-of", "--at", "2020-01-01T00:00:00Z", "board", "3502"});
  EXPECT_EQ(board.exit, 0) << board.err;
  EXPECT_THAT(board.out, HasSubstr("\"columns\""));
  EXPECT_EQ(pioneer.run({"as-of", "--at", "yesterday", "board", "3502"}).exit, 2);
  EXPECT_EQ(pioneer.run({"as-of", "--at", "2020-01-01T00:00:00Z", "board", "9999"}).exit, 1);
  for (const auto* kind : {"request", "product"}) {
    const Ran none = pioneer.run({"as-of", "--at", "2099-01-01T00:00:00Z", kind, "no such id"});
    EXPECT_EQ(none.exit, 1);
    EXPECT_THAT(none.err, HasSubstr(std::string("There is no ") + kind));
  }
}

TEST(CommandLine, ExitCodesTellUsageFromTrouble) {
  const Program pioneer;
  EXPECT_EQ(pioneer.run({"--help"}, false).exit, 0);
  EXPECT_EQ(pioneer.run({"no-such-command"}).exit, 2);
  EXPECT_EQ(pioneer.run({"verify"}, false).exit, 2) << "without --data";
  EXPECT_EQ(pioneer.run({"verify"}).exit, 3) << "without a log";
  fs::create_directory(pioneer.data());
  for (const std::vector<std::string>& command : {std::vector<std::string>{"verify"},
                                                  {"replay"},
                                                  {"log", "info"},
                                                  {"keys", "show"},
                                                  {"token", "list"},
                                                  {"erase", "--member", "X"},
                                                  {"export", "--out", (pioneer.folder() / "out").string()}}) {
    const Ran ran = pioneer.run(command);
    EXPECT_EQ(ran.exit, 3) << command.front();
    EXPECT_NE(ran.err, "") << command.front();
    EXPECT_TRUE(fs::is_empty(pioneer.data())) << command.front() << " made something where no log is";
  }
  fs::remove(pioneer.data());
  EXPECT_EQ(pioneer.run({"log", "show", "--server", "nonsense"}, false).exit, 2);
  EXPECT_EQ(pioneer.run({"log", "show", "--server", "http://127.0.0.1:1"}, false).exit, 3) << "nobody listens";
  EXPECT_EQ(pioneer.run({"import", "organisations", "no-such-file.csv"}).exit, 3);
  EXPECT_FALSE(fs::exists(pioneer.data())) << "a file that cannot be read makes no log";
  EXPECT_EQ(pioneer.run({"token", "create", "--member", "M", "--role", "king", "--organisation", "1"}).exit, 2);
}

TEST_F(Commands, AnUnknownOrganisationIsARefusal) {
  const Ran ran = token("Lin", "cadre", "999999");
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.err, HasSubstr("no organisation 999999"));
}

}  // namespace
}  // namespace pioneer::tests
