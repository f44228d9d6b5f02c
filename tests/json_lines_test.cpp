// Proves that JSON lines are read exactly as they are written, whatever the order of their keys and wherever blocks are
// cut, and that a line that is not what it should be is told in words and takes no other line with it.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "files.hpp"
#include "io/errors.hpp"
#include "read/json_lines.hpp"

namespace ringscan::testing {
namespace {

using namespace std::string_literals;

struct Row {
  std::uint64_t line;  // of the file
  std::vector<std::string> fields;
  std::string problem = "";
  friend bool operator==(const Row&, const Row&) = default;
  friend void PrintTo(const Row& row, std::ostream* out) {
    *out << row.line << ":";
    for (const std::string& field : row.fields) *out << " <" << field.substr(0, 100) << ">";
    *out << " " << row.problem;
  }
};
using Rows = std::vector<Row>;

bool is_known(std::string_view name) { return name == "value" || name == "to_address"; }

// Fields of rows with a problem are not looked at.
Rows rows_of(RecordSource& source, std::size_t* blocks = nullptr) {
  Rows rows;
  std::uint64_t lines = source.lines_before();
  while (const std::unique_ptr<RecordBlock> block = source.next_block()) {
    Record record;
    while (block->next(record)) {
      Row& row = rows.emplace_back(Row{lines + record.line, {}, record.problem});
      if (row.problem.empty()) row.fields.assign(record.fields.begin(), record.fields.end());
      EXPECT_EQ(record.field_count, source.header().size());
    }
    lines += block->line_count();
    if (blocks != nullptr) ++*blocks;
  }
  return rows;
}

void select_all(RecordSource& source) {
  std::vector<std::size_t> columns(source.header().size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  source.select(columns);
}

Rows rows_of(const std::string& text, std::size_t piece = 1 << 20) {
  Pieces pieces(text, piece);
  JsonLinesSource source(TextBlocks(pieces), is_known);
  select_all(source);
  return rows_of(source);
}

std::vector<std::string> header_of(const std::string& text) {
  Pieces pieces(text);
  return JsonLinesSource(TextBlocks(pieces), is_known).header();
}

std::string failure_of(const std::string& text) {
  return message_of<BadInput>([&] { header_of(text); });
}

// What is wrong with a line behind {"a":1}.
std::string problem_of(const std::string& line) {
  const Rows rows = rows_of("{\"a\":1}\n" + line + "\n{\"a\":3}\n");
  EXPECT_EQ(rows.size(), 3u) << line;
  EXPECT_EQ(rows.front(), (Row{1, {"1"}})) << line;
  EXPECT_EQ(rows.back(), (Row{3, {"3"}})) << line << ": reading goes on behind it";
  return rows[1].problem;
}

TEST(JsonLines, ReadsValuesAsTheyAreWritten) {
  const std::string largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
  EXPECT_EQ(rows_of("{\"a\":" + largest + ",\"b\":1e18,\"c\":-0.50E+2}"), (Rows{{1, {largest, "1e18", "-0.50E+2"}}}));
  EXPECT_EQ(rows_of("{\"a\":true,\"b\":false,\"c\":null,\"d\":\"\"}"), (Rows{{1, {"true", "false", "", ""}}}));
  EXPECT_EQ(rows_of("{ \"a\" : \"0xAb\" , \"b\" : 12 ,\t\"c\" : { \"x\" : [1, \"]}\"] } , \"d\" : [ ] }  "),
            (Rows{{1, {"0xAb", "12", "{ \"x\" : [1, \"]}\"] }", "[ ]"}}}));
  EXPECT_EQ(rows_of(R"({"a":"\"\\\/\n\u00e9\ud83d\ude00","b":"é"})"), (Rows{{1, {"\"\\/\né😀", "é"}}}));
}

TEST(JsonLines, ReadsLinesHoweverTheyEnd) {
  const Rows expected = {{1, {"1", "x"}}, {2, {"2", ""}}, {5, {"", "y"}}};
  const std::string text = "{\"a\":1,\"b\":\"x\"}\n{\"a\":2}\n\n  \t \n{\"b\":\"y\",\"a\":null}\n";
  std::string crlf = text;
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != crlf.npos; at += 2) crlf.insert(at, "\r");
  for (const std::size_t piece : {1, 7, 1 << 20}) {
    EXPECT_EQ(rows_of(text, piece), expected);
    EXPECT_EQ(rows_of(text.substr(0, text.size() - 1), piece), expected) << "no final line end";
    EXPECT_EQ(rows_of("\xef\xbb\xbf" + text, piece), expected) << "byte order mark";
    EXPECT_EQ(rows_of(crlf, piece), expected) << "CRLF";
  }
}

