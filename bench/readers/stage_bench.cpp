// Each stage of reading and importing by itself, on generated data in memory, as a Google Benchmark program: its flags
// and its JSON are the usual ones.
//
// usage: stage_bench [--rows N | --smoke] [--benchmark_...]
//   --rows N   of the ledger (default 1000000: about 2 GB of memory)
//   --smoke    a tiny ledger, once
//   --tamper STAGE  spoils what is expected of it, to show that this ends the run
//
// Every stage runs in one thread, and its time is the processor's, system included. First the machine is asked how fast
// one thread reads memory; a stage's counter of_read_limit is the share of that at which it takes its input. Bytes are
// those of the input: text of the formats, inflated text of gzip and zstd, texts of names and amounts, 32 bytes a row
// of the order, and what is written of packed files and indexes. Packed files are written to memory where there is
// /dev/shm, so that no disk is measured. What a stage made is compared with what was generated before its time counts;
// if it is wrong the program ends with 1.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <tbb/global_control.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <numeric>
#include <random>

#include "io/gzip.hpp"
#include "io/zstd.hpp"
#include "packed/index_writer.hpp"
#include "packed/packed_writer.hpp"
#include "read/canonical_order.hpp"
#include "read/csv.hpp"
#include "read/fields.hpp"
#include "read/json_lines.hpp"
#include "stage_data.hpp"

namespace ringscan::bench {
namespace {

constexpr std::size_t batch_rows = 4096;

struct TemporaryFolder {
  TemporaryFolder() {
    const std::filesystem::path memory = "/dev/shm";
    const bool has_memory = ::access(memory.c_str(), W_OK) == 0;
    path = (has_memory ? memory : std::filesystem::temp_directory_path()) / fmt::format("stage_bench.{}", ::getpid());
    std::filesystem::create_directory(path);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : left_(text) {}
  std::size_t read(std::span<char> room) override {
    const std::size_t size = left_.copy(room.data(), std::min<std::size_t>(room.size(), 1 << 16));
    left_.remove_prefix(size);
    return size;
  }
  const std::string& name() const override { return name_; }

 private:
  std::string_view left_;
  std::string name_ = "text";
};

// The records of a source, and what `use` does with each; how many there were.
template <class Use>
std::size_t read_all(RecordSource& source, Use use) {
  const std::vector<std::size_t> columns = wanted_columns(source.header());
  source.select(columns);
  std::size_t count = 0;
  Record record;
  while (const auto block = source.next_block())
    while (block->next(record)) ++count, use(*block, record);
  return count;
}

double seconds_since(std::clock_t begin) {
  return std::max(1.0, double(std::clock() - begin)) / CLOCKS_PER_SEC;  // of this process
}

// Bytes a second at which one thread reads memory: the fastest of a few passes that look for a byte that is not there.
double read_limit(std::string_view text) {
  double best = 0;
  for (int pass = 0; pass < 5; ++pass) {
    const std::clock_t begin = std::clock();
    benchmark::DoNotOptimize(std::memchr(text.data(), 0, text.size()));
    best = std::max(best, double(text.size()) / seconds_since(begin));
  }
  return best;
}

class Stages {
 public:
  Stages(const StageData& data, const std::filesystem::path& folder, std::string_view tampered)
      : data_(data), folder_(folder), tampered_(tampered), memory_(data.csv), limit_(read_limit(memory_)) {}

  void add_all() {
    add("memory/read", memory_.size(), [this] {
      benchmark::ClobberMemory();  // or one pass would do for all
      const bool is_found = std::memchr(memory_.data(), 0, memory_.size()) != nullptr;
      return is_found ? 0 : data_.rows;
    });
    add("csv/separators", data_.csv.size(), [this] { return count_separators(); });
    add("csv/fields", data_.csv.size(), [this] {
      CsvSource source(TextBlocks(data_.csv, "text"));
      return read_all(source, [](RecordBlock&, const Record&) {});
    });
    add(
        "csv/rows", data_.csv.size(), [this] { return read_plain_rows(data_.csv, scratch_, false); },
        data_.batch.size());
    add("json lines/fields", data_.json.size(), [this] {
      JsonLinesSource source(TextBlocks(data_.json, "text"), [](std::string_view) { return false; });
      return read_all(source, [](RecordBlock&, const Record&) {});
    });
    add("gzip/inflate", data_.csv.size(), [this] { return inflated<GunzipSource>(data_.gzip); });
    add("zstd/inflate", data_.csv.size(), [this] { return inflated<UnzstdSource>(data_.zstd); });
    const std::size_t rows = data_.batch.size();
    const std::size_t name_bytes = 2 * rows * (2 + address_digits);
    add("names/insert", name_bytes, [this] {
      TextTable table;
      intern_all(table);
      return data_.rows;
    });
    add("names/lookup", name_bytes, [this] {
      const std::size_t before = table_.size();
      intern_all(table_);
      return before == 0 || before == table_.size() ? data_.rows : 0;
    });
    add("amounts/decimal", bytes_of(data_.decimal), [this] { return parse_all(data_.decimal); });
    add("amounts/hex", bytes_of(data_.hex), [this] { return parse_all(data_.hex); });
    add(
        "rows/canonical order", 32 * rows, [this] { return put_in_order(); }, rows);
    add_packed();
  }

