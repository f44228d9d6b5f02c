// Any bytes as an export, read by the whole of reading: the same ledger, or the same sentence, whether the file is
// mapped, comes compressed, or is read by one thread or two.
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "fuzz.hpp"
#include "read/read_ledger.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

namespace {

// A file without a place, by the name that this process has for it.
class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("export", 0)) { require(file_.is_open(), "there is a file"); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  void hold(std::string_view bytes) {
    require(::ftruncate(file_.get(), 0) == 0 &&
                ::pwrite(file_.get(), bytes.data(), bytes.size(), 0) == ssize_t(bytes.size()),
            "the file can be written");
  }

 private:
  FileDescriptor file_;
};

std::string zstd_of(std::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 1));
  return bytes;
}

std::string told_of(const std::string& path, const ReadOptions& options) {
  ReadReport report;
  std::string told;
  try {
    const Ledger ledger = read_ledger({path}, options, report, {});
    const LedgerView view = ledger.view();
    for (Row row = 0; row < view.size(); ++row) {
      require(row == 0 || view.time_at(row - 1) <= view.time_at(row), "rows are in order");
      told += std::to_string(view.time_at(row)) + ' ' + ledger.accounts.at(to_index(view.sender(row))) + ' ' +
              ledger.accounts.at(to_index(view.receiver(row))) + ' ' + ledger.assets.at(to_index(view.asset(row))) +
              ' ' + to_string(view.amount_at(row)) + ' ' + ledger.transaction_id(row) + '\n';
    }
    for (const std::uint64_t count : ledger.dropped) told += std::to_string(count) + ' ';
  } catch (const BadInput& refusal) {
    told = refusal.what();
  } catch (const UsageError& refusal) {
    told = refusal.what();
  }
  for (const RejectedRow& row : report.rejected)
    told += "\nrejected " + std::to_string(row.line) + ' ' + row.column + ' ' + row.reason;
  for (const std::string& warning : report.warnings) told += "\nwarning " + warning;
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static MemoryFile file;
  FuzzedDataProvider input(data, size);
  ReadOptions options;
  options.threads = 1;
  options.max_bad_rows = input.ConsumeBool() ? 1000 : 0;
  options.dedupe = input.ConsumeBool(), options.keep_zero = input.ConsumeBool(),
  options.keep_self = input.ConsumeBool();
  if (input.ConsumeBool()) options.time_axis = TimeAxis::block;
  if (input.ConsumeBool()) options.utxo = UtxoModel::all_pairs;
  if (input.ConsumeBool()) options.map = {{"from", "a"}, {"to", "b"}, {"value", "v"}, {"time", "t"}};
  const std::string text = input.ConsumeRemainingBytesAsString();
  // What is compressed or columnar itself has targets and tests of its own.
  if (text.starts_with("\x1f\x8b") || text.starts_with("\x28\xb5\x2f\xfd") || text.starts_with("PAR1") ||
      text.starts_with("ARROW1") || text.starts_with("\xff\xff\xff\xff") || text.find("\x2a\x4d\x18") == 1)
    return 0;
  file.hold(text);
  const std::string expected = told_of(file.path(), options);
  options.threads = 2;
  require_same(expected, told_of(file.path(), options), "two threads read what one does");
  file.hold(zstd_of(text));
  std::string compressed = told_of(file.path(), options);
  for (const char* kind : {"lz4", "xz", "bzip2", "zip", "UTF-16", "empty"})  // told apart by the file's first bytes
    if (expected.find(kind) != expected.npos) return 0;
  require_same(expected, compressed, "a compressed file is read as the plain one");
  return 0;
}
