// The ledger that every question is asked of. Rows are payments in canonical order: ascending (time, position).
// `Ledger` owns, `LedgerView` looks; backends take views. 20 bytes a row in the hot columns.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/amount_keys.hpp"
#include "ledger/column.hpp"
#include "ledger/guard.hpp"
#include "ledger/ids.hpp"
#include "ledger/packed_texts.hpp"
#include "ledger/row_marks.hpp"
#include "ledger/wallet_index.hpp"

namespace ringscan {

enum class TimeAxis { seconds, block, step };

// Why a row of an export is not a payment of the ledger; the first that applies. In the order of the result file.
enum class Drop { no_sender, no_receiver, failed, zero_amount, self_transfer, duplicate, outside_filter, rejected };
inline constexpr std::array<std::string_view, 8> drop_names = {
    "no_sender", "no_receiver", "failed", "zero_amount", "self_transfer", "duplicate", "outside_filter", "rejected"};
using DropCounts = std::array<std::uint64_t, drop_names.size()>;

// The hot columns: what a backend sees. Accounts, assets and wallets are numbers; names stay with the owner.
//
// A view of a file has a guard: whoever reads the spans themselves first asks it, or takes checked(). The functions
// ask.
struct LedgerView {
  std::span<const Wallet> from, to;         // sender's and receiver's wallet: of one asset
  std::span<const std::uint32_t> time;      // seconds (blocks, steps) since first_time; ascending
  std::span<const AmountKey> amount;        // order keys: compare, or look up in `amounts`
  AmountKeysView amounts;                   // keys -> exact amounts
  std::span<const Account> wallet_account;  // by wallet
  std::span<const Asset> wallet_asset;      // by wallet
  std::int64_t first_time = 0;
  std::size_t account_count = 0;
  EntryIndex receipts_of;  // by receiver, with amounts; may be absent
  EntryIndex payments_of;  // by sender, without amounts; may be absent
  PlainHits plain_hits;    // may be absent
  PairMarks pair_marks;    // may be absent
  WalletsOfAccounts wallets_of;
  const Guard* guard = nullptr;

  Row size() const { return from.size(); }
  std::size_t wallet_count() const { return wallet_account.size(); }
  Account sender(Row row) const { return wallet_account[to_index(seen(row).from[row])]; }
  Account receiver(Row row) const { return wallet_account[to_index(seen(row).to[row])]; }
  Asset asset(Row row) const { return wallet_asset[to_index(seen(row).from[row])]; }
  std::int64_t time_at(Row row) const { return first_time + seen(row).time[row]; }
  Amount amount_at(Row row) const { return amounts.amount(seen(row).amount[row]); }
  // `wallet` exists; its account does then.
  Account account_of(Wallet wallet) const;
  // The same view, with every row and wallet checked. O(N) the first time that a file is asked.
  LedgerView checked() const;

 private:
  const LedgerView& seen(Row row) const {
    if (guard != nullptr) guard->need_row(row);
    return *this;
  }
};

// The transaction ids of a ledger's rows, wherever they stand: they are read when evidence is shown, and not before.
class TransactionIds {
 public:
  virtual ~TransactionIds() = default;
  virtual std::string at(Row row) const = 0;  // "" where the export has none
  // These rows' ids will be asked for, in any order: reads at once what at() would look for one by one.
  virtual void prepare(std::span<const Row> rows) const { (void)rows; }
};

// What is told of a ledger.
struct LedgerHead {
  std::uint64_t transactions = 0, accounts = 0, assets = 0;
  std::optional<std::int64_t> first_time, last_time;
};

// Finds accounts by name without looking at them all.
class AccountFinder {
 public:
  virtual ~AccountFinder() = default;
  virtual std::optional<Account> find(std::string_view packed_name) const = 0;
};

struct Ledger {
  TimeAxis time_axis = TimeAxis::seconds;
  std::int64_t first_time = 0;
  Column<Wallet> from, to;
  Column<std::uint32_t> time;
  Column<AmountKey> amount;
  AmountKeys amounts;
  Column<Account> wallet_account;
  Column<Asset> wallet_asset;
  PackedTexts accounts, assets;                           // canonical names, by number
  std::shared_ptr<const TransactionIds> transaction_ids;  // null: the export has none
  std::shared_ptr<const AccountFinder> account_finder;    // null: names are searched one by one
  EntryIndex receipts_of, payments_of;                    // as in LedgerView
  PlainHits plain_hits;
  PairMarks pair_marks;
  WalletsOfAccounts wallets_of;
  const Guard* guard = nullptr;        // of the keeper
  DropCounts dropped{};                // rows read that are not here
  std::shared_ptr<const void> keeper;  // of what the columns look at
  std::optional<LedgerHead> whole;     // of the ledger that this one is a part of: the rows that a question may look at

  std::string transaction_id(Row row) const { return transaction_ids ? transaction_ids->at(row) : std::string(); }
  // These rows will be shown, in any order, with names and transaction ids.
  void prepare(std::span<const Row> rows) const;
  LedgerHead head() const;
  LedgerView view() const {
    return {from,           to,           time,       amount,          amounts.view(),
            wallet_account, wallet_asset, first_time, accounts.size(), receipts_of,
            payments_of,    plain_hits,   pair_marks, wallets_of,      guard};
  }
};

// The accounts of these names, nullopt where the ledger does not know one. O(accounts of the ledger), or O(names) where
// the ledger has a finder.
std::vector<std::optional<Account>> find_accounts(const Ledger& ledger, std::span<const std::string> names);

}  // namespace ringscan
