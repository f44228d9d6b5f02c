#include "cpu/common_accounts.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>

#include "cpu/tally.hpp"

namespace ringscan::cpu {
namespace {

std::uint32_t size_of(const std::vector<std::uint32_t>& begins, WalletNumber wallet) {
  return begins[wallet + 1] - begins[wallet];
}

constexpr std::uint32_t ahead = 8;  // recipients whose payees are soon looked at

struct Counter {
  const Exchanges& exchanges;
  const CommonQuestion& question;
  const std::vector<WalletNumber>& receivers;  // of exchanges.pairs: less to read
  Tally tally;                                 // by merchant
  CommonCounts found;

  // Appends the pairs of one payer, in no particular order.
  void count(WalletNumber payer) {
    const std::uint32_t recipients = size_of(exchanges.recipients_begin, payer);
    if (question.banned[payer] || recipients < 2 || recipients > question.most_recipients) return;
    tally.clear();
    const std::uint32_t* const places = exchanges.recipients.data() + exchanges.recipients_begin[payer];
    for (std::uint32_t i = 0; i < recipients; ++i) {
      if (i + 2 * ahead < recipients) __builtin_prefetch(&exchanges.paid_begin[receivers[places[i + 2 * ahead]]]);
      if (i + ahead < recipients) __builtin_prefetch(&receivers[exchanges.paid_begin[receivers[places[i + ahead]]]]);
      const WalletNumber worker = receivers[places[i]];
      const std::uint32_t begin = exchanges.paid_begin[worker], end = exchanges.paid_begin[worker + 1];
      for (std::uint32_t bought = begin; bought < end; ++bought) tally.add(receivers[bought]);
      found.paths += end - begin;
    }
    const std::size_t first = found.pairs.size();
    bool has_funded = false;
    for (const auto& [key, common] : tally.counts()) {
      const WalletNumber merchant = WalletNumber(key);
      if (common < 2 || merchant == payer || question.banned[merchant] ||
          size_of(exchanges.customers_begin, merchant) < 2)
        continue;
      ++found.compared;
      const bool is_funded = pays(merchant, payer);
      has_funded |= is_funded;
      const bool is_enough = recipients < question.least_common.size() && common >= question.least_common[recipients];
      if (is_funded || is_enough) found.pairs.push_back({merchant, payer, common, is_funded});
    }
    if (!has_funded) found.pairs.resize(first);  // nobody here pays it what it pays
  }

 private:
  bool pays(WalletNumber from, WalletNumber to) const {
    const auto first = receivers.begin() + exchanges.paid_begin[from],
               last = receivers.begin() + exchanges.paid_begin[from + 1];
    return std::binary_search(first, last, to);
  }
};

}  // namespace

CommonCounts count_common_accounts(const BackendOptions& options, const Exchanges& exchanges,
                                   const CommonQuestion& question) {
  std::vector<WalletNumber> receivers(exchanges.pairs.size());
  std::ranges::transform(exchanges.pairs, receivers.begin(), &Exchange::to);
  tbb::enumerable_thread_specific<Counter> counters([&] { return Counter{exchanges, question, receivers, {}, {}}; });
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, exchanges.payers.size(), 256), [&](const auto& range) {
    options.stop_if_asked();
    Counter& counter = counters.local();
    for (std::size_t payer = range.begin(); payer < range.end(); ++payer) counter.count(WalletNumber(payer));
  });
  CommonCounts all;
  for (Counter& counter : counters) {
    all.pairs.insert(all.pairs.end(), counter.found.pairs.begin(), counter.found.pairs.end());
    all.paths += counter.found.paths;
    all.compared += counter.found.compared;
    counter.found.pairs = {};
  }
  options.did(exchanges.recipients.size(), all.paths + all.compared, sizeof(CommonAccounts) * all.pairs.size());
  tbb::parallel_sort(all.pairs.begin(), all.pairs.end(), [](const CommonAccounts& a, const CommonAccounts& b) {
    return std::pair(a.payer, a.merchant) < std::pair(b.payer, b.merchant);
  });
  return all;
}

}  // namespace ringscan::cpu
