// Who paid whom: payments sorted by pair, the runs of equal pairs, and the indexes of these. A stable sort by receiver
// and one by payer keep the order of rows; begins are found by binary search, sums by scans, so nothing needs an
// atomic.
#pragma once
#include "kernels/columns.hpp"

namespace ringscan::kernels {

namespace exchanges {

struct MarkPayments {
  Columns columns;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t row) const {
    flags[row] = columns.amount[row] != 0 && columns.from[row] != columns.to[row];
  }
};

struct MarkPairs {
  Columns columns;
  const Row* rows;  // by pair
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    flags[i] =
        i == 0 || columns.from[rows[i]] != columns.from[rows[i - 1]] || columns.to[rows[i]] != columns.to[rows[i - 1]];
  }
};

struct TakePair {
  Columns columns;
  const Row* rows;
  const std::uint64_t* begins;
  std::uint64_t row_count, pair_count;
  Exchange* pairs;  // and one behind the last
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const std::uint64_t begin = i < pair_count ? begins[i] : row_count;
    Exchange pair{0, 0, std::uint32_t(begin), 0, 0};
    if (i < pair_count) {
      const Row first = rows[begin], last = rows[(i + 1 < pair_count ? begins[i + 1] : row_count) - 1];
      pair.from = std::uint32_t(columns.from[first]);
      pair.to = std::uint32_t(columns.to[first]);
      pair.first = columns.time[first];
      pair.last = columns.time[last];
    }
    pairs[i] = pair;
  }
};

struct Narrow {
  const std::uint64_t* in;
  std::uint32_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = std::uint32_t(in[i]); }
};

struct InOrder {
  std::uint32_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = std::uint32_t(i); }
};

struct Receivers {
  const Exchange* pairs;
  std::uint32_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = pairs[i].to; }
};

// A wallet on one side of the pair at the i-th of some places.
struct SideOf {
  const Exchange* pairs;
  const std::uint32_t* places;  // null: all pairs, in order
  bool is_receiver;
  RINGSCAN_HD WalletNumber operator()(std::uint64_t i) const {
    const Exchange& pair = pairs[places == nullptr ? i : places[i]];
    return is_receiver ? pair.to : pair.from;
  }
};

// begins[wallet] = the first place whose side is not below the wallet; sides ascend.
struct FindBegins {
  SideOf side;
  std::uint64_t count;
  std::uint32_t* begins;
  RINGSCAN_HD void operator()(std::uint64_t wallet) const {
    begins[wallet] =
        std::uint32_t(partition_point(0, count, [this, wallet](std::uint64_t i) { return side(i) < wallet; }));
  }
};

struct JudgeWallets {
  const Account* wallet_account;
  const std::uint8_t* excluded;  // by account, or null
  std::uint32_t hub_degree;
  const std::uint32_t* paid_begin;
  const std::uint32_t* received_begin;
  std::uint32_t* payers;
  std::uint8_t* is_excluded;
  std::uint8_t* is_worker;
  RINGSCAN_HD void operator()(std::uint64_t wallet) const {
    payers[wallet] = received_begin[wallet + 1] - received_begin[wallet];
    is_excluded[wallet] = excluded != nullptr && excluded[std::uint32_t(wallet_account[wallet])] != 0;
    is_worker[wallet] = is_excluded[wallet] == 0 && payers[wallet] <= hub_degree &&
                        paid_begin[wallet + 1] - paid_begin[wallet] <= hub_degree;
  }
};

struct MarkRoles {
  const Exchange* pairs;
  const std::uint32_t* places;
  bool buys;  // the payer is the worker; else the receiver is
  const std::uint8_t* is_excluded;
  const std::uint8_t* is_worker;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const Exchange& pair = pairs[places[i]];
    flags[i] = is_worker[buys ? pair.from : pair.to] != 0 && is_excluded[buys ? pair.to : pair.from] == 0;
  }
};

struct TakePlaces {
  const std::uint32_t* places;
  const std::uint64_t* at;
  std::uint32_t* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = places[at[i]]; }
};

struct PayersOfCustomers {
  const Exchange* pairs;
  const std::uint32_t* customers;
  std::uint64_t count;
  const std::uint32_t* payers;
  std::uint64_t* out;  // and a 0 behind the last
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = i < count ? payers[pairs[customers[i]].from] : 0; }
};

