// Proves that no damaged Parquet or Arrow file ends the program or holds it up: each of some thousand files, made of a
// small valid one by a few random changes, is rows or an error of ours, as a file and as a stream. Arrow's libraries
// are not instrumented; what our code does with what they hand out is, in the builds with sanitizers.
//
// The changes follow from a seed and a number. A file that ends this test is left as `damaged` in the folder that the
// test names, with its number.
#include <fmt/format.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <numeric>
#include <random>

#include "files.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"

// Damaged files ask for terabytes, which must be an error rather than the end of the test. Less than that is had from
// the system at no cost, but not from the address sanitizer, which marks every byte.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1:max_allocation_size_mb=1024"; }

namespace ringscan::testing {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t files_in_all = 2'000;
constexpr Clock::duration most_for_one = 10s, most_for_all = 60s;  // of a machine that is busy; a file takes 1 ms
constexpr unsigned seed = 20'261'123;

// A few changes of one file: bits, bytes and numbers that mean much, pieces left out, doubled, moved, or cut off.
class Damage {
 public:
  explicit Damage(unsigned number) : random_(seed + number) {}

  std::string of(std::string bytes) {
    for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : std::size_t(random_() % end); }

  // Footers and headers say how the rest is read: half of the changes are there.
  std::size_t place(const std::string& bytes) {
    constexpr std::size_t near = 600;
    const std::size_t part = below(4), span = std::min(near, bytes.size());
    return part == 0 ? below(span) : part == 1 ? bytes.size() - 1 - below(span) : below(bytes.size());
  }

  void change(std::string& bytes) {
    static constexpr std::uint64_t numbers[] = {0,
                                                1,
                                                0x7f,
                                                0x80,
                                                0xff,
                                                0x7fff'ffff,
                                                0x8000'0000,
                                                0xffff'ffff,
                                                0x7fff'ffff'ffff'ffff,
                                                0x8000'0000'0000'0000,
                                                ~std::uint64_t{0}};
    const std::size_t at = place(bytes), size = std::min(bytes.size() - at, 1 + below(40));
    switch (below(7)) {
      case 0:
        bytes[at] = char(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = char(below(256));
        break;
      case 2: {
        const std::uint64_t number = numbers[below(std::size(numbers))];
        const std::size_t width = std::min(bytes.size() - at, std::size_t{1} << below(4));
        for (std::size_t i = 0; i < width; ++i) bytes[at + i] = char(number >> (8 * i));
        break;
      }
      case 3:
        bytes.erase(at, size);
        break;
      case 4:
        bytes.insert(below(bytes.size() + 1), bytes.substr(at, size));
        break;
      case 5: {
        const std::string piece = bytes.substr(at, size);
        const std::size_t to = place(bytes);
        bytes.replace(to, std::min(size, bytes.size() - to), piece);
        break;
      }
      default:
        if (below(8) == 0)
          bytes.resize(at);
        else
          std::swap(bytes[at], bytes[place(bytes)]);
    }
  }

  std::mt19937_64 random_;
};

// True if all of it could be read.
bool is_read(RecordSource& source) {
  std::vector<std::size_t> columns(source.header().size());
  std::iota(columns.begin(), columns.end(), 0);
  source.select(columns);
  std::size_t length = 0;
  while (const auto block = source.next_block())
    for (Record record; block->next(record);)
      for (const std::string_view field : record.fields)
        length += std::accumulate(field.begin(), field.end(), std::size_t{1}, [](std::size_t sum, char c) {
          return sum + std::size_t(static_cast<unsigned char>(c));
        });
  return length < ~std::size_t{0};  // each byte was looked at
}

// Errors of other types go through, and fail the test.
template <class Open>
bool is_read_or_refused(Open&& open) {
  try {
    return is_read(*open());
  } catch (const BadInput&) {
  } catch (const Unavailable&) {
  }
  return false;
}

class ArrowDamage : public ::testing::TestWithParam<std::string> {};

TEST_P(ArrowDamage, IsRowsOrAnError) {
  const char* const python = std::getenv("RINGSCAN_ARROW_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "there is no Python with pyarrow to write files";
  const TemporaryDirectory folder;
  const int status = std::system(fmt::format("'{}' '{}' '{}' small", python, ARROW_WRITE, folder.path()).c_str());
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "there is no Python with pyarrow to write files";
  ASSERT_EQ(status, 0);
  const std::vector<std::string> names = {"small." + GetParam(), "small_zstd." + GetParam(),
                                          "small_plain." + GetParam()};
  std::vector<std::string> whole;
  for (const std::string& name : names) whole.push_back(content_of(folder / name));

  const Clock::time_point begin = Clock::now();
  std::size_t refused = 0, done = 0;
  for (unsigned number = 0; number < files_in_all / 3; ++number, ++done) {
    const std::string damaged = Damage(number).of(whole[number % whole.size()]);
    const std::string path = folder.write("damaged", damaged);
    SCOPED_TRACE(fmt::format("file {} of seed {}, from {}: {}", number, seed, names[number % whole.size()], path));
    const Clock::time_point start = Clock::now();
    const bool file_is_read = is_read_or_refused([&] { return open_arrow_file(path); });
    const bool stream_is_read =
        is_read_or_refused([&, pieces = std::make_shared<Pieces>(damaged)] { return open_arrow_stream(*pieces); });
    if (begins_as_arrow(damaged)) {
      EXPECT_EQ(file_is_read, stream_is_read);
    }
    ASSERT_LT(Clock::now() - start, most_for_one);
    refused += !file_is_read;
    if (Clock::now() - begin > most_for_all) break;
  }
  EXPECT_GT(done, 100u) << "the machine is too slow to prove anything";
  EXPECT_GT(refused, done / 4) << "the changes must matter";
  EXPECT_LT(refused, done) << "and not all of them";
}

INSTANTIATE_TEST_SUITE_P(Each, ArrowDamage, ::testing::Values("parquet", "arrow", "arrows"),
                         [](const ::testing::TestParamInfo<std::string>& test) { return test.param; });

}  // namespace
}  // namespace ringscan::testing