 private:
  template <class Run>  // returns for how many rows it did its work
  void add(const std::string& name, std::size_t bytes, Run run, std::size_t expected) {
    const double limit = limit_;
    expected += name == tampered_;
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      std::size_t rows = run();  // not timed: the answer, and the warm-up
      const std::clock_t begin = std::clock();
      for (auto _ : state) rows = std::min(rows, run());
      const double seconds = seconds_since(begin);
      if (rows != expected) {
        fmt::print(stderr, "stage_bench: wrong answer of {}: {} rows instead of {}\n", name, rows, expected);
        std::exit(1);
      }
      const double done = double(bytes) * double(state.iterations());
      state.SetBytesProcessed(std::int64_t(done));
      state.SetItemsProcessed(std::int64_t(rows) * state.iterations());
      state.counters["of_read_limit"] = done / seconds / limit;
    })->Unit(benchmark::kMillisecond);
  }
  template <class Run>
  void add(const std::string& name, std::size_t bytes, Run run) {
    add(name, bytes, run, data_.rows);
  }

  static std::size_t bytes_of(const std::vector<std::string>& texts) {
    return std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                           [](std::size_t sum, const std::string& text) { return sum + text.size(); });
  }

  std::size_t count_separators() {
    Separators found;
    std::size_t lines = 0;
    for (std::string_view left = data_.csv; !left.empty();) {
      const std::string_view block = left.substr(0, TextBlocks::usual_size);
      find_separators(block, ',', found);
      lines += found.line_feeds().size();
      left.remove_prefix(block.size());
    }
    return lines - 1;  // but for the header's
  }

  template <class Source>
  std::size_t inflated(std::string_view compressed) const {
    TextSource text(compressed);
    Source source(text);
    std::vector<char> room(1 << 18);
    std::size_t bytes = 0;
    while (const std::size_t size = source.read(room)) bytes += size;
    return bytes == data_.csv.size() ? data_.rows : 0;
  }

  void intern_all(TextTable& table) const {
    std::vector<std::uint32_t> numbers(2 * batch_rows);
    TextKeys some;
    const std::span<const TextKey> keys = data_.batch.accounts.keys();
    for (std::size_t begin = 0; begin < keys.size(); begin += numbers.size()) {
      some.clear();
      for (const TextKey& key : keys.subspan(begin, std::min(numbers.size(), keys.size() - begin))) some.push_back(key);
      table.intern(some, std::span(numbers).first(some.size()));
    }
  }

  static std::size_t parse_all(const std::vector<std::string>& texts) {
    std::size_t good = 0;
    Amount amount;
    for (const std::string& text : texts) {
      good += parse_amount(text, 0, amount).empty();
      benchmark::DoNotOptimize(order_code(amount));
    }
    return good;
  }

  // Sorts the rows, whose places are shuffled first; that takes a hundredth of the time.
  std::size_t put_in_order() {
    if (store_.size() == 0) {
      RowBatch batch = data_.batch;
      store_.put(batch, store_.reserve(batch.size(), batch.sequence(), false));
      order_.emplace(store_);
    }
    places_.resize(store_.size());
    std::iota(places_.begin(), places_.end(), std::uint64_t{0});
    std::ranges::shuffle(places_, std::mt19937_64(1));
    order_->sort(places_);
    return std::size_t(std::ranges::is_sorted(places_) ? places_.size() : 0);  // as generated
  }

  void make_columns();
  void add_packed();
  std::size_t pack(PackedIndex index);
  std::size_t build_index(bool has_amounts);

  const StageData& data_;
  const std::filesystem::path folder_;
  const std::string_view tampered_;  // the stage of which something wrong is expected
  const std::string memory_;
  const double limit_;
  RowBatch scratch_;
  TextTable table_;
  RowStore store_;
  std::optional<CanonicalOrder> order_;
  std::vector<std::uint64_t> places_;
  PackedRowsBuffer columns_;
  std::vector<std::uint32_t> times_;
  std::vector<Account> wallet_account_;
  std::vector<Asset> wallet_asset_;
  PackedTexts accounts_, assets_;
};

