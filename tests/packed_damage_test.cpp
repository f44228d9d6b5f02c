// Packed ledgers that were cut, altered or forged, and writers that fail: a sentence, or the right answer, never a
// crash.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "cpu/cpu.hpp"
#include "detect/scan.hpp"
#include "packed/format.hpp"
#include "tests/packed_ledgers.hpp"
#include "tests/requests.hpp"

namespace ringscan {
namespace {

using testing::contains;
using testing::content_of;
using testing::make_ledger;
using testing::message_of;
using testing::TemporaryDirectory;
using testing::TestRow;

std::vector<TestRow> farm_rows() {
  std::mt19937_64 random(7);
  std::vector<TestRow> rows = testing::rows_with_shared_codes(random, 300);
  rows.push_back(testing::pay(50, "a0", "a1", 1, "another asset"));
  for (int i = 0; i < 5; ++i) {
    const std::string worker = "0x" + std::string(40, char('1' + i));
    rows.push_back({100 + i, worker, "shop", Amount{50}, "native", "0x" + std::string(64, char('a' + i))});
    rows.push_back({200 + i, "boss", worker, Amount{55}, "native", "0x" + std::string(64, char('1' + i))});
  }
  return rows;
}

// All that a user can ask of a file, as one text; "damaged" with the sentence where the file is refused.
std::string everything_said(const std::string& path, bool by_index) {
  try {
    const PackedLedger file(path);
    Ledger ledger = file.ledger();
    if (!by_index) ledger.receipts_of = {}, ledger.payments_of = {};
    std::string said = std::to_string(ledger.from.size());
    for (const auto& [name, value] : file.settings()) said += name + '=' + value;
    for (const std::uint64_t count : ledger.dropped) said += ',' + std::to_string(count);
    const std::unique_ptr<Backend> backend = make_cpu({1, nullptr});
    for (const Model model : {Model::any, Model::advanced, Model::enhanced, Model::basic}) {
      ScanRequest request = testing::asking({"shop", "a0", "a1", "a2", "a3", "nobody"}, 1);
      request.model = model;
      if (model != Model::basic) request.max_gain = parse_decimal("1000000");
      const ScanResult result = scan(*backend, ledger, request);
      for (const MerchantResult& merchant : result.merchants)
        said += merchant.account + std::to_string(merchant.customers) + '/' + std::to_string(merchant.suspects) + ' ';
      for (const WorkerResult& worker : result.workers) {
        said += ledger.accounts.at(to_index(worker.account));
        for (const AccusedAt& at : worker.merchants)
          for (const Row row : {at.evidence.purchase, at.evidence.reward, at.evidence.funding})
            if (row != no_row)
              said += ' ' + ledger.transaction_id(row) + ' ' + to_string(ledger.view().amount_at(row)) + ' ' +
                      std::to_string(ledger.view().time_at(row)) +
                      ledger.assets.at(to_index(ledger.view().asset(row))) +
                      ledger.accounts.at(to_index(ledger.view().sender(row)));
      }
    }
    return said;
  } catch (const BadInput& refusal) {
    EXPECT_TRUE(contains(refusal.what(), path)) << refusal.what();
    return std::string("damaged: ") + refusal.what();
  }
}

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    Ledger ledger = make_ledger(farm_rows());
    ledger.dropped = {1, 2, 3, 4, 5, 6, 7, 8};
    write_packed_ledger(path_, false, ledger, {}, {{"keep-zero", "true"}});
    bytes_ = content_of(path_);
    std::memcpy(&header_, bytes_.data(), sizeof header_);
    expected_ = everything_said(path_, true);
    ASSERT_TRUE(contains(expected_, "0x1111")) << expected_;
    ASSERT_EQ(everything_said(path_, false), expected_);
  }
  void put(const std::string& bytes) const { folder_.write("a.ledger", bytes); }
  bool is_refused() const { return everything_said(path_, true).starts_with("damaged"); }
  // Refused, or answered as before.
  void expect_no_wrong_answer() const {
    for (const bool by_index : {true, false}) {
      const std::string said = everything_said(path_, by_index);
      ASSERT_TRUE(said.starts_with("damaged") || said == expected_) << said;
    }
  }
  // With every checksum made right again.
  std::string forged(std::string bytes) const {
    packed::Header forged_header;
    std::memcpy(&forged_header, bytes.data(), sizeof forged_header);
    const auto& checksums = header_[packed::Section::checksums];
    const auto sums = packed::checksums_of_blocks(
        std::string_view(bytes).substr(packed::page_bytes, checksums.offset - packed::page_bytes), 4096);
    std::memcpy(bytes.data() + checksums.offset, sums.data(), sums.size() * 8);
    const auto roots =
        packed::checksums_of_blocks(std::string_view(bytes).substr(checksums.offset, checksums.bytes), 4096);
    std::memcpy(bytes.data() + header_[packed::Section::roots].offset, roots.data(), roots.size() * 8);
    forged_header.root =
        packed::checksum_of({reinterpret_cast<const char*>(roots.data()), roots.size() * sizeof(std::uint64_t)});
    forged_header.checksum = packed::checksum_of(forged_header);
    std::memcpy(bytes.data(), &forged_header, sizeof forged_header);
    return bytes;
  }

