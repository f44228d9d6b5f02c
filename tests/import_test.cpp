// Proves that an import packs the same bytes whatever the memory, the threads and the order of files and rows, and that
// what it packs gives the answers that the exports give.
#include <gtest/gtest.h>

#include <random>

#include "files.hpp"
#include "io/errors.hpp"
#include "packed/section_writer.hpp"
#include "read/import_ledger.hpp"

namespace ringscan::testing {
namespace {

std::string address(std::uint64_t number) {
  std::string digits = std::to_string(number);
  return "0x" + std::string(40 - digits.size(), 'a') + digits;
}

constexpr std::string_view header =
    "hash,block_number,transaction_index,from_address,to_address,value,block_timestamp\n";

// Rows among few accounts, with amounts on both sides of 2^56 and 2^120, some equal, some without place in their block.
std::vector<std::string> random_rows(std::mt19937_64& random, std::size_t size) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t block = random() % (size / 8 + 1);
    std::string value = std::to_string(random() % 5 == 0 ? random() % 7 : random());
    if (random() % 10 == 0) value += std::to_string(random()) + std::to_string(random());
    const std::string index = random() % 4 ? std::to_string(random() % 30) : "";
    const std::string id = random() % 9 ? "id" + std::to_string(random() % size) : "";
    rows.push_back(id + ',' + std::to_string(block) + ',' + index + ',' + address(random() % 300) + ',' +
                   address(random() % 300) + ',' + value + ',' + std::to_string(1'700'000'000 + 12 * block) + '\n');
  }
  return rows;
}

std::string text_of(const std::vector<std::string>& rows, std::size_t begin, std::size_t end) {
  std::string text(header);
  for (std::size_t i = begin; i < end; ++i) text += rows[i];
  return text;
}

class Imports {
 public:
  std::string packed(const std::vector<std::string>& inputs, ImportOptions options = {}) {
    ReadReport report;
    const std::string path = folder_ / "out.ledger";
    options.overwrite = true;
    import_ledger(inputs, path, options, report, {});
    return content_of(path);
  }
  TemporaryDirectory folder_;
};

TEST(Import, PacksTheSameBytesWhateverTheOrderAndTheMemory) {
  std::mt19937_64 random(11);
  Imports imports;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{500}, std::size_t{30'000}}) {
    std::vector<std::string> rows = random_rows(random, size);
    const std::string whole = imports.folder_.write("whole.csv", text_of(rows, 0, size));
    for (const bool dedupe : {false, true}) {
      ImportOptions options;
      options.reading.dedupe = dedupe;
      options.reading.keep_self = true;
      const std::string expected = imports.packed({whole}, options);
      std::ranges::shuffle(rows, random);
      const std::string first = imports.folder_.write("first.csv", text_of(rows, 0, size / 3));
      const std::string second = imports.folder_.write("second.csv", text_of(rows, size / 3, size));
      EXPECT_TRUE(imports.packed({second, first}, options) == expected) << size << " shuffled";
      options.rows_in_memory = size / 7 + 1;
      options.reading.threads = 1;
      EXPECT_TRUE(imports.packed({first, second}, options) == expected) << size << " in runs";
      options.rows_in_memory = 1;
      EXPECT_TRUE(imports.packed({first, second}, options) == expected) << size << " in runs of a block each";
    }
  }
}

TEST(Import, ReadsPackedLedgersAgain) {
  std::mt19937_64 random(12);
  Imports imports;
  const std::vector<std::string> rows = random_rows(random, 4000);
  const std::string first = imports.folder_.write("first.csv", text_of(rows, 0, 1000));
  const std::string second = imports.folder_.write("second.csv", text_of(rows, 1000, 4000));
  const std::string expected = imports.packed({first, second});
  const std::string packed = imports.folder_.write("first.ledger", imports.packed({first}));
  EXPECT_TRUE(imports.packed({second, packed}) == expected) << "appended";
  const std::string all = imports.folder_.write("all.ledger", expected);
  EXPECT_TRUE(imports.packed({all}) == expected) << "copied";
}

TEST(Import, SaysWhatIsTooLittleMemory) {
  std::mt19937_64 random(13);
  Imports imports;
  ImportOptions options;
  options.memory_bytes = 1 << 20;
  const std::string file = imports.folder_.write("rows.csv", text_of(random_rows(random, 100), 0, 100));
  EXPECT_TRUE(
      contains(message_of<Unavailable>([&] { imports.packed({file}, options); }), "--memory-limit allows 1 MiB"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(imports.folder_.path()), {}), 1) << "nothing is left";
}

// A long piece once overtook the short ones before it.
TEST(SectionWriter, KeepsPiecesInOrder) {
  TemporaryDirectory folder;
  OutputFile file(folder / "sections", false);
  std::string expected;
  packed::SectionWriter section(file, 0);
  std::mt19937 random(14);
  for (int piece = 0; piece < 40; ++piece) {
    const std::string bytes(random() % 700'000, char('a' + piece % 26));
    section.append(bytes);
    expected += bytes;
  }
  section.finish(1);
  file.commit();
  EXPECT_TRUE(content_of(folder / "sections") == expected);
}

}  // namespace
}  // namespace ringscan::testing
