// RFC 4180 as files have it, and what is refused.
#include "adapters/csv/csv_reader.hpp"

#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "tests/temporary_file.hpp"

namespace pioneer::adapters::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::TemporaryFile;

// Each row as "line: a|b", each finding as "line! sentence".
std::vector<std::string> rows(const std::string& content) {
  const TemporaryFile file(content);
  auto reader = CsvReader::open(file.path());
  if (!reader) return {reader.error().code};
  std::vector<std::string> out;
  while (auto next = reader->next()) {
    if (!*next) {
      out.push_back(std::to_string(next->error().line) + "! " + next->error().sentence);
      continue;
    }
    std::string text = std::to_string((*next)->line) + ": ";
    const char* separator = "";
    for (const auto& field : (*next)->fields) {
      text += separator + field;
      separator = "|";
    }
    out.push_back(text);
  }
  return out;
}

TEST(CsvReader, ReadsPlainRows) { EXPECT_THAT(rows("a,b\n1,2\n3,\n"), ElementsAre("2: 1|2", "3: 3|")); }

TEST(CsvReader, TakesCrLfAndAMissingLastBreak) {
  EXPECT_THAT(rows("a,b\r\n1,2\r\n3,4"), ElementsAre("2: 1|2", "3: 3|4"));
  EXPECT_THAT(rows("a,b\r\n1,2\r"), ElementsAre("2: 1|2"));
}

TEST(CsvReader, DropsAByteOrderMark) {
  const TemporaryFile file("\xef\xbb\xbf编号,b\n1,2\n");
  const auto reader = CsvReader::open(file.path());
  ASSERT_TRUE(reader.has_value());
  EXPECT_THAT(reader->columns(), ElementsAre("编号", "b"));
}

TEST(CsvReader, KeepsQuotedCommasQuotesAndLineBreaks) {
  EXPECT_THAT(rows("a,b\n\"1,2\",\"say \"\"hi\"\"\"\n\"two\nlines\",x\nlast,y\n"),
              ElementsAre("2: 1,2|say \"hi\"", "3: two\nlines|x", "5: last|y"));
  EXPECT_THAT(rows("a,b\n\"\",\"\"\n"), ElementsAre("2: |"));
}

TEST(CsvReader, TellsABadRowWithItsLineAndGoesOn) {
  EXPECT_THAT(rows("a,b\n1\n1,2,3\n1,2\n"),
              ElementsAre("2! expected 2 fields, found 1", "3! expected 2 fields, found 3", "4: 1|2"));
  EXPECT_THAT(rows("a,b\n\"1\"x,2\n1,2\n"), ElementsAre("2! text after a closing quote; expected a comma", "3: 1|2"));
  EXPECT_THAT(rows("a,b\n1\"x,2\n1,2\n"), ElementsAre("2! a quote inside a field that is not quoted", "3: 1|2"));
  EXPECT_THAT(rows("a,b\n1,2\n\"1,2\n3,4\n"),
              ElementsAre("2: 1|2", "3! lines 3–4: a quote is opened and never closed"));
}

TEST(CsvReader, TellsWhichLinesABrokenQuoteTook) {
  EXPECT_THAT(rows("a,b\n\"1,2\n3,4\n5,\"6\n7,8\n"),
              ElementsAre("2! lines 2–4: text after a closing quote; expected a comma", "5: 7|8"));
  EXPECT_THAT(rows("a,b\n\"1\n2\n"), ElementsAre("2! lines 2–3: a quote is opened and never closed"));
  EXPECT_THAT(rows("a,b\n\"1\n2\"\n3,4\n"), ElementsAre("2! lines 2–3: expected 2 fields, found 1", "4: 3|4"));
}

TEST(CsvReader, RefusesBytesThatAreNoUtf8) {
  EXPECT_THAT(rows("a,b\n\xc3\x28,2\n1,2\n"), ElementsAre("2! is not UTF-8", "3: 1|2"));
  EXPECT_THAT(rows(std::string("a,b\n1\0,2\n", 9)), ElementsAre("2! is not UTF-8"));
}

TEST(CsvReader, BoundsARow) {
  const std::string most(row_bytes_max - 1, 'x');  // and the comma
  const std::string longer(3 * row_bytes_max, 'x');
  EXPECT_THAT(rows("a,b\n" + most + ",\n"), ElementsAre("2: " + most + "|"));
  EXPECT_THAT(rows("a,b\n" + longer + ",2\n1,2\n"), ElementsAre(HasSubstr("2! longer than"), "3: 1|2"));
  EXPECT_THAT(rows("a,b\n\"" + longer + "\",2\n1,2\n"), ElementsAre(HasSubstr("2! longer than"), "3: 1|2"));
  EXPECT_THAT(rows("a,b\n" + std::string(2 * columns_max, ',') + "\n1,2\n"),
              ElementsAre(HasSubstr("2! expected 2"), "3: 1|2"));
}

std::string in_quotes(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

TEST(CsvReader, ReadsBackWhateverIsWritten) {
  const std::vector<std::string> pieces = {"a", ",", "\"", "\n", "\r\n", "\r", "先锋", " ", "", "\"\"", "é", "🚌"};
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 chance(seed);
    std::vector<std::vector<std::string>> table(1 + chance() % 5, std::vector<std::string>(2 + chance() % 3));
    std::string text;
    for (std::size_t i = 0; i < table[0].size(); ++i) text += (i == 0 ? "c" : ",c") + std::to_string(i);
    for (auto& row : table) {
      text += chance() % 2 == 0 ? "\n" : "\r\n";
      for (std::size_t i = 0; i < row.size(); ++i) {
        for (auto n = chance() % 4; n > 0; --n) row[i] += pieces[chance() % pieces.size()];
        const bool plain = row[i].find_first_of(",\"\r\n") == std::string::npos && chance() % 2 == 0;
        text += (i == 0 ? "" : ",") + (plain ? row[i] : in_quotes(row[i]));
      }
    }
    const TemporaryFile file(text);
    auto reader = CsvReader::open(file.path());
    ASSERT_TRUE(reader.has_value());
    for (const auto& row : table) {
      const auto next = reader->next();
      ASSERT_TRUE(next && next->has_value()) << "seed " << seed << "\n" << text;
      EXPECT_EQ((*next)->fields, row) << "seed " << seed << "\n" << text;
    }
    EXPECT_FALSE(reader->next().has_value());
  }
}

TEST(CsvReader, SkipsEmptyLines) { EXPECT_THAT(rows("a,b\n\n1,2\n\n"), ElementsAre("3: 1|2")); }

TEST(CsvReader, RefusesAFileWithoutAUsableHeader) {
  EXPECT_THAT(rows(""), ElementsAre("unreadable_file"));
  EXPECT_THAT(rows("a,a\n1,2\n"), ElementsAre("bad_header"));
  EXPECT_THAT(rows("a,\n1,2\n"), ElementsAre("bad_header"));
  EXPECT_THAT(rows("\xef\xbb,b\n"), ElementsAre("bad_header"));
  EXPECT_EQ(CsvReader::open("no/such/file.csv").error().code, "unreadable_file");
}

TEST(Utf8, KnowsItsEdges) {
  for (const char* good : {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf", "先锋"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe5\x85", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace pioneer::adapters::csv
