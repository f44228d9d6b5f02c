// A workload as a packed ledger, its accounts and assets named by their numbers.
#pragma once
#include <string>

#include "packed/packed_writer.hpp"
#include "workloads.hpp"

namespace ringscan::bench {

// Writes over what is there; the workload's ledger gets its names.
void pack_workload(Workload& workload, const std::string& path, PackedIndex index);

}  // namespace ringscan::bench
