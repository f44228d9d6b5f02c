// Rows in canonical order as a packed ledger takes and gives them back: column by column, all of one length.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "ledger/amount.hpp"
#include "ledger/ids.hpp"

namespace ringscan {

struct PackedRows {
  std::span<const Wallet> from, to;
  std::span<const std::int64_t> time;
  std::span<const OrderCode> code;
  std::span<const Amount> wide;                                        // exact amounts of the odd codes, in their order
  std::span<const std::uint64_t> block, transaction_index, log_index;  // each may be empty: 0 everywhere
  std::span<const std::uint64_t> id_ends;  // where each packed id ends in id_bytes; empty: no ids
  std::span<const char> id_bytes;
};

struct PackedRowsBuffer {
  std::vector<Wallet> from, to;
  std::vector<std::int64_t> time;
  std::vector<OrderCode> code;
  std::vector<Amount> wide;
  std::vector<std::uint64_t> block, transaction_index, log_index, id_ends;
  std::vector<char> id_bytes;

  PackedRows rows() const {
    return {from, to, time, code, wide, block, transaction_index, log_index, id_ends, id_bytes};
  }
};

}  // namespace ringscan
