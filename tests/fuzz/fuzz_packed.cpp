// A packed ledger of which bytes were altered, with checksums that are right again, or a part cut off: it is refused,
// or read to its end, and never more than that.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz.hpp"
#include "packed/format.hpp"
#include "packed/packed_ledger.hpp"
#include "packed/packed_writer.hpp"
#include "read/ledger_builder.hpp"

using namespace ringscan;
using namespace ringscan::fuzz;

namespace {

std::string sound_file() {
  LedgerBuilder builder;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::string from = "0x" + std::string(40, char('0' + i % 7)), to = "0x" + std::string(40, char('a' + i % 5));
    const std::string id = "0x" + std::string(61, '1') + std::to_string(100 + i);
    Payment payment{id, std::int64_t(1000 + i / 3), i / 3,        i % 3, i % 2, from,
                    to, i % 4 ? "native" : "token", Amount{i + 1}};
    if (i % 4 == 0) payment.amount.limbs[i % 3 + 1] = 77 + i % 9;
    builder.add(payment);
  }
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("ringscan-fuzz-" + std::to_string(::getpid()) + ".ledger");
  write_packed_ledger(path, true, builder.finish(), {}, {{"keep-zero", "true"}});
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

// As the writer would have sealed it.
void seal(std::string& bytes, const packed::Header& sound) {
  using packed::Section;
  packed::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  const auto sums_of = [&](std::uint64_t begin, std::uint64_t size, std::uint64_t place) {
    const auto sums = packed::checksums_of_blocks(std::string_view(bytes).substr(begin, size), sound.block_bytes);
    std::memcpy(bytes.data() + place, sums.data(), sums.size() * sizeof sums[0]);
  };
  const auto& checksums = sound[Section::checksums];
  const auto& roots = sound[Section::roots];
  sums_of(packed::page_bytes, checksums.offset - packed::page_bytes, checksums.offset);
  sums_of(checksums.offset, checksums.bytes, roots.offset);
  header.root = packed::checksum_of(std::string_view(bytes).substr(roots.offset, roots.bytes));
  header.checksum = packed::checksum_of(header);
  std::memcpy(bytes.data(), &header, sizeof header);
}

void read_all(const std::string& path) {
  const PackedLedger file(path);
  (void)file.settings(), (void)file.sections();
  try {
    PackedRowsBuffer rows;
    file.read_rows(Row{0}, file.size(), rows);
  } catch (const BadInput&) {
  }
  const Ledger ledger = file.ledger();
  const LedgerView view = ledger.view().checked();
  std::size_t size = 0;
  for (Row row = 0; row < view.size(); ++row)
    size += ledger.accounts.at(to_index(view.sender(row))).size() +
            ledger.accounts.at(to_index(view.receiver(row))).size() +
            ledger.assets.at(to_index(view.asset(row))).size() + to_string(view.amount_at(row)).size() +
            ledger.transaction_id(row).size() + std::size_t(view.time_at(row) != 0);
  const std::vector<std::string> names = {"0x" + std::string(40, '3'), "nobody", ""};
  for (const auto& account : find_accounts(ledger, names))
    if (account) size += ledger.accounts.at(to_index(*account)).size();
  require(size != 1, "all of it is read");
  file.verify();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string sound = sound_file();
  static const FileDescriptor file(::memfd_create("ledger", 0));
  packed::Header header;
  std::memcpy(&header, sound.data(), sizeof header);
  FuzzedDataProvider input(data, size);
  std::string bytes = sound;
  const bool is_sealed = input.ConsumeBool(), is_cut = input.ConsumeIntegral<std::uint8_t>() == 0;
  while (input.remaining_bytes() >= 5) {  // where, what, and in what way
    const std::size_t place = input.ConsumeIntegral<std::uint16_t>() * std::size_t{4} % bytes.size();
    std::uint16_t value = input.ConsumeIntegral<std::uint16_t>();
    const std::size_t width = 1 + input.ConsumeIntegral<std::uint8_t>() % 2, at = std::min(place, bytes.size() - width);
    std::memcpy(bytes.data() + at, &value, width);
  }
  if (is_sealed) seal(bytes, header);
  if (is_cut) bytes.resize(input.ConsumeIntegralInRange<std::size_t>(0, bytes.size()));
  require(
      ::ftruncate(file.get(), 0) == 0 && ::pwrite(file.get(), bytes.data(), bytes.size(), 0) == ssize_t(bytes.size()),
      "the file can be written");
  try {
    read_all("/proc/self/fd/" + std::to_string(file.get()));
  } catch (const BadInput& refusal) {
    require(bytes != sound, "a sound file is read", refusal.what());
  }
  return 0;
}