  TemporaryDirectory folder_;
  std::string path_ = folder_ / "a.ledger", bytes_, expected_;
  packed::Header header_;
};

TEST_F(Damage, CutFilesAreRefused) {
  for (std::size_t size = 0; size < bytes_.size(); size += 61) {
    put(bytes_.substr(0, size));
    ASSERT_TRUE(is_refused()) << size;
  }
  put(bytes_ + 'x');
  EXPECT_TRUE(is_refused());
}

TEST_F(Damage, EveryByteOfTheHeaderCounts) {
  for (std::size_t i = 0; i < packed::page_bytes; ++i) {
    std::string bytes = bytes_;
    bytes[i] = char(bytes[i] ^ (1 << i % 8));
    put(bytes);
    ASSERT_TRUE(is_refused()) << i;
  }
}

TEST_F(Damage, AlteredBytesAreRefusedOrDoNotMatter) {
  std::size_t refused = 0;
  for (std::size_t i = packed::page_bytes; i < bytes_.size(); i += 97) {
    std::string bytes = bytes_;
    bytes[i] = char(bytes[i] ^ (1 << i % 8));
    put(bytes);
    ASSERT_NO_FATAL_FAILURE(expect_no_wrong_answer()) << i;
    EXPECT_THROW(PackedLedger(path_).verify(), BadInput) << i;
    refused += is_refused();
  }
  EXPECT_GT(refused, 20u);
}

TEST_F(Damage, NamesTheSection) {
  for (const packed::Section section :
       {packed::Section::from, packed::Section::receipts, packed::Section::account_bytes, packed::Section::payments}) {
    std::string bytes = bytes_;
    bytes[header_[section].offset + 5] ^= 1;
    put(bytes);
    const std::string message = message_of<BadInput>([&] { PackedLedger(path_).verify(); });
    EXPECT_TRUE(contains(message, "section '" + std::string(packed::section_names[std::size_t(section)]) + "'"))
        << message;
  }
}

// Right checksums around wrong numbers: what comes out may be wrong, but nothing is read outside the file.
TEST_F(Damage, ForgedFilesDoNotCrash) {
  std::mt19937_64 random(9);
  std::size_t refused = 0;
  const std::uint64_t end = header_[packed::Section::checksums].offset;
  for (int round = 0; round < 1500; ++round) {
    std::string bytes = bytes_;
    for (int change = 0; change < 1 + round % 4; ++change) {
      // A section by lot, as some are far larger than others.
      const packed::SectionEntry& entry = header_.sections[random() % std::size_t(packed::Section::checksums)];
      if (entry.bytes == 0) continue;
      const std::size_t at = entry.offset + random() % entry.bytes;
      const std::size_t size = std::min<std::size_t>(1 + random() % 8, end - at);
      const bool extreme = random() % 2 == 0;
      for (std::size_t i = 0; i < size; ++i)
        bytes[at + i] = extreme ? char(random() % 2 == 0 ? 255 : 0) : char(random());
    }
    put(forged(bytes));
    for (const bool by_index : {true, false}) refused += everything_said(path_, by_index).starts_with("damaged");
    PackedRowsBuffer rows;
    try {
      const PackedLedger file(path_);
      file.read_rows(0, file.size(), rows);
      file.verify();
    } catch (const BadInput&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 500u);
}

TEST_F(Damage, NumbersThatNameNothingAreRefused) {
  using enum packed::Section;
  for (const packed::Section section :
       {from, to, wallet_accounts, wallet_assets, account_ends, asset_ends, account_slots, account_wallets,
        account_wallet_begins, receipt_begins, payment_begins, receipts, payments, id_chunks, id_length_chunks}) {
    std::string bytes = bytes_;
    const packed::SectionEntry& entry = header_[section];
    ASSERT_GT(entry.bytes, 0u);
    for (std::uint64_t at = 0; at < entry.bytes; at += entry.width)
      std::memset(bytes.data() + entry.offset + at, 0x7E, std::min<std::size_t>(4, entry.width));
    put(forged(bytes));
    EXPECT_TRUE(is_refused() || everything_said(path_, false).starts_with("damaged"))
        << packed::section_names[std::size_t(section)];
  }
}

TEST_F(Damage, ForgedHeadersAreRefused) {
  std::mt19937_64 random(10);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = bytes_;
    const std::size_t at = 16 + random() % (sizeof(packed::SectionEntry) * packed::section_count + 152);
    for (std::size_t i = 0; i < 1 + random() % 8; ++i) bytes[at + i] = char(random() % 3 == 0 ? 255 : random());
    packed::Header changed;
    std::memcpy(&changed, bytes.data(), sizeof changed);
    changed.checksum = packed::checksum_of(changed);
    std::memcpy(bytes.data(), &changed, sizeof changed);
    put(bytes);
    everything_said(path_, true);
    everything_said(path_, false);
  }
}

