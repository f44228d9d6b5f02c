#include "read/file_reader.hpp"

#include <fmt/format.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <numeric>

#include "io/errors.hpp"
#include "read/simple_columns.hpp"

namespace ringscan {
// A block and what was read of it.
struct FileReader::Part {
  std::unique_ptr<RecordBlock> block;
  RowBatch batch;
  SimpleColumns simple;
  std::optional<RowSequence> sequence;  // of the batch, if it has rows
  std::uint64_t first_row = 0;          // in the store
  std::uint64_t rows = 0;
  DropCounts dropped{};
  std::vector<RejectedRow> rejected;  // lines counted in the block
  std::vector<std::vector<std::string>> first_rows;
  std::uint64_t coin_payments = 0;
  std::string end;             // why reading ends in line end_line of the block, if it does
  std::uint64_t end_line = 0;  //
  bool wants_first_rows = false, saw_likely_milliseconds = false, saw_rounded_doubles = false;

  bool is_shown() const { return wants_first_rows && first_rows.size() < FileReader::first_rows; }  // the next row
  void drop(SimpleResult result, std::size_t count) {
    if (result == SimpleResult::dropped_zero) dropped[std::size_t(Drop::zero_amount)] += count;
    if (result == SimpleResult::dropped_outside) dropped[std::size_t(Drop::outside_filter)] += count;
  }
};

FileReader::Parts::Parts() = default;
FileReader::Parts::~Parts() = default;

FileReader::Part* FileReader::Parts::take() {
  const std::lock_guard locked(lock_);
  if (spare_.empty()) return all_.emplace_back(std::make_unique<Part>()).get();
  Part* const part = spare_.back();
  spare_.pop_back();
  RowBatch batch = std::move(part->batch);
  SimpleColumns simple = std::move(part->simple);
  *part = Part{};
  part->batch = std::move(batch), part->simple = std::move(simple);
  return part;
}

void FileReader::Parts::give(Part* part) {
  part->block.reset();
  part->batch.clear();
  const std::lock_guard locked(lock_);
  spare_.push_back(part);
}

FileReader::FileReader(std::shared_ptr<OpenFile> file, const Binding& binding, const RowRules& rules)
    : file_(std::move(file)), rules_(rules), binding_(binding) {
  RecordSource& records = *file_->records;
  findings_.report = describe(binding_, records.header(), rules.options);
  findings_.report.file = file_->name;
  findings_.report.format =
      std::string(records.format()) + (file_->compression.empty() ? "" : ", " + file_->compression);
  const RowReader reader(records.header(), binding_, rules);
  form_ = SimpleForm::of(binding_, rules_, reader.columns(), records.header().size());
  records.select(reader.columns());
  lines_ = records.lines_before();
  findings_.dropped = records.dropped_before();
}

void FileReader::take(const ReadRow& row, std::string_view lasting, Part& part) const {
  if (row.is_of_another_table) {
    ++part.dropped[std::size_t(*row.drop)];
    return;
  }
  if (row.ends_reading) {
    part.end = row.reason;
    part.end_line = row.line;
    return;
  }
  if (!row.spent_together.empty()) part.batch.join(row.spent_together);
  const bool is_outside = row.drop == Drop::outside_filter && rules_.options.dedupe;
  if (row.drop && !is_outside) ++part.dropped[std::size_t(*row.drop)];
  if (row.drop == Drop::rejected && part.rejected.size() < most_rejected)
    part.rejected.push_back({file_->name, row.line, std::string(row.column), row.reason});
  if (!row.drop || is_outside) part.batch.add(row.payment, lasting, is_outside);
}

// One record by RowReader, who can read all of them.
void FileReader::read_carefully(const Record& record, std::string_view lasting, RowReader& reader, Part& part) const {
  ReadRow row;
  reader.start(record);
  while (reader.next(row)) {
    if (binding_.schema->content == Content::coins) ++part.coin_payments;
    take(row, lasting, part);
  }
  if (!part.is_shown()) return;
  std::vector<std::string>& texts = part.first_rows.emplace_back();
  for (std::size_t role = 0; role < role_count; ++role)
    if (binding_.columns[role]) texts.emplace_back(reader.text(Role(role)));
}

void FileReader::read_columns(RecordBlock& block, std::string_view lasting, RowReader& reader, Part& part) const {
  Record record;
  std::size_t count = 0;
  for (auto columns = block.next_columns(count); count > 0; columns = block.next_columns(count)) {
    const std::span<const SimpleResult> results = part.simple.read(*form_, columns, count, block.text_ahead());
    for (std::size_t row = 0, end = 0; row < count && part.end.empty(); row = end) {
      const SimpleResult result = part.is_shown() ? SimpleResult::not_simple : results[row];
      end = row + 1;
      if (result == SimpleResult::not_simple) {
        part.batch.record = std::uint32_t(part.rows);
        block.record(row, record);
        read_carefully(record, lasting, reader, part);
      } else {
        while (end < count && results[end] == result) ++end;
        if (result == SimpleResult::added) part.simple.add(row, end, std::uint32_t(part.rows), lasting, part.batch);
        part.drop(result, end - row);
      }
      part.rows += end - row;
    }
  }
}

void FileReader::read_records(RecordBlock& block, Part& part) const {
  const std::vector<std::string>& header = file_->records->header();
  RowReader reader(header, binding_, rules_);
  part.batch.has_ids = binding_.column(Role::id).has_value();
  part.batch.later_ids = later_ids_;
  const std::string_view lasting = keeps_all_ids_ ? std::string_view{} : block.lasting_text();
  if (form_ && block.has_columns()) {
    read_columns(block, lasting, reader, part);
  } else {
    Record record;
    for (; part.end.empty() && block.next(record); ++part.rows) {
      part.batch.record = std::uint32_t(part.rows);
      read_carefully(record, lasting, reader, part);
    }
  }
  if (part.batch.size() > 0) part.sequence = part.batch.sequence();
  part.saw_likely_milliseconds = reader.saw_likely_milliseconds();
  part.saw_rounded_doubles = reader.saw_rounded_doubles();
}

// In the order of the file: a part that does not begin where a record does is read once more, behind what is left of
// those before it.
void FileReader::settle(Part*& part) {
  if (!rest_.empty()) {
    Part* const again = parts_.take();
    again->wants_first_rows = findings_.report.rows == 0;
    again->block = file_->records->behind(rest_, part ? std::move(part->block) : nullptr, lines_ + 1);
    read_records(*again->block, *again);
    if (part) parts_.give(part);
    part = again;
  }
  if (!part) return;
  rest_ = part->block->rest();
  account_for(*part);
}

void FileReader::account_for(Part& part) {
  InputReport& report = findings_.report;
  if (!part.end.empty()) throw BadInput(fmt::format("{}:{}: {}", file_->name, lines_ + part.end_line, part.end));
  part.batch.first_record = report.rows;
  report.rows += part.rows;
  report.coin_payments += part.coin_payments;
  if (part.coin_payments > 0) report.coin_transactions += part.rows;
  for (std::size_t i = 0; i < part.dropped.size(); ++i) findings_.dropped[i] += part.dropped[i];
  for (RejectedRow& row : part.rejected) {
    if (findings_.rejected.size() == most_rejected) break;
    row.line += lines_;
    findings_.rejected.push_back(std::move(row));
  }
  for (std::vector<std::string>& row : part.first_rows)
    if (report.first_rows.size() < first_rows) report.first_rows.push_back(std::move(row));
  findings_.saw_likely_milliseconds = findings_.saw_likely_milliseconds || part.saw_likely_milliseconds;
  findings_.saw_rounded_doubles = findings_.saw_rounded_doubles || part.saw_rounded_doubles;
  lines_ += part.block->line_count();
}

// Ids are read with their records where all of them will be asked for, and where they say what a row is.
std::optional<std::size_t> FileReader::column_of_later_ids() const {
  const std::optional<std::size_t> id = binding_.column(Role::id);
  const bool is_alone = std::ranges::count(binding_.columns, id) == 1;
  if (!id || !is_alone || binding_.column(Role::trace) || rules_.options.dedupe || keeps_all_ids_) return std::nullopt;
  return id;
}

void FileReader::show_later_ids() {
  std::size_t place = 0;
  for (std::size_t role = 0; role < to_index(Role::id); ++role) place += binding_.columns[role].has_value();
  std::vector<std::uint64_t> records(findings_.report.first_rows.size());
  std::iota(records.begin(), records.end(), std::uint64_t{0});
  auto shown = findings_.report.first_rows.begin();
  later_ids_->read(records, [&](std::string_view id) { (*shown++)[place] = id; });
}

void FileReader::read(RowStore& rows, std::uint64_t most_bytes, const RowLimit* limit,
                      const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  keeps_all_ids_ = rows.keeps_all_ids();
  if (const auto column = column_of_later_ids()) later_ids_ = file_->records->leave_for_later(*column);
  std::atomic<std::uint64_t> rows_done = 0;
  bool is_first = true, is_cut = false, is_full = false;
  const auto reserve = [&rows](Part& part) {
    if (part.sequence) part.first_row = rows.reserve(part.batch.size(), *part.sequence, !part.batch.is_outside.empty());
  };
  const auto cut = [&](tbb::flow_control& control) -> Part* {
    progress(file_->bytes_done(), rows_done.load(std::memory_order_relaxed));
    is_cut = file_->bytes_done() >= most_bytes && file_->records->next_block() != nullptr;
    is_full = limit != nullptr && limit->is_full();
    Part* const part = parts_.take();
    if (is_cut || is_full || (part->block = file_->records->next_block()) == nullptr) {
      control.stop();
      return nullptr;
    }
    part->wants_first_rows = std::exchange(is_first, false);
    return part;
  };
  const auto parse = [this](Part* part) {
    read_records(*part->block, *part);
    return part;
  };
  const auto order = [&](Part* part) {
    settle(part);
    reserve(*part);
    rows_done.store(findings_.report.rows, std::memory_order_relaxed);
    return part;
  };
  const auto put = [&](Part* part) {
    if (part->sequence) rows.put(part->batch, part->first_row);
    rows.join(part->batch);
    parts_.give(part);
  };
  const std::size_t most_parts = 4 * std::size_t(tbb::this_task_arena::max_concurrency());
  do {
    if (std::exchange(is_full, false)) limit->make_room();
    tbb::parallel_pipeline(most_parts, tbb::make_filter<void, Part*>(tbb::filter_mode::serial_in_order, cut) &
                                           tbb::make_filter<Part*, Part*>(tbb::filter_mode::parallel, parse) &
                                           tbb::make_filter<Part*, Part*>(tbb::filter_mode::serial_in_order, order) &
                                           tbb::make_filter<Part*, void>(tbb::filter_mode::parallel, put));
  } while (is_full);
  findings_.report.is_cut = is_cut;
  if (!rest_.empty() && !is_cut) {
    Part* last = nullptr;
    settle(last);
    reserve(*last);
    if (last->sequence) rows.put(last->batch, last->first_row);
    rows.join(last->batch);
  }
  if (later_ids_) show_later_ids();
  progress(file_->bytes_done(), findings_.report.rows);
}

}  // namespace ringscan
