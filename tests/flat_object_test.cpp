// Proves that lines of JSON lines that are read by their marks alone are read as any other line is: the same fields,
// the same rejections, whatever the line, and that lines as exporters write them are read so at all.
#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "columns.hpp"
#include "files.hpp"
#include "read/flat_object.hpp"
#include "read/json_lines.hpp"

namespace ringscan::testing {
namespace {

using Fields = std::vector<std::string>;

struct Row {
  std::uint64_t line;
  Fields fields;
  std::string problem;
  friend bool operator==(const Row&, const Row&) = default;
};

const std::vector<std::string> names = {
    "hash",        "to", "value",      "block_timestamp", "from", "n", "max_priority_fee_per_gas_and_more",
    "is_coinbase", "",   "gas \"price"};
const std::string header = R"({"hash":1,"to":1,"value":1,"block_timestamp":1,"from":1,"n":1,)"
                           R"("max_priority_fee_per_gas_and_more":1,"is_coinbase":1,"":1,"gas \"price":1})";
const std::vector<std::size_t> selected = {4, 1, 2, 9, 6, 0, 8};

bool is_known(std::string_view name) { return name == "value"; }

// Blanks around lines mean nothing, and no line is flat with them.
std::string with_blanks(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? " \n " : std::string(1, c);
  return result + ' ';
}

std::vector<Row> rows_read(std::string_view text, Vectors vectors, bool by_columns) {
  Pieces pieces((std::string(text)));
  JsonLinesSource source(TextBlocks(pieces), is_known, vectors);
  source.select(selected);
  std::vector<Row> rows;
  std::uint64_t lines = 0;
  while (const std::unique_ptr<RecordBlock> block = source.next_block()) {
    each_record(*block, by_columns, source.header().size(), [&](const Record& record) {
      rows.push_back({lines + record.line, {}, record.problem});
      if (record.problem.empty()) rows.back().fields.assign(record.fields.begin(), record.fields.end());
    });
    lines += block->line_count();
  }
  return rows;
}

std::vector<Row> rows_of(std::string_view text, Vectors vectors = fastest_vectors()) {
  std::vector<Row> rows = rows_read(text, vectors, false);
  EXPECT_TRUE(rows_read(text, vectors, true) == rows) << "by columns";
  return rows;
}

class Lines {
 public:
  explicit Lines(std::uint64_t seed) : random_(seed) {}
  std::size_t below(std::size_t end) { return std::size_t(random_() % end); }

  // Of one object: keys in some order, some of them missing or twice.
  std::string flat(bool in_order) {
    std::vector<std::size_t> keys = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    if (!in_order) std::shuffle(keys.begin(), keys.end(), random_);
    const std::string colon = below(2) ? ":" : ": ", comma = below(2) ? "," : ", ";
    std::string line = "{";
    for (const std::size_t key : keys) {
      if (below(8) == 0 && key != 0) continue;
      for (std::size_t times = in_order || below(15) ? 1 : 2; times > 0; --times)
        line += (line.size() == 1 ? "" : comma) + '"' + names[key] + '"' + colon + value();
    }
    return line.size() == 1 ? line + "\"to\":null}" : line + '}';
  }

  // Other values, and nothing else.
  std::string again(std::string line) {
    for (std::size_t times = 1 + below(20); times > 0; --times) {
      const std::size_t at = below(line.size());
      if (line[at] >= '1' && line[at] <= '9') line.insert(at, 1 + below(3), char('1' + below(9)));
    }
    return line;
  }

  // Whatever may stand in a line, at random places.
  std::string damaged(std::string line) {
    constexpr std::string_view bytes = "\"\"{}[]:,, \\\t\r0019e-.+tnux\xc3\xa9\x80\xff\x01\x7f";
    for (std::size_t times = 1 + below(3); times > 0 && !line.empty(); --times) {
      const std::size_t at = below(line.size());
      const char byte = bytes[below(bytes.size())];
      if (below(3) == 0)
        line.erase(at, 1 + below(3));
      else if (below(2))
        line.insert(line.begin() + std::ptrdiff_t(at), byte);
      else
        line[at] = byte;
    }
    return line;
  }

