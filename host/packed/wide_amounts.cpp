#include "packed/wide_amounts.hpp"

#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cstring>

namespace ringscan::packed {
namespace {

constexpr unsigned code_bits = 56;  // of order codes: ledger/amount.hpp

// An odd code of exponent e stands for amounts of e + 55 bits, of which it knows the first 56.
unsigned lacking_bits(OrderCode code) { return unsigned(code >> code_bits) - 1; }
unsigned lacking_bytes(OrderCode code) { return (lacking_bits(code) + 7) / 8; }

}  // namespace

WideAmounts::WideAmounts(std::string path, std::uint64_t memory_bytes)
    : path_(std::move(path)),
      capacity_(
          std::max<std::size_t>(1024, memory_bytes / 2 / sizeof(Amount))),  // as a growing list may take twice that
      rests_(path_),
      steps_(path_) {}

void WideAmounts::add(const Amount& amount, OrderCode code) {
  std::array<std::uint64_t, 4> rest = amount.limbs;
  const unsigned bits = lacking_bits(code), bytes = lacking_bytes(code);
  if (bits % 64 != 0) rest[bits / 64] &= (std::uint64_t{1} << bits % 64) - 1;
  rests_.write({reinterpret_cast<const char*>(rest.data()), bytes});
  if (amounts_.size() == capacity_) compact();
  amounts_.push_back(amount);
}

// Where repetitions free half of the room, amounts stay; else they become a run.
void WideAmounts::compact() {
  tbb::parallel_sort(amounts_.begin(), amounts_.end());
  amounts_.erase(std::unique(amounts_.begin(), amounts_.end()), amounts_.end());
  if (amounts_.size() <= capacity_ / 2) return;
  runs_.push_back(std::make_unique<Spool>(path_));
  runs_.back()->write(bytes_of(std::span<const Amount>(amounts_)));
  amounts_.clear();
}

std::uint64_t WideAmounts::finish(SectionWriter& amounts, Spool& keys) {
  tbb::parallel_sort(amounts_.begin(), amounts_.end());
  std::vector<std::unique_ptr<MappedFile>> mapped;
  std::vector<std::span<const Amount>> rest;  // of each run, none empty
  for (const std::unique_ptr<Spool>& run : runs_) {
    mapped.emplace_back(new MappedFile(run->mapped()));
    const std::string_view bytes = mapped.back()->bytes();
    rest.emplace_back(reinterpret_cast<const Amount*>(bytes.data()), bytes.size() / sizeof(Amount));
  }
  if (!amounts_.empty()) rest.emplace_back(amounts_);
  const auto later = [&](std::size_t a, std::size_t b) { return rest[a].front() > rest[b].front(); };
  std::vector<std::size_t> heap;
  for (std::size_t run = 0; run < rest.size(); ++run) heap.push_back(run);
  std::ranges::make_heap(heap, later);

  std::uint64_t count = 0, shift = 0;
  Amount last_amount;
  OrderCode last_code = 0;  // even, so no wide amount's
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, later);
    std::span<const Amount>& run = rest[heap.back()];
    const Amount amount = run.front();
    run = run.subspan(1);
    if (run.empty())
      heap.pop_back();
    else
      std::ranges::push_heap(heap, later);
    if (amount == last_amount) continue;
    const OrderCode code = order_code(amount);
    if (code == last_code) {
      ++shift;
      steps_.write({reinterpret_cast<const char*>(&code), sizeof code});
    }
    const AmountKey key = code + shift;
    amounts.append({reinterpret_cast<const char*>(&amount), sizeof amount});
    keys.write({reinterpret_cast<const char*>(&key), sizeof key});
    last_amount = amount;
    last_code = code;
    ++count;
  }
  amounts_ = {};
  runs_.clear();
  return count;
}

Amount wide_amount(OrderCode code, const char*& place) {
  Amount amount = amount_of_even_code(code - 1);
  Amount rest;
  const unsigned bytes = lacking_bytes(code);
  std::memcpy(rest.limbs.data(), place, bytes);
  place += bytes;
  for (std::size_t i = 0; i < amount.limbs.size(); ++i) amount.limbs[i] |= rest.limbs[i];
  return amount;
}

AmountKey KeyShift::operator()(OrderCode code) {
  const auto [first, last] = std::equal_range(steps_.begin(), steps_.end(), code);
  const AmountKey key = code + std::uint64_t(first - steps_.begin());
  if (stands_for_one_amount(code)) return key;
  const Amount amount = wide_amount(code, rest_);
  if (first == last) return key;
  const auto place = std::ranges::lower_bound(wide_.wide_amounts, amount);
  return wide_.wide_keys[std::size_t(place - wide_.wide_amounts.begin())];
}

}  // namespace ringscan::packed
