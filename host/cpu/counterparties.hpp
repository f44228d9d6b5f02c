// One wallet's lines put together by counterparty, and which counterparties these are: a bit a wallet, which a cache
// holds, and behind it the number of the counterparty's run. One thread's; 4 bytes and a bit for each wallet of the
// ledger, of which O(lines) are touched.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "cpu/wallet_lines.hpp"
#include "io/pages.hpp"

namespace ringscan::cpu {

class Counterparties {
 public:
  struct Run {
    Wallet counterparty;
    std::size_t begin, end;
    std::size_t size() const { return end - begin; }
  };

  explicit Counterparties(std::size_t wallets) {
    present_.resize(wallets / 64 + 1);
    number_.resize(wallets);
  }

  // Each counterparty's lines keep their order. O(lines).
  void group(std::span<const WalletLine> lines) {
    runs_.clear();
    lines_.assign(lines.begin(), lines.end());
    if (lines.size() <= few)
      sort_few();
    else if (lines.size() < ~std::uint32_t{0})
      scatter(lines);
    else
      std::ranges::stable_sort(lines_, {}, &WalletLine::counterparty);
    if (runs_.empty()) find_runs();
  }
  std::span<const Run> runs() const { return runs_; }
  std::span<WalletLine> lines(const Run& run) { return std::span(lines_).subspan(run.begin, run.size()); }
  std::span<WalletLine> all() { return lines_; }

  // From open() to close(), of these lines. They are put together when the first run is asked for, which is seldom.
  void open(std::span<const WalletLine> lines) {
    opened_ = lines;
    is_grouped_ = false;
    for (const WalletLine& line : lines) {
      const std::size_t wallet = to_index(line.counterparty);
      present_[wallet / 64] |= std::uint64_t{1} << wallet % 64;
    }
  }
  void close() {
    for (const WalletLine& line : opened_) present_[to_index(line.counterparty) / 64] = 0;
    if (is_grouped_)
      for (const Run& run : runs_) number_[to_index(run.counterparty)] = 0;
  }
  void group_opened() {
    group(opened_);
    for (std::uint32_t i = 0; i < runs_.size(); ++i) number_[to_index(runs_[i].counterparty)] = i;
    is_grouped_ = true;
  }
  bool holds(Wallet wallet) const { return present_[to_index(wallet) / 64] >> to_index(wallet) % 64 & 1; }
  const Run& run(Wallet held) {
    if (!is_grouped_) group_opened();
    return runs_[number_[to_index(held)]];
  }

 private:
  static constexpr std::size_t few = 24;

  void sort_few() {
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      const WalletLine line = lines_[i];
      std::size_t place = i;
      for (; place > 0 && lines_[place - 1].counterparty > line.counterparty; --place)
        lines_[place] = lines_[place - 1];
      lines_[place] = line;
    }
  }
  void find_runs() {
    for (std::size_t begin = 0, end; begin < lines_.size(); begin = end) {
      for (end = begin; end < lines_.size() && lines_[end].counterparty == lines_[begin].counterparty;) ++end;
      runs_.push_back({lines_[begin].counterparty, begin, end});
    }
  }
  void scatter(std::span<const WalletLine> lines) {
    for (const WalletLine& line : lines)
      if (number_[to_index(line.counterparty)]++ == 0) runs_.push_back({line.counterparty, 0, 0});
    std::size_t end = 0;
    for (Run& run : runs_) {
      std::uint32_t& number = number_[to_index(run.counterparty)];
      run.begin = end;
      run.end = end += number;
      number = std::uint32_t(run.begin);
    }
    for (const WalletLine& line : lines) lines_[number_[to_index(line.counterparty)]++] = line;
    for (const Run& run : runs_) number_[to_index(run.counterparty)] = 0;
  }

  PagedArray<std::uint64_t> present_;
  PagedArray<std::uint32_t> number_;  // of a run; while grouping, a count and a place
  std::vector<WalletLine> lines_;
  std::vector<Run> runs_;
  std::span<const WalletLine> opened_;
  bool is_grouped_ = false;
};

}  // namespace ringscan::cpu
