#include "read/read_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "read/csv.hpp"
#include "read/ledger_builder.hpp"
#include "read/row_reader.hpp"

namespace ringscan {
namespace {

constexpr std::size_t most_rejected_reported = 20, most_rejected_quoted = 5, first_rows_reported = 5;
constexpr std::uint64_t rows_between_reports = 4096;

// Files, one after another, into one builder.
class Reading {
 public:
  Reading(const RowRules& rules, std::uint64_t bytes_total, ReadReport& report,
          const std::function<void(const ReadProgress&)>& progress)
      : options_(rules.options),
        rules_(rules),
        report_(report),
        progress_(progress),
        bytes_total_(bytes_total),
        builder_(rules.options.time_axis) {}

  void read_file(const std::string& path) {
    Input input(path, [this] { report_progress(0); });
    CsvReader records(input);
    if (records.header().empty()) throw BadInput(fmt::format("{} is empty", input.name()));
    if (looks_like_json(records.header().front()))
      throw BadInput(fmt::format("{} looks like JSON: this build reads CSV and TSV, plain or gzip", input.name()));
    const Binding binding = bind_schema(input.name(), records.header(), options_);
    describe(input, records, binding);
    RowReader rows(records.header(), binding, rules_);
    records.select(rows.columns());
    InputReport& described = report_.inputs.back();
    Record record;
    ReadRow row;
    while (records.next(record)) {
      rows.read(record, row);
      ++rows_;
      if (described.rows++ < first_rows_reported) show_row(rows, binding, described);
      take(row, input.name());
      if (rows_ % rows_between_reports == 0) report_progress(input.bytes_consumed());
    }
    bytes_done_ += input.bytes_consumed();
    report_progress(0);
    warn(rows, input.name());
    if (is_spoilt()) throw BadInput(rejection_message());
  }

  Ledger finish() {
    if (options_.dedupe) builder_.dedupe();
    return builder_.finish();
  }

 private:
  static bool looks_like_json(std::string_view first_column) {
    return first_column.starts_with('{') || first_column.starts_with('[');
  }

  void describe(const Input& input, const RecordReader& records, const Binding& binding) {
    InputReport described;
    described.file = input.name();
    described.format = std::string(records.format()) + (input.is_gzip() ? ", gzip" : "");
    described.schema = binding.schema->name;
    described.table = binding.schema->table;
    described.value_unit = options_.value_unit.empty() ? std::string(binding.schema->value_unit) : options_.value_unit;
    described.time_format = options_.time_axis == TimeAxis::block  ? "block"
                            : options_.time_axis == TimeAxis::step ? "step"
                                                                   : options_.time_format;
    for (std::size_t role = 0; role < role_count; ++role)
      if (binding.columns[role])
        described.mapping.emplace_back(role_names[role], records.header()[*binding.columns[role]]);
    report_.inputs.push_back(std::move(described));
  }

  static void show_row(const RowReader& rows, const Binding& binding, InputReport& described) {
    std::vector<std::string>& texts = described.first_rows.emplace_back();
    for (std::size_t role = 0; role < role_count; ++role)
      if (binding.columns[role]) texts.emplace_back(rows.text(Role(role)));
  }

  void take(const ReadRow& row, const std::string& file) {
    const bool outside_filter = row.drop == Drop::outside_filter;
    if (row.drop && !(outside_filter && options_.dedupe)) ++builder_.dropped[std::size_t(*row.drop)];
    if (row.drop == Drop::rejected && report_.rejected.size() < most_rejected_reported)
      report_.rejected.push_back({file, row.line, std::string(row.column), row.reason});
    // Past the limit the file is only read on to say how many rows are bad.
    if ((!row.drop || (outside_filter && options_.dedupe)) && !is_spoilt()) builder_.add(row.payment, !outside_filter);
  }

  bool is_spoilt() const { return builder_.dropped[std::size_t(Drop::rejected)] > options_.max_bad_rows; }

  std::string rejection_message() const {
    const std::uint64_t count = builder_.dropped[std::size_t(Drop::rejected)];
    std::string message =
        fmt::format("{} bad row{}, and --max-bad-rows allows {}:", count, count == 1 ? "" : "s", options_.max_bad_rows);
    for (std::size_t i = 0; i < std::min(report_.rejected.size(), most_rejected_quoted); ++i) {
      const RejectedRow& row = report_.rejected[i];
      message +=
          fmt::format("\n{}:{}: {}{}{}", row.file, row.line, row.column, row.column.empty() ? "" : ": ", row.reason);
    }
    if (count > most_rejected_quoted) message += "\n…";
    return message;
  }

  void warn(const RowReader& rows, const std::string& file) {
    if (rows.saw_likely_milliseconds() && !std::exchange(warned_of_milliseconds_, true))
      report_.warnings.push_back(fmt::format(
          "{} has times above 10^11, which look like milliseconds: give --time-format unix_ms if they are", file));
    if (rows.saw_rounded_doubles() && !std::exchange(warned_of_doubles_, true))
      report_.warnings.push_back(fmt::format(
          "{} has amounts printed from floating-point numbers, which may have lost digits; they are read as printed",
          file));
  }

  void report_progress(std::uint64_t bytes_of_this_file) const {
    if (progress_) progress_({bytes_done_ + bytes_of_this_file, bytes_total_, rows_});
  }

  const ReadOptions& options_;
  const RowRules& rules_;
  ReadReport& report_;
  const std::function<void(const ReadProgress&)>& progress_;
  const std::uint64_t bytes_total_;
  LedgerBuilder builder_;
  std::uint64_t bytes_done_ = 0, rows_ = 0;
  bool warned_of_milliseconds_ = false, warned_of_doubles_ = false;
};

}  // namespace

Ledger read_ledger(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                   const std::function<void(const ReadProgress&)>& progress) {
  const RowRules rules(options);  // before the files: a mistake on the command line is told first
  const std::vector<std::string> files = expand_inputs(inputs);
  Reading reading(rules, total_size(files), report, progress);
  for (const std::string& file : files) reading.read_file(file);
  return reading.finish();
}

std::string canonical_account(std::string_view text) {
  HexBuffer buffer;
  return std::string(fold_hex(text, address_digits, buffer).value_or(text));
}

std::optional<std::int64_t> parse_time(std::string_view text, TimeAxis axis) {
  if (axis == TimeAxis::seconds) return TimeFormat("auto").parse(text);
  const std::optional<std::uint64_t> number = parse_count(text);
  if (!number || *number > std::uint64_t(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return std::int64_t(*number);
}

}  // namespace ringscan
