// Whom payers' recipients pay, counted payer by payer in tables that stay in the cache; nothing is written but the
// answer.
#pragma once
#include "backend.hpp"

namespace ringscan::cpu {

CommonCounts count_common_accounts(const BackendOptions& options, const Exchanges& exchanges,
                                   const CommonQuestion& question);

}  // namespace ringscan::cpu
