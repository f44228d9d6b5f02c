// Accounts by name: open addressing over u32 slots (account + 1, 0 is free), a power of two, at most 7 of 10 taken, in
// the order of accounts, so that the slots depend on the names alone. The hash is seeded from all names: who grinds one
// name to collide changes the seed.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ledger/guard.hpp"
#include "ledger/packed_texts.hpp"

namespace ringscan::packed {

std::uint64_t account_seed(const PackedTexts& accounts);
// 4 bytes a slot; hashes in parallel. Accounts are distinct.
std::vector<std::uint32_t> account_slots(const PackedTexts& accounts, std::uint64_t seed);
// nullopt if no account has this packed name.
std::optional<Account> find_account(std::span<const std::uint32_t> slots, std::uint64_t seed,
                                    const PackedTexts& accounts, const Guard* guard, std::string_view packed_name);

}  // namespace ringscan::packed
