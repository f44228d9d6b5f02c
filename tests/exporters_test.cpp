// Proves that the files of each exporter become the payments that they hold, as texts of fields and through each
// format, and that tables which say the same payment twice are not counted twice.
#include <cstdlib>

#include "exporter_reading.hpp"
#include "io/errors.hpp"
#include "read/row_reader.hpp"

namespace ringscan::testing {
namespace {

// As exporters write JSON: numbers, truth values and arrays as such, nothing as null.
std::string json(const ExporterCase& exporter) {
  const Cells keys = cells(exporter.header);
  std::string text;
  for (const std::string& row : exporter.rows) {
    const Cells values = cells(row);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string& value = values[i];
      const bool is_number =
          value == "0" || (!value.empty() && value[0] != '0' && value.find_first_not_of("0123456789") == value.npos);
      const bool is_raw = is_number || value == "true" || value == "false" || value[0] == '[';
      text += (i == 0 ? "{\"" : ", \"") + keys[i] + "\": ";
      text += value.empty() ? "null" : is_raw ? value : '"' + value + '"';
    }
    text += "}\n";
  }
  return text;
}

// What a table's records become where each field arrives as a text.
struct Rows {
  std::string text;
  DropCounts dropped{};
  bool saw_rounded_doubles = false;
  std::string reason;  // of the last rejected row
  bool ends_reading = false;
  std::vector<std::uint64_t> log_indexes;
};

Rows rows_of(const Cells& header, const std::vector<std::string>& lines, const ReadOptions& options, Binding binding) {
  const RowRules rules(options);
  RowReader reader(header, binding, rules);
  Rows rows;
  for (const std::string& line : lines) {
    const Cells all = cells(line);
    std::vector<std::string_view> fields;
    for (const std::size_t column : reader.columns()) fields.push_back(all.at(column));
    Record record;
    record.field_count = all.size();
    record.fields = fields;
    reader.start(record);
    for (ReadRow row; reader.next(row);) {
      if (row.drop == Drop::rejected) rows.reason = row.reason, rows.ends_reading = row.ends_reading;
      if (row.drop) ++rows.dropped[std::size_t(*row.drop)];
      if (row.drop) continue;
      rows.text += text_of(row.payment);
      rows.log_indexes.push_back(row.payment.log_index);
    }
  }
  rows.saw_rounded_doubles = reader.saw_rounded_doubles();
  return rows;
}

Rows rows_of(const std::string& header, const std::vector<std::string>& lines, const ReadOptions& options = {}) {
  const Cells columns = cells(header);
  return rows_of(columns, lines, options, bind_schema("in", columns, options));
}

class Exporter : public ::testing::TestWithParam<ExporterCase> {
 protected:
  void expect_read(const std::string& name, const std::string& content) {
    expect_payments(GetParam(), folder.write(name, content), folder);
  }
  TemporaryDirectory folder;
};

TEST_P(Exporter, IsRecognisedAndReadAsTexts) {
  const ExporterCase& exporter = GetParam();
  const ReadOptions options = options_of(exporter, folder);
  const Cells header = cells(exporter.header);
  const Binding binding = bind_schema("in", header, options);
  const InputReport report = describe(binding, header, options);
  EXPECT_EQ(report.schema + ", " + report.table + ", " + report.value_unit, exporter.schema);
  const Rows rows = rows_of(header, exporter.rows, options, binding);
  std::vector<std::string> expected, found;  // in canonical order, and in the file's
  for (const std::string& line : exporter.payments) expected.push_back(spelled_out(line));
  for (std::size_t begin = 0; begin < rows.text.size(); begin = rows.text.find('\n', begin) + 1)
    found.push_back(rows.text.substr(begin, rows.text.find('\n', begin) - begin));
  std::ranges::sort(expected);
  std::ranges::sort(found);
  EXPECT_EQ(found, expected) << rows.reason;
  EXPECT_EQ(rows.dropped, expected_drops(exporter)) << rows.reason;
}

TEST_P(Exporter, IsReadWhenNamed) {
  const ExporterCase& exporter = GetParam();
  ReadOptions options = options_of(exporter, folder);
  options.schema = exporter.schema.substr(0, exporter.schema.find(','));
  const Binding binding = bind_schema("in", cells(exporter.header), options);
  EXPECT_EQ(std::string(binding.schema->name) + ", " + std::string(binding.schema->table) + ", " +
                std::string(binding.value_unit),
            exporter.schema);
}

TEST_P(Exporter, IsReadFromCsv) { expect_read("in.csv", csv(GetParam())); }

TEST_P(Exporter, IsReadFromJsonLines) {
  if (GetParam().how == "csv") GTEST_SKIP() << "an object has each key once";
  expect_read("in.json", json(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Each, Exporter, ::testing::ValuesIn(exporter_cases()),
                         [](const ::testing::TestParamInfo<ExporterCase>& test) { return test.param.name; });

TEST(Exporters, AreAllInTheListOfNames) {
  std::vector<std::string> names = schema_names(), in_table;
  for (const Schema& schema : schema_table()) in_table.emplace_back(schema.name);
  std::ranges::sort(names);
  std::ranges::sort(in_table);
  in_table.erase(std::unique(in_table.begin(), in_table.end()), in_table.end());
  EXPECT_EQ(names, in_table);
}

TEST(Exporters, KnowTheNamesOfTheirColumns) {
  for (const char* name : {"from_address", "value_in(bnb)", "account", "account.1", "inputs"})
    EXPECT_TRUE(is_column_name(name)) << name;
  for (const char* name : {"", "FROM_ADDRESS", "account#2", "nonce", "value_in"})
    EXPECT_FALSE(is_column_name(name)) << name;
}

TEST(Exporters, ArePlainWhereColumnsSayAllThereIs) {
  const auto is_plain = [](const std::string& header, const ReadOptions& options = {}) {
    return bind_schema("in", cells(header), options).is_plain();
  };
  const std::string ends = "from_address|to_address|block_timestamp|";
  EXPECT_TRUE(is_plain(ends + "value|hash|receipt_status"));
  EXPECT_TRUE(is_plain(ends + "value|token_address|log_index"));
  EXPECT_TRUE(is_plain(ends + "value_string|success"));
  EXPECT_TRUE(is_plain(ends + "value|type"));
  for (const char* more : {"value|trace_address", "value_f64", "amount_str", "raw_amount_str|token_address",
                           "token_id|erc721|log_index", "value|date"})
    EXPECT_FALSE(is_plain(ends + more)) << more;
  EXPECT_FALSE(is_plain("inputs|outputs|block_timestamp"));
}

TEST(Exporters, ThatRepeatTransactionsAreCountedOnce) {
  const std::string plain = "from_address|to_address|value|block_timestamp|transaction_hash|";
  const std::string rest = "<a>|<b>|5|9|<t>|";
  for (const auto& [column, top, inner] : std::vector<std::array<std::string, 3>>{
           {"trace_address", "", "0"}, {"trace_address", "[]", "[0]"}, {"trace_id", "call_<t>_", "call_<t>_0"}}) {
    const Cells transactions = cells(plain), traces = cells(plain + column);
    std::array<Binding, 2> bindings = {bind_schema("x", traces, {}), bind_schema("y", traces, {})};
    relate(bindings);
    const std::vector<std::string> lines = {rest + top, rest + inner};
    EXPECT_EQ(rows_of(traces, lines, {}, bindings[0]).dropped, DropCounts{}) << "alone they are all there is";
    bindings[1] = bind_schema("y", transactions, {});
    relate(bindings);
    const Rows rows = rows_of(traces, lines, {}, bindings[0]);
    EXPECT_EQ(rows.dropped[std::size_t(Drop::duplicate)], 1u) << column;
    EXPECT_EQ(rows.text, spelled_out("9 <a> <b> native 5 <t>\n"));
    EXPECT_EQ(rows_of(traces, {"<a>|<b>|5|9||" + top}, {}, bindings[0]).dropped, DropCounts{}) << "of no transaction";
  }
  const std::string cryo = "from_address|to_address|value_string|timestamp";
  std::array<Binding, 2> bindings = {bind_schema("x", cells(cryo + "|transfer_index"), {}),
                                     bind_schema("y", cells(cryo), {})};
  EXPECT_TRUE(contains(message_of<BadInput>([&] { relate(bindings); }), "native_transfers of cryo"));
}

TEST(Exporters, ThatRepeatTransactionsInAnotherFileAreCountedOnce) {
  const TemporaryDirectory folder;
  const std::string head = "from_address|to_address|value|block_timestamp|transaction_hash", row = "<a>|<b>|5|9|<t>";
  const std::string traces =
      folder.write("traces.csv", csv_line(head + "|trace_address") + csv_line(row + "|") + csv_line(row + "|0"));
  ReadReport report;
  EXPECT_EQ(read_ledger({traces}, {}, report, {}).view().size(), 2u);
  const std::string transactions = folder.write("transactions.csv", csv_line(head) + csv_line(row));
  const Ledger ledger = read_ledger({traces, transactions}, {}, report, {});
  EXPECT_EQ(ledger.view().size(), 2u);
  EXPECT_EQ(ledger.dropped[std::size_t(Drop::duplicate)], 1u);
}

TEST(Exporters, TellTracesOfOneTransactionApart) {
  const Rows rows = rows_of("from_address|to_address|value|block_timestamp|transaction_hash|trace_address",
                            {"<a>|<b>|5|9|<t>|0", "<a>|<b>|5|9|<t>|1", "<a>|<b>|5|9|<t>|0", "<a>|<b>|5|9|<t>|[0, 12]",
                             "<a>|<b>|5|9|<t>|[0,12]", "<a>|<b>|5|9|<t>|[0 12]", "<a>|<b>|5|9|<t>|[0, 1, 2]"});
  ASSERT_EQ(rows.log_indexes.size(), 7u);
  EXPECT_NE(rows.log_indexes[0], rows.log_indexes[1]);
  EXPECT_EQ(rows.log_indexes[0], rows.log_indexes[2]);
  EXPECT_EQ(rows.log_indexes[3], rows.log_indexes[4]) << "as JSON has it, and as a list of Parquet does";
  EXPECT_EQ(rows.log_indexes[3], rows.log_indexes[5]);
  EXPECT_NE(rows.log_indexes[3], rows.log_indexes[6]);
}

TEST(Exporters, WarnOfDoublesOnlyWhereNothingBetterIsThere) {
  const std::string head = "from_address|to_address|block_number|timestamp|";
  EXPECT_TRUE(rows_of(head + "value_f64", {"<a>|<b>|1|1|5"}).saw_rounded_doubles);
  EXPECT_FALSE(rows_of(head + "value_f64|value_string", {"<a>|<b>|1|1|5|5"}).saw_rounded_doubles);
  EXPECT_FALSE(rows_of(head + "value_f64|value_binary", {"<a>|<b>|1|1|5|0x05"}).saw_rounded_doubles);
}

TEST(Exporters, ThatHoldEachPaymentTwiceAreRefused) {
  const Cells header =
      cells("address|counterparty_address|token_address|raw_amount_str|block_timestamp|transaction_hash");
  const std::string message = message_of<BadInput>([&] { bind_schema("in", header, {}); });
  EXPECT_TRUE(contains(message, "in is a credit/debit table") && contains(message, "transfers")) << message;
}

TEST(Exporters, WithoutTimesNameBothWaysOut) {
  const Cells samples = cells("sourceNodeId|targetNodeId|value|time");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { bind_schema("in", samples, {}); }), "--time-axis step"));
  const Cells transfers = cells("token_address|from_address|to_address|value|block_number");
  const std::string message = message_of<BadInput>([&] { bind_schema("in", transfers, {}); });
  EXPECT_TRUE(contains(message, "--blocks") && contains(message, "--time-axis block")) << message;
  ReadOptions options;
  options.blocks = "blocks.csv";
  options.time_axis = TimeAxis::block;
  EXPECT_TRUE(contains(message_of<UsageError>([&] { check_schema_options(options); }), "--blocks"));
}