TEST(JsonLines, HasTheKeysOfTheFirstRowsAsColumns) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(header_of("{\"b\":1,\"a\":2}\n{\"c\":{\"d\":1},\"a\":1}\n{}\n"), (Names{"b", "a", "c"}));
  EXPECT_EQ(header_of("{\"a\\\"\\u00e9\":1}"), Names{"a\"é"});
  for (const char* nothing : {"", "\n", "\r\n\n", "\xef\xbb\xbf", "{}", "{}\n{ }\n"})
    EXPECT_TRUE(header_of(nothing).empty()) << nothing;
  EXPECT_EQ(header_of("x\n{\"a\":1}\n{\"b\":1,}"), Names{"a"}) << "a bad line is one row's matter";
  EXPECT_EQ(failure_of("\n[{\"a\":1}]"), "text:2: a JSON array is not JSON lines: convert it with `jq -c '.[]'`");
  EXPECT_TRUE(
      contains(failure_of("{\n  \"a\": 1\n}\n"), "text:1: it ends before its JSON object does; each object must"));
  EXPECT_EQ(failure_of("\nhello\n"), "text:2: it is not a JSON object");
}

TEST(JsonLines, SelectsColumnsInAnyOrder) {
  Pieces pieces("{\"a\":1,\"b\":2,\"c\":3,\"d\\n\":4}\n{\"d\\u000a\":\"x\",\"a\":\"y\"}\n{\"c\":5}");
  JsonLinesSource source(TextBlocks(pieces), is_known);
  source.select(std::vector<std::size_t>{3, 0});
  EXPECT_EQ(rows_of(source), (Rows{{1, {"4", "1"}}, {2, {"x", "y"}}, {3, {"", ""}}}));
  EXPECT_EQ(source.format(), "json lines");
  EXPECT_EQ(rows_of("{\"a\":1,\"ab\":2}\n{\"ab\":3}"), (Rows{{1, {"1", "2"}}, {2, {"", "3"}}})) << "names in names";
}

