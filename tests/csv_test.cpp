// Proves that CsvSource splits RFC 4180 texts exactly, however the bytes arrive and wherever blocks are cut: what was
// written is read back, lines are counted right, and broken quoting is named instead of guessed at.
#include <algorithm>
#include <random>

#include "columns.hpp"
#include "files.hpp"
#include "io/errors.hpp"
#include "read/csv.hpp"

namespace ringscan::testing {
namespace {

struct Line {
  std::uint64_t number;
  std::vector<std::string> fields;
  std::string problem = "";
  friend bool operator==(const Line&, const Line&) = default;
  friend void PrintTo(const Line& line, std::ostream* out) {
    *out << line.number << ":";
    for (const std::string& field : line.fields) *out << " <" << field.substr(0, 100) << ">";
    *out << " " << line.problem;
  }
};

struct Reading {
  std::size_t piece = 1 << 20, block = TextBlocks::usual_size;
  bool is_mapped = false;
  Vectors vectors = fastest_vectors();
};

// All records after the header, all columns: each block as if it began with a record, and once more where it does not.
std::vector<Line> lines_read(const std::string& text, const Reading& how, bool by_columns) {
  Pieces pieces(text, how.piece);
  CsvSource source(how.is_mapped ? TextBlocks(text, "text", how.block) : TextBlocks(pieces, how.block), how.vectors);
  std::vector<std::size_t> columns(source.header().size());
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
  source.select(columns);
  std::uint64_t lines_before = source.lines_before();
  const auto records_of = [&](RecordBlock& block) {
    std::vector<Line> lines;
    each_record(block, by_columns, columns.size(), [&](const Record& record) {
      Line& line = lines.emplace_back(
          Line{lines_before + record.line, {record.fields.begin(), record.fields.end()}, record.problem});
      line.fields.resize(std::min(line.fields.size(), record.field_count));
    });
    return lines;
  };
  std::vector<Line> all;
  std::string rest;
  while (true) {
    std::unique_ptr<RecordBlock> block = source.next_block();
    if (!block && rest.empty()) return all;
    const bool is_end = !block;
    std::vector<Line> lines = block ? records_of(*block) : std::vector<Line>();
    if (!rest.empty()) {
      block = source.behind(rest, std::move(block), lines_before + 1);
      lines = records_of(*block);
    }
    all.insert(all.end(), lines.begin(), lines.end());
    rest = block->rest();
    lines_before += block->line_count();
    if (is_end) return all;
  }
}

std::vector<Line> lines_of(const std::string& text, const Reading& how = {}) {
  std::vector<Line> lines = lines_read(text, how, false);
  const std::vector<Line> by_columns = lines_read(text, how, true);
  EXPECT_EQ(by_columns.size(), lines.size());
  for (std::size_t i = 0; i < std::min(lines.size(), by_columns.size()); ++i) EXPECT_EQ(by_columns[i], lines[i]);
  return lines;
}

std::vector<std::string> header_of(const std::string& text, std::size_t block = TextBlocks::usual_size) {
  Pieces source(text);
  return CsvSource(TextBlocks(source, block)).header();
}

using Lines = std::vector<Line>;

TEST(Csv, ReadsPlainRecords) {
  const Lines expected = {{2, {"1", "2"}}, {3, {"", ""}}, {4, {"x y", "3"}}};
  EXPECT_EQ(lines_of("a,b\n1,2\n,\nx y,3\n"), expected);
  EXPECT_EQ(lines_of("a,b\r\n1,2\r\n,\r\nx y,3\r\n"), expected) << "CRLF";
  EXPECT_EQ(lines_of("a,b\n1,2\n,\nx y,3"), expected) << "no final line end";
  EXPECT_EQ(lines_of("\xef\xbb\xbf"
                     "a,b\n1,2\n,\nx y,3\n"),
            expected)
      << "byte order mark";
  EXPECT_EQ(lines_of("a\tb\n1\t2\n\t\nx y\t3\n"), expected) << "tabs";
  EXPECT_EQ(lines_of("a,b\n1,2\n\n\r\n,\nx y,3\n\n"), (Lines{{2, {"1", "2"}}, {5, {"", ""}}, {6, {"x y", "3"}}}));
}

TEST(Csv, FindsHeaders) {
  EXPECT_EQ(header_of("\xef\xbb\xbf"
                      "a,\"b,\"\"c\"\"\"\n1,2\n"),
            (std::vector<std::string>{"a", "b,\"c\""}));
  EXPECT_EQ(header_of("\n\r\na,b"), (std::vector<std::string>{"a", "b"})) << "after blank lines";
  EXPECT_EQ(header_of("a\tb,c\n"), (std::vector<std::string>{"a\tb", "c"})) << "a comma decides";
  EXPECT_EQ(header_of("\"a\"\t\"b,c\"\n"), (std::vector<std::string>{"a", "b,c"}));
  for (const char* nothing : {"", "\n", "\r\n\n", "\xef\xbb\xbf", "\xef\xbb\xbf\n"})
    EXPECT_TRUE(header_of(nothing).empty()) << nothing;
  EXPECT_TRUE(contains(message_of<BadInput>([] { header_of("\na,\"b\nc,d\n"); }), "text:2: the header cannot be read"));
  EXPECT_TRUE(lines_of("a,b\n").empty());
  EXPECT_TRUE(contains(message_of<BadInput>([] { header_of("a,b\r1,2\r3,4\r"); }), "text:1: the header has a CR"));
  EXPECT_EQ(header_of("a\r\n"), (std::vector<std::string>{"a"}));
}

TEST(Csv, ReadsQuotedFields) {
  EXPECT_EQ(lines_of("a,b\n\"1,\"\"2\"\"\",\"x\r\ny\n\"\n\"\",\"\"\"\"\n5,6\n"),
            (Lines{{2, {"1,\"2\"", "x\r\ny\n"}}, {5, {"", "\""}}, {6, {"5", "6"}}}));
  EXPECT_EQ(lines_of("a,b\r\n\"1\",\"2\"\r\n\"3\",\"4\""), (Lines{{2, {"1", "2"}}, {3, {"3", "4"}}}));
  EXPECT_EQ(lines_of("\"a\",\"b\"\n\"\n\n\",1\n2,3\n"), (Lines{{2, {"\n\n", "1"}}, {5, {"2", "3"}}}));
}

TEST(Csv, KeepsOddBytesInsideFields) {
  using namespace std::string_literals;
  EXPECT_EQ(lines_of("a,b\n1\r2,x\r\n"), (Lines{{2, {"1\r2", "x"}}})) << "a lone CR stays";
  EXPECT_EQ(lines_of("a,b\n1\"2,x\"\n"), (Lines{{2, {"1\"2", "x\""}}})) << "a quote within a bare field is a byte";
  EXPECT_EQ(lines_of("a,b\n\0x\0,\"\0\"\ny,\0"s), (Lines{{2, {"\0x\0"s, "\0"s}}, {3, {"y", "\0"s}}}));
}

TEST(Csv, NamesBrokenQuotesAndGoesOn) {
  const std::string follows = "text follows a closing quote";
  EXPECT_EQ(lines_of("a,b\n\"1\"x,2\n3,4\n"), (Lines{{2, {"1", "2"}, follows}, {3, {"3", "4"}}}));
  EXPECT_EQ(lines_of("a,b\n\"1\" ,2\n3,4\n"), (Lines{{2, {"1", "2"}, follows}, {3, {"3", "4"}}}));
  EXPECT_EQ(lines_of("a,b\n1,\"2\"\r3\n3,4\n"), (Lines{{2, {"1", "2"}, follows}, {3, {"3", "4"}}}));
  for (const char* end : {"", "\n"}) {
    const Lines lines = lines_of(std::string("a,b\n1,2\n3,\"\n5,6\n7,8") + end);
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[1].number, 3u);
    EXPECT_EQ(lines[1].problem, "a quote is opened and never closed: lines 3 to 5 were taken as one row");
  }
  EXPECT_TRUE(contains(lines_of("a,b\n1,\"")[0].problem, "lines 2 to 2"));
}

TEST(Csv, CountsFieldsBeyondTheHeader) {
  Pieces pieces("a,b\n1\n1,2,,\n1,2,3\n1,2,\"\"\n1,2,,\r\n");
  CsvSource source{TextBlocks(pieces)};
  source.select(std::vector<std::size_t>{1});
  const std::unique_ptr<RecordBlock> block = source.next_block();
  Record record;
  ASSERT_TRUE(block->next(record));
  EXPECT_EQ(record.field_count, 1u);
  EXPECT_EQ(record.fields[0], "") << "nothing is left over from the row before";
  ASSERT_TRUE(block->next(record));
  EXPECT_EQ(record.field_count, 4u);
  EXPECT_TRUE(record.surplus_is_empty);
  ASSERT_TRUE(block->next(record));
  EXPECT_FALSE(record.surplus_is_empty);
  ASSERT_TRUE(block->next(record));
  EXPECT_TRUE(record.surplus_is_empty) << "nor is this";
  ASSERT_TRUE(block->next(record));
  EXPECT_TRUE(record.surplus_is_empty) << "a CR is no field";
}

TEST(Csv, HandsOutTheSelectedColumnsInTheirOrder) {
  Pieces pieces("a,b,c,d\n1,\"2\"\"\",3,4\n5,6\n");
  CsvSource source{TextBlocks(pieces)};
  source.select(std::vector<std::size_t>{3, 1});
  const std::unique_ptr<RecordBlock> block = source.next_block();
  Record record;
  ASSERT_TRUE(block->next(record));
  EXPECT_EQ(std::vector(record.fields.begin(), record.fields.end()), (std::vector<std::string_view>{"4", "2\""}));
  ASSERT_TRUE(block->next(record));
  EXPECT_EQ(std::vector(record.fields.begin(), record.fields.end()), (std::vector<std::string_view>{"", "6"}));
}

// Any table, written with random quoting and line ends and read in pieces and blocks of any size, comes back.
TEST(Csv, ReadsBackWhatWasWritten) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return std::size_t(random() % limit); };
  constexpr std::string_view alphabet = "ab,\"\n\r\t 0";
  for (int round = 0; round < 2000; ++round) {
    const std::size_t width = 2 + below(4);
    const bool by_tabs = below(4) == 0;
    const char delimiter = by_tabs ? '\t' : ',';
    std::string text = below(2) ? "\xef\xbb\xbf" : "";
    for (std::size_t i = 0; i < width; ++i) text += (i ? std::string(1, delimiter) : "") + "column" + std::to_string(i);
    text += "\r\n";
    Lines expected;
    std::uint64_t line = 2;
    for (std::size_t row = below(6); row > 0; --row) {
      Line& written = expected.emplace_back(Line{line++, {}});
      for (std::size_t i = 0; i < width; ++i) {
        std::string field(below(6), ' '), quoted = "\"";
        for (char& c : field) c = alphabet[below(alphabet.size())];
        for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        quoted += '"';
        const bool needs_quotes = field.find_first_of("\"\n\r,\t") != field.npos;
        text += (i ? std::string(1, delimiter) : "") + (needs_quotes || below(3) == 0 ? quoted : field);
        line += std::uint64_t(std::count(field.begin(), field.end(), '\n'));
        written.fields.push_back(std::move(field));
      }
      if (row > 1 || below(2)) text += below(2) ? "\n" : "\r\n";
      if (below(5) == 0 && row > 1) text += "\n", ++line;
    }
    for (const Vectors vectors : {Vectors::none, fastest_vectors()})
      for (const bool is_mapped : {false, true})
        EXPECT_EQ(lines_of(text, {1 + below(9), 1 + below(40), is_mapped, vectors}), expected) << text;
  }
}

