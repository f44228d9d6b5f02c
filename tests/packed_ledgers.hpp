// Random ledgers as packed files, for tests.
#pragma once
#include <random>
#include <string>
#include <vector>

#include "packed/packed_ledger.hpp"
#include "packed/packed_writer.hpp"
#include "tests/files.hpp"
#include "tests/support.hpp"

namespace ringscan::testing {

inline Ledger packed(const TemporaryDirectory& folder, const Ledger& ledger, const PackedOptions& options = {}) {
  const std::string path = folder / "packed.ledger";
  write_packed_ledger(path, true, ledger, options);
  return open_packed_ledger(path);
}

// Amounts that share odd codes, beside the edges of the code.
inline std::vector<TestRow> rows_with_shared_codes(std::mt19937_64& random, std::size_t size) {
  std::vector<TestRow> rows = random_rows(random, size);
  for (TestRow& row : rows)
    if (random() % 2 == 0) row.amount = *add(power_of_two(70 + unsigned(random() % 3)), Amount{random() % 40});
  return rows;
}

}  // namespace ringscan::testing
