// Proves that a ledger of Parquet files is that of the same rows in CSV, ids included: they stay in the file until they
// are asked for, whether a few are or all, and what no longer is what it was is an error.
#include <numeric>
#include <random>

#include "arrow_folder.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"
#include "read/import_ledger.hpp"

namespace ringscan::testing {
namespace {

using Texts = std::vector<std::string>;

class ArrowLedger : public ArrowFiles {
 protected:
  ArrowLedger() { options.map = {{"id", "id"}, {"from", "from"}, {"to", "to"}, {"value", "value"}, {"time", "time"}}; }

  static std::string part(std::string_view name) { return folder() / "chain_" + std::string(name); }
  static std::string gzipped_part(std::string_view name) {
    return folder().write(std::string(name) + ".gz", gzipped(content_of(part(name))));
  }
  Ledger read(const Texts& files, const Texts* asked = nullptr) {
    report = {};
    return read_ledger(files, options, report, {}, asked);
  }
  static std::string row_of(const Ledger& ledger, Row row) {
    const LedgerView view = ledger.view();
    return fmt::format("{} {} {} {} {}", view.time_at(row), ledger.accounts.at(to_index(view.sender(row))),
                       ledger.accounts.at(to_index(view.receiver(row))), to_string(view.amount_at(row)),
                       ledger.transaction_id(row));
  }
  static Texts rows_of(const Ledger& ledger) {
    std::vector<Row> all(ledger.from.size());
    std::iota(all.begin(), all.end(), Row{0});
    ledger.transaction_ids->prepare(all);
    Texts rows;
    for (const Row row : all) rows.push_back(row_of(ledger, row));
    return rows;
  }

  const Texts merchants = {"0x" + std::string(40, '0'), "0x" + std::string(39, '0') + "5"};
  ReadOptions options;
  ReadReport report;
};

TEST_F(ArrowLedger, IsThatOfTheSameRowsInCsv) {
  for (const Texts* asked : {static_cast<const Texts*>(nullptr), &merchants})
    for (const bool dedupe : {false, true}) {
      options.dedupe = dedupe;
      const Ledger expected = read({part("a.csv"), part("b.csv")}, asked);
      const auto shown = report.inputs.front().first_rows;
      ASSERT_EQ(shown.size(), 5u);
      EXPECT_GT(expected.from.size(), 20'000u);
      for (const Texts& files : {Texts{part("a.parquet"), part("b.parquet")},
                                 {part("b.parquet"), part("a.parquet")},
                                 {part("a.parquet"), gzipped_part("b.csv")},
                                 {part("a.csv"), part("b.parquet")}}) {
        const Ledger ledger = read(files, asked);
        EXPECT_EQ(ledger.dropped, expected.dropped);
        EXPECT_TRUE(rows_of(ledger) == rows_of(expected))
            << files.front() << " " << dedupe << " " << (asked != nullptr);
        if (files.front() != part("a.parquet")) continue;
        for (std::size_t i = 0; i < shown.size(); ++i)
          EXPECT_EQ(report.inputs.front().first_rows.at(i).back(), shown[i].back()) << "the id";
      }
    }
}

TEST_F(ArrowLedger, HasTheNamesThatItsIntegersSpell) {
  const Texts numbers = {"4", "-5", "1099511627776", "4000000000"};
  for (const Texts* asked : {static_cast<const Texts*>(nullptr), &numbers}) {
    const Ledger expected = read({part("n.csv"), part("m.csv")}, asked);
    EXPECT_GT(expected.from.size(), 2'000u);
    for (const Texts& files : {Texts{part("n.parquet"), part("m.parquet")},
                               {part("m.parquet"), part("n.parquet")},
                               {part("n.parquet"), part("m.csv")}}) {
      const Ledger ledger = read(files, asked);
      EXPECT_EQ(ledger.dropped, expected.dropped);
      EXPECT_TRUE(rows_of(ledger) == rows_of(expected)) << files.front() << " " << (asked != nullptr);
    }
  }
}

TEST_F(ArrowLedger, HasItsIdsInAnyOrder) {
  options.map["block"] = "number";  // so that few rows are at one place, whose ids had to be read
  const Ledger expected = read({part("a.csv"), part("b.csv")}, &merchants);
  std::mt19937_64 random(3);
  for (const bool prepares : {false, true}) {
    const Ledger ledger = read({part("b.parquet"), part("a.parquet")}, &merchants);
    for (int round = 0; round < 3; ++round) {  // what was prepared before stays
      std::vector<Row> some;
      for (int i = 0; i < 50; ++i) some.push_back(random() % ledger.from.size());
      if (prepares) ledger.transaction_ids->prepare(some);
      for (const Row row : some) EXPECT_EQ(row_of(ledger, row), row_of(expected, row));
    }
  }
}

TEST_F(ArrowLedger, HasNumbersAsIdsAndAccounts) {
  options.map["id"] = "number";
  for (const char* from : {"from", "number"}) {
    options.map["from"] = from;
    const Ledger expected = read({part("a.csv"), part("b.csv")});
    EXPECT_TRUE(rows_of(read({part("b.parquet"), part("a.parquet")})) == rows_of(expected)) << from;
    EXPECT_TRUE(rows_of(read({part("a.csv"), part("b.parquet")})) == rows_of(expected)) << from;
  }
}

TEST_F(ArrowLedger, IsImportedWithAllIds) {
  const auto packed = [&](const Texts& files) {
    ImportOptions import;
    import.reading = options;
    import.overwrite = true;
    import_ledger(files, folder() / "out.ledger", import, report, {});
    return content_of(folder() / "out.ledger");
  };
  for (const std::string id : {"id", "number", ""}) {
    options.map["id"] = id;
    if (id.empty()) options.map.erase("id");
    EXPECT_TRUE(packed({part("b.parquet"), part("a.parquet")}) == packed({part("a.csv"), part("b.csv")})) << id;
  }
}

TEST_F(ArrowLedger, SaysThatAFileIsNoLongerWhatItWas) {
  const std::string bytes = content_of(part("b.parquet"));
  const std::string path = folder().write("changing.parquet", bytes);
  options.map["block"] = "number";
  const Ledger ledger = read({path}, &merchants);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
      .write(std::string(bytes.size(), 'x').data(), std::streamsize(bytes.size()));
  std::vector<Row> rows(ledger.from.size());
  std::iota(rows.begin(), rows.end(), Row{0});
  EXPECT_TRUE(
      contains(message_of<BadInput>([&] { ledger.transaction_ids->prepare(rows); }), "changing.parquet is damaged"));
}

}  // namespace
}  // namespace ringscan::testing
