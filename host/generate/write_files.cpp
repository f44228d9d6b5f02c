// A generated ledger -> the three files of `ringscan generate`. transactions.csv has the fifteen columns of
// ethereum-etl's transactions.csv (docs/schema.md there), filled in as for plain transfers of ether, in the order of
// the chain; rows are streamed, so memory does not grow with them beyond a counter an account.
#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include "generate/generate.hpp"
#include "generate/random.hpp"
#include "generate/truth.hpp"
#include "io/errors.hpp"
#include "io/output.hpp"

namespace ringscan {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::string_view header =
    "hash,nonce,block_hash,block_number,transaction_index,from_address,to_address,value,gas,gas_price,input,"
    "block_timestamp,max_fee_per_gas,max_priority_fee_per_gas,transaction_type\n";

void write_transactions(const GeneratedLedger& ledger, Sink& sink) {
  std::vector<std::uint32_t> nonces(ledger.account_count);
  std::string text(header), block_hash;
  std::uint64_t hashed_block = ~std::uint64_t{0};
  for (const GeneratedRow& row : ledger.rows) {
    if (row.block != hashed_block) block_hash = ledger.block_hash(hashed_block = row.block);
    const std::uint64_t tip = 100'000'000 + row.key % 1'900'000'000;
    const std::uint64_t base_fee = 10'000'000'000 + mix(row.block) % 20'000'000'000;
    fmt::format_to(std::back_inserter(text), FMT_COMPILE("{},{},{},{},{},{},{},{},21000,{},0x,{},{},{},2\n"),
                   ledger.transaction_hash(row.key), nonces[row.from]++, block_hash, row.block, row.index,
                   ledger.address(row.from), ledger.address(row.to), to_string(row.amount), base_fee + tip, row.time,
                   2 * base_fee + tip, tip);
    if (text.size() >= chunk_bytes) {
      sink.write(text);
      text.clear();
      if (const auto* interrupted = ledger.options.interrupted;
          interrupted != nullptr && interrupted->load(std::memory_order_relaxed))
        throw Interrupted();
    }
  }
  sink.write(text);
}

void write_merchants(const GeneratedLedger& ledger, Sink& sink) {
  std::string text = fmt::format(
      "# The merchants of the click farms that `ringscan generate` planted in transactions.csv (seed {}).\n",
      ledger.options.seed);
  if (ledger.options.difficulty)
    text +=
        "# Who works for them stands in truth.json. A worker may be a suspect at one of them only: scan with --quorum "
        "1.\n";
  else
    text += fmt::format(
        "# Who works for them stands in truth.json. A farm's workers are suspects at each of its {} merchants, so\n"
        "#   ringscan scan transactions.csv --merchants merchants.txt --quorum {}\n"
        "# looks at all farms at once; with --quorum all (the default) keep the merchants of one farm only.\n",
        ledger.options.merchants, ledger.options.merchants);
  for (std::size_t i = 0; i < ledger.farms.size(); ++i) {
    text += fmt::format("\n# farm {}: {}\n", i + 1, name(ledger.farms[i].model));
    for (const AccountNumber merchant : ledger.farms[i].merchants) text += ledger.address(merchant) + "\n";
  }
  sink.write(text);
}

}  // namespace

void write_generated(const GeneratedLedger& ledger, const std::filesystem::path& directory, bool overwrite) {
  const std::array paths = {directory / "transactions.csv", directory / "merchants.txt", directory / "truth.json"};
  std::error_code error;
  for (const auto& path : paths)
    if (!overwrite && std::filesystem::exists(path, error))
      throw OutputError(path.string() + " exists already; --overwrite replaces it");
  std::filesystem::create_directories(directory, error);
  if (error) throw OutputError("the folder " + directory.string() + " cannot be made: " + error.message());

  OutputFile transactions(paths[0], overwrite), merchants(paths[1], overwrite), truth(paths[2], overwrite);
  write_transactions(ledger, transactions);
  write_merchants(ledger, merchants);
  write_truth(ledger, truth);
  transactions.commit();
  merchants.commit();
  truth.commit();
}

}  // namespace ringscan
