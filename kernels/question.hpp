// A question of the seam as pipelines see it: who is a merchant, which purchases count, who may pay.
#pragma once
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "kernels/columns.hpp"
#include "rules/predicates.hpp"

namespace ringscan::kernels {

// A pair as one number, so that sorted codes are sorted suspicions. `merchant` is a place in the list that was asked
// about or, where every receiver is a merchant, the receiver's account.
RINGSCAN_HD inline std::uint64_t pair_code(std::uint32_t merchant, Account customer) {
  return std::uint64_t{merchant} << 32 | std::uint32_t(customer);
}

struct QuestionView {
  const std::uint32_t* merchant;  // by wallet; no_merchant for all others
  const Interval* interval;       // by merchant, or one for all
  bool one_interval;
  const std::uint8_t* excluded;  // by account; null if nobody is
  const std::uint64_t* asked;    // codes of the pairs that count, ascending; null for all
  std::uint64_t asked_size;
  std::int64_t first_time;
  Model model;

  RINGSCAN_HD bool excludes(const Columns& columns, Wallet wallet) const {
    return excluded != nullptr && excluded[std::uint32_t(columns.wallet_account[std::uint32_t(wallet)])] != 0;
  }
  RINGSCAN_HD bool is_merchant(Wallet wallet) const { return merchant[std::uint32_t(wallet)] != no_merchant; }
  RINGSCAN_HD std::uint64_t code(const Columns& columns, Row row) const {
    return pair_code(merchant[std::uint32_t(columns.to[row])],
                     columns.wallet_account[std::uint32_t(columns.from[row])]);
  }
  // May this row be the purchase of an accusation?
  RINGSCAN_HD bool is_purchase(const Columns& columns, Row row) const {
    const std::uint32_t m = merchant[std::uint32_t(columns.to[row])];
    if (m == no_merchant || excludes(columns, columns.from[row])) return false;
    const Interval& open = interval[one_interval ? 0 : m];
    if (!rules::is_between(open.after, first_time + columns.time[row], open.before)) return false;
    if (asked == nullptr) return true;
    const std::uint64_t pair = code(columns, row);
    const std::uint64_t place = partition_point(0, asked_size, [&](std::uint64_t i) { return asked[i] < pair; });
    return place < asked_size && asked[place] == pair;
  }
  // May this row complete a purchase of its receiver?
  RINGSCAN_HD bool may_complete(const Columns& columns, Row row) const {
    const bool only_merchants = model == Model::enhanced || model == Model::basic;
    return (!only_merchants || is_merchant(columns.from[row])) && !excludes(columns, columns.from[row]);
  }
};

// The question on the host, by wallet and account.
struct QuestionData {
  std::vector<std::uint32_t> merchant;
  std::vector<Interval> interval;
  bool one_interval = false;
  std::vector<std::uint8_t> excluded;
  std::optional<std::vector<std::uint64_t>> asked;
  std::int64_t first_time = 0;
  Model model = Model::any;
};

inline QuestionData make_question(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants) {
  QuestionData question;
  question.model = rule.model;
  question.first_time = ledger.first_time;
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
  QuestionData question = make_question(ledger, rule, std::span<const Merchant>());
  for (std::size_t w = 0; w < question.merchant.size(); ++w)
    if (!rule.excludes(ledger.wallet_account[w])) question.merchant[w] = std::uint32_t(ledger.wallet_account[w]);
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
        view_{merchant_.data(),
              interval_.data(),
              data.one_interval,
              data.excluded.empty() ? nullptr : excluded_.data(),
              data.asked ? asked_.data() : nullptr,
              asked_.size(),
              data.first_time,
              data.model} {}
  const QuestionView& view() const { return view_; }

 private:
  Buffer<std::uint32_t> merchant_;
  Buffer<Interval> interval_;
  Buffer<std::uint8_t> excluded_;
  Buffer<std::uint64_t> asked_;
  QuestionView view_;
};

}  // namespace ringscan::kernels
