// Proves that the rows kept for a question about given merchants answer it as the whole ledger does, byte for byte, for
// every model and refinement and whatever the order in which rows came.
#include <gtest/gtest.h>

#include "tests/requests.hpp"
#include "tests/support.hpp"
#include "write/scan_result.hpp"

namespace ringscan {
namespace {

struct TextSink final : Sink {
  std::string text;
  void write(std::string_view bytes) override { text += bytes; }
};

std::string answer(const Ledger& ledger, const ScanRequest& request) {
  const std::unique_ptr<Backend> backend = choose_backend("cpu", {1, nullptr}).backend;
  TextSink sink;
  write_json(sink, ledger, request, scan(*backend, ledger, request, [](std::string_view) {}));
  return sink.text;
}

TEST(RowsAskedFor, AnswerAsTheWholeLedgerDoes) {
  std::mt19937_64 random(31);
  std::size_t left_out = 0, found = 0;
  for (int round = 0; round < 500; ++round) {
    std::vector<testing::TestRow> rows = testing::random_rows(random, random() % 120);
    const Ledger whole = testing::make_ledger(rows);
    const testing::RandomQuestion question = testing::random_question(random, whole);
    ScanRequest request = testing::as_request(question, whole);
    // Few merchants, so that rows are left out.
    std::erase_if(request.merchants, [&](const MerchantAsked&) { return random() % 3 != 0; });
    std::vector<std::string> merchants;
    for (const MerchantAsked& merchant : request.merchants) merchants.push_back(merchant.account);
    request.quorum = request.merchants.empty() ? std::nullopt : std::optional<std::uint64_t>(1);
    std::ranges::shuffle(rows, random);
    if (round % 2 == 0) std::ranges::stable_sort(rows, {}, &testing::TestRow::time);
    const Ledger part = testing::builder_of(rows).finish_for(merchants);
    left_out += whole.from.size() - part.from.size();
    const std::string expected = answer(whole, request);
    found += expected.find("\"purchase\"") != expected.npos;
    ASSERT_EQ(answer(part, request), expected);
  }
  EXPECT_GT(left_out, 1000u);
  EXPECT_GT(found, 50u);
}

}  // namespace
}  // namespace ringscan
