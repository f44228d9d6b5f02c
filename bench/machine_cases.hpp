// What the machine itself does, measured in the same run: copying memory, and reading an export.
#pragma once
#include <cstdint>

namespace ringscan::bench {

// copy/host: memcpy of `bytes`, far larger than the caches, by all threads; copy/device where there is a device.
void register_copy_cases(std::uint64_t bytes, unsigned threads);

// read/generated/csv/n: an ethereum-etl export of `generate`, from file to ledger. Checked against what was generated.
void register_read_case(std::uint64_t transactions);

}  // namespace ringscan::bench
