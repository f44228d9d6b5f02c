#include "read/pack_rows.hpp"

#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>

namespace ringscan {
namespace {

constexpr Row rows_at_once = Row{1} << 14;  // whose columns stay in a core's cache from when they are made to the file

void clear(PackedRowsBuffer& columns) {
  columns.from.clear(), columns.to.clear(), columns.time.clear(), columns.code.clear(), columns.wide.clear();
  columns.block.clear(), columns.transaction_index.clear(), columns.log_index.clear();
  columns.id_ends.clear(), columns.id_bytes.clear();
}

// All but the wallets.
void add(const StoredRow& row, PackedRowsBuffer& columns) {
  columns.time.push_back(row.position.time);
  columns.code.push_back(row.code);
  if (!stands_for_one_amount(row.code)) columns.wide.push_back(row.amount);
  columns.block.push_back(row.position.block);
  columns.transaction_index.push_back(row.position.transaction_index);
  columns.log_index.push_back(row.position.log_index);
  columns.id_bytes.insert(columns.id_bytes.end(), row.packed_id.begin(), row.packed_id.end());
  columns.id_ends.push_back(columns.id_bytes.size());
}

void pack_one_by_one(CanonicalStream& stream, Numbering& number, PackedWriter& writer, DropCounts& dropped) {
  PackedRowsBuffer columns;
  stream.for_each(dropped, [&](const StoredRow& row) {
    const auto [from, to] = number(row.from, row.to, row.asset);
    columns.from.push_back(from), columns.to.push_back(to);
    add(row, columns);
    if (columns.from.size() < rows_at_once) return;
    writer.append(columns.rows());
    clear(columns);
  });
  if (!columns.from.empty()) writer.append(columns.rows());
}

class StorePacking {
 public:
  StorePacking(const RowStore& rows, std::span<const std::uint64_t> order, Numbering& number)
      : rows_(rows), order_(order), number_(number), parts_(std::size_t(tbb::this_task_arena::max_concurrency()) + 2) {}

  void run(PackedWriter& writer) {
    std::size_t started = 0;
    const auto number = [&](tbb::flow_control& control) -> Part* {
      Part& part = parts_[started++ % parts_.size()];  // as many are under way at most, and they end in order
      part.begin = next_;
      part.end = next_ = std::min<Row>(rows_.size(), next_ + rows_at_once);
      if (part.begin == part.end) {
        control.stop();
        return nullptr;
      }
      make_wallets(part);
      return &part;
    };
    const auto fill = [&](Part* part) {
      RowCursor cursor(rows_);
      for (Row row = part->begin; row < part->end; ++row) add(cursor.at(place(row)), part->columns);
      return part;
    };
    const auto write = [&](Part* part) {
      writer.append(part->columns.rows());
      clear(part->columns);
    };
    tbb::parallel_pipeline(parts_.size(), tbb::make_filter<void, Part*>(tbb::filter_mode::serial_in_order, number) &
                                              tbb::make_filter<Part*, Part*>(tbb::filter_mode::parallel, fill) &
                                              tbb::make_filter<Part*, void>(tbb::filter_mode::serial_in_order, write));
  }

 private:
  struct Part {
    Row begin = 0, end = 0;
    PackedRowsBuffer columns;
  };
  static constexpr Row rows_ahead = 16;  // whose numbers are fetched before they are needed

  std::uint64_t place(Row row) const { return order_.empty() ? row : order_[row]; }

  void make_wallets(Part& part) {
    const std::span<const Wallet> from = rows_.from(), to = rows_.to();
    for (Row row = part.begin; row < part.end; ++row) {
      if (row + rows_ahead < rows_.size())
        number_.prefetch(to_index(from[place(row + rows_ahead)]), to_index(to[place(row + rows_ahead)]));
      const std::uint64_t at = place(row);
      const std::uint32_t asset = number_.needs_assets() ? rows_.asset(at) : 0;
      const auto [sender, receiver] = number_(std::uint32_t(from[at]), std::uint32_t(to[at]), asset);
      part.columns.from.push_back(sender), part.columns.to.push_back(receiver);
    }
  }

  const RowStore& rows_;
  const std::span<const std::uint64_t> order_;  // places of rows; empty: as they stand
  Numbering& number_;
  std::vector<Part> parts_;
  Row next_ = 0;
};

}  // namespace

void pack_rows(CanonicalStream& stream, const RowStore& rows, Numbering& number, PackedWriter& writer,
               DropCounts& dropped) {
  if (!stream.is_store()) return pack_one_by_one(stream, number, writer, dropped);
  StorePacking(rows, stream.order_of_store(), number).run(writer);
}

}  // namespace ringscan
