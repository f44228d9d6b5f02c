// A question of the seam as pipelines see it: who is a merchant, which purchases count, who may pay.
#pragma once
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "kernels/columns.hpp"
#include "rules/predicates.hpp"

namespace ringscan::kernels {

// Is the rule one that the largest later receipt decides, or no receipt at all?
inline bool is_swept(const Rule& rule) {
  return rule.model == Model::purchase_only || (rule.model == Model::any && !rule.within && !rule.max_gain);
}

// A pair as one number in no more bits than it needs, so that sorted codes are sorted suspicions and each 8 bits less
// are a pass of the sort less. `merchant` is a place in the list that was asked about or, where every receiver is a
// merchant, the receiver's account.
struct PairCode {
  int customer_bits = 0, merchant_bits = 0;

  RINGSCAN_HD std::uint64_t operator()(std::uint32_t merchant, Account customer) const {
    return std::uint64_t{merchant} << customer_bits | std::uint32_t(customer);
  }
  Suspicion suspicion(std::uint64_t code) const {
    return {std::uint32_t(code >> customer_bits),
            Account(std::uint32_t(code & ((std::uint64_t{1} << customer_bits) - 1)))};
  }
  int bits() const { return customer_bits + merchant_bits; }
};

struct QuestionView {
  const std::uint32_t* merchant;  // by wallet; no_merchant for all others; null if every receiver is one
  const Interval* interval;       // by merchant, or one for all
  bool one_interval;
  const std::uint8_t* excluded;  // by account; null if nobody is
  const std::uint64_t* asked;    // codes of the pairs that count, ascending; null for all
  std::uint64_t asked_size;
  std::int64_t first_time;
  Model model;
  PairCode pair;

  RINGSCAN_HD bool excludes(const Columns& columns, Wallet wallet) const {
    return excluded != nullptr && excluded[std::uint32_t(columns.wallet_account[std::uint32_t(wallet)])] != 0;
  }
  RINGSCAN_HD bool is_merchant(Wallet wallet) const {
    return merchant == nullptr || merchant[std::uint32_t(wallet)] != no_merchant;
  }
  RINGSCAN_HD std::uint64_t code(const Columns& columns, Row row) const {
    const std::uint32_t to = std::uint32_t(columns.to[row]);
    return pair(merchant == nullptr ? std::uint32_t(columns.wallet_account[to]) : merchant[to],
                columns.wallet_account[std::uint32_t(columns.from[row])]);
  }
  // May this row be the purchase of an accusation?
  RINGSCAN_HD bool is_purchase(const Columns& columns, Row row) const {
    const std::uint32_t m = merchant == nullptr ? 0 : merchant[std::uint32_t(columns.to[row])];
    if (m == no_merchant || excludes(columns, columns.from[row])) return false;
    const Interval& open = interval[one_interval ? 0 : m];
    if (!rules::is_between(open.after, first_time + columns.time[row], open.before)) return false;
    if (asked == nullptr) return true;
    const std::uint64_t mine = code(columns, row);
    const std::uint64_t place = partition_point(0, asked_size, [&](std::uint64_t i) { return asked[i] < mine; });
    return place < asked_size && asked[place] == mine;
  }
  // May this row complete a purchase of its receiver?
  RINGSCAN_HD bool may_complete(const Columns& columns, Row row) const {
    const bool only_merchants = model == Model::enhanced || model == Model::basic;
    return (!only_merchants || is_merchant(columns.from[row])) && !excludes(columns, columns.from[row]);
  }
};

// The question on the host, by wallet and account.
struct QuestionData {
  std::vector<std::uint32_t> merchant;  // empty: every receiver is one
  std::vector<Interval> interval;
  bool one_interval = false;
  std::vector<std::uint8_t> excluded;
  std::optional<std::vector<std::uint64_t>> asked;
  std::int64_t first_time = 0;
  Model model = Model::any;
  PairCode pair;
};

inline QuestionData make_question(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants) {
  QuestionData question;
  question.model = rule.model;
  question.first_time = ledger.first_time;
  question.pair = {bits_for(ledger.account_count), bits_for(merchants.size())};
  std::vector<std::uint32_t> of_account(ledger.account_count, no_merchant);
  for (std::uint32_t m = 0; m < merchants.size(); ++m) {
    of_account[to_index(merchants[m].account)] = m;
    question.interval.push_back(merchants[m].interval);
  }
  for (const Account account : ledger.wallet_account) question.merchant.push_back(of_account[to_index(account)]);
  question.excluded.assign(rule.excluded.begin(), rule.excluded.end());
  return question;
}

// Every receiver that is not excluded is a merchant.
inline QuestionData make_question(const LedgerView& ledger, const Rule& rule, const Interval& interval) {
  QuestionData question;
  question.model = rule.model;
  question.first_time = ledger.first_time;
  question.pair = {bits_for(ledger.account_count), bits_for(ledger.account_count)};
  question.excluded.assign(rule.excluded.begin(), rule.excluded.end());
  if (!question.excluded.empty())
    for (const Account account : ledger.wallet_account)
      question.merchant.push_back(rule.excludes(account) ? no_merchant : std::uint32_t(account));
  question.interval = {interval};
  question.one_interval = true;
  return question;
}

template <class Space>
class ResidentQuestion {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  ResidentQuestion(Space& space, const QuestionData& data)
      : merchant_(upload<Space, std::uint32_t>(space, data.merchant)),
        interval_(upload<Space, Interval>(space, data.interval)),
        excluded_(upload<Space, std::uint8_t>(space, data.excluded)),
        asked_(upload<Space, std::uint64_t>(space,
                                            data.asked ? std::span(*data.asked) : std::span<const std::uint64_t>())),
        view_{data.merchant.empty() ? nullptr : merchant_.data(),
              interval_.data(),
              data.one_interval,
              data.excluded.empty() ? nullptr : excluded_.data(),
              data.asked ? asked_.data() : nullptr,
              asked_.size(),
              data.first_time,
              data.model,
              data.pair} {}
  const QuestionView& view() const { return view_; }

 private:
  Buffer<std::uint32_t> merchant_;
  Buffer<Interval> interval_;
  Buffer<std::uint8_t> excluded_;
  Buffer<std::uint64_t> asked_;
  QuestionView view_;
};

}  // namespace ringscan::kernels
