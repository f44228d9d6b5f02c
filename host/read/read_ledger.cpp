#include "read/read_ledger.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "read/file_reader.hpp"
#include "read/ledger_builder.hpp"

namespace ringscan {
namespace {

constexpr std::size_t most_rejected_quoted = 5;

// Files into one builder: one after another, or side by side where each keeps a thread busy alone.
class Reading {
 public:
  Reading(const RowRules& rules, std::vector<std::string> files, ReadReport& report,
          const std::function<void(const ReadProgress&)>& progress)
      : options_(rules.options),
        rules_(rules),
        files_(std::move(files)),
        outcomes_(files_.size()),
        report_(report),
        progress_(progress),
        bytes_total_(total_size(files_)),
        builder_(rules.options.time_axis, rules.options.keep_self) {}

  void read() {
    bind();
    const bool side_by_side = std::ranges::any_of(files_, is_compressed);
    const std::size_t lanes = side_by_side ? std::size_t(tbb::this_task_arena::max_concurrency()) : 1;
    std::atomic<std::size_t> next = 0;
    const auto lane = [&](std::size_t) {
      for (std::size_t file; (file = next++) < files_.size() && !is_spoilt_;) read_file(file);
    };
    if (lanes == 1)
      lane(0);
    else
      tbb::parallel_for(std::size_t{0}, std::min(lanes, files_.size()), lane);
    for (Outcome& outcome : outcomes_) conclude(outcome);
  }

  Ledger finish(const std::vector<std::string>* merchants) {
    if (options_.dedupe) builder_.dedupe();
    return merchants ? builder_.finish_for(*merchants) : builder_.finish();
  }

 private:
  struct Outcome {
    std::shared_ptr<OpenFile> file;
    std::unique_ptr<FileReader> reader;
    std::exception_ptr error;
    std::uint64_t bytes = 0, rows = 0;
  };

  // All headers first: what a table means may depend on the others. Of many files most are opened again.
  void bind() {
    constexpr std::size_t most_open = 200;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      outcomes_[i].file = open(files_[i]);
      bindings_.push_back(bind_schema(outcomes_[i].file->name, outcomes_[i].file->records->header(), options_));
      if (i >= most_open && files_[i] != "-") outcomes_[i].file.reset();
    }
    relate(bindings_);
  }

  std::shared_ptr<OpenFile> open(const std::string& path) {
    return open_records(path, [this] { tell_progress(); });
  }

  // Errors are kept, so that the first file's is told, whichever thread meets one first.
  void read_file(std::size_t place) {
    Outcome& outcome = outcomes_[place];
    try {
      if (!outcome.file) outcome.file = open(files_[place]);
      outcome.reader = std::make_unique<FileReader>(outcome.file, bindings_[place], rules_);
      outcome.reader->read(builder_.rows(), options_.most_bytes, [&](std::uint64_t bytes, std::uint64_t rows) {
        {
          const std::lock_guard locked(lock_);
          bytes_ += bytes - std::exchange(outcome.bytes, bytes);
          rows_ += rows - std::exchange(outcome.rows, rows);
        }
        tell_progress();
      });
      // Past the limit the file was only read on to say how many rows are bad.
      if (outcome.reader->findings().dropped[std::size_t(Drop::rejected)] > options_.max_bad_rows) is_spoilt_ = true;
      if (!outcome.file->mapped) outcome.file.reset();
    } catch (...) {
      outcome.error = std::current_exception();
      is_spoilt_ = true;
    }
  }

  void conclude(Outcome& outcome) {
    if (!outcome.reader) {
      if (outcome.error) std::rethrow_exception(outcome.error);
      return;  // not begun, as an earlier file is bad
    }
    FileFindings& findings = outcome.reader->findings();
    for (std::size_t i = 0; i < findings.dropped.size(); ++i) builder_.dropped[i] += findings.dropped[i];
    for (RejectedRow& row : findings.rejected)
      if (report_.rejected.size() < FileReader::most_rejected) report_.rejected.push_back(std::move(row));
    warn(findings);
    report_.inputs.push_back(std::move(findings.report));
    if (outcome.error) std::rethrow_exception(outcome.error);
    if (builder_.dropped[std::size_t(Drop::rejected)] > options_.max_bad_rows) throw BadInput(rejection_message());
    if (outcome.file) builder_.keep(outcome.file);
  }

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

  void warn(const FileFindings& findings) {
    const std::string& file = findings.report.file;
    if (findings.saw_likely_milliseconds && !std::exchange(warned_of_milliseconds_, true))
      report_.warnings.push_back(fmt::format(
          "{} has times above 10^11, which look like milliseconds: give --time-format unix_ms if they are", file));
    if (findings.saw_rounded_doubles && !std::exchange(warned_of_doubles_, true))
      report_.warnings.push_back(fmt::format(
          "{} has amounts printed from floating-point numbers, which may have lost digits; they are read as printed",
          file));
  }

  void tell_progress() {
    const std::lock_guard locked(lock_);
    if (progress_) progress_({bytes_, bytes_total_, rows_});
  }

  const ReadOptions& options_;
  const RowRules& rules_;
  const std::vector<std::string> files_;
  std::vector<Outcome> outcomes_;
  std::vector<Binding> bindings_;
  ReadReport& report_;
  const std::function<void(const ReadProgress&)>& progress_;
  const std::uint64_t bytes_total_;
  LedgerBuilder builder_;
  std::atomic<bool> is_spoilt_ = false;
  std::mutex lock_;  // of progress
  std::uint64_t bytes_ = 0, rows_ = 0;
  bool warned_of_milliseconds_ = false, warned_of_doubles_ = false;
};

}  // namespace

Ledger read_ledger(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                   const std::function<void(const ReadProgress&)>& progress,
                   const std::vector<std::string>* merchants) {
  const RowRules rules(options);  // before the files: a mistake on the command line is told first
  Reading reading(rules, expand_inputs(inputs), report, progress);
  tbb::task_arena arena(options.threads == 0 ? tbb::task_arena::automatic : int(options.threads));
  return arena.execute([&] {
    reading.read();
    return reading.finish(merchants);
  });
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