// Lines over many windows, most of them alike; a line of another kind between them, or one longer than a window, and
// what is before and behind it stays as it is.
TEST(Csv, ReadsOddLinesAmongManyAlike) {
  std::mt19937 random(11);
  const auto below = [&](std::size_t limit) { return std::size_t(random() % limit); };
  for (int round = 0; round < 60; ++round) {
    const std::string line_end = below(2) ? "\n" : "\r\n";
    const std::size_t odds = below(4) == 0 ? 1'000'000 : 20 + below(400);
    std::string text = "a,b,c" + line_end;
    Lines expected;
    std::uint64_t number = 2;
    for (std::size_t row = 500 + below(2000); row > 0; --row) {
      const std::string one = std::to_string(random()), two(1 + below(20), 'x'), three = std::to_string(row);
      const std::size_t kind = below(odds);
      if (kind == 0) {
        text += one + ",\"" + two + "\n\"," + three + line_end;
        expected.push_back({number, {one, two + "\n", three}});
        number += 2;
        continue;
      }
      if (kind == 1) text += line_end, ++number;
      std::vector<std::string> fields = {one, two, three};
      if (kind == 2) fields.pop_back();
      if (kind == 3) fields[1].assign(below(60'000), 'y');
      if (kind == 4) fields[1] += '"';
      if (kind == 5) fields[2] = "";
      for (std::size_t i = 0; i < fields.size(); ++i) text += (i ? "," : "") + fields[i];
      text += row > 1 || below(2) ? line_end : "";
      expected.push_back({number++, fields});
    }
    EXPECT_EQ(lines_of(text, {1 << 20, below(2) ? TextBlocks::usual_size : 1 + below(100'000)}), expected);
  }
}

TEST(Csv, GrowsForLongFieldsAndSkipsThemUnread) {
  const std::string longest(20'000'000, 'x');
  std::string quoted = longest;
  quoted[5'000'000] = '\n';
  const Lines lines = lines_of("a,b\n1," + longest + "\n\"" + quoted + "\",2\n3,4\n", {65'536});
  EXPECT_EQ(lines, (Lines{{2, {"1", longest}}, {3, {quoted, "2"}}, {5, {"3", "4"}}}));
}

// Records that end at, just before and just after the end of the first buffer.
TEST(Csv, CrossesBufferEnds) {
  for (std::size_t size = (1 << 20) - 12; size < (1 << 20) + 4; ++size) {
    const std::string filler(size - 4, 'f');
    EXPECT_EQ(lines_of("a,b\n" + filler + ",\"\n\"\"\"\r\n3,4\r\n"), (Lines{{2, {filler, "\n\""}}, {4, {"3", "4"}}}))
        << size;
  }
}

TEST(Csv, GivesUpOnARecordWithoutEnd) {
  class Endless final : public ByteSource {
   public:
    explicit Endless(std::string line) : line_(std::move(line)) {}
    std::size_t read(std::span<char> room) override {
      for (std::size_t i = 0; i < room.size(); ++i) room[i] = line_[i % line_.size()];
      if (!std::exchange(began_, true)) std::copy_n("a,b\n1,\"", 7, room.begin());
      return room.size();
    }
    const std::string& name() const override { return name_; }

   private:
    const std::string line_;
    bool began_ = false;
    std::string name_ = "endless";
  };
  const auto failure = [](const std::string& line) {
    return message_of<BadInput>([&] {
      Endless bytes(line);
      CsvSource source{TextBlocks(bytes)};
      source.select(std::vector<std::size_t>{0});
      std::string rest;
      Record record;
      while (true) {
        std::unique_ptr<RecordBlock> block = source.next_block();
        if (!rest.empty()) block = source.behind(rest, std::move(block), 2);
        while (block->next(record)) {
        }
        rest = block->rest();
      }
    });
  };
  EXPECT_EQ(failure("x"), "endless has a line of more than 256 MiB: is it a text of rows?");
  EXPECT_EQ(failure(std::string(1000, 'x') + '\n'),
            "endless:2: a row of more than 256 MiB begins here; a quote may not be closed");
}

bool is_json_mark(char c) { return static_cast<unsigned char>(c) < 0x20 || c < 0 || c == '"' || c == '\\'; }

// Every way to look for separators finds what looking at each byte does, whatever the bytes and wherever they begin.
TEST(Separators, AreFoundAlikeByEveryWay) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 400, ' ');
    const std::string_view alphabet = random() % 2 ? std::string_view(",\n\"a") : std::string_view("aaaaaaaaaaaa,bb\n");
    for (char& c : text) c = random() % 50 == 0 ? char(random()) : alphabet[random() % alphabet.size()];
    std::vector<std::uint32_t> places, line_feeds, json_marks, json_line_feeds;
    for (std::uint32_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_feeds.push_back(std::uint32_t(places.size()));
      if (text[i] == '\n') json_line_feeds.push_back(std::uint32_t(json_marks.size()));
      if (text[i] == ',' || text[i] == '\n') places.push_back(i);
      if (is_json_mark(text[i])) json_marks.push_back(i);
    }
    const std::size_t quote = text.find('"');
    for (const Vectors vectors : {Vectors::none, Vectors::avx2, Vectors::avx512}) {
      if (vectors > fastest_vectors()) continue;
      Separators found;
      find_separators(text, ',', found, vectors);
      EXPECT_TRUE(std::ranges::equal(found.places(), places)) << int(vectors);
      EXPECT_TRUE(std::ranges::equal(found.line_feeds(), line_feeds)) << int(vectors);
      EXPECT_EQ(found.first_quote(), quote == text.npos ? Separators::no_quote : quote) << int(vectors);
      find_json_marks(text, found, vectors);
      EXPECT_TRUE(std::ranges::equal(found.places(), json_marks)) << int(vectors);
      EXPECT_TRUE(std::ranges::equal(found.line_feeds(), json_line_feeds)) << int(vectors);
    }
  }
}

}  // namespace
}  // namespace ringscan::testing
