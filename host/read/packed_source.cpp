#include "read/packed_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr Row rows_of_a_block = Row{1} << 14;
constexpr std::array<std::string_view, mapped_role_count> columns = {"from", "to",    "value", "time", "asset",
                                                                     "id",   "block", "index", "log"};
constexpr std::array<std::string_view, 3> axes = {"time", "block", "step"};

// In the header, which has the roles that --map knows by their names.
std::size_t place_of(Role role) {
  return std::size_t(std::ranges::find(columns, role_names[to_index(role)]) - columns.begin());
}

class PackedBlock final : public RecordBlock {
 public:
  PackedBlock(const PackedLedger& file, const Ledger& ledger, std::span<const std::size_t> selected, Row begin, Row end)
      : file_(file), ledger_(ledger), selected_(selected), begin_(begin), end_(end), fields_(selected.size()) {}

  bool next(Record& record) override {
    if (begin_ == end_) return false;
    if (rows_.from.empty()) file_.read_rows(begin_, end_, rows_);
    if (row_ == rows_.from.size()) return false;
    for (std::size_t slot = 0; slot < selected_.size(); ++slot) {
      texts_[selected_[slot]] = text(selected_[slot]);
      fields_[slot] = texts_[selected_[slot]];
    }
    if (!stands_for_one_amount(rows_.code[row_])) ++wide_;
    record.line = ++row_;
    record.field_count = columns.size();
    record.surplus_is_empty = true;
    record.problem.clear();
    record.fields = fields_;
    return true;
  }
  std::uint64_t line_count() const override { return row_; }

 private:
  std::string text(std::size_t column) const {
    const auto number = [&](const std::vector<std::uint64_t>& values) {
      return values.empty() ? std::string() : std::to_string(values[row_]);
    };
    const auto account = [&](Wallet wallet) {
      return ledger_.accounts.at(to_index(ledger_.wallet_account[to_index(wallet)]));
    };
    switch (column) {
      case 0:
        return account(rows_.from[row_]);
      case 1:
        return account(rows_.to[row_]);
      case 2:
        return to_string(amount());
      case 3:
        return std::to_string(rows_.time[row_]);
      case 4:
        return ledger_.assets.at(to_index(ledger_.wallet_asset[to_index(rows_.from[row_])]));
      case 5:
        return id();
      case 6:
        return number(rows_.block);
      case 7:
        return number(rows_.transaction_index);
      default:
        return number(rows_.log_index);
    }
  }
  Amount amount() const {
    const OrderCode code = rows_.code[row_];
    return stands_for_one_amount(code) ? amount_of_even_code(code) : rows_.wide[wide_];
  }
  std::string id() const {
    if (rows_.id_ends.empty()) return {};
    const std::uint64_t begin = row_ == 0 ? 0 : rows_.id_ends[row_ - 1];
    return unpack_text({rows_.id_bytes.data() + begin, rows_.id_ends[row_] - begin});
  }

  const PackedLedger& file_;
  const Ledger& ledger_;
  const std::span<const std::size_t> selected_;
  const Row begin_, end_;
  PackedRowsBuffer rows_;
  std::size_t row_ = 0, wide_ = 0;  // the next row, and the next of its wide amounts
  std::array<std::string, columns.size()> texts_;
  std::vector<std::string_view> fields_;
};

}  // namespace

PackedSource::PackedSource(const std::string& path)
    : file_(path), ledger_(file_.ledger()), header_(columns.begin(), columns.end()) {
  (void)ledger_.view().checked();
}

std::unique_ptr<RecordBlock> PackedSource::next_block() {
  if (next_ == file_.size()) return nullptr;
  const Row begin = next_;
  next_ = std::min(file_.size(), begin + rows_of_a_block);
  return std::make_unique<PackedBlock>(file_, ledger_, selected_, begin, next_);
}

Binding PackedSource::bind(const std::string& path, const ReadOptions& options) const {
  static const Schema schema = {
      .name = "packed", .table = "ledger", .addresses = AddressKind::any, .time_format = "unix"};
  if (!options.value_unit.empty() || options.time_format != "auto")
    throw UsageError(
        fmt::format("{} is a packed ledger, whose amounts and times are what they are: import other files that need "
                    "--value-unit or "
                    "--time-format by themselves first",
                    path));
  check_packed(path, file_, ledger_, options);
  Binding binding;
  binding.schema = &schema;
  binding.value_unit = schema.value_unit;
  for (std::size_t column = 0; column < columns.size(); ++column) binding.columns[column] = place_of(Role(column));
  return binding;
}

void check_packed(const std::string& path, const PackedLedger& file, const Ledger& ledger, const ReadOptions& options) {
  if (ledger.time_axis != options.time_axis)
    throw UsageError(
        fmt::format("{} was imported with --time-axis {}: say so here too", path, axes[std::size_t(ledger.time_axis)]));
  const PackedSettings settings = file.settings();
  const auto check = [&](const char* name, bool is_asked) {
    const bool was_asked = std::ranges::any_of(settings, [&](const auto& one) { return one.first == name; });
    if (is_asked && !was_asked)
      throw UsageError(
          fmt::format("{} was imported without --{}, so it lacks those rows: import it again with it", path, name));
  };
  check("keep-zero", options.keep_zero);
  check("keep-self", options.keep_self);
  check("keep-failed", options.keep_failed);
}

}  // namespace ringscan
