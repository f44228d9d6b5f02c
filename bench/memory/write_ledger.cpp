// usage: write_ledger ROWS ACCOUNTS SEED even|skewed FILE
//
// A packed ledger of any length without ids and indexes, from rows that are made up in the order of time: what an
// import of such rows would write, without reading them. `skewed` accounts are drawn with probabilities that fall as 1
// / rank, every fourth evenly; `even` all evenly. Memory: 40 bytes an account.
#include <fmt/core.h>

#include <charconv>
#include <exception>
#include <string>
#include <string_view>

#include "generate/random.hpp"
#include "packed/packed_writer.hpp"

namespace {

using namespace ringscan;

constexpr std::int64_t first_time = 1'500'000'000;
constexpr std::uint64_t seconds = 200'000'000;
constexpr Row rows_at_once = Row{1} << 16;

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Wallets are numbered by their first appearance, as an import numbers them.
class Wallets {
 public:
  Wallets(std::uint64_t accounts, bool even) : even_(even), of_rank_(accounts, nobody) {}
  Wallet draw(Random& random) {
    const std::uint64_t accounts = of_rank_.size();
    const std::uint64_t rank = even_ || random.below(4) == 0 ? random.below(accounts) : random.zipf_below(accounts);
    if (of_rank_[rank] == nobody) of_rank_[rank] = count_++;
    return Wallet(of_rank_[rank]);
  }
  std::uint32_t count() const { return count_; }

 private:
  static constexpr std::uint32_t nobody = ~std::uint32_t{0};
  bool even_;
  std::vector<std::uint32_t> of_rank_;
  std::uint32_t count_ = 0;
};

void write(const std::string& path, Row rows, std::uint64_t accounts, std::uint64_t seed, bool even) {
  PackedOptions options;
  options.index = PackedIndex::none;
  options.memory_bytes = std::uint64_t{256} << 20;
  PackedWriter writer(path, true, rows, options);
  Random random(seed);
  PackedRowsBuffer some;
  PackedTexts names, assets;
  Wallets wallets(accounts, even);
  for (Row row = 0; row < rows; ++row) {
    const Wallet from = wallets.draw(random);
    Wallet to = wallets.draw(random);
    while (to == from) to = wallets.draw(random);
    some.from.push_back(from);
    some.to.push_back(to);
    some.time.push_back(first_time + std::int64_t(row / ((rows + seconds - 1) / seconds)));
    const Amount amount{1 + (random.next() >> random.between(9, 43))};  // with even codes: no side table
    some.code.push_back(order_code(amount));
    if (some.from.size() < rows_at_once && row + 1 < rows) continue;
    writer.append(some.rows());
    some = {};
  }
  std::vector<Account> account_of;
  for (std::uint32_t wallet = 0; wallet < wallets.count(); ++wallet) {
    account_of.push_back(Account(wallet));
    names.push_back_packed(
        std::string{hex_tag, char(wallet >> 24), char(wallet >> 16), char(wallet >> 8), char(wallet)});
  }
  assets.push_back_packed("tnative");
  const std::vector<Asset> asset_of(wallets.count());
  writer.finish({TimeAxis::seconds, account_of, asset_of, names, assets});
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t rows = count == 6 ? number(arguments[1]) : 0, accounts = count == 6 ? number(arguments[2]) : 0;
  const bool even = count == 6 && arguments[4] == std::string_view("even");
  if (rows == 0 || accounts < 2 || (!even && arguments[4] != std::string_view("skewed"))) {
    fmt::print(stderr, "usage: write_ledger ROWS ACCOUNTS SEED even|skewed FILE\n");
    return 2;
  }
  try {
    write(arguments[5], rows, accounts, number(arguments[3]), even);
  } catch (const std::exception& error) {
    fmt::print(stderr, "write_ledger: {}\n", error.what());
    return 1;
  }
}