TEST(JsonLines, SaysWhatIsWrongWithALine) {
  const std::string not_json = "it is not valid JSON", ends = "it ends before its JSON object does";
  EXPECT_EQ(problem_of("x"), "it is not a JSON object");
  EXPECT_EQ(problem_of("[1]"), "it is not a JSON object");
  EXPECT_EQ(problem_of("\"a\""), "it is not a JSON object");
  for (const char* cut : {"{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":[1"})
    EXPECT_TRUE(contains(problem_of(cut), ends));
  EXPECT_EQ(problem_of("{\"a\":\"x}"), "a string in it is not closed");
  EXPECT_EQ(problem_of("{\"a\":\"\t\"}"), "a string in it has a control character");
  EXPECT_EQ(problem_of("{\"a\":\"\\x\"}"), "a string in it has an escape that means nothing");
  EXPECT_EQ(problem_of("{\"a\":\"\xff\"}"), "it is not valid UTF-8");
  EXPECT_EQ(problem_of("{\"a\":1}{\"a\":2}"), "text follows its JSON object");
  EXPECT_EQ(problem_of("{\"a\":1,\"a\":1}"), "the key 'a' is in it twice");
  for (const char* bad :
       {"{\"a\":01}",  "{\"a\":1.}",  "{\"a\":1e}",  "{\"a\":.5}",  "{\"a\":+1}",       "{\"a\":-}",  "{\"a\":0x1}",
        "{\"a\":tru}", "{\"a\":nul}", "{\"a\":nan}", "{\"a\":1 2}", "{\"a\":\"x\"y}",   "{\"a\":1,}", "{\"a\":}",
        "{\"a\" 1}",   "{a:1}",       "{,}",         "{\"x\":}",    "{\"x\":,\"a\":1}", "{\"a\":1]}", "{}}"})
    EXPECT_NE(problem_of(bad), "") << bad;
  EXPECT_EQ(problem_of("{\"a\":"s + std::string(5000, '[') + std::string(5000, ']') + "}"), "") << "deep is not wrong";
}

TEST(JsonLines, SaysWhichKeyCameTooLate) {
  std::string text;
  while (text.size() < TextBlocks::usual_size) text += "{\"a\":1}\n";
  const Rows rows = rows_of(text + "{\"a\":2,\"note\":\"x\"}\n{\"a\":3,\"Value\":1}\n{\"a\":4}\n");
  ASSERT_GT(rows.size(), 3u);
  EXPECT_EQ(rows[rows.size() - 3].fields, std::vector<std::string>{"2"}) << "no schema asks for a note";
  EXPECT_EQ(rows[rows.size() - 2].problem,
            "the key 'Value' is in no row of the first MiB: begin with a row that has all keys");
  EXPECT_EQ(rows.back(), (Row{text.size() / 8 + 3, {"4"}}));
}

// Blocks, the ends of blocks, where lines are copied, and lines longer than a block.
TEST(JsonLines, ReadsBackWhatWasWrittenAcrossBlocks) {
  std::mt19937_64 random(1);
  std::string text;
  Rows expected;
  for (std::uint64_t line = 1; text.size() < 5 * TextBlocks::usual_size; ++line) {
    const std::size_t size =
        line == 700 ? 3 * TextBlocks::usual_size : std::size_t(random() % (line % 50 == 0 ? 90'000 : 90));
    const std::string number = std::to_string(random()), filler(size, 'x');
    const bool swapped = random() % 3 == 0 && line > 1, missing = random() % 5 == 0 && line > 1;
    const std::string a = "\"a\":" + number, b = missing ? "" : "\"b\":\"" + filler + "\\t\"";
    const std::string comma = missing ? "" : ",";
    text += "{" + (swapped ? b + comma + a : a + comma + b) + "}\n";
    expected.push_back({line, {number, missing ? "" : filler + "\t"}});
  }
  EXPECT_TRUE(rows_of(text) == expected);
  EXPECT_TRUE(rows_of(text, 100'003) == expected);
  JsonLinesSource mapped(TextBlocks(text, "text"), is_known);
  select_all(mapped);
  std::size_t blocks = 0;
  EXPECT_TRUE(rows_of(mapped, &blocks) == expected);
  EXPECT_GT(blocks, 2u);
}

// Damage must never be more than one row's matter.
TEST(JsonLines, SurvivesDamageAtEveryByte) {
  const std::string line = R"({"hash":"0xab","n":12.5e3,"ok":true,"none":null,"in":[{"x":"\u00e9"},2]})";
  const Row before{1, {"0xab", "12.5e3", "true", "", "[{\"x\":\"\\u00e9\"},2]"}}, after{3, before.fields};
  for (std::size_t at = 0; at < line.size(); ++at)
    for (const char byte :
         "\"{}[]:,\\ \t\0\x80\xff"
         "0e-tnu"s) {
      std::string damaged = line;
      damaged[at] = byte;
      Rows rows = rows_of(line + "\n" + damaged + "\n" + line);
      // A key that was damaged and is a key still is one more column.
      for (Row& row : rows) row.fields.resize(std::min(row.fields.size(), before.fields.size()));
      ASSERT_EQ(rows.size(), 3u) << damaged;
      EXPECT_EQ(rows.front(), before);
      EXPECT_EQ(rows.back(), after);
      EXPECT_EQ(rows_of(line + "\n" + line.substr(0, at)).size(), at == 0 ? 1u : 2u);
    }
}

TEST(JsonLines, ReadsRealExports) {
  const char* const folder = std::getenv("RINGSCAN_TEST_DATA");
  if (folder == nullptr) GTEST_SKIP() << "RINGSCAN_TEST_DATA names no folder";
  const auto read = [&](const std::string& file, std::vector<std::string>& header) {
    const std::string text = content_of(folder + file);
    Pieces pieces(text);
    JsonLinesSource source(TextBlocks(pieces), is_known);
    select_all(source);
    header = source.header();
    const Rows rows = rows_of(source);
    EXPECT_EQ(rows.size(), std::size_t(std::count(text.begin(), text.end(), '\n')) + (text.ends_with('\n') ? 0 : 1));
    for (const Row& row : rows) EXPECT_EQ(row.problem, "") << file << ":" << row.line;
    return rows;
  };
  const auto field = [](const std::vector<std::string>& header, const Row& row, const std::string& name) {
    return row.fields.at(std::size_t(std::find(header.begin(), header.end(), name) - header.begin()));
  };
  std::vector<std::string> header;
  for (const char* file : {"/ethereum-etl/transactions_fixture.jsonl", "/ethereum-etl/token_transfers_fixture.jsonl"})
    for (const Row& row : read(file, header)) {
      EXPECT_TRUE(field(header, row, "from_address").starts_with("0x"));
      EXPECT_EQ(field(header, row, "from_address").size(), 42u);
      EXPECT_EQ(field(header, row, "value").find_first_not_of("0123456789"), std::string::npos);
    }
  for (const Row& row : read("/bitcoin-etl/transactions_fixture.jsonl", header)) {
    EXPECT_TRUE(field(header, row, "outputs").starts_with("[{"));
    EXPECT_EQ(field(header, row, "hash").size(), 64u);
  }
}

}  // namespace
}  // namespace ringscan::testing
