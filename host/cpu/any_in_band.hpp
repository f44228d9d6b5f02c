// Is any of many amount keys in a band? In pieces, so that it ends early and is vectors inside.
#pragma once
#include <cstddef>

#include "ledger/amount_keys.hpp"
#include "rules/predicates.hpp"

namespace ringscan::cpu {

// How many keys come before the first piece that has one in the band, which is not empty; `count` if none has.
std::size_t any_in_band(const AmountKey* keys, std::size_t count, rules::Band band);
// The same of the keys whose pair is `wanted`.
std::size_t any_in_band_of(const AmountKey* keys, const std::uint64_t* pairs, std::uint64_t wanted, std::size_t count,
                           rules::Band band);

}  // namespace ringscan::cpu
