// Dense numbers for the things of a ledger. Distinct types, because an account where a wallet belongs would still
// index.
#pragma once
#include <cstddef>
#include <cstdint>

namespace ringscan {

enum class Account : std::uint32_t {};  // an address, numbered by first appearance in canonical order
enum class Asset : std::uint32_t {};    // a token contract, a symbol, or `native`; numbered likewise
enum class Wallet : std::uint32_t {};   // one account's holdings of one asset; numbered likewise

using Row = std::uint64_t;  // a transaction's place in canonical order: by (time, position)
inline constexpr Row no_row = ~Row{0};

template <class Id>
requires(sizeof(Id) == sizeof(std::uint32_t)) constexpr std::size_t to_index(Id id) {
  return static_cast<std::size_t>(id);
}

}  // namespace ringscan
