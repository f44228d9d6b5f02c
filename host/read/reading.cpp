#include "read/reading.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "read/packed_source.hpp"

namespace ringscan {
namespace {

constexpr std::size_t most_rejected_quoted = 5;

}  // namespace

Reading::Reading(const RowRules& rules, std::vector<std::string> files, ReadReport& report,
                 const std::function<void(const ReadProgress&)>& progress)
    : options_(rules.options),
      rules_(rules),
      files_(std::move(files)),
      outcomes_(files_.size()),
      report_(report),
      progress_(progress),
      bytes_total_(total_size(files_)) {}

void Reading::read(RowStore& rows, const RowLimit* limit) {
  bind();
  const bool side_by_side = limit == nullptr && std::ranges::any_of(files_, is_compressed);
  const std::size_t lanes = side_by_side ? std::size_t(tbb::this_task_arena::max_concurrency()) : 1;
  std::atomic<std::size_t> next = 0;
  const auto lane = [&](std::size_t) {
    for (std::size_t file; (file = next++) < files_.size() && !is_spoilt_;) read_file(file, rows, limit);
  };
  if (lanes == 1)
    lane(0);
  else
    tbb::parallel_for(std::size_t{0}, std::min(lanes, files_.size()), lane);
  for (Outcome& outcome : outcomes_) conclude(outcome);
}

// All headers first: what a table means may depend on the others. Of many files most are opened again.
void Reading::bind() {
  constexpr std::size_t most_open = 200;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    outcomes_[i].file = open(files_[i]);
    const RecordSource& records = *outcomes_[i].file->records;
    if (const auto* packed = dynamic_cast<const PackedSource*>(&records))
      bindings_.push_back(packed->bind(files_[i], options_));
    else
      bindings_.push_back(bind_schema(outcomes_[i].file->name, records.header(), options_));
    if (i >= most_open && files_[i] != "-") outcomes_[i].file.reset();
  }
  relate(bindings_);
}

std::shared_ptr<OpenFile> Reading::open(const std::string& path) {
  return open_records(path, [this] { tell_progress(); });
}

// Errors are kept, so that the first file's is told, whichever thread meets one first.
void Reading::read_file(std::size_t place, RowStore& rows, const RowLimit* limit) {
  Outcome& outcome = outcomes_[place];
  try {
    if (!outcome.file) outcome.file = open(files_[place]);
    outcome.reader = std::make_unique<FileReader>(outcome.file, bindings_[place], rules_);
    const auto tell = [&](std::uint64_t bytes, std::uint64_t rows_so_far) {
      {
        const std::lock_guard locked(lock_);
        bytes_ += bytes - std::exchange(outcome.bytes, bytes);
        rows_ += rows_so_far - std::exchange(outcome.rows, rows_so_far);
      }
      tell_progress();
    };
    outcome.reader->read(rows, options_.most_bytes, limit, tell);
    // Past the limit of bad rows the file was only read on to count them.
    if (outcome.reader->findings().dropped[std::size_t(Drop::rejected)] > options_.max_bad_rows) is_spoilt_ = true;
    if (!outcome.file->mapped) outcome.file.reset();
  } catch (...) {
    outcome.error = std::current_exception();
    is_spoilt_ = true;
  }
}

void Reading::conclude(Outcome& outcome) {
  if (!outcome.reader) {
    if (outcome.error) std::rethrow_exception(outcome.error);
    return;  // not begun, as an earlier file is bad
  }
  FileFindings& findings = outcome.reader->findings();
  for (std::size_t i = 0; i < findings.dropped.size(); ++i) dropped_[i] += findings.dropped[i];
  for (RejectedRow& row : findings.rejected)
    if (report_.rejected.size() < FileReader::most_rejected) report_.rejected.push_back(std::move(row));
  warn(findings);
  report_.inputs.push_back(std::move(findings.report));
  if (outcome.error) std::rethrow_exception(outcome.error);
  if (dropped_[std::size_t(Drop::rejected)] > options_.max_bad_rows) throw BadInput(rejection_message());
  if (outcome.file) sources_.push_back(outcome.file);
}

std::string Reading::rejection_message() const {
  const std::uint64_t count = dropped_[std::size_t(Drop::rejected)];
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

void Reading::warn(const FileFindings& findings) {
  const std::string& file = findings.report.file;
  if (findings.saw_likely_milliseconds && !std::exchange(warned_of_milliseconds_, true))
    report_.warnings.push_back(fmt::format(
        "{} has times above 10^11, which look like milliseconds: give --time-format unix_ms if they are", file));
  if (findings.saw_rounded_doubles && !std::exchange(warned_of_doubles_, true))
    report_.warnings.push_back(fmt::format(
        "{} has amounts printed from floating-point numbers, which may have lost digits; they are read as printed",
        file));
}

void Reading::tell_progress() {
  const std::lock_guard locked(lock_);
  if (progress_) progress_({bytes_, bytes_total_, rows_});
}

}  // namespace ringscan
