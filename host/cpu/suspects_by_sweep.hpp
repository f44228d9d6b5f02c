// The suspects of given merchants where no index is: of all rows, those to the merchants and to their customers, in one
// reverse sweep. For the rules that ask no more of a receipt than its amount; sorting the customers' receipts took ten
// times as long.
//
// Threads take slabs of time: a purchase that a slab does not decide is asked again of what comes after it. O(N).
// Memory: two bits a wallet, 4 bytes a customer's purchase; of a ledger of which less than half of the rows count, 28
// bytes for each of these; 8 bytes a wallet for each slab, of which there are so many that this stays within the size
// of the columns.
#pragma once
#include <span>
#include <vector>

#include "cpu/question.hpp"

namespace ringscan::cpu {

inline constexpr std::uint32_t no_merchant = ~std::uint32_t{0};

// As Backend::find_suspects, for a question that is_plain(). The ledger is checked(). `number`: each wallet's place in
// `merchants`, or no_merchant.
std::vector<Suspicion> find_suspects_by_sweep(const BackendOptions& options, const Question& question,
                                              std::span<const Merchant> merchants,
                                              std::span<const std::uint32_t> number);
}  // namespace ringscan::cpu
