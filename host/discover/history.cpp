#include "discover/history.hpp"

namespace ringscan::discover {

History::History(const LedgerView& seen)
    : first_seen(seen.account_count, none),
      first_receipt(seen.account_count, none),
      payments(seen.account_count),
      first_funded(seen.account_count) {
  const LedgerView ledger = seen.checked();
  const auto account_of = [&](Wallet wallet) { return to_index(ledger.wallet_account[to_index(wallet)]); };
  for (Row row = ledger.size(); row-- > 0;) {  // the first payment is noted last
    const std::size_t from = account_of(ledger.from[row]), to = account_of(ledger.to[row]);
    if (ledger.amount[row] == 0 || from == to) continue;
    first_seen[from] = first_seen[to] = ledger.time[row];
    first_receipt[to] = std::uint32_t(row);
    ++payments[from], ++payments[to];
  }
  for (const std::uint32_t row : first_receipt)
    if (row != none) ++first_funded[account_of(ledger.from[row])], ++funded_accounts;
}

}  // namespace ringscan::discover
