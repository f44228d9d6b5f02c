// Results as bytes: the JSON, CSV and text of ledgers worked out by hand against texts written by hand, and the escapes
// that keep a ledger's own texts from being obeyed by a JSON parser, a spreadsheet or a terminal.
#include <gtest/gtest.h>

#include "tests/support.hpp"
#include "write/escape.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

using namespace std::string_literals;
using testing::make_ledger;
using testing::TestRow;

struct TextSink final : Sink {
  std::string text;
  void write(std::string_view bytes) override { text += bytes; }
};

template <class... Arguments>
std::string json(const Arguments&... arguments) {
  TextSink sink;
  write_json(sink, arguments...);
  return sink.text;
}

template <class... Arguments>
std::string csv(const Arguments&... arguments) {
  TextSink sink;
  write_csv(sink, arguments...);
  return sink.text;
}

template <class... Arguments>
std::string text(const Arguments&... arguments) {
  TextSink sink;
  write_text(sink, arguments...);
  return sink.text;
}

ScanRequest asking(std::vector<MerchantAsked> merchants) {
  ScanRequest request;
  request.merchants = std::move(merchants);
  return request;
}

ScanResult ask(const Ledger& ledger, const ScanRequest& request) {
  return scan(*choose_backend("cpu", {}).backend, ledger, request);
}

// w buys at m, m pays d, d pays w; three more customers of m; 2017-03-06 03:00:00Z is 1488769200.
Ledger advanced_ledger() {
  Ledger ledger = make_ledger({{1488769200, "w", "m", Amount{100}, "native", "t1"},
                               {1488769260, "m", "d", Amount{1}, "native", "t2"},
                               {1488772800, "d", "w", Amount{105}, "native", ""},
                               {1488772801, "h", "m", Amount{7}, "native", "t4"},
                               {1488772802, "i", "m", Amount{7}, "token", "t5"},
                               {1488800820, "j", "m", testing::power_of_two(255), "native", "t6"}});
  ledger.dropped = {1, 2, 3, 4, 5, 6, 7, 8};
  return ledger;
}

ScanRequest advanced_request() {
  ScanRequest request = asking({{"n", {}}, {"m", {}}});
  request.model = Model::advanced;
  request.within = 7 * 86400;
  request.max_gain = parse_decimal("0.0500");
  request.between = Interval{1488760000, 1488790000};
  request.min_share = parse_decimal(".20");
  request.quorum = 1;
  return request;
}

TEST(Json, a_result_has_the_schema_of_the_design) {
  const Ledger ledger = advanced_ledger();
  EXPECT_EQ(json(ledger, advanced_request(), ask(ledger, advanced_request())), R"({"schema": "ringscan.scan/1",
 "ledger": {"transactions": 6, "accounts": 6, "assets": 2, "first_time": 1488769200, "last_time": 1488800820,
            "dropped": {"no_sender": 1, "no_receiver": 2, "failed": 3, "zero_amount": 4, "self_transfer": 5, "duplicate": 6, "outside_filter": 7, "rejected": 8}},
 "rule": {"name": "ring", "model": "advanced", "within": 604800, "max_gain": "0.05", "between": [1488760000, 1488790000], "min_share": "0.2", "quorum": 1},
 "merchants": [
   {"account": "m", "customers": 4, "suspects": 1, "workers": 1, "share": 0.25},
   {"account": "n", "customers": 0, "suspects": 0, "workers": 0, "share": 0}],
 "workers": [
   {"account": "w", "merchants": [
     {"account": "m",
      "purchase": {"tx": "t1", "time": 1488769200, "from": "w", "to": "m", "asset": "native", "amount": "100"},
      "reward": {"tx": null, "time": 1488772800, "from": "d", "to": "w", "asset": "native", "amount": "105"},
      "funding": {"tx": "t2", "time": 1488769260, "from": "m", "to": "d", "asset": "native", "amount": "1"}}]}]}
)");
}

TEST(Json, an_empty_ledger_has_no_times_and_nobody_works) {
  const Ledger ledger = make_ledger({});
  EXPECT_EQ(json(ledger, asking({{"m", {}}}), ask(ledger, asking({{"m", {}}}))), R"({"schema": "ringscan.scan/1",
 "ledger": {"transactions": 0, "accounts": 0, "assets": 0, "first_time": null, "last_time": null,
            "dropped": {"no_sender": 0, "no_receiver": 0, "failed": 0, "zero_amount": 0, "self_transfer": 0, "duplicate": 0, "outside_filter": 0, "rejected": 0}},
 "rule": {"name": "ring", "model": "any", "within": null, "max_gain": null, "between": null, "min_share": null, "quorum": "all"},
 "merchants": [
   {"account": "m", "customers": 0, "suspects": 0, "workers": 0, "share": 0}],
 "workers": []}
)");
}