TEST_F(Damage, TellsANewerVersionAndAnotherOrderOfBytes) {
  std::string bytes = bytes_;
  bytes[16] = 2;
  put(bytes);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { PackedLedger{path_}; }), "has version 2"));
  bytes = bytes_;
  std::swap(bytes[20], bytes[23]);
  std::swap(bytes[21], bytes[22]);
  put(bytes);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { PackedLedger{path_}; }), "another order of bytes"));
  folder_.write("a.ledger", "hash,from,to\n");
  EXPECT_TRUE(contains(message_of<BadInput>([&] { PackedLedger{path_}; }), "is no packed ledger"));
  EXPECT_THROW(PackedLedger(folder_ / "none"), MissingInput);
}

std::size_t files_in(const TemporaryDirectory& folder) {
  return std::size_t(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(PackedWriter, LeavesNothingUnlessFinished) {
  const TemporaryDirectory folder;
  const std::string path = folder / "a.ledger";
  { const PackedWriter writer(path, false, 1, {}); }
  EXPECT_EQ(files_in(folder), 0u);
  write_packed_ledger(path, false, make_ledger(farm_rows()), {});
  EXPECT_TRUE(contains(message_of<OutputError>([&] { PackedWriter(path, false, 0, {}); }), "exists; give --overwrite"));
  const std::string before = content_of(path);
  PackedOptions options;
  options.stop_if_asked = [calls = 0]() mutable {
    if (++calls > 2) throw Interrupted();
  };
  EXPECT_THROW(write_packed_ledger(path, true, make_ledger(farm_rows()), options), Interrupted);
  EXPECT_EQ(files_in(folder), 1u);
  EXPECT_EQ(content_of(path), before);
}

TEST(PackedWriter, CleansWhatAKilledRunLeft) {
  const TemporaryDirectory folder;
  const std::string path = folder / "a.ledger";
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    PackedWriter writer(path, false, 1, {});
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(files_in(folder), 1u);
  EXPECT_FALSE(std::filesystem::exists(path));
  folder.write("a.ledger.tmp-1-0", "of a process that lives");
  folder.write("a.ledger.tmp-999999999-0x", "another's");
  folder.write("b.ledger.tmp-999999999-0", "another's");
  write_packed_ledger(path, false, make_ledger(farm_rows()), {});
  EXPECT_EQ(files_in(folder), 4u);
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(PackedWriter, SaysThatTheDiskIsFull) {
  EXPECT_TRUE(contains(message_of<OutputError>([] { write_packed_ledger("/dev/full", true, make_ledger({}), {}); }),
                       "/dev/full"));
  const TemporaryDirectory folder;
  if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) GTEST_SKIP() << "mounting needs root";
  std::mt19937_64 random(1);
  const std::string message = message_of<OutputError>(
      [&] { write_packed_ledger(folder / "a.ledger", false, make_ledger(testing::random_rows(random, 20000)), {}); });
  const std::size_t files = files_in(folder);
  ::umount(folder.path().c_str());
  EXPECT_TRUE(contains(message, "No space left on device")) << message;
  EXPECT_EQ(files, 0u);
}

}  // namespace
}  // namespace ringscan