// Whether the merchant pays its customer, too: 1 or 0.
struct PaidBack {
  const Exchange* pairs;
  const std::uint32_t* customers;
  std::uint64_t count;
  const std::uint32_t* paid_begin;
  std::uint64_t* out;  // and a 0 behind the last
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    out[i] = 0;
    if (i == count) return;
    const WalletNumber customer = pairs[customers[i]].from, merchant = pairs[customers[i]].to;
    const std::uint64_t end = paid_begin[merchant + 1];
    const std::uint64_t place = partition_point(
        paid_begin[merchant], end, [this, customer](std::uint64_t other) { return pairs[other].to < customer; });
    out[i] = place < end && pairs[place].to == customer;
  }
};

template <class T>
struct Differences {
  const std::uint64_t* sums;
  const std::uint32_t* begins;
  T* out;
  RINGSCAN_HD void operator()(std::uint64_t wallet) const {
    out[wallet] = T(sums[begins[wallet + 1]] - sums[begins[wallet]]);
  }
};

}  // namespace exchanges

// The pair tables of a ledger on a space. A bound of the bytes that it takes is in memory.hpp.
template <class Space>
class ExchangeTables {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  ExchangeTables(Space& space, const LedgerView& ledger, const ExchangeQuestion& question)
      : space_(space), wallets_(ledger.wallet_count()), pairs_(space, 0) {
    sort_payments(ledger);
    index(ledger, question);
  }
  Exchanges take() { return std::move(all_); }

 private:
  void sort_payments(const LedgerView& ledger) {
    const ResidentLedger<Space> ledger_here(space_, ledger);
    const Columns columns = ledger_here.view();
    Buffer<Row> rows = select_where(space_, columns.size, [&](std::uint8_t* flags) {
      return exchanges::MarkPayments{columns, flags};
    });
    rows = sorted_by(space_, columns.to, wallets_, rows);
    rows = sorted_by(space_, columns.from, wallets_, rows);
    const Buffer<std::uint64_t> begins = select_where(space_, rows.size(), [&](std::uint8_t* flags) {
      return exchanges::MarkPairs{columns, rows.data(), flags};
    });
    pairs_ = Buffer<Exchange>(space_, begins.size() + 1);
    for_each_index(space_, pairs_.size(),
                   exchanges::TakePair{columns, rows.data(), begins.data(), rows.size(), begins.size(), pairs_.data()});
    Buffer<std::uint32_t> narrow(space_, rows.size());
    for_each_index(space_, rows.size(), exchanges::Narrow{rows.data(), narrow.data()});
    all_.rows = copy_out(space_, narrow.data(), narrow.size());
    all_.pairs = copy_out(space_, pairs_.data(), pairs_.size());
  }

  std::uint64_t pair_count() const { return pairs_.size() - 1; }

  Buffer<std::uint32_t> begins(const std::uint32_t* places, std::uint64_t count, bool is_receiver) {
    Buffer<std::uint32_t> found(space_, wallets_ + 1);
    for_each_index(space_, wallets_ + 1,
                   exchanges::FindBegins{{pairs_.data(), places, is_receiver}, count, found.data()});
    return found;
  }

  // Places of all pairs, ascending (to, from).
  Buffer<std::uint32_t> by_receiver() {
    Buffer<std::uint32_t> keys(space_, pair_count()), keys_out(space_, pair_count());
    Buffer<std::uint64_t> places(space_, pair_count()), sorted(space_, pair_count());
    for_each_index(space_, pair_count(), exchanges::Receivers{pairs_.data(), keys.data()});
    for_each_index(space_, pair_count(), Iota{places.data()});
    sort_pairs(space_, keys.data(), keys_out.data(), places.data(), sorted.data(), pair_count(), bits_for(wallets_));
    Buffer<std::uint32_t> narrow = std::move(keys);
    for_each_index(space_, pair_count(), exchanges::Narrow{sorted.data(), narrow.data()});
    return narrow;
  }

  struct Wallets {
    Buffer<std::uint32_t> paid_begin, payers;
    Buffer<std::uint8_t> is_excluded, is_worker;
  };

