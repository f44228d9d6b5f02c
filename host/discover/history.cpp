#include "discover/history.hpp"

namespace ringscan::discover {

History::History(const LedgerView& seen) : of(seen.account_count) {
  constexpr std::size_t ahead = 16;  // rows whose accounts are soon looked at
  const LedgerView ledger = seen.checked();
  const auto account_of = [&](Wallet wallet) { return to_index(ledger.wallet_account[to_index(wallet)]); };
  for (Row row = ledger.size(); row-- > 0;) {  // the first payment is noted last
    if (row >= 2 * ahead) {
      __builtin_prefetch(&ledger.wallet_account[to_index(ledger.from[row - 2 * ahead])]);
      __builtin_prefetch(&ledger.wallet_account[to_index(ledger.to[row - 2 * ahead])]);
      __builtin_prefetch(&of[account_of(ledger.from[row - ahead])], 1);
      __builtin_prefetch(&of[account_of(ledger.to[row - ahead])], 1);
    }
    const std::size_t from = account_of(ledger.from[row]), to = account_of(ledger.to[row]);
    if (ledger.amount[row] == 0 || from == to) continue;
    of[from].first_seen = of[to].first_seen = ledger.time[row];
    of[to].first_receipt = std::uint32_t(row);
    ++of[from].payments, ++of[to].payments;
  }
  for (const Of& account : of) {
    if (account.first_receipt == none) continue;
    ++of[account_of(ledger.from[account.first_receipt])].first_funded;
    ++funded_accounts;
  }
}

}  // namespace ringscan::discover
