// Proves that exports become the ledger that DESIGN section 2 describes: each schema's columns are found and read,
// every row that is not a payment is counted under the right reason, and bad input ends in a sentence that names the
// place.
#include <cstdlib>

#include "files.hpp"
#include "io/errors.hpp"
#include "read/read_ledger.hpp"

namespace ringscan::testing {
namespace {

const std::string a = "0x" + std::string(40, 'a'), b = "0x" + std::string(40, 'b'), token = "0x" + std::string(40, 'c');
const std::string etl = "hash,block_number,transaction_index,from_address,to_address,value,block_timestamp\n";

class Reading : public ::testing::Test {
 protected:
  Ledger read(const std::string& content) { return read_files({folder.write("in.csv", content)}); }
  Ledger read_files(const std::vector<std::string>& inputs) {
    report = {};
    return read_ledger(inputs, options, report, {});
  }
  // The rows as text, one a line: time from to asset amount id.
  std::string rows(const Ledger& ledger) {
    std::string text;
    const LedgerView view = ledger.view();
    for (Row row = 0; row < view.size(); ++row)
      text += std::to_string(view.time_at(row)) + " " + ledger.accounts.at(to_index(view.sender(row))) + " " +
              ledger.accounts.at(to_index(view.receiver(row))) + " " + ledger.assets.at(to_index(view.asset(row))) +
              " " + to_string(view.amount_at(row)) + " " + ledger.transaction_id(row) + "\n";
    return text;
  }
  std::string rows_of(const std::string& content) { return rows(read(content)); }
  std::string bad(const std::string& content) {
    return message_of<BadInput>([&] { read(content); });
  }
  // One ethereum-etl row, whole but for what is given.
  static std::string row(const std::string& from, const std::string& to, const std::string& value,
                         const std::string& time = "100") {
    return "0x1,7,0," + from + "," + to + "," + value + "," + time + "\n";
  }

