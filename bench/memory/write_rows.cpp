// usage: write_rows ROWS ACCOUNTS SEED ascending|scattered
//
// A CSV export of any length on stdout, made up in constant memory: from_address, to_address, value, block_timestamp.
// Accounts are drawn with probabilities that fall as 1 / rank, every fourth evenly. `ascending` times follow the rows,
// as in an export of a chain; `scattered` times are random, so that every row has to be sorted.
#include <fmt/core.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>

#include "generate/random.hpp"

namespace {

using namespace ringscan;

constexpr std::uint64_t first_time = 1'500'000'000, seconds = 200'000'000;

char* hex(char* out, std::uint64_t value, int digits) {
  for (int i = digits; i-- > 0;) *out++ = "0123456789abcdef"[value >> 4 * i & 15];
  return out;
}

char* address(char* out, std::uint64_t account) {
  *out++ = '0', *out++ = 'x';
  return hex(hex(hex(out, mix(account), 16), mix(~account), 16), account, 8);
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0) return false;
    bytes.remove_prefix(std::size_t(written));
  }
  return true;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t rows = count == 5 ? number(arguments[1]) : 0, accounts = count == 5 ? number(arguments[2]) : 0;
  const bool ascending = count == 5 && arguments[4] == std::string_view("ascending");
  if (rows == 0 || accounts == 0 || (!ascending && arguments[4] != std::string_view("scattered"))) {
    fmt::print(stderr, "usage: write_rows ROWS ACCOUNTS SEED ascending|scattered\n");
    return 2;
  }
  constexpr std::size_t longest_row = 160, buffered = 1 << 18;
  std::string buffer(buffered + longest_row, '\0');
  constexpr std::string_view header = "from_address,to_address,value,block_timestamp\n";
  char* out = buffer.data() + header.copy(buffer.data(), header.size());
  Random random(number(arguments[3]));
  const auto account = [&] { return random.below(4) == 0 ? random.below(accounts) : random.zipf_below(accounts); };
  for (std::uint64_t row = 0; row < rows; ++row) {
    out = address(out, account());
    *out++ = ',';
    out = address(out, account());
    *out++ = ',';
    out = std::to_chars(out, out + 20, 1 + (random.next() >> random.between(4, 43))).ptr;
    *out++ = ',';
    const std::uint64_t time = ascending ? row / ((rows + seconds - 1) / seconds) : random.below(seconds);
    out = std::to_chars(out, out + 20, first_time + time).ptr;
    *out++ = '\n';
    if (std::size_t(out - buffer.data()) < buffered && row + 1 < rows) continue;
    if (!write_all({buffer.data(), std::size_t(out - buffer.data())})) return 1;
    out = buffer.data();
  }
}
