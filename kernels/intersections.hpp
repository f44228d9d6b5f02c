// The set intersections: accounts that are suspects at `quorum` merchants or more. Up to 64 merchants one bit each in a
// word an account; above, sorted accounts and the lengths of their runs (suspicions are distinct).
#pragma once
#include "kernels/columns.hpp"

namespace ringscan::kernels {

namespace intersections {

template <class T>
struct MarkBegins {
  const T* values;  // sorted
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const { flags[i] = i == 0 || values[i] != values[i - 1]; }
};

struct SetMerchantBit {
  const Suspicion* suspects;
  std::uint64_t* masks;  // by account
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    atomic_or(masks[std::uint32_t(suspects[i].customer)], std::uint64_t{1} << suspects[i].merchant);
  }
};

struct MarkMasks {
  const std::uint64_t* masks;
  std::uint64_t quorum;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const { flags[i] = popcount(masks[i]) >= quorum; }
};

struct TakeCustomer {
  const Suspicion* suspects;
  std::uint32_t* customers;
  RINGSCAN_HD void operator()(std::uint64_t i) const { customers[i] = std::uint32_t(suspects[i].customer); }
};

struct MarkLengths {
  const std::uint64_t* lengths;
  std::uint64_t quorum;
  std::uint8_t* flags;
  RINGSCAN_HD void operator()(std::uint64_t i) const { flags[i] = lengths[i] >= quorum; }
};

}  // namespace intersections

inline constexpr std::uint64_t most_mask_merchants = 64;

// Sorts by the low `bits` bits and drops repetitions; returns how many are left at the front of `values`.
template <class Space>
std::uint64_t sort_unique(Space& space, typename Space::template Buffer<std::uint64_t>& values, int bits) {
  typename Space::template Buffer<std::uint64_t> sorted(space, values.size());
  sort_keys(space, values.data(), sorted.data(), values.size(), bits);
  return unique_sorted(space, sorted.data(), values.data(), values.size());
}

// Ascending accounts. `suspects` distinct, in any order.
template <class Space>
std::vector<Account> intersect(Space& space, std::span<const Suspicion> suspects, std::uint64_t account_count,
                               std::uint64_t quorum) {
  using Flags = std::uint8_t*;
  std::uint64_t merchants = 0;
  for (const Suspicion& one : suspects) merchants = std::max<std::uint64_t>(merchants, one.merchant + std::uint64_t{1});
  const auto given = upload<Space, Suspicion>(space, suspects);
  const std::uint64_t count = suspects.size();
  std::vector<Account> workers;
  if (merchants <= most_mask_merchants) {
    typename Space::template Buffer<std::uint64_t> masks(space, account_count);
    fill(space, masks.data(), account_count, std::uint64_t{0});
    for_each_index(space, count, intersections::SetMerchantBit{given.data(), masks.data()});
    const auto chosen = select_where(space, account_count, [&](Flags flags) {
      return intersections::MarkMasks{masks.data(), quorum, flags};
    });
    for (const std::uint64_t account : copy_out(space, chosen.data(), chosen.size()))
      workers.push_back(Account(account));
    return workers;
  }
  typename Space::template Buffer<std::uint32_t> customers(space, count), sorted(space, count), runs(space, count);
  typename Space::template Buffer<std::uint64_t> lengths(space, count);
  for_each_index(space, count, intersections::TakeCustomer{given.data(), customers.data()});
  sort_keys(space, customers.data(), sorted.data(), count, bits_for(account_count));
  const std::uint64_t run_count = run_lengths(space, sorted.data(), runs.data(), lengths.data(), count);
  const auto chosen = select_where(space, run_count, [&](Flags flags) {
    return intersections::MarkLengths{lengths.data(), quorum, flags};
  });
  const std::vector<std::uint32_t> names = copy_out(space, runs.data(), run_count);
  for (const std::uint64_t run : copy_out(space, chosen.data(), chosen.size())) workers.push_back(Account(names[run]));
  return workers;
}

}  // namespace ringscan::kernels
