// Proves that the exporters which ship Parquet are read from it: the rows of their cases, in columns of the types that
// each of them has. exporters_write.py makes the files, with pyarrow; skipped without it.
#include "arrow_folder.hpp"
#include "exporter_reading.hpp"

namespace ringscan::testing {
namespace {

struct ParquetCase {
  std::string exporter;  // an ExporterCase
  std::string types;     // of its columns, in the words of exporters_write.py
  std::string variant = {};
  std::vector<std::string> payments = {};  // in place of the case's, where a double has more digits than its text

  std::string name() const { return exporter + variant; }
};

void PrintTo(const ParquetCase& parquet, std::ostream* out) { *out << parquet.name(); }

// INPUTS.md 1.1 to 1.7 say which types these are.
std::vector<ParquetCase> parquet_cases() {
  const std::vector<std::string> all_digits = {"1438918233 <a> <b> native 1234567890123456774144 <t>"};
  return {
      // Converted by their users, as the documentation's tables for Athena are.
      {"EthereumEtlTransactions",
       "string|int64|string|int64|int64|string|string|decimal(38,0)|int64|int64|string|int64|int64|int64|int64"},
      {"EthereumEtlTransactions",
       "string|int64|string|int64|int64|string|string|decimal(38,0)|int64|int64|string|timestamp[ms]|int64|int64|int64",
       "WithTimestamps"},
      {"EthereumEtlTransfersInBlocks", "string|string|string|string|string|int64|int64"},

      {"BigQueryTransactions",
       "string|int64|int64|string|string|decimal(38,9)|string|string|int64|timestamp[us,UTC]|int64"},
      {"BigQueryLossless", "string|int64|string|string|decimal(76,38)|string|timestamp[us,UTC]|int64"},
      {"BigQueryTransfers", "string|string|string|string|string|int64|timestamp[us,UTC]|int64|string"},
      {"BigQueryTokenEvents", "timestamp[us,UTC]|string|int64|int64|string|string|string|string|decimal(76,38)"},
      {"BigQueryTraces",
       "string|int64|string|string|decimal(38,9)|string|string|string|string|int64|timestamp[us,UTC]|int64|string|"
       "string"},
      {"BigQueryCoins", "string|int64|timestamp[us,UTC]|date|bool|coins|coins"},

      // By Spark, whose timestamps are of 96 bits unless it is told otherwise.
      {"AwsTransactions", "string|string|int64|string|string|double|int64|int64|int96|int64", "", all_digits},
      {"AwsTransactions", "string|string|int64|string|string|double|int64|int64|timestamp[us]|int64", "InMicroseconds",
       all_digits},
      {"AwsTransfers", "string|string|string|double|string|int64|timestamp[ns]|int64|timestamp[ns]"},
      {"AwsCoins", "string|string|int64|int96|int64|bool|aws_coins|aws_coins"},

      {"CryoTransactions", "uint32|uint64|binary|uint64|binary|binary|binary|string|double|bool|uint64|uint32"},
      {"CryoTransactions", "uint32|uint64|string|uint64|string|string|string|string|double|bool|uint64|uint32", "Hex"},
      {"CryoTransfers", "uint32|uint64|uint64|binary|binary|binary|binary|string|double|uint64"},
      {"CryoTokens", "uint32|uint64|uint64|binary|binary|binary|binary|string|uint64"},
      {"CryoNativeTransfers", "uint32|uint64|uint64|binary|binary|binary|double|uint64"},

      // Of varbinary and uint256; the latter has no type in Parquet.
      {"DuneTransactions",
       "date|timestamp[ms,UTC]|string|int64|int64|int64|bool|binary|binary|binary|binary|binary|string|strings"},
      {"DuneTraces",
       "date|timestamp[ms,UTC]|int64|string|int64|int64|binary|bool|int64|int64|string|bool|binary|binary|binary|"
       "integers|string|binary|binary|string|binary|binary|binary"},
      {"DuneTransfers", "timestamp[ms,UTC]|int64|binary|int64|string|int64|binary|binary|binary|string|string|double"},
      {"DuneEvents", "binary|binary|int64|timestamp[us,UTC]|int64|binary|binary|string"},
      {"DuneSales", "timestamp[us,UTC]|int64|string|binary|binary|double|string|string|binary|binary"},

      // TIMESTAMP_NTZ(9), and numbers as floats beside their texts.
      {"AlliumTransfers",
       "string|string|string|string|string|double|string|double|double|string|int64|int64|timestamp[ns]|int64|string"},
      {"AlliumOnlyFloats", "string|string|string|double|string|timestamp[ns]"},

      {"SpiceTransactions", "string|int64|string|string|string|string|int64|int64|int64"},
      {"SpiceTransfers", "string|string|string|string|string|int64|int64|int64|string"},
  };
}

ExporterCase case_named(const std::string& name) {
  for (ExporterCase& exporter : exporter_cases())
    if (exporter.name == name) return std::move(exporter);
  throw std::logic_error("no exporter's case is called " + name);
}

// Cells of a line are set apart by tabs.
std::string tabbed(const std::string& line) {
  std::string text;
  for (const std::string& cell : cells(line)) text += (text.empty() ? "" : "\t") + (cell.empty() ? "\\N" : cell);
  return text + '\n';
}

class ParquetExporter : public ArrowFiles, public ::testing::WithParamInterface<ParquetCase> {
 protected:
  static void SetUpTestSuite() {
    for (const ParquetCase& parquet : parquet_cases()) {
      const ExporterCase exporter = case_named(parquet.exporter);
      std::string text = tabbed(exporter.header) + tabbed(parquet.types);
      for (const std::string& row : exporter.rows) text += tabbed(row);
      folder().write(parquet.name() + ".cells", text);
    }
    ArrowFiles::SetUpTestSuite();
  }
};

TEST_P(ParquetExporter, IsReadInItsTypes) {
  ExporterCase exporter = case_named(GetParam().exporter);
  if (!GetParam().payments.empty()) exporter.payments = GetParam().payments;
  expect_payments(exporter, folder() / (GetParam().name() + ".parquet"), folder());
}

INSTANTIATE_TEST_SUITE_P(Each, ParquetExporter, ::testing::ValuesIn(parquet_cases()),
                         [](const ::testing::TestParamInfo<ParquetCase>& test) { return test.param.name(); });

}  // namespace
}  // namespace ringscan::testing