  TemporaryDirectory folder;
  ReadOptions options;
  ReadReport report;
};

DropCounts drops(std::initializer_list<std::pair<Drop, std::uint64_t>> counts) {
  DropCounts all{};
  for (const auto& [reason, count] : counts) all[std::size_t(reason)] = count;
  return all;
}

TEST_F(Reading, ReadsEthereumTransactions) {
  std::string upper = a;
  upper[5] = 'A';
  EXPECT_EQ(rows_of(etl + row(upper, b, "5") + row(b, a, "6", "2015-08-07 03:30:33 UTC")),
            "100 " + a + " " + b + " native 5 0x1\n1438918233 " + b + " " + a + " native 6 0x1\n");
  ASSERT_EQ(report.inputs.size(), 1u);
  const InputReport& input = report.inputs[0];
  EXPECT_EQ(input.schema + " " + input.table + " " + input.format + " " + input.value_unit,
            "ethereum-etl transactions csv wei");
  EXPECT_EQ(input.rows, 2u);
  EXPECT_EQ(input.mapping.front(), (std::pair<std::string, std::string>("from", "from_address")));
  ASSERT_EQ(input.first_rows.size(), 2u);
  EXPECT_EQ(input.first_rows[0][0], upper) << "as it stands in the file";
  EXPECT_EQ(rows_of(" TO_Address ,Value,FROM_ADDRESS,block_timestamp,x\r\n" + b + ",5," + a + ",1,\r\n"),
            "1 " + a + " " + b + " native 5 \n")
      << "by name, in any order and case";
}

TEST_F(Reading, ReadsTokenTransfersInBlocks) {
  const std::string content = "token_address,from_address,to_address,value,transaction_hash,log_index,block_number\n" +
                              token + "," + a + "," + b + ",9,0xT,3,12\n";
  const std::string message = bad(content);
  EXPECT_TRUE(contains(message, "--time-axis block")) << message;
  EXPECT_TRUE(contains(message, "--blocks")) << message;
  EXPECT_TRUE(contains(bad("from_address,to_address,value,block_number\n"), "--time-axis block"));
  options.time_axis = TimeAxis::block;
  EXPECT_EQ(rows_of(content), "12 " + a + " " + b + " " + token + " 9 0xT\n");
  EXPECT_EQ(report.inputs[0].table, "token_transfers");
  EXPECT_EQ(rows_of("erc20_token,erc20_from,erc20_to,erc20_value,erc20_tx_hash,erc20_log_index,erc20_block_number\n" +
                    token + "," + a + "," + b + ",9,0xT,3,12\n"),
            "12 " + a + " " + b + " " + token + " 9 0xT\n");
  EXPECT_TRUE(contains(bad("token_address,from_address,to_address,value\n"), "block numbers"));
  EXPECT_TRUE(contains(bad("token_address,from_address,to_address,value,block_number\n," + a + "," + b + ",1,1\n"),
                       "token_address: '' is empty"));
  EXPECT_TRUE(
      contains(bad("from_address,to_address,value,block_number\n" + a + "," + b + ",1,\n"), "not a block number"));
}

TEST_F(Reading, ReadsEtherscanTokens) {
  const std::string head = "\"Transaction Hash\",\"UnixTimestamp\",\"DateTime (UTC)\",\"From\",\"To\",";
  const std::string row_head = "\"0xT\",\"50\",\"x\",\"" + a + "\",\"" + b + "\",";
  EXPECT_EQ(rows_of(head + "\"TokenValue\",\"ContractAddress\",\"TokenSymbol\"\r\n" + row_head + "\"1,999.5\",\"" +
                    token + "\",\"ABC\"\r\n" + row_head + "\"1\",\"\",\"Abc\",\"one more\"\r\n"),
            "50 " + a + " " + b + " " + token + " 1999500000000000000000 0xT\n50 " + a + " " + b +
                " Abc 1000000000000000000 0xT\n");
  EXPECT_EQ(rows_of(head + "Quantity,tokenSymbol\n" + row_head + "1e-18,CRO\n"), "50 " + a + " " + b + " CRO 1 0xT\n");
  EXPECT_TRUE(contains(bad(head + "Value\n" + row_head + "1,2,3\n"), "8 fields, and the header 6"));
  EXPECT_TRUE(contains(bad(head + "Value,ContractAddress\n" + row_head + "1,0xC\n"), "ContractAddress: '0xC'"));
}

TEST_F(Reading, ReadsEtherscanNativeExports) {
  const std::string head = "Txhash,UnixTimestamp,From,To,ContractAddress,Value_IN(BNB),Value_OUT(BNB),Status,ErrCode\n";
  const auto line = [](const std::string& to, const std::string& rest) {
    return "0xT,50," + a + "," + to + "," + rest + "\n";
  };
  options.keep_zero = true;
  const Ledger ledger = read(head + line(b, ",0,2,,") + line(b, ",3,0,,") + line(b, ",0,0,,") +
                             line(b, ",1,0,Error(0),") + line(b, ",1,0,,Reverted") + line("", token + ",1,0,,"));
  const std::string start = "50 " + a + " " + b + " native ", e18(18, '0');
  EXPECT_EQ(rows(ledger), start + "0 0xT\n" + start + "2" + e18 + " 0xT\n" + start + "3" + e18 + " 0xT\n");
  EXPECT_EQ(ledger.dropped, drops({{Drop::failed, 2}, {Drop::no_receiver, 1}}));
  EXPECT_TRUE(contains(bad(head + line(b, ",1,2,,")), "Value_OUT(BNB): '2' contradicts"));
  EXPECT_TRUE(contains(bad(head + line(b, ",,,,")), "Value_IN(BNB)"));
}

TEST_F(Reading, ReadsAnythingByMap) {
  options.map = {{"from", "Sender"}, {"to", "receiver"}, {"value", "Amt"}, {"time", "When"}};
  EXPECT_EQ(rows_of("Receiver\tSender\tWhen\tAmt\n1BoatSLR \tbc1q,x\t7\t5\n"), "7 bc1q,x 1BoatSLR native 5 \n")
      << "case is kept, blanks around a field are not part of it";
  EXPECT_EQ(report.inputs[0].format, "tsv");
  EXPECT_TRUE(contains(bad("Receiver,Sender,When,Amt\nx\x01y,b,1,1\n"), "control characters"));
  EXPECT_EQ(read("Receiver,Sender,When,Amt\n,b,1,1\nb,,1,1\n").dropped,
            drops({{Drop::no_sender, 1}, {Drop::no_receiver, 1}}));
  EXPECT_TRUE(
      contains(bad("Receiver,Sender,When,Value\n"), "'Amt', and its header is 'Receiver', 'Sender', 'When', 'Value'"));
  EXPECT_EQ(rows_of("Receiver,sender,Sender,When,Amt\na,c,b,1,1\n"), "1 b a native 1 \n") << "an exact spelling wins";
  EXPECT_TRUE(contains(bad("Receiver,Sender,When,Amt,Amt\n"), "'Amt' more than once"));
  options.time_format = "%d.%m.%Y";
  options.value_unit = "decimals:2";
  options.map["asset"] = "Receiver";
  EXPECT_EQ(rows_of("Receiver,Sender,When,Amt\nx,y,02.01.1970,1.25\n"), "86400 y x x 125 \n")
      << "a column may serve twice";
}

TEST_F(Reading, CountsWhatItDropsUnderTheFirstReason) {
  const std::string head = "from_address,to_address,value,block_timestamp,receipt_status\n";
  const std::string content = head + ",,0,1,0\n" + a + ",,0,1,0\n" + a + "," + a + ",0,1,0\n" + a + "," + a +
                              ",0,1,1\n" + a + "," + a + ",1,1,\n" + a + "," + b + ",1,1,1.0\n" + a + "," + b +
                              ",1,9,1\n";
  options.end = 9;
  EXPECT_EQ(read(content).dropped, drops({{Drop::no_sender, 1},
                                          {Drop::no_receiver, 1},
                                          {Drop::failed, 1},
                                          {Drop::zero_amount, 1},
                                          {Drop::self_transfer, 1},
                                          {Drop::outside_filter, 1}}));
  options.keep_failed = options.keep_zero = options.keep_self = true;
  EXPECT_EQ(read(content).view().size(), 4u);
  options.max_bad_rows = 1;
  EXPECT_EQ(read(content + ",,0,never,0\n").dropped[std::size_t(Drop::rejected)], 1u) << "checked before it is dropped";
  options.max_bad_rows = 0;
  EXPECT_TRUE(contains(bad(head + a + "," + b + ",1,1,2\n"), "receipt_status: '2'"));
}

TEST_F(Reading, Filters) {
  const std::string content =
      etl + row(a, b, "5", "10") + row(a, b, "5", "10") + row(a, b, "6", "20") + row(a, b, "7", "30");
  options.start = 10;
  options.end = 30;
  EXPECT_EQ(read(content).dropped, drops({{Drop::outside_filter, 1}})) << "the start is inside, the end is not";
  options.min_amount = Amount{6};
  EXPECT_EQ(read(content).dropped, drops({{Drop::outside_filter, 3}}));
  options.dedupe = true;
  EXPECT_EQ(read(content).dropped, drops({{Drop::duplicate, 1}, {Drop::outside_filter, 2}}));
  options = {};
  std::string upper = token;
  upper[2] = 'C';
  options.assets = {upper};
  options.map = {{"from", "f"}, {"to", "t"}, {"value", "v"}, {"time", "s"}, {"asset", "c"}};
  EXPECT_EQ(read("f,t,v,s,c\nx,y,1,1," + token + "\nx,y,1,1,ABC\nx,y,1,1,\n").view().size(), 1u);
}

TEST_F(Reading, TellsWhereARowIsBad) {
  options.max_bad_rows = 0;
  const std::string good = row(a, b, "5");
  for (const auto& [line, words] : std::initializer_list<std::pair<std::string, std::string>>{
           {row(a, b, "-5"), "value: '-5' is negative"},
           {row(a, b, "1.5"), "value: '1.5' has a digit beyond"},
           {row(a, b, ""), "value: '' is empty"},
           {row(a, b, "1" + std::string(78, '0')), "is 2^256 or more"},
           {row("0x12", b, "5"), "from_address: '0x12' is not an address"},
           {row(a, "bc1q", "5"), "to_address: 'bc1q'"},
           {row(a, b, "5", "2017-02-30"), "block_timestamp: '2017-02-30' is not a time"},
           {"0x1,x,0," + a + "," + b + ",5,1\n", "block_number: 'x'"},
           {"0x1,1,-1," + a + "," + b + ",5,1\n", "'-1'"},
           {"0x1,1\n", "the row has 2 fields, and the header 7"},
           {row(a, b, "5", "1,,x"), "9 fields"},
           {"\"0x1\"y,1,0," + a + "," + b + ",5,1\n", "text follows a closing quote"},
           {"\"0x1,1,0\n\n", "never closed: lines 5 to 6"},
           {row(a, b, std::string("5\0", 2)), "value: '5\\x00'"}}) {
    const std::string message = bad(etl + good + "\n" + good + line + (line[0] == '"' && line[4] == ',' ? "" : good));
    EXPECT_TRUE(contains(message, "1 bad row, and --max-bad-rows allows 0:\n" + (folder / "in.csv") + ":5: "))
        << message;
    EXPECT_TRUE(contains(message, words)) << message;
  }
  EXPECT_EQ(read(etl + row(a, b, "5", "1,,")).view().size(), 1u) << "surplus fields that are empty";
}

TEST_F(Reading, CountsBadRowsToTheEndOfTheFile) {
  std::string content = etl;
  for (int i = 0; i < 30; ++i) content += row(a, b, "x") + row(a, b, "1");
  const std::string message = bad(content);
  EXPECT_TRUE(contains(message, "30 bad rows, and --max-bad-rows allows 0:")) << message;
  EXPECT_TRUE(contains(message, "in.csv:10: value: 'x' is not an amount\n…")) << message;
  EXPECT_EQ(report.rejected.size(), 20u);
  options.max_bad_rows = 30;
  const Ledger ledger = read(content);
  EXPECT_EQ(ledger.view().size(), 30u);
  EXPECT_EQ(ledger.dropped, drops({{Drop::rejected, 30}}));
  options.max_bad_rows = 29;
  EXPECT_THROW(read(content), BadInput);
}

TEST_F(Reading, RefusesFilesThatAreNoLedger) {
  for (const char* nothing : {"", "\n\r\n", "\xef\xbb\xbf"}) EXPECT_TRUE(contains(bad(nothing), "in.csv is empty"));
  EXPECT_TRUE(contains(bad(gzipped("")), "in.csv is empty"));
  const std::string whole = gzipped(etl + row(a, b, "5"));
  EXPECT_TRUE(contains(bad(whole.substr(0, whole.size() - 9)), "in.csv is cut off"));
  EXPECT_EQ(read(gzipped(etl) + gzipped(row(a, b, "5")) + gzipped(row(a, b, "6"))).view().size(), 2u);
  EXPECT_EQ(report.inputs[0].format, "csv, gzip");
  EXPECT_EQ(read(etl).view().size(), 0u) << "a header without rows is a ledger";
  EXPECT_EQ(read(etl.substr(0, etl.size() - 1)).view().size(), 0u);
  EXPECT_TRUE(contains(bad("{\"hash\": 1}\n"), "no schema matches"));
  const std::string message = bad("who,whom,how much\n1,2,3\n");
  EXPECT_TRUE(contains(message, "'who', 'whom', 'how much'") && contains(message, "--map from=…,to=…")) << message;
  EXPECT_TRUE(contains(bad("trace_type,from_address,to_address,value,block_timestamp\n"), "no schema matches"));
  EXPECT_TRUE(contains(bad("hash,from_address,from_address,to_address,value,block_timestamp\n"), "more than once"));
  EXPECT_EQ(read("nonce,nonce,from_address,to_address,value,block_timestamp\n").view().size(), 0u) << "not needed";
  options.schema = "etherscan";
  EXPECT_TRUE(contains(bad(etl), "not an etherscan export: it lacks the column"));
}

TEST_F(Reading, RefusesOptionsWithoutMeaningBeforeFiles) {
  const auto usage = [&] { return message_of<UsageError>([&] { read_files({"/no/such/file"}); }); };
  EXPECT_THROW(read_files({"/no/such/file"}), MissingInput);
  options.schema = "ethereum";
  EXPECT_TRUE(contains(usage(), "auto, ethereum-etl, etherscan, generic"));
  options.schema = "generic";
  EXPECT_TRUE(contains(usage(), "--map"));
  options.map = {{"from", "a"}, {"to", "b"}, {"value", "c"}};
  EXPECT_TRUE(contains(usage(), "time=…"));
  options.map["sender"] = "x";
  EXPECT_TRUE(contains(usage(), "the roles are from, to, value, time, asset, id, block, index, log"));
  options = {};
  options.value_unit = "gold";
  EXPECT_TRUE(contains(usage(), "decimals:N"));
  options = {};
  options.time_format = "soon";
  EXPECT_TRUE(contains(usage(), "unix_ms"));
}

TEST_F(Reading, WarnsOnceOfMillisecondsAndOfRoundedDoubles) {
  const std::string content = etl + row(a, b, "1.2345678901234567E+22", "1488775107000");
  read_files({folder.write("1.csv", content), folder.write("2.csv", content)});
  ASSERT_EQ(report.warnings.size(), 2u);
  EXPECT_TRUE(contains(report.warnings[0], "--time-format unix_ms"));
  options.time_format = "unix_ms";
  EXPECT_EQ(rows_of(content).substr(0, 10), "1488775107");
  EXPECT_EQ(report.warnings.size(), 1u);
}

TEST_F(Reading, JoinsFilesOfDifferentSchemasAndReportsProgress) {
  folder.write("x/1.csv", etl + row(a, b, "5", "20"));
  folder.write("x/2.csv", "Txhash,UnixTimestamp,From,To,Value,TokenSymbol\n0x2,10," + b + "," + a + ",1,T\n");
  ReadProgress last{};
  const Ledger ledger = read_ledger({folder / "x"}, options, report, [&](const ReadProgress& now) { last = now; });
  EXPECT_EQ(rows(ledger),
            "10 " + b + " " + a + " T 1" + std::string(18, '0') + " 0x2\n20 " + a + " " + b + " native 5 0x1\n");
  EXPECT_EQ(last.rows, 2u);
  EXPECT_EQ(last.bytes_read, last.bytes_total);
  EXPECT_THROW(read_ledger({folder / "x"}, options, report, [](const ReadProgress&) { throw Interrupted(); }),
               Interrupted);
}

TEST_F(Reading, ReadsLedgersThatNobodyHereWrote) {
  const char* data = std::getenv("RINGSCAN_TEST_DATA");
  if (data == nullptr) GTEST_SKIP() << "RINGSCAN_TEST_DATA does not name a folder of real exports";
  const Ledger eth = read_files({std::string(data) + "/ethereum-etl/transactions_2017-03-06.csv.gz"});
  EXPECT_EQ(report.inputs[0].rows, 19'999u);
  EXPECT_EQ(eth.view().size(), 17'917u);
  EXPECT_EQ(eth.accounts.size(), 10'694u);
  EXPECT_EQ(eth.dropped, drops({{Drop::no_receiver, 31}, {Drop::zero_amount, 2023}, {Drop::self_transfer, 28}}));
  options.dedupe = true;
  const Ledger cro = read_files({std::string(data) + "/etherscan/erc20_cro.csv.gz"});
  EXPECT_EQ(report.inputs[0].rows, 23'149u);
  EXPECT_EQ(cro.assets.at(0), "CRO");
  EXPECT_GE(cro.dropped[std::size_t(Drop::duplicate)], 390u) << "its exports overlap";
}

}  // namespace
}  // namespace ringscan::testing
