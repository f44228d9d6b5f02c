// Proves that a table which was not finished does not look like a whole one, that what a sink throws is what the writer
// throws, and that rows come back in order over the bounds of row groups. What pyarrow makes of such files, and what
// the program writes: cli_parquet_test.py.
#include <fmt/format.h>

#include <numeric>

#include "files.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"
#include "write/table.hpp"

namespace ringscan::testing {
namespace {

const std::vector<TableColumn> columns = {
    {"text", ColumnType::text}, {"integer", ColumnType::integer}, {"number", ColumnType::number}};

struct FillingSink final : Sink {
  std::string bytes;
  std::size_t room = ~std::size_t{0}, refused = 0;
  void write(std::string_view more) override {
    if (bytes.size() + more.size() > room) {
      ++refused;
      throw OutputError("the disk is full");
    }
    bytes += more;
  }
};

std::vector<Cell> row(std::int64_t i) {
  if (i % 7 == 0) return {{}, {}, {}};
  return {fmt::format("text {}", i * 7919 % 100'003), -i, double(i) / 2};
}

void write_rows(TableWriter& table, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) table.write(row(i));
}

TEST(ParquetTable, HasItsRowsInOrderOverTheBoundsOfGroups) {
  for (const std::int64_t count : {0, 1, 65'535, 65'536, 65'537, 140'000}) {
    FillingSink sink;
    const auto table = open_parquet_table(sink, columns);
    write_rows(*table, count);
    table->finish();
    Pieces pieces(sink.bytes);
    const auto source = open_arrow_stream(pieces);
    ASSERT_EQ(source->header(), (std::vector<std::string>{"text", "integer", "number"}));
    source->select(std::vector<std::size_t>{0, 1, 2});
    std::int64_t rows = 0;
    while (const auto block = source->next_block())
      for (Record record; block->next(record); ++rows) {
        const bool is_null = rows % 7 == 0;
        ASSERT_EQ(record.fields[0], is_null ? "" : fmt::format("text {}", rows * 7919 % 100'003));
        ASSERT_EQ(record.fields[1], is_null ? "" : fmt::format("{}", -rows));
        ASSERT_EQ(record.fields[2], is_null ? "" : fmt::format("{}", double(rows) / 2));
      }
    EXPECT_EQ(rows, count);
  }
}

TEST(ParquetTable, HasMoreGroupsWhereTextsAreLong) {
  FillingSink sink;
  const auto table = open_parquet_table(sink, {{"text", ColumnType::text}});
  const std::vector<Cell> row = {std::string(1 << 20, 'x')};
  for (int i = 0; i < 70; ++i) table->write(row);
  EXPECT_GT(sink.bytes.size(), 4u) << "64 MiB are a group";
}

TEST(ParquetTable, IsNotWholeWhereItWasNotFinished) {
  FillingSink sink;
  {
    const auto table = open_parquet_table(sink, columns);
    write_rows(*table, 70'000);
  }
  EXPECT_TRUE(sink.bytes.starts_with("PAR1") && sink.bytes.size() > 1000);
  EXPECT_FALSE(sink.bytes.ends_with("PAR1"));
}

TEST(ParquetTable, ThrowsWhatTheSinkThrowsAndLetsItBe) {
  FillingSink whole;
  const auto table = open_parquet_table(whole, columns);
  write_rows(*table, 70'000);
  table->finish();
  for (const std::size_t room :
       {std::size_t{0}, std::size_t{4}, whole.bytes.size() / 2, whole.bytes.size() - 500, whole.bytes.size() - 1}) {
    FillingSink sink;
    sink.room = room;
    std::unique_ptr<TableWriter> cut;
    EXPECT_EQ(message_of<OutputError>([&] {
                cut = open_parquet_table(sink, columns);
                write_rows(*cut, 70'000);
                cut->finish();
              }),
              "the disk is full")
        << room;
    if (cut) {
      EXPECT_THROW(cut->finish(), OutputError) << "it stays so";
    }
    EXPECT_EQ(sink.refused, 1u) << "asked once, and not again";
  }
}

}  // namespace
}  // namespace ringscan::testing