void Stages::make_columns() {
  const RowBatch& batch = data_.batch;
  std::vector<std::uint32_t> numbers(batch.accounts.size());
  TextTable table;
  table.intern(batch.accounts, numbers);
  for (const std::string_view name : table.packed()) accounts_.push_back_packed(name);
  assets_.push_back_packed("tnative");
  for (std::uint32_t i = 0; i < table.size(); ++i) wallet_account_.push_back(Account(i));
  wallet_asset_.assign(table.size(), Asset(0));
  columns_.code = batch.codes;
  columns_.id_bytes.assign(batch.packed_ids.bytes().begin(), batch.packed_ids.bytes().end());
  columns_.id_ends.assign(batch.packed_ids.ends().begin(), batch.packed_ids.ends().end());
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const Position& position = batch.positions[row];
    columns_.from.push_back(Wallet(numbers[2 * row])), columns_.to.push_back(Wallet(numbers[2 * row + 1]));
    columns_.time.push_back(position.time);
    times_.push_back(std::uint32_t(position.time - batch.positions.front().time));
    columns_.block.push_back(position.block);
    columns_.transaction_index.push_back(position.transaction_index);
    columns_.log_index.push_back(position.log_index);
    if (!stands_for_one_amount(batch.codes[row]))
      columns_.wide.push_back(amount_of(batch.codes[row], batch.tails[row]));
  }
}

std::size_t Stages::pack(PackedIndex index) {
  PackedOptions options;
  options.index = index;
  const std::string path = folder_ / "stage.ledger";
  PackedWriter writer(path, true, columns_.from.size(), options);
  writer.append(columns_.rows());
  writer.finish({TimeAxis::seconds, wallet_account_, wallet_asset_, accounts_, assets_, {}, {}});
  return std::size_t(open_packed_ledger(path).view().size());
}

std::size_t Stages::build_index(bool has_amounts) {
  OutputFile file(folder_ / "index", true);
  const std::span<const Wallet> from = columns_.from, to = columns_.to;
  const packed::IndexBudget budget{std::uint64_t{1} << 30, 1, [] {}};
  packed::SectionWriter begins(file, 0), entries(file, (wallet_account_.size() + 1) * 8);
  packed::write_index({has_amounts ? to : from, has_amounts ? from : to, times_, columns_.code, wallet_account_.size()},
                      has_amounts, false, budget, begins, entries);
  return entries.finish(1).bytes / packed::entry_bytes(has_amounts, false);
}

void Stages::add_packed() {
  make_columns();
  const std::size_t rows = data_.batch.size();
  pack(PackedIndex::none);
  const std::size_t bytes = std::filesystem::file_size(folder_ / "stage.ledger");
  add(
      "packed/write", bytes, [this] { return pack(PackedIndex::none); }, rows);
  add(
      "packed/receiver index", rows * packed::entry_bytes(true, false), [this] { return build_index(true); }, rows);
  add(
      "packed/sender index", rows * packed::entry_bytes(false, false), [this] { return build_index(false); }, rows);
}

int run(int argc, char** argv) {
  std::uint64_t rows = 1'000'000;
  std::string_view tampered;
  std::vector<char*> rest = {argv[0]};
  std::string min_time = "--benchmark_min_time=0.001";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--smoke") {
      rows = 1000;
      rest.push_back(min_time.data());
    } else if (argument == "--tamper" && i + 1 < argc) {
      tampered = argv[++i];
    } else if (argument == "--rows" && i + 1 < argc) {
      const std::string_view number = argv[++i];
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), rows);
      if (error != std::errc() || end != number.data() + number.size() || rows < 100 || rows > 8'000'000) {
        fmt::print(stderr, "stage_bench: --rows is a number from 100 to 8000000\n");
        return 2;
      }
    } else {
      rest.push_back(argv[i]);
    }
  }
  int rest_count = int(rest.size());
  benchmark::Initialize(&rest_count, rest.data());
  if (benchmark::ReportUnrecognizedArguments(rest_count, rest.data())) return 2;
  const tbb::global_control one_thread(tbb::global_control::max_allowed_parallelism, 1);
  const TemporaryFolder folder;
  const StageData data(rows, folder.path);
  Stages stages(data, folder.path, tampered);
  stages.add_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace
}  // namespace ringscan::bench

int main(int argc, char** argv) { return ringscan::bench::run(argc, argv); }