TEST(Json, evidence_that_the_model_does_not_have_is_null) {
  const Ledger ledger =
      make_ledger({{1, "m", "w", Amount{5}, "native", "t0"}, {2, "w", "m", Amount{5}, "native", "t1"}});
  ScanRequest request = asking({{"m", {}}});
  request.model = Model::basic;
  std::string said = json(ledger, request, ask(ledger, request));
  EXPECT_NE(said.find("\"model\": \"basic\""), std::string::npos);
  EXPECT_NE(said.find(R"("reward": null,
      "funding": {"tx": "t0", "time": 1, "from": "m", "to": "w", "asset": "native", "amount": "5"}}]}]})"),
            std::string::npos)
      << said;
  request = asking({{"m", {}}});
  request.rule = RuleName::time;
  request.between = Interval{-5, 9};
  said = json(ledger, request, ask(ledger, request));
  EXPECT_NE(
      said.find(R"("rule": {"name": "time", "model": null, "within": null, "max_gain": null, "between": [-5, 9], )"),
      std::string::npos)
      << said;
  EXPECT_NE(said.find("\"reward\": null,\n      \"funding\": null}]}]}"), std::string::npos) << said;
}

TEST(Json, a_share_is_the_shortest_double_and_amounts_are_never_doubles) {
  const Ledger ledger = make_ledger({{1, "w", "m", testing::power_of_two(255)},
                                     {1, "h", "m", Amount{1}},
                                     {1, "i", "m", Amount{1}},
                                     {2, "x", "w", max_amount}});
  const std::string said = json(ledger, asking({{"m", {}}}), ask(ledger, asking({{"m", {}}})));
  EXPECT_NE(said.find("\"share\": 0.3333333333333333}"), std::string::npos) << said;
  EXPECT_NE(said.find("\"amount\": \"57896044618658097711785492504343953926634992332820282019728792003956564819968\""),
            std::string::npos);
  EXPECT_NE(said.find("\"amount\": \"115792089237316195423570985008687907853269984665640564039457584007913129639935\""),
            std::string::npos);
}

TEST(Json, a_count_has_its_own_schema) {
  ScanRequest request;
  request.all_merchants = true;
  request.within = 60;
  EXPECT_EQ(json(advanced_ledger(), request, HitCount{12345678901, 17}), R"({"schema": "ringscan.count/1",
 "ledger": {"transactions": 6, "accounts": 6, "assets": 2, "first_time": 1488769200, "last_time": 1488800820,
            "dropped": {"no_sender": 1, "no_receiver": 2, "failed": 3, "zero_amount": 4, "self_transfer": 5, "duplicate": 6, "outside_filter": 7, "rejected": 8}},
 "rule": {"name": "ring", "model": "any", "within": 60, "max_gain": null, "between": null, "min_share": null, "quorum": null},
 "hits": 12345678901, "pairs": 17}
)");
}

const std::string csv_header =
    "worker,merchant,customers,suspects,workers,share,purchase_tx,purchase_time,purchase_from,purchase_to,purchase_"
    "asset,"
    "purchase_amount,reward_tx,reward_time,reward_from,reward_to,reward_asset,reward_amount,funding_tx,funding_time,"
    "funding_from,funding_to,funding_asset,funding_amount\n";

TEST(Csv, one_row_for_each_merchant_of_each_worker) {
  const Ledger ledger = advanced_ledger();
  EXPECT_EQ(csv(ledger, advanced_request(), ask(ledger, advanced_request())),
            csv_header +
                "w,m,4,1,1,0.25,t1,1488769200,w,m,native,100,,1488772800,d,w,native,105,t2,1488769260,m,d,native,1\n");
  const Ledger plain = make_ledger({{1, "w", "a", Amount{1}}, {2, "w", "b", Amount{1}}, {3, "x", "w", Amount{2}}});
  EXPECT_EQ(
      csv(plain, asking({}), ask(plain, asking({{"a", {}}, {"b", {}}}))),
      csv_header +
          "w,a,1,1,1,1,,1,w,a,native,1,,3,x,w,native,2,,,,,,\nw,b,1,1,1,1,,2,w,b,native,1,,3,x,w,native,2,,,,,,\n");
  EXPECT_EQ(csv(ledger, asking({}), ask(ledger, asking({{"n", {}}}))), csv_header) << "nobody is a header";
  EXPECT_EQ(csv(HitCount{3, 2}), "hits,pairs\n3,2\n");
}

