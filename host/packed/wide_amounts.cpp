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

Amount amount_of(std::uint64_t high, std::uint64_t low) {
  Amount amount;
  amount.limbs = {low, high, 0, 0};
  return amount;
}

template <class T>
void sort_distinct(std::vector<T>& values) {
  tbb::parallel_sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace

WideAmounts::WideAmounts(std::string path, std::uint64_t memory_bytes)
    : path_(std::move(path)),
      capacity_bytes_(std::max<std::size_t>(1 << 14, memory_bytes / 2)),  // as a growing list may take twice that
      rests_(path_),
      steps_(path_) {}

void WideAmounts::add(std::span<const OrderCode> codes, std::span<const Amount> wide) {
  some_rests_.resize(wide.size() * sizeof(Amount));
  char* place = some_rests_.data();
  const Amount* amount = wide.data();
  for (const OrderCode code : codes) {
    if (stands_for_one_amount(code)) continue;
    std::array<std::uint64_t, 4> rest = amount->limbs;
    const unsigned bits = lacking_bits(code);
    if (bits % 64 != 0) rest[bits / 64] &= (std::uint64_t{1} << bits % 64) - 1;
    std::memcpy(place, rest.data(), sizeof rest);  // what is too much is written over by the next
    place += lacking_bytes(code);
    if (held_bytes() >= capacity_bytes_) compact();
    const std::array<std::uint64_t, 4>& limbs = amount->limbs;
    if ((limbs[2] | limbs[3]) == 0)
      small_.push_back(Small{limbs[1]} << 64 | limbs[0]);
    else
      large_.push_back(*amount);
    ++amount;
  }
  rests_.write({some_rests_.data(), std::size_t(place - some_rests_.data())});
}

void WideAmounts::sort() {
  sort_distinct(small_);
  sort_distinct(large_);
}

// Where repetitions free half of the room, amounts stay; else they become a run.
void WideAmounts::compact() {
  sort();
  if (held_bytes() > capacity_bytes_ / 2) end_run();
}

// Of what is sorted.
void WideAmounts::end_run() {
  runs_.push_back(std::make_unique<Spool>(path_));
  const auto write = [&](const Amount& amount) {
    runs_.back()->write({reinterpret_cast<const char*>(&amount), sizeof amount});
  };
  std::ranges::for_each(small_,
                        [&](Small small) { write(amount_of(std::uint64_t(small >> 64), std::uint64_t(small))); });
  std::ranges::for_each(large_, write);
  small_.clear();
  large_.clear();
}

// All amounts, ascending; those that are in several runs as often.
template <class Use>
void WideAmounts::for_each(Use use) {
  sort();
  if (runs_.empty()) {
    std::ranges::for_each(small_,
                          [&](Small small) { use(amount_of(std::uint64_t(small >> 64), std::uint64_t(small))); });
    std::ranges::for_each(large_, use);
    return;
  }
  if (held_bytes() > 0) end_run();
  std::vector<std::unique_ptr<MappedFile>> mapped;
  std::vector<std::span<const Amount>> rest;  // of each run, none empty
  for (const std::unique_ptr<Spool>& run : runs_) {
    mapped.emplace_back(new MappedFile(run->mapped()));
    const std::string_view bytes = mapped.back()->bytes();
    rest.emplace_back(reinterpret_cast<const Amount*>(bytes.data()), bytes.size() / sizeof(Amount));
  }
  const auto later = [&](std::size_t a, std::size_t b) { return rest[a].front() > rest[b].front(); };
  std::vector<std::size_t> heap;
  for (std::size_t run = 0; run < rest.size(); ++run) heap.push_back(run);
  std::ranges::make_heap(heap, later);
  while (!heap.empty()) {
    std::ranges::pop_heap(heap, later);
    std::span<const Amount>& run = rest[heap.back()];
    use(run.front());
    run = run.subspan(1);
    if (run.empty())
      heap.pop_back();
    else
      std::ranges::push_heap(heap, later);
  }
}

std::uint64_t WideAmounts::finish(SectionWriter& amounts, Spool& keys) {
  std::uint64_t count = 0, shift = 0;
  Amount last_amount;
  OrderCode last_code = 0;  // even, so no wide amount's
  for_each([&](const Amount& amount) {
    if (amount == last_amount) return;
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
  });
  small_ = {};
  large_ = {};
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
