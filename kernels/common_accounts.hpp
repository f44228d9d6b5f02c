// The set intersections behind discover's links. A path goes from a payer to one of its recipients and on to whomever
// that pays: each becomes the number of a (payer, merchant), and equal numbers, sorted, are the accounts in common.
// Payers are taken in chunks, all paths of a payer in one, so that what is sorted at once is bounded.
#pragma once
#include "kernels/intersections.hpp"
#include "kernels/memory.hpp"

namespace ringscan::kernels {

namespace common_accounts {

// The tables of a question where a functor can read them. Wallets are numbers.
struct View {
  const WalletNumber* from;  // by place, as `to`
  const WalletNumber* to;
  const std::uint32_t* paid_begin;  // by wallet
  const std::uint32_t* recipients;
  const std::uint32_t* recipients_begin;  // by wallet
  const std::uint8_t* is_payer;           // by wallet: that may be asked about
  const std::uint8_t* is_merchant;        // likewise
  const std::uint32_t* least_common;      // by recipients
  std::uint32_t least_common_count;

  RINGSCAN_HD bool pays(WalletNumber payer, WalletNumber payee) const {
    const std::uint64_t end = paid_begin[payer + 1];
    const std::uint64_t place =
        partition_point(paid_begin[payer], end, [this, payee](std::uint64_t i) { return to[i] < payee; });
    return place < end && to[place] == payee;
  }
};

struct SplitPairs {
  const Exchange* pairs;
  WalletNumber* from;
  WalletNumber* to;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    from[i] = pairs[i].from;
    to[i] = pairs[i].to;
  }
};

struct CountPaths {
  View view;
  std::uint64_t recipient_count;
  std::uint64_t* paths;  // by recipient, and a 0 behind the last
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    paths[i] = 0;
    if (i == recipient_count) return;
    const std::uint32_t place = view.recipients[i];
    const WalletNumber recipient = view.to[place];
    if (view.is_payer[view.from[place]] != 0) paths[i] = view.paid_begin[recipient + 1] - view.paid_begin[recipient];
  }
};

// The number of (payer, merchant) among the payers of a chunk. A pair of twice the same stands for none.
struct PairNumber {
  WalletNumber first_payer;
  int merchant_bits;
  RINGSCAN_HD std::uint64_t operator()(WalletNumber payer, WalletNumber merchant) const {
    return std::uint64_t(payer - first_payer) << merchant_bits | merchant;
  }
  RINGSCAN_HD WalletNumber payer(std::uint64_t number) const {
    return first_payer + WalletNumber(number >> merchant_bits);
  }
  RINGSCAN_HD WalletNumber merchant(std::uint64_t number) const {
    return WalletNumber(number & ((std::uint64_t{1} << merchant_bits) - 1));
  }
};

struct WalkPaths {
  View view;
  const std::uint64_t* path_begin;                // by recipient
  std::uint64_t first_recipient, last_recipient;  // of the chunk
  std::uint64_t first_path;
  PairNumber number;
  std::uint64_t* numbers;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const std::uint64_t path = first_path + i;
    // Recipients without a path begin where the next one does: the last that begins here or before has it.
    const std::uint64_t recipient =
        partition_point(first_recipient, last_recipient,
                        [this, path](std::uint64_t place) { return path_begin[place] <= path; }) -
        1;
    const std::uint32_t paid = view.recipients[recipient];
    const WalletNumber payer = view.from[paid];
    const WalletNumber merchant = view.to[view.paid_begin[view.to[paid]] + (path - path_begin[recipient])];
    numbers[i] = number(payer, view.is_merchant[merchant] != 0 ? merchant : payer);
  }
};

struct MarkCommon {
  PairNumber number;
  const std::uint64_t* numbers;
  const std::uint64_t* counts;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    flags[i] = counts[i] >= 2 && number.merchant(numbers[i]) != number.payer(numbers[i]);
  }
};

struct TakeCommon {
  View view;
  PairNumber number;
  const std::uint64_t* numbers;
  const std::uint64_t* counts;
  const std::uint64_t* places;
  std::uint8_t* has_funded;  // by payer, from the chunk's first
  CommonAccounts* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const std::uint64_t place = places[i];
    const WalletNumber merchant = number.merchant(numbers[place]), payer = number.payer(numbers[place]);
    const bool is_funded = view.pays(merchant, payer);
    if (is_funded) atomic_store(has_funded[payer - number.first_payer], std::uint8_t{1});
    out[i] = {merchant, payer, std::uint32_t(counts[place]), is_funded};
  }
};

struct MarkEnough {
  View view;
  WalletNumber first_payer;
  const std::uint8_t* has_funded;
  const CommonAccounts* common;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    const CommonAccounts& pair = common[i];
    const std::uint32_t recipients = view.recipients_begin[pair.payer + 1] - view.recipients_begin[pair.payer];
    flags[i] =
        has_funded[pair.payer - first_payer] != 0 &&
        (pair.is_funded || (recipients < view.least_common_count && pair.count >= view.least_common[recipients]));
  }
};