  // One that is read with more care.
  std::string odd() {
    constexpr std::string_view odd_ones[] = {R"({"to":"\u0061"})",
                                             R"({"to":"é"})",
                                             R"({"to":[1,2]})",
                                             R"({"to":{}})",
                                             R"({"to":-1})",
                                             R"({"to":1.5e3})",
                                             R"({"to":01})",
                                             R"({"n":01,"to":2})",
                                             R"({"hash":tru})",
                                             R"({ "to":1})",
                                             R"({"to" :1})",
                                             R"({"to":1 })",
                                             R"({"to":1},)",
                                             R"({"t\u006f":1})",
                                             R"({"other":1})",
                                             R"({"Value":1,"to":2})",
                                             R"({})",
                                             R"({"to":"a" "b"})",
                                             R"({"gas \"price":7})",
                                             R"({"to":1,"to":2})",
                                             R"({"to":1,"hash":2)",
                                             R"({"to":"1,"hash":"2"})",
                                             R"({"to":1]})",
                                             "",
                                             "  ",
                                             R"({"to":nulll})",
                                             R"({"to":[]]})",
                                             R"({"to":1,})",
                                             R"({"to":1,,"n":2})",
                                             R"({"to":"1":"n"})",
                                             R"({"to",1})",
                                             R"(["to"])"};
    return std::string(odd_ones[below(std::size(odd_ones))]);
  }

 private:
  std::string value() {
    switch (below(8)) {
      case 0:
        return std::array{"null", "true", "false", "[]", "\"\"", "0"}[below(6)];
      case 1:
        return fmt::format("{}", random_() >> below(64));
      case 2:
        return "1" + std::string(below(80), '7');
      case 3:
        return '"' + std::string(below(below(30) ? 90 : 20'000), 'x') + '"';
      default:
        return fmt::format("\"0x{:x}{:x}\"", random_(), random_());
    }
  }
  std::mt19937_64 random_;
};

// What FlatObject says of the lines of a text; nothing of a line that it leaves.
std::vector<std::optional<Fields>> flat_rows(std::string_view text, Vectors vectors) {
  std::vector<std::size_t> slot(names.size(), FlatKeys::nowhere);
  for (std::size_t i = 0; i < selected.size(); ++i) slot[selected[i]] = i;
  const FlatKeys keys(names, slot);
  FlatObject flat(keys, text);
  Separators marks;
  find_json_marks(text, marks, vectors);
  std::vector<std::optional<Fields>> rows;
  std::vector<std::string_view> fields(selected.size());
  std::size_t begin = 0, mark = 0;
  for (const std::uint32_t feed : marks.line_feeds()) {
    const std::size_t end = marks.places()[feed];
    const bool is_read = flat.read(begin, end, 0, marks.places().subspan(mark, feed + 1 - mark), fields, 1);
    rows.push_back(is_read ? std::optional<Fields>(Fields(fields.begin(), fields.end())) : std::nullopt);
    begin = end + 1, mark = feed + 1;
  }
  return rows;
}

TEST(FlatObject, AgreesWithTheCarefulReader) {
  std::array<int, 2> results{};  // lines left, lines read
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Lines lines(seed);
    const bool in_order = seed % 3 != 0;
    std::string text = header + '\n';
    std::string flat = lines.flat(in_order);
    for (int i = 0; i < 30; ++i) {
      const std::size_t kind = lines.below(6);
      flat = lines.below(3) ? lines.again(flat) : lines.flat(in_order);
      text += kind == 0 ? lines.odd() : kind == 1 ? lines.damaged(flat) : flat;
      text += lines.below(20) ? "\n" : "\r\n";
    }
    if (lines.below(2)) text.pop_back();
    const std::vector<Row> expected = rows_of(with_blanks(text));
    for (const Vectors vectors : {Vectors::none, Vectors::avx2, Vectors::avx512}) {
      if (vectors > fastest_vectors()) continue;
      ASSERT_TRUE(rows_of(text, vectors) == expected) << "seed " << seed;
      const std::vector<std::optional<Fields>> read = flat_rows(text, vectors);
      for (std::size_t line = 0; line < read.size(); ++line) {
        ++results[read[line].has_value()];
        if (!read[line]) continue;
        const auto row = std::ranges::find(expected, line + 1, &Row::line);
        ASSERT_TRUE(row != expected.end() && row->problem.empty() && row->fields == *read[line])
            << "seed " << seed << ", line " << line + 1;
      }
    }
  }
  EXPECT_GT(results[0], 10'000);
  EXPECT_GT(results[1], 10'000);
}

// Otherwise nothing would be gained.
TEST(FlatObject, ReadsLinesAsExportersWriteThem) {
  const std::string text =
      R"({"hash":"0xab","to":null,"value":115792089237316195423570985008687907853,"block_timestamp":1704067260,"from":""})"
      "\n"
      R"({"hash": "0xab", "to": "0x1", "value": 0, "is_coinbase": false, "n": [], "from": "x"})"
      "\n"
      R"({"is_coinbase":true,"from":"a","hash":"b","max_priority_fee_per_gas_and_more":12345678901234567})"
      "\n"
      R"({"from":"a","is_coinbase":true,"hash":"b"})"
      "\n";
  const std::vector<std::optional<Fields>> rows = flat_rows(text, fastest_vectors());
  const std::vector<std::optional<Fields>> expected = {
      Fields{"", "", "115792089237316195423570985008687907853", "", "", "0xab", ""},
      Fields{"x", "0x1", "0", "", "", "0xab", ""}, Fields{"a", "", "", "", "12345678901234567", "b", ""},
      Fields{"a", "", "", "", "", "b", ""}};
  EXPECT_TRUE(rows == expected);
  for (const char* const odd :
       {R"({"to":"\n"})", R"({"to":-1})", R"({"to":01})", R"({"to":1,"to":2})", R"({"other":1})", R"({})", R"([1])"})
    EXPECT_EQ(flat_rows(odd + std::string("\n"), fastest_vectors()), (std::vector<std::optional<Fields>>{std::nullopt}))
        << odd;
}

}  // namespace
}  // namespace ringscan::testing
