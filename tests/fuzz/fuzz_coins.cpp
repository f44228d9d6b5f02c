// Transactions of coins: both models refuse the same, every output is one payment from each sender, and names that
// were spent together are distinct and ascending.
#include <algorithm>
#include <map>
#include <set>

#include "fuzz.hpp"
#include "read/utxo.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const bool is_coinbase = input.ConsumeBool(), is_rounded = input.ConsumeBool();
  const std::string_view key = input.ConsumeBool() ? "addresses" : "address";
  const unsigned places = input.ConsumeIntegralInRange(0u, 8u);
  const std::string all = input.ConsumeRemainingBytesAsString();
  const std::size_t middle = std::min(all.find('\n'), all.size());
  const std::string inputs = all.substr(0, middle), outputs = all.substr(std::min(middle + 1, all.size()));

  CoinTransaction pairs(UtxoModel::all_pairs, key, places, is_rounded);
  CoinTransaction entities(UtxoModel::entities, key, places, is_rounded);
  for (int round = 0; round < 2; ++round) {  // the second time with what the first left behind
    const CoinTransaction::Problem problem = pairs.read(inputs, outputs, is_coinbase);
    const CoinTransaction::Problem other = entities.read(inputs, outputs, is_coinbase);
    require_same(problem.what, other.what, "both models refuse the same");
    require(problem.where == other.where, "and in the same place");
    if (problem.where != CoinTransaction::Problem::Where::nowhere) continue;
    std::map<std::uint64_t, std::uint64_t> in_pairs, in_entities;  // payments by the amount's lowest limb
    std::set<std::string, std::less<>> senders;
    std::uint64_t next = 0, count = 0;
    for (CoinPayment payment; pairs.next(payment); ++count) {
      require(payment.number == next++, "payments are numbered one after another");
      senders.emplace(payment.from);
      ++in_pairs[payment.amount.limbs[0]];
    }
    require(count > 0, "a transaction has a payment");
    next = 0;
    for (CoinPayment payment; entities.next(payment);) {
      require(payment.number == next++, "payments are numbered one after another");
      ++in_entities[payment.amount.limbs[0]];
      require(payment.from.empty() || senders.contains(payment.from), "an entity pays by one of its names",
              payment.from);
    }
    for (const auto& [amount, times] : in_entities)
      require(in_pairs.contains(amount) && in_pairs[amount] >= times, "both models have the same amounts");
    const auto together = entities.spent_together();
    require(std::ranges::adjacent_find(together, std::greater_equal<>()) == together.end(), "names ascend");
    require(together.size() != 1, "nobody spends together alone");
  }
  return 0;
}
