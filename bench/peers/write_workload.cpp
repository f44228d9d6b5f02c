// usage: write_workload SHAPE ROWS LISTED ASKED FOLDER
//
// One benchmark workload (workloads.hpp; four assets) for ringscan and for its peers. Into FOLDER: ledger.ledger
// (packed, accounts named by their numbers), merchants.txt (ASKED of the LISTED merchants: those with tasks of workers,
// then others by even steps through the list, none with more than 10^4 receipts) and ledger.json (what is true of
// them). On stdout: the same rows in the same order as columns, 2^20 rows at a time: their number (u64), then from, to
// (i32 account), time (i32 seconds since the first), asset (i8), amount (i64), each column in one piece.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "pack_workload.hpp"

namespace ringscan::bench {
namespace {

constexpr Row rows_at_once = Row{1} << 20;
constexpr std::uint64_t most_receipts = 10'000;
constexpr std::uint32_t asset_count = 4;

struct Asked {
  std::vector<Account> merchants;
  std::uint64_t purchases = 0, most = 0;
};

Asked choose_merchants(const Workload& workload, std::size_t count) {
  std::vector<std::uint64_t> receipts(workload.ledger.accounts.size());
  const LedgerView view = workload.ledger.view();
  for (const Wallet to : view.to) ++receipts[to_index(view.wallet_account[to_index(to)])];
  std::vector<std::uint32_t> order;  // places in the list
  for (const Suspicion& planted : workload.planted) order.push_back(planted.merchant);
  order.erase(std::unique(order.begin(), order.end()), order.end());
  for (std::size_t i = 0; i < count; ++i) order.push_back(std::uint32_t(i * workload.merchants.size() / count));
  for (std::uint32_t i = 0; i < workload.merchants.size(); ++i) order.push_back(i);
  std::vector<bool> is_taken(workload.merchants.size());
  Asked asked;
  for (const std::uint32_t place : order) {
    const Account account = workload.merchants[place].account;
    const std::uint64_t own = receipts[to_index(account)];
    if (asked.merchants.size() == count || is_taken[place] || own > most_receipts) continue;
    is_taken[place] = true;
    asked.merchants.push_back(account);
    asked.purchases += own, asked.most = std::max(asked.most, own);
  }
  return asked;
}

void write_file(const std::string& path, std::string_view text) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  const bool is_written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file == nullptr || std::fclose(file) != 0 || !is_written) throw std::runtime_error(path + ": cannot be written");
}

template <class T>
void write_column(std::size_t count, auto value_of) {
  std::vector<T> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = T(value_of(i));
  std::string_view bytes(reinterpret_cast<const char*>(values.data()), count * sizeof(T));
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written <= 0) throw std::runtime_error("stdout: cannot be written");
    bytes.remove_prefix(std::size_t(written));
  }
}

void write_rows(const LedgerView& view) {
  const auto account = [&](Wallet wallet) { return to_index(view.wallet_account[to_index(wallet)]); };
  for (Row begin = 0; begin < view.size(); begin += rows_at_once) {
    const std::size_t count = std::min(rows_at_once, view.size() - begin);
    write_column<std::uint64_t>(1, [&](std::size_t) { return count; });
    write_column<std::int32_t>(count, [&](std::size_t i) { return account(view.from[begin + i]); });
    write_column<std::int32_t>(count, [&](std::size_t i) { return account(view.to[begin + i]); });
    write_column<std::int32_t>(count, [&](std::size_t i) { return view.time[begin + i]; });
    write_column<std::int8_t>(count, [&](std::size_t i) { return to_index(view.asset(begin + i)); });
    write_column<std::int64_t>(count,
                               [&](std::size_t i) { return view.amount[begin + i] / 2; });  // keys of small amounts
  }
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0)
    throw std::runtime_error(fmt::format("'{}' is no number from 1 on", text));
  return value;
}

int run(int count, char** arguments) {
  const auto shape = count == 6 ? std::ranges::find(shape_names, arguments[1]) : shape_names.end();
  if (shape == shape_names.end()) {
    fmt::print(stderr, "usage: write_workload SHAPE ROWS LISTED ASKED FOLDER\n");
    return 2;
  }
  const std::string folder = arguments[5];
  Workload workload = make_workload(
      {Shape(shape - shape_names.begin()), number(arguments[2]), std::uint32_t(number(arguments[3])), 1, asset_count});
  const Asked asked = choose_merchants(workload, number(arguments[4]));
  std::string names;
  for (const Account merchant : asked.merchants) names += fmt::format("{}\n", to_index(merchant));
  write_file(folder + "/merchants.txt", names);
  pack_workload(workload, folder + "/ledger.ledger", PackedIndex::both);
  write_rows(workload.ledger.view());
  write_file(folder + "/ledger.json",
             fmt::format("{{\"rows\": {}, \"accounts\": {}, \"listed\": {}, \"asked\": {}, \"purchases_asked\": {}, "
                         "\"most_receipts\": {}, \"within\": {}}}\n",
                         workload.ledger.from.size(), workload.ledger.accounts.size(), workload.merchants.size(),
                         asked.merchants.size(), asked.purchases, asked.most, workload.within));
  return 0;
}

}  // namespace
}  // namespace ringscan::bench

int main(int count, char** values) {
  try {
    return ringscan::bench::run(count, values);
  } catch (const std::exception& error) {
    fmt::print(stderr, "write_workload: {}\n", error.what());
    return 1;
  }
}
