#include "read/import_ledger.hpp"

#include <fmt/format.h>
#include <tbb/task_arena.h>

#include <algorithm>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "read/pack_rows.hpp"
#include "read/reading.hpp"

namespace ringscan {
namespace {

constexpr std::uint64_t sorting = 56;  // bytes a row while rows are sorted

class Import {
 public:
  Import(const std::string& path, const ImportOptions& options) : path_(path), options_(options), runs_(path) {}

  void run(const std::vector<std::string>& inputs, ReadReport& report,
           const std::function<void(const ReadProgress&)>& progress) {
    const RowRules rules(options_.reading);
    Reading reading(rules, expand_inputs(inputs), report, progress);
    rows_.keep_all_ids();
    const RowLimit limit = {[this] { return is_full(); }, [this] { runs_.add(rows_); }};
    reading.read(rows_, options_.memory_bytes > 0 || options_.rows_in_memory > 0 ? &limit : nullptr);
    dropped_ = reading.dropped();
    if (options_.appends && rows_.has_joined_accounts())
      throw UsageError(
          "--append cannot make accounts of several addresses one, as older rows may have them apart: say --utxo "
          "all-pairs, or import all files together");
    const std::vector<std::shared_ptr<const void>> sources = std::move(reading).sources();
    if (!runs_.empty()) runs_.add(rows_);
    write();
  }

 private:
  // For blocks under way and all that is small, and for what an allocator keeps of rows that are gone.
  std::uint64_t reserved() const { return (std::uint64_t{192} << 20) + options_.memory_bytes / 32; }

  // True if the rows should leave memory. What accounts and assets take cannot.
  bool is_full() const {
    if (options_.rows_in_memory > 0 && rows_.size() >= options_.rows_in_memory) return true;
    if (options_.memory_bytes == 0) return false;
    const std::uint64_t tables = rows_.table_bytes() + rows_.accounts().size() * 8;
    if (tables + reserved() > options_.memory_bytes)
      throw Unavailable(fmt::format(
          "the names of {} accounts and more need over {} MiB, and --memory-limit allows {} MiB: allow more, or import "
          "parts of the ledger",
          rows_.accounts().size(), tables >> 20, options_.memory_bytes >> 20));
    return rows_.row_bytes() + rows_.size() * sorting > options_.memory_bytes - tables - reserved();
  }

  void write() {
    CanonicalStream stream(rows_, runs_, {options_.reading.dedupe, options_.reading.keep_self});
    Row count = runs_.rows() + rows_.size();
    if (!stream.is_whole()) {
      options_.on_stage("count");
      count = 0;
      DropCounts ignored{};
      stream.for_each(ignored, [&](const StoredRow&) { ++count; });
    }
    options_.on_stage("pack");
    PackedOptions packed;
    packed.index = options_.index;
    packed.threads = unsigned(tbb::this_task_arena::max_concurrency());
    packed.stop_if_asked = options_.stop_if_asked;
    packed.memory_bytes = memory_for_writer();
    PackedWriter writer(path_, options_.overwrite, count, packed);
    Numbering number(rows_);
    pack_rows(stream, rows_, number, writer, dropped_);
    Ledger names;
    std::move(number).move_to(names);
    rows_.forget_columns();
    rows_.forget_texts();
    options_.on_stage("index");
    PackedSettings settings = settings_of(options_.reading);
    if (rows_.has_joined_accounts()) settings.emplace_back(united_accounts, "true");
    writer.finish({options_.reading.time_axis, names.wallet_account, names.wallet_asset, names.accounts, names.assets,
                   dropped_, settings});
  }

  // What tables, numbers, names and rows leave of the limit, and no less than a little.
  std::uint64_t memory_for_writer() const {
    constexpr std::uint64_t least = std::uint64_t{64} << 20, usual = std::uint64_t{2} << 30;
    if (options_.memory_bytes == 0) return usual;
    const std::uint64_t taken = rows_.table_bytes() + rows_.accounts().size() * 60 + rows_.row_bytes() + reserved();
    return std::max(least, options_.memory_bytes > taken ? options_.memory_bytes - taken : 0);
  }

  const std::string& path_;
  const ImportOptions& options_;
  RowStore rows_;
  RowRuns runs_;
  DropCounts dropped_{};
};

}  // namespace

PackedSettings settings_of(const ReadOptions& options) {
  PackedSettings settings;
  const auto add = [&](const char* name, bool is_set) {
    if (is_set) settings.emplace_back(name, "true");
  };
  add("dedupe", options.dedupe);
  add("keep-failed", options.keep_failed);
  add("keep-self", options.keep_self);
  add("keep-zero", options.keep_zero);
  return settings;
}

void import_ledger(const std::vector<std::string>& inputs, const std::string& path, const ImportOptions& options,
                   ReadReport& report, const std::function<void(const ReadProgress&)>& progress) {
  const unsigned threads = options.reading.threads;
  tbb::task_arena arena(threads == 0 ? tbb::task_arena::automatic : int(threads));
  arena.execute([&] { Import(path, options).run(inputs, report, progress); });
}

}  // namespace ringscan
