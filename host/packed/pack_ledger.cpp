#include "packed/packed_writer.hpp"

namespace ringscan {
namespace {

constexpr Row rows_at_once = Row{1} << 16;

}  // namespace

void write_packed_ledger(const std::string& path, bool overwrite, const Ledger& ledger, const PackedOptions& options,
                         const PackedSettings& settings) {
  const LedgerView view = ledger.view();
  std::string packed;
  PackedWriter writer(path, overwrite, view.size(), options);
  for (Row begin = 0; begin < view.size(); begin += rows_at_once) {
    PackedRowsBuffer rows;
    for (Row row = begin; row < std::min(view.size(), begin + rows_at_once); ++row) {
      rows.from.push_back(view.from[row]);
      rows.to.push_back(view.to[row]);
      rows.time.push_back(view.time_at(row));
      const Amount amount = view.amount_at(row);
      rows.code.push_back(order_code(amount));
      if (!stands_for_one_amount(rows.code.back())) rows.wide.push_back(amount);
      if (!ledger.transaction_ids) continue;
      const std::string_view id = pack_text(ledger.transaction_id(row), packed);
      rows.id_bytes.insert(rows.id_bytes.end(), id.begin(), id.end());
      rows.id_ends.push_back(rows.id_bytes.size());
    }
    writer.append(rows.rows());
  }
  writer.finish({ledger.time_axis, ledger.wallet_account, ledger.wallet_asset, ledger.accounts, ledger.assets,
                 ledger.dropped, settings});
}

}  // namespace ringscan
