// Proves that Parquet and Arrow files are read as the texts that their values are, whichever way they come, that blocks
// may be read in any order and by many threads, and that damage is an error of ours at every byte. arrow_write.py
// writes the files.
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <numeric>
#include <thread>

#include "arrow_folder.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"

// Damaged files ask for terabytes, which must be an error rather than the end of the test.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace ringscan::testing {
namespace {

using Row = std::vector<std::string>;
using Rows = std::vector<Row>;

constexpr const char* formats[] = {"parquet", "arrow", "arrows"};

void read_block(RecordBlock& block, Rows& rows) {
  Record record;
  while (block.next(record)) {
    rows.emplace_back(record.fields.begin(), record.fields.end());
    EXPECT_EQ(record.problem, "");
    EXPECT_EQ(record.line, rows.size());
  }
  EXPECT_EQ(block.line_count(), rows.size());
}

std::vector<std::size_t> places_of(const RecordSource& source, const std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  for (const std::string& name : names) {
    const auto found = std::find(source.header().begin(), source.header().end(), name);
    if (found == source.header().end()) throw BadInput("no column " + name);
    places.push_back(std::size_t(found - source.header().begin()));
  }
  return places;
}

// All rows of the columns, or of all columns.
Rows rows_of(RecordSource& source, const std::vector<std::string>& names = {}) {
  std::vector<std::size_t> columns(source.header().size());
  std::iota(columns.begin(), columns.end(), 0);
  if (!names.empty()) columns = places_of(source, names);
  source.select(columns);
  Rows rows;
  while (const auto block = source.next_block()) {
    Rows some;
    read_block(*block, some);
    rows.insert(rows.end(), some.begin(), some.end());
  }
  EXPECT_EQ(source.next_block(), nullptr) << "the end stays the end";
  return rows;
}

Rows rows_of(const std::string& path, const std::vector<std::string>& names = {}) {
  return rows_of(*open_arrow_file(path), names);
}

std::string failure_of(const std::string& path, const std::vector<std::string>& names) {
  return message_of<BadInput>([&] { rows_of(path, names); });
}

// Columns of arrow_write.py's rows, and their texts.
const std::vector<std::string> five = {"to", "value", "hash", "block", "from"};

Rows expected_rows(std::size_t size) {
  Rows rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.push_back({fmt::format("0x{:040x}", i % 11), i == 0 ? "0" : fmt::format("{}", i) + std::string(30, '0'),
                    fmt::format("0x{:064x}", i), i % 5 == 0 ? "" : fmt::format("{}", i / 3),
                    fmt::format("0x{:040x}", i % 7)});
  return rows;
}

TEST_F(ArrowFiles, AreKnownByTheirContent) {
  for (const char* format : formats) EXPECT_TRUE(is_arrow_file(folder() / "few." + format)) << format;
  EXPECT_FALSE(is_arrow_file(folder() / "types.expected"));
  EXPECT_FALSE(is_arrow_file(folder() / "no such file"));
  EXPECT_THROW(open_arrow_file(folder() / "no such file"), std::runtime_error);
  EXPECT_FALSE(is_arrow_file(folder().path()));
  EXPECT_FALSE(is_arrow_file("-"));
  for (const char* text : {"", "P", "PAR2", "ARROW", "\xff\xff\xff", "hash,nonce"}) EXPECT_FALSE(begins_as_arrow(text));
  EXPECT_EQ(open_arrow_file(folder() / "few.parquet")->format(), "parquet");
  EXPECT_EQ(open_arrow_file(folder() / "few.arrow")->format(), "arrow file");
  EXPECT_EQ(open_arrow_file(folder() / "few.arrows")->format(), "arrow stream");
}

TEST_F(ArrowFiles, HaveTextsForAllTypes) {
  std::map<std::string, Row> expected;
  std::istringstream lines(content_of(folder() / "types.expected"));
  for (std::string line; std::getline(lines, line);) {
    Row cells;
    for (std::size_t begin = 0, end = 0; end != line.npos; begin = end + 1) {
      end = line.find('\t', begin);
      cells.push_back(line.substr(begin, end - begin));
    }
    expected[cells.front()] = Row(cells.begin() + 1, cells.end());
  }
  ASSERT_GT(expected.size(), 40u);
  for (const char* file : {"types.parquet", "types.arrow", "types.arrows", "plain.parquet"}) {
    const auto source = open_arrow_file(folder() / file);
    const std::vector<std::string> names = source->header();
    ASSERT_GT(names.size(), 40u);
    const Rows rows = rows_of(*source);
    ASSERT_EQ(rows.size(), 3u);
    for (std::size_t column = 0; column < names.size(); ++column)
      for (std::size_t row = 0; row < 3; ++row)
        EXPECT_EQ(rows[row][column], expected.at(names[column]).at(row)) << file << " " << names[column] << " " << row;
  }
  EXPECT_EQ(rows_of(folder() / "int96.parquet"), (Rows{{"1500-01-01T00:00:00Z"}, {"2017-03-06T00:00:00Z"}}));
}

TEST_F(ArrowFiles, HaveTheSelectedColumnsInAnyOrder) {
  const Rows expected = expected_rows(100'000);
  for (const char* format : formats)
    for (const char* name : {"rows.", "encoded."}) EXPECT_TRUE(rows_of(folder() / name + format, five) == expected);
  for (const char* format : formats) {
    const auto source = open_arrow_file(folder() / "twice." + format);
    EXPECT_EQ(source->header(), (std::vector<std::string>{"Account", "Account"}));
    source->select(std::vector<std::size_t>{1, 0});
    Rows rows;
    read_block(*source->next_block(), rows);
    EXPECT_EQ(rows, (Rows{{"2", "1"}}));
  }
}

TEST_F(ArrowFiles, MayLeaveAColumnForLater) {
  const Rows expected = expected_rows(100'000);
  std::shared_ptr<const LaterTexts> later;
  {
    const auto source = open_arrow_file(folder() / "rows.parquet");
    const std::vector<std::size_t> places = places_of(*source, five);
    source->select(places);
    later = source->leave_for_later(places[2]);
    ASSERT_NE(later, nullptr);
    Rows rows;
    while (const auto block = source->next_block()) {
      Rows some;
      read_block(*block, some);
      rows.insert(rows.end(), some.begin(), some.end());
    }
    Rows without = expected;
    for (Row& row : without) row[2].clear();
    EXPECT_TRUE(rows == without);
  }
  EXPECT_EQ(std::vector<std::uint64_t>(later->pieces().begin(), later->pieces().end()),
            (std::vector<std::uint64_t>{0, 40'000, 80'000}));
  for (const std::vector<std::uint64_t>& records : {std::vector<std::uint64_t>{},
                                                    {0},
                                                    {99'999},
                                                    {5, 5, 16'384, 39'999, 40'000, 79'999, 99'998},
                                                    {70'000, 90'000}}) {
    std::vector<std::string> found, wanted;
    for (const std::uint64_t record : records) wanted.push_back(expected[record][2]);
    later->read(records, [&](std::string_view text) { found.emplace_back(text); });
    EXPECT_EQ(found, wanted);
  }
  for (const char* format : formats) {
    Pieces pieces(content_of(folder() / "few." + format), 1 << 20);
    const auto source = open_arrow_stream(pieces);
    source->select(std::vector<std::size_t>{0});
    EXPECT_EQ(source->leave_for_later(0), nullptr) << "a stream comes once";
  }
}

TEST_F(ArrowFiles, MayStopUsingADictionary) {
  const Rows rows = rows_of(folder() / "mixed.parquet");
  ASSERT_EQ(rows.size(), 60'000u);
  for (std::size_t i = 0; i < rows.size(); ++i)
    ASSERT_EQ(rows[i], Row{fmt::format("account {}", i < 25'000 ? i % 7 : i)}) << i;
}

TEST_F(ArrowFiles, MayHaveNoRowsOrNoValues) {
  for (const char* format : formats) {
    EXPECT_EQ(rows_of(folder() / "empty." + format, five), Rows{});
    EXPECT_EQ(rows_of(folder() / "null." + format), Rows(3, Row{"", ""}));
  }
}

TEST_F(ArrowFiles, AreReadInBlocksByManyThreads) {
  const Rows expected = expected_rows(100'000);
  for (const char* format : formats)
    for (const char* name : {"rows.", "encoded."}) {
      const auto source = open_arrow_file(folder() / name + format);
      source->select(places_of(*source, five));
      std::vector<std::unique_ptr<RecordBlock>> blocks;
      std::uint64_t done = 0;
      while (auto block = source->next_block()) {
        blocks.push_back(std::move(block));
        EXPECT_GE(source->bytes_done(), done);
        done = source->bytes_done();
      }
      constexpr std::uint64_t end_mark = 8;
      EXPECT_GE(done + end_mark, std::filesystem::file_size(folder() / name + format));
      ASSERT_GT(blocks.size(), 6u);
      std::vector<Rows> rows(blocks.size());
      {
        std::vector<std::jthread> threads;
        for (std::size_t first = 0; first < 3; ++first)  // the last blocks first
          threads.emplace_back([&, first] {
            for (std::size_t i = first; i < blocks.size(); i += 3)
              read_block(*blocks[blocks.size() - 1 - i], rows[blocks.size() - 1 - i]);
          });
      }
      Rows all;
      for (const Rows& some : rows) all.insert(all.end(), some.begin(), some.end());
      EXPECT_TRUE(all == expected) << name << format;
    }
}

TEST_F(ArrowFiles, MayBeBegunAheadByWhoFindsAColumnTaken) {
  const Rows expected = rows_of(folder() / "mixed.parquet");  // of one column, so that threads meet
  for (int round = 0; round < 20; ++round) {
    const auto source = open_arrow_file(folder() / "mixed.parquet");
    source->select(std::vector<std::size_t>{0});
    std::vector<std::unique_ptr<RecordBlock>> blocks;
    while (auto block = source->next_block()) blocks.push_back(std::move(block));
    std::vector<Rows> rows(blocks.size());
    std::atomic<std::size_t> next = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
          for (std::size_t block; (block = next++) < blocks.size();) read_block(*blocks[block], rows[block]);
        });
    }
    Rows all;
    for (const Rows& some : rows) all.insert(all.end(), some.begin(), some.end());
    ASSERT_TRUE(all == expected) << round;
  }
}

TEST_F(ArrowFiles, AreReadFromStreams) {
  const Rows expected = expected_rows(300);
  for (const char* format : formats)
    for (const char* name : {"few.", "few_zstd."})
      for (const std::size_t piece : {1, 1000, 1 << 20}) {
        Pieces pieces(content_of(folder() / name + format), piece);
        EXPECT_TRUE(rows_of(*open_arrow_stream(pieces), five) == expected) << name << format;
      }
  Input input(folder() / "few.arrows", {}, ArrowBytes::accepted);
  EXPECT_TRUE(begins_as_arrow(input.first_bytes()));
  EXPECT_TRUE(rows_of(*open_arrow_stream(input), five) == expected);
}

// What a source throws in the middle must come out as what it is.
class Broken final : public ByteSource {
 public:
  Broken(std::string text, std::size_t whole) : pieces_(std::move(text), 100), left_(whole) {}
  std::size_t read(std::span<char> room) override {
    if (left_ == 0) throw Interrupted();
    const std::size_t size = pieces_.read(room.first(std::min(room.size(), left_)));
    left_ -= size;
    return size;
  }
  const std::string& name() const override { return pieces_.name(); }

 private:
  Pieces pieces_;
  std::size_t left_;
};

TEST_F(ArrowFiles, LetTheErrorsOfStreamsThrough) {
  for (const char* format : formats)
    for (const std::size_t whole : {0, 100, 2000, 40'000}) {
      Broken broken(content_of(folder() / "few." + format), whole);
      EXPECT_THROW(rows_of(*open_arrow_stream(broken), five), Interrupted) << format << " " << whole;
    }
}

TEST_F(ArrowFiles, RefuseTypesThatHaveNoText) {
  for (const char* format : {"arrow", "arrows"}) {
    const std::string path = folder() / "wrong." + format;
    EXPECT_EQ(rows_of(path, {"good"}), (Rows{{"1"}, {"2"}})) << "others do not matter";
    for (const std::string name : {"time32", "time64", "duration", "half", "listed", "structured"})
      EXPECT_TRUE(contains(failure_of(path, {"good", name}), "column " + name + " has the type ")) << name;
  }
  EXPECT_TRUE(contains(failure_of(folder() / "wrong.parquet", {"time"}), "column time has the type time64[us]"));
  EXPECT_EQ(rows_of(folder() / "wrong.parquet", {"good"}), (Rows{{"1"}, {"2"}}));
}

// In memory: as a file would be, without the file.
std::string outcome_of(const std::string& bytes) {
  try {
    Pieces pieces(bytes);
    rows_of(*open_arrow_stream(pieces), five);
  } catch (const BadInput& error) {
    return error.what();
  } catch (const Unavailable& error) {
    return error.what();
  }
  return "";
}

TEST_F(ArrowFiles, RefuseWhatIsCutOff) {
  for (const char* format : formats)
    for (const char* name : {"few.", "few_zstd."}) {
      const std::string bytes = content_of(folder() / name + format);
      EXPECT_EQ(outcome_of(bytes), "");
      for (std::size_t size = 8; size < bytes.size(); size += 97)
        EXPECT_NE(outcome_of(bytes.substr(0, size)), "") << name << format << " " << size;
      for (std::size_t less = 1; less < 20; ++less)
        EXPECT_NE(outcome_of(bytes.substr(0, bytes.size() - less)), "") << name << format << " -" << less;
      const std::string cut = folder().write("cut", bytes.substr(0, bytes.size() / 2));
      EXPECT_TRUE(contains(failure_of(cut, five), "cut is damaged, cut off or of a kind that cannot be read"))
          << format;
    }
  EXPECT_TRUE(contains(failure_of(folder() / "unended.arrows", five), "the mark at the end of the stream is missing"));
}

TEST_F(ArrowFiles, SurviveDamageAnywhere) {
  for (const std::string name : {"few_zstd.parquet", "few_zstd.arrow", "few_zstd.arrows", "few.parquet"}) {
    const std::string bytes = content_of(folder() / name);
    std::size_t refused = 0, tried = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 31)
      for (const char flip : {'\x01', '\x80', '\xff'}) {
        std::string damaged = bytes;
        damaged[at] = char(damaged[at] ^ flip);
        refused += !outcome_of(damaged).empty();
        ++tried;
      }
    EXPECT_GT(refused, tried / (name == "few.parquet" ? 2 : 20)) << name << ": pages of Parquet have checksums";
  }
}

}  // namespace
}  // namespace ringscan::testing