TEST(Csv, fields_of_strangers_are_quoted_and_no_formulas) {
  const Ledger ledger =
      make_ledger({{1, "=w", "m,\"1\"", Amount{1}, "@t", "-1+1"}, {2, "+x", "=w", Amount{2}, "@t", "id"}});
  EXPECT_EQ(csv(ledger, asking({}), ask(ledger, asking({{"m,\"1\"", {}}}))),
            csv_header + "'=w,\"m,\"\"1\"\"\",1,1,1,1,'-1+1,1,'=w,\"m,\"\"1\"\"\",'@t,1,id,2,'+x,'=w,'@t,2,,,,,,\n");
}

// How the lines are laid out is nobody's contract; what they say, and in which order, is.
void expect_in_order(const std::string& said, const std::vector<std::string>& parts) {
  std::size_t from = 0;
  for (const std::string& part : parts) {
    const std::size_t place = said.find(part, from);
    ASSERT_NE(place, std::string::npos) << '"' << part << "\" is missing, or too early, in:\n" << said;
    from = place + part.size();
  }
}

// Ten of twelve purchases at m come within an hour of 2017-03-06 03:00:00Z; n has none.
TEST(BetweenAuto, shows_each_merchants_interval) {
  std::vector<TestRow> rows = {{1488000000, "h", "m", Amount{1}}, {1489000000, "h", "m", Amount{1}}};
  for (int i = 0; i < 10; ++i) rows.push_back({1488769200 + 400 * i, "w", "m", Amount{1}, "native", "t"});
  rows.push_back({1488800000, "x", "w", Amount{2}});
  const Ledger ledger = make_ledger(rows);
  ScanRequest request = asking({{"m", {}}, {"n", {}}});
  request.is_between_auto = true;
  const ScanResult result = ask(ledger, request);
  const std::string said = json(ledger, request, result);
  EXPECT_NE(said.find("\"max_gain\": null, \"between\": \"auto\", "), std::string::npos) << said;
  EXPECT_NE(said.find(R"("workers": 1, "share": 0.5, "between": [1488769199, 1488772801]},)"), std::string::npos)
      << said;
  EXPECT_NE(said.find(R"("share": 0, "between": null}],)"), std::string::npos) << said;
  const std::string header = csv_header.substr(0, csv_header.size() - 1) + ",between_after,between_before\n";
  EXPECT_EQ(csv(ledger, request, result), header +
                                              "w,m,2,1,1,0.5,t,1488769200,w,m,native,1,,1488800000,x,w,native,2,,,,,,"
                                              ",1488769199,1488772801\n");
  expect_in_order(text(ledger, request, result),
                  {"purchases in the burst of each merchant", "share  burst\n", "m ", "0.500",
                   "2017-03-06 02:59:59Z to 2017-03-06 04:00:01Z\n", "n ", "0.000  none\n"});
}

TEST(Text, names_the_question_the_merchants_the_suspects_and_their_evidence) {
  const Ledger ledger = advanced_ledger();
  const std::string said = text(ledger, advanced_request(), ask(ledger, advanced_request()));
  expect_in_order(said,
                  {"rule ring", "model advanced", "within 7 d", "gain at most 0.05", "between 2017-03-06 00:26:40Z",
                   "2017-03-06 08:46:40Z", "share above 0.2", "at 1 or more merchants", "6 transactions", "6 accounts",
                   "2017-03-06 03:00:00Z to 2017-03-06 11:47:00Z", "1 no_sender", "8 rejected"});
  expect_in_order(said, {"merchant ", "customers", "suspects", "workers", "share", "\nm ", "4", "1", "1", "0.250",
                         "\nn ", "0", "0"});
  expect_in_order(said, {"\n1 suspected worker\n", "suspect w\n", "at merchant m\n", "purchase", "2017-03-06 03:00:00Z",
                         "100 native", "tx t1", "reward", "2017-03-06 04:00:00Z", "105 native", "funding",
                         "2017-03-06 03:01:00Z", "1 native", "tx t2"});
  expect_in_order(said, {"reward", "60 min"});
}

TEST(Text, says_that_nobody_is_a_suspect_and_what_was_counted) {
  const Ledger ledger = advanced_ledger();
  const std::string said = text(ledger, asking({{"n", {}}}), ask(ledger, asking({{"n", {}}})));
  EXPECT_TRUE(said.ends_with("\n0 suspected workers\n")) << said;
  EXPECT_NE(said.find("at all merchants that have a suspect"), std::string::npos) << said;
  ScanRequest all;
  all.all_merchants = true;
  EXPECT_NE(
      text(ledger, all, HitCount{3, 2}).find("3 purchases satisfy the rule, 2 distinct (merchant, suspect) pairs"),
      std::string::npos);
}