struct TakeEnough {
  const CommonAccounts* common;
  const std::uint64_t* places;
  CommonAccounts* out;
  RINGSCAN_HD void operator()(std::uint64_t i) const { out[i] = common[places[i]]; }
};

}  // namespace common_accounts

template <class Space>
class CommonAccountCounter {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  CommonAccountCounter(Space& space, const Exchanges& exchanges, const CommonQuestion& question, const PathPlan& plan)
      : space_(space),
        exchanges_(exchanges),
        from_(space, exchanges.pairs.size()),
        to_(space, exchanges.pairs.size()),
        paid_begin_(upload<Space, std::uint32_t>(space, exchanges.paid_begin)),
        recipients_(upload<Space, std::uint32_t>(space, exchanges.recipients)),
        recipients_begin_(upload<Space, std::uint32_t>(space, exchanges.recipients_begin)),
        least_common_(upload<Space, std::uint32_t>(space, question.least_common)),
        is_payer_(upload<Space, std::uint8_t>(space, plan.is_payer)),
        is_merchant_(upload<Space, std::uint8_t>(space, plan.is_merchant)),
        path_begin_(space, exchanges.recipients.size() + 1) {
    const Buffer<Exchange> pairs = upload<Space, Exchange>(space, exchanges.pairs);
    for_each_index(space_, pairs.size(), common_accounts::SplitPairs{pairs.data(), from_.data(), to_.data()});
    Buffer<std::uint64_t> paths(space, path_begin_.size());
    for_each_index(space_, paths.size(),
                   common_accounts::CountPaths{view(), exchanges.recipients.size(), paths.data()});
    exclusive_sum(space_, paths.data(), path_begin_.data(), paths.size());
  }

  // Adds the chunk's pairs, ascending (payer, merchant).
  void count(const PathChunk& chunk, CommonCounts& all) {
    const std::uint64_t paths = chunk.end_path - chunk.first_path;
    const int merchant_bits = bits_for(exchanges_.payers.size());
    const std::uint64_t payers = std::uint64_t(chunk.last_payer - chunk.first_payer) + 1;
    const common_accounts::PairNumber number{chunk.first_payer, merchant_bits};
    all.paths += paths;

    Buffer<std::uint64_t> walked(space_, paths), numbers(space_, paths);
    for_each_index(space_, paths,
                   common_accounts::WalkPaths{
                       view(), path_begin_.data(), exchanges_.recipients_begin[chunk.first_payer],
                       exchanges_.recipients_begin[chunk.last_payer + 1], chunk.first_path, number, walked.data()});
    sort_keys(space_, walked.data(), numbers.data(), paths, merchant_bits + bits_for(payers));
    Buffer<std::uint64_t> counts(space_, paths);
    const std::uint64_t runs = run_lengths(space_, numbers.data(), walked.data(), counts.data(), paths);
    numbers = Buffer<std::uint64_t>(space_, 0);

    const Buffer<std::uint64_t> places = select_where(space_, runs, [&](std::uint8_t* flags) {
      return common_accounts::MarkCommon{number, walked.data(), counts.data(), flags};
    });
    all.compared += places.size();
    Buffer<std::uint8_t> has_funded(space_, payers);
    fill(space_, has_funded.data(), payers, std::uint8_t{0});
    Buffer<CommonAccounts> common(space_, places.size());
    for_each_index(space_, places.size(),
                   common_accounts::TakeCommon{view(), number, walked.data(), counts.data(), places.data(),
                                               has_funded.data(), common.data()});
    const Buffer<std::uint64_t> enough = select_where(space_, common.size(), [&](std::uint8_t* flags) {
      return common_accounts::MarkEnough{view(), chunk.first_payer, has_funded.data(), common.data(), flags};
    });
    Buffer<CommonAccounts> taken(space_, enough.size());
    for_each_index(space_, enough.size(), common_accounts::TakeEnough{common.data(), enough.data(), taken.data()});
    const std::vector<CommonAccounts> found = copy_out(space_, taken.data(), taken.size());
    all.pairs.insert(all.pairs.end(), found.begin(), found.end());
  }

 private:
  common_accounts::View view() const {
    return {from_.data(),
            to_.data(),
            paid_begin_.data(),
            recipients_.data(),
            recipients_begin_.data(),
            is_payer_.data(),
            is_merchant_.data(),
            least_common_.data(),
            std::uint32_t(least_common_.size())};
  }

  Space& space_;
  const Exchanges& exchanges_;
  Buffer<WalletNumber> from_, to_;
  Buffer<std::uint32_t> paid_begin_, recipients_, recipients_begin_, least_common_;
  Buffer<std::uint8_t> is_payer_, is_merchant_;
  Buffer<std::uint64_t> path_begin_;
};

}  // namespace ringscan::kernels
