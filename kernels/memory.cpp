#include "kernels/memory.hpp"

#include "kernels/host_space.hpp"
#include "kernels/partition.hpp"

namespace ringscan::kernels {

std::uint64_t memory_needed(const QuestionSize& size, bool every_pair) {
  constexpr std::uint64_t library_scratch = std::uint64_t{48} << 20;  // histograms and look-back states of CUB
  // Columns (20 bytes a row, 4 a wallet), the question (4 a wallet, 16 a merchant, 1 an account, 8 a pair asked about),
  // a flag a row, and the workers' masks.
  const std::uint64_t resident =
      21 * size.transactions + 9 * size.wallets + 16 * size.merchants + 9 * size.accounts + 8 * size.asked;
  // A purchase is a row, a limit, a completion of 16 and a flag; selected, again; then sorted by pair code in and out
  // with its place (32), and the sort's own copy (16).
  const std::uint64_t purchases = 130 * size.purchases;
  if (every_pair) return library_scratch + resident + purchases;
  // A payment is a row, then sorted by key: row and key in and out, and the sort's own copy: 36. Laid out it is 28, the
  // later maximum 8 more; the band index sorts places by amount: 8 for values, 16 for places, 16 of the sort's, and per
  // level a quarter byte.
  const std::uint64_t levels = std::uint64_t(bits_for(size.receipts));
  const std::uint64_t a_receipt = size.plain ? 44 : 28 + 8 + 40 + levels / 4 + 1 + 17;
  return library_scratch + resident + purchases + a_receipt * size.receipts + (36 + 17) * size.paid + 64 * levels * 16;
}

QuestionSize largest_question(const LedgerView& ledger, const Rule& rule, std::size_t merchants) {
  QuestionSize size;
  size.transactions = size.purchases = ledger.size();
  size.wallets = ledger.wallet_count();
  size.accounts = ledger.account_count;
  size.merchants = merchants;
  size.asked = std::min<std::uint64_t>(ledger.size(), merchants * size.accounts);
  size.receipts = rule.model == Model::purchase_only ? 0 : ledger.size();
  size.paid = rule.model == Model::advanced ? ledger.size() : 0;
  return size;
}

QuestionSize measure_question(const LedgerView& ledger, const Rule& rule, const QuestionData& question) {
  HostSpace host;
  const ResidentQuestion<HostSpace> resident(host, question);
  const QuestionView& view = resident.view();
  const Columns columns = columns_of(ledger);
  QuestionSize size = largest_question(ledger, rule, question.interval.size());
  size.asked = question.asked ? question.asked->size() : 0;
  size.plain = rule.model == Model::any && !rule.within && !rule.max_gain && !question.asked;
  size.purchases = size.receipts = size.paid = 0;
  std::vector<bool> is_customer(ledger.wallet_count());
  for (Row row = 0; row < ledger.size(); ++row) {
    if (rule.model == Model::advanced && view.is_merchant(columns.from[row])) ++size.paid;
    if (!view.is_purchase(columns, row)) continue;
    ++size.purchases;
    is_customer[to_index(columns.from[row])] = true;
  }
  if (rule.model != Model::purchase_only)
    for (Row row = 0; row < ledger.size(); ++row)
      size.receipts += is_customer[to_index(columns.to[row])] && view.may_complete(columns, row);
  return size;
}

std::string too_little_memory(const std::string& backend, std::uint64_t needs, std::uint64_t has) {
  const auto megabytes = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  return "backend " + backend + ": this question needs " + megabytes(needs) + " of device memory, and " +
         megabytes(has) + " are free: use --backend cpu, or cut the ledger with --start, --end or --assets";
}

}  // namespace ringscan::kernels