TEST(Text, a_terminal_does_not_obey_a_ledger) {
  const Ledger ledger =
      make_ledger({{1, "w\x1b[2J", "m\n", Amount{1}, "a\x07", "t\r"}, {2, "x", "w\x1b[2J", Amount{2}, "a\x07", ""}});
  const std::string said = text(ledger, asking({{"m\n", {}}}), ask(ledger, asking({{"m\n", {}}})));
  for (const char control : "\x1b\x07\r"s.substr(0, 3))
    EXPECT_EQ(said.find(control), std::string::npos) << int(control);
  EXPECT_NE(said.find("suspect w\\x1b[2J\n  at merchant m\\x0a\n"), std::string::npos) << said;
}

TEST(Escape, json_strings) {
  EXPECT_EQ(json_string(""), R"("")");
  EXPECT_EQ(json_string("say \"hi\" \\ /"), R"("say \"hi\" \\ /")");
  EXPECT_EQ(json_string("a\n\r\t\b\f\x1b\x7f\0z"s), R"("a\u000a\u000d\u0009\u0008\u000c\u001b\u007f\u0000z")");
  EXPECT_EQ(json_string("é€𝄞"), "\"é€𝄞\"");
  EXPECT_EQ(json_string("\xff"), R"("\udcff")");
  EXPECT_EQ(json_string("a\x80"
                        "b\xc3"),
            R"("a\udc80b\udcc3")")
      << "a lone continuation, and a sequence cut off";
  EXPECT_EQ(json_string("\xc0\xaf"), R"("\udcc0\udcaf")") << "overlong";
  EXPECT_EQ(json_string("\xe0\x9f\xbf"), R"("\udce0\udc9f\udcbf")") << "overlong";
  EXPECT_EQ(json_string("\xed\xa0\x80"), R"("\udced\udca0\udc80")") << "a surrogate";
  EXPECT_EQ(json_string("\xf4\x90\x80\x80"), R"("\udcf4\udc90\udc80\udc80")") << "beyond U+10FFFF";
  EXPECT_EQ(json_string("\xf0\x8f\xbf\xbf"), R"("\udcf0\udc8f\udcbf\udcbf")") << "overlong";
  EXPECT_EQ(json_string("\xe2\x82z"), R"("\udce2\udc82z")") << "the z is not swallowed";
}

TEST(Escape, utf8_texts) {
  EXPECT_EQ(utf8_text("é€𝄞 \x1b\n\0"s), "é€𝄞 \x1b\n\0"s);
  EXPECT_EQ(utf8_text("a\x80z\xc0\xaf\xed\xa0\x80\xe2\x82"), "a\\x80z\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82");
  EXPECT_EQ(utf8_text("\\x80"), "\\\\x80") << "different from the byte";
}

TEST(Escape, csv_fields) {
  for (const char* plain : {"", "0xabc", "a=b", "a b", "é", "1-2", "'quoted'"}) EXPECT_EQ(csv_field(plain), plain);
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("a\nb"), "\"a\nb\"");
  EXPECT_EQ(csv_field("a\rb"), "\"a\rb\"");
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"}) EXPECT_EQ(csv_field(formula), "'"s + formula);
  EXPECT_EQ(csv_field("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(csv_field("=cmd|' /C calc'!A0,\"x\""), "\"'=cmd|' /C calc'!A0,\"\"x\"\"\"");
}

TEST(Escape, terminal_texts) {
  EXPECT_EQ(terminal_text("plain é€𝄞 \\x1b"), "plain é€𝄞 \\x1b");
  EXPECT_EQ(terminal_text("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
  EXPECT_EQ(terminal_text("a\nb\rc\td\x7f\0"s), "a\\x0ab\\x0dc\\x09d\\x7f\\x00");
  EXPECT_EQ(terminal_text("\xc2\x9b"
                          "31m"),
            "\\xc2\\x9b31m")
      << "CSI of C1";
  EXPECT_EQ(terminal_text("\xc2\x80\xc2\x9f\xc2\xa0"), "\\xc2\\x80\\xc2\\x9f\xc2\xa0") << "U+0080 to U+009F";
  EXPECT_EQ(terminal_text("\x9b"
                          "31m\xff"),
            "\\x9b31m\\xff");
}

}  // namespace
}  // namespace ringscan