  Wallets judge(const LedgerView& ledger, const ExchangeQuestion& question, const Buffer<std::uint32_t>& received) {
    const Buffer<std::uint32_t> received_begin = begins(received.data(), pair_count(), true);
    const std::vector<std::uint8_t> bytes(question.excluded.begin(), question.excluded.end());
    const Buffer<std::uint8_t> excluded = upload<Space, std::uint8_t>(space_, bytes);
    const Buffer<Account> wallet_account = upload(space_, ledger.wallet_account);
    Wallets wallets{begins(nullptr, pair_count(), false), {space_, wallets_}, {space_, wallets_}, {space_, wallets_}};
    for_each_index(
        space_, wallets_,
        exchanges::JudgeWallets{wallet_account.data(), bytes.empty() ? nullptr : excluded.data(), question.hub_degree,
                                wallets.paid_begin.data(), received_begin.data(), wallets.payers.data(),
                                wallets.is_excluded.data(), wallets.is_worker.data()});
    return wallets;
  }

  // Of `places`, those of pairs that join a worker and somebody who is not excluded.
  Buffer<std::uint32_t> select(const Buffer<std::uint32_t>& places, bool buys, const Wallets& wallets) {
    const Buffer<std::uint64_t> at = select_where(space_, places.size(), [&](std::uint8_t* flags) {
      return exchanges::MarkRoles{
          pairs_.data(), places.data(), buys, wallets.is_excluded.data(), wallets.is_worker.data(), flags};
    });
    Buffer<std::uint32_t> selected(space_, at.size());
    for_each_index(space_, at.size(), exchanges::TakePlaces{places.data(), at.data(), selected.data()});
    return selected;
  }

  void index(const LedgerView& ledger, const ExchangeQuestion& question) {
    Buffer<std::uint32_t> places = by_receiver();
    const Wallets wallets = judge(ledger, question, places);
    all_.paid_begin = copy_out(space_, wallets.paid_begin.data(), wallets_ + 1);
    all_.payers = copy_out(space_, wallets.payers.data(), wallets_);
    all_.is_worker = copy_out(space_, wallets.is_worker.data(), wallets_);
    for (std::uint64_t wallet = 0; wallet < wallets_; ++wallet)
      if (all_.is_worker[wallet] != 0) all_.all_activity += all_.payers[wallet];

    const Buffer<std::uint32_t> customers = select(places, true, wallets);
    const Buffer<std::uint32_t> customers_begin = begins(customers.data(), customers.size(), true);
    all_.customers = copy_out(space_, customers.data(), customers.size());
    all_.customers_begin = copy_out(space_, customers_begin.data(), customers_begin.size());
    const std::uint64_t ends = customers.size() + 1;
    all_.activity = sums_by_merchant<std::uint64_t>(customers_begin, ends, [&](std::uint64_t* payers) {
      return exchanges::PayersOfCustomers{pairs_.data(), customers.data(), ends - 1, wallets.payers.data(), payers};
    });
    all_.paid_back = sums_by_merchant<std::uint32_t>(customers_begin, ends, [&](std::uint64_t* is_paid_back) {
      return exchanges::PaidBack{pairs_.data(), customers.data(), ends - 1, wallets.paid_begin.data(), is_paid_back};
    });

    for_each_index(space_, pair_count(), exchanges::InOrder{places.data()});
    const Buffer<std::uint32_t> recipients = select(places, false, wallets);
    const Buffer<std::uint32_t> recipients_begin = begins(recipients.data(), recipients.size(), false);
    all_.recipients = copy_out(space_, recipients.data(), recipients.size());
    all_.recipients_begin = copy_out(space_, recipients_begin.data(), recipients_begin.size());
  }

  // By wallet, the sum over its customers of what the functor of make_values(values) writes; it writes one more, a 0.
  template <class T, class MakeValues>
  std::vector<T> sums_by_merchant(const Buffer<std::uint32_t>& customers_begin, std::uint64_t ends,
                                  MakeValues make_values) {
    Buffer<std::uint64_t> values(space_, ends), sums(space_, ends);
    for_each_index(space_, ends, make_values(values.data()));
    exclusive_sum(space_, values.data(), sums.data(), ends);
    Buffer<T> by_merchant(space_, wallets_);
    for_each_index(space_, wallets_,
                   exchanges::Differences<T>{sums.data(), customers_begin.data(), by_merchant.data()});
    return copy_out(space_, by_merchant.data(), wallets_);
  }

  Space& space_;
  std::uint64_t wallets_;
  Buffer<Exchange> pairs_;  // and one behind the last
  Exchanges all_;
};

}  // namespace ringscan::kernels