TEST(Exporters, OfCoinsThatAreNotEnrichedEndTheReading) {
  const std::string header = "hash|block_timestamp|is_coinbase|inputs|outputs";
  const std::string outputs = R"([{"addresses": ["1Out"], "value": 1}])";
  const Rows rows =
      rows_of(header, {R"(ab|1|false|[{"index": 0, "addresses": [], "value": null, "type": null}]|)" + outputs});
  EXPECT_TRUE(rows.ends_reading);
  EXPECT_TRUE(contains(rows.reason, "enrich_transactions")) << rows.reason;
  const Rows aws = rows_of(header, {R"(ab|1|false|[]|[{"address": "1Out", "value": 50.0}])"});
  EXPECT_TRUE(aws.ends_reading && contains(aws.reason, "--schema aws")) << aws.reason;
}

TEST(Exporters, AreReadAsTheirPublishersWroteThem) {
  const char* data = std::getenv("RINGSCAN_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "RINGSCAN_TEST_DATA is not set";
  const auto read = [&](const std::string& file, ReadOptions options = {}) {
    ReadReport report;
    const Ledger ledger = read_ledger({std::string(data) + '/' + file}, options, report, {});
    return report.inputs.at(0).schema + ' ' + report.inputs[0].table + ' ' + std::to_string(ledger.view().size());
  };
  ReadOptions blocks, steps;
  blocks.time_axis = TimeAxis::block;
  steps.time_axis = TimeAxis::step;
  EXPECT_EQ(read("ethereum-etl/transactions_fixture.csv"), "ethereum-etl transactions 135");
  EXPECT_EQ(read("ethereum-etl/token_transfers_12600000.csv.gz", blocks), "ethereum-etl token_transfers 8782");
  EXPECT_EQ(read("nft/terraforms_public.csv.gz"), "nft sales 3427");
  EXPECT_EQ(read("amlsim/cycle200_transactions.csv.gz", steps), "amlsim samples 117791");
}

}  // namespace
}  // namespace ringscan::testing
