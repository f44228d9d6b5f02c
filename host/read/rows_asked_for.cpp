#include "read/rows_asked_for.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>

namespace ringscan {
namespace {

constexpr std::uint8_t merchant = 1, customer = 2;
constexpr std::size_t rows_of_a_part = std::size_t{1} << 18;

}  // namespace

std::vector<std::uint64_t> rows_asked_for(const RowStore& rows, std::span<const std::string> merchants) {
  std::vector<std::uint8_t> roles(rows.accounts().size());
  std::string scratch;
  for (const std::string& name : merchants)
    if (const auto account = rows.accounts().find(pack_text(name, scratch))) roles[*account] = merchant;

  const std::span<const Wallet> from = rows.from(), to = rows.to();  // accounts, as yet
  const auto role = [&](Wallet account) {
    return std::atomic_ref(roles[to_index(account)]).load(std::memory_order_relaxed);
  };
  using Range = tbb::blocked_range<std::size_t>;
  tbb::parallel_for(Range(0, from.size(), rows_of_a_part), [&](const Range& part) {
    for (std::size_t row = part.begin(); row < part.end(); ++row)
      if ((role(to[row]) & merchant) != 0 && (role(from[row]) & customer) == 0)
        std::atomic_ref(roles[to_index(from[row])]).fetch_or(customer, std::memory_order_relaxed);
  });

  std::vector<std::vector<std::uint64_t>> parts((from.size() + rows_of_a_part - 1) / rows_of_a_part);
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t part) {
    const std::size_t end = std::min(from.size(), (part + 1) * rows_of_a_part);
    for (std::size_t row = part * rows_of_a_part; row < end; ++row)
      if (roles[to_index(to[row])] != 0 || (roles[to_index(from[row])] & merchant) != 0) parts[part].push_back(row);
  });
  std::vector<std::uint64_t> asked_for;
  for (const std::vector<std::uint64_t>& part : parts) asked_for.insert(asked_for.end(), part.begin(), part.end());
  return asked_for;
}

}  // namespace ringscan
