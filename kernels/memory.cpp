#include "kernels/memory.hpp"

#include "kernels/host_space.hpp"
#include "kernels/partition.hpp"

namespace ringscan::kernels {
namespace {

// What the question and the wallets' accounts take.
std::uint64_t question_bytes(const LedgerView& ledger, const QuestionData& question) {
  return 4 * ledger.wallet_count() + 4 * question.merchant.size() + 16 * question.interval.size() +
         question.excluded.size() + 8 * (question.asked ? question.asked->size() : 0);
}

constexpr std::uint64_t least_rows = std::uint64_t{1} << 14;  // below, starting kernels takes longer than they do

// The largest step, from `most` downwards, of which `fixed` and `a_row` for each of its rows fit into `has`.
std::uint64_t choose_rows(std::uint64_t most, std::uint64_t fixed, std::uint64_t a_row, std::uint64_t has) {
  while (most > least_rows && fixed + a_row * most > has) most = std::max(least_rows, most / 2);
  return most;
}

// 2 M rows are 42 MB a slot; of a small ledger a sixteenth, so that copies and kernels overlap there too.
std::uint64_t streamed_rows(std::uint64_t rows) { return std::clamp(rows / 16, least_rows, std::uint64_t{1} << 21); }

}  // namespace

std::uint64_t memory_needed(const QuestionSize& size, bool every_pair) {
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
  size.plain = is_swept(rule) && !question.asked;
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

StepPlan plan_sweep_memory(const LedgerView& ledger, const QuestionData& question, bool resident, std::uint64_t has,
                           const StepTuning& tuning) {
  // Resident, the larger the step the more rows must be settled, the smaller the more kernels and waits.
  constexpr std::uint64_t least_resident = std::uint64_t{1} << 18, most_resident = std::uint64_t{1} << 24;
  const std::uint64_t rows = std::max<std::uint64_t>(ledger.size(), 1);
  // A wallet is its maximum and a mark. A row of a step lies in three slots (60), has two flags and a place in the list
  // of hits (10); if it is settled, it is a place (8), and a receipt: flag, place, sorted by key with the sort's own
  // copy (37), or laid out with its maximum and twice selected (61). A pair is sorted in, out, and in the sort's own
  // copy.
  const std::uint64_t fixed = library_scratch + question_bytes(ledger, question) + 9 * ledger.wallet_count() +
                              (resident ? 20 * ledger.size() : 0);
  constexpr std::uint64_t a_pair = 24;
  const std::uint64_t a_row = (resident ? 0 : 60) + 10 + 8 + 61;
  StepPlan plan;
  const std::uint64_t most = resident ? std::clamp(rows / 32, least_resident, most_resident) : streamed_rows(rows);
  plan.most_rows = choose_rows(std::min(rows, most), fixed, a_row + a_pair, has);
  if (tuning.most_rows != 0) plan.most_rows = tuning.most_rows;
  const std::uint64_t without_pairs = fixed + a_row * plan.most_rows;
  // A quarter is left to the pool's own fragments.
  const std::uint64_t room = has > without_pairs ? (has - without_pairs) / a_pair / 4 * 3 : 0;
  plan.pair_capacity = std::max(plan.most_rows, std::min(rows, room));
  if (tuning.pair_capacity != 0) plan.pair_capacity = std::max(plan.most_rows, tuning.pair_capacity);
  plan.needed_bytes = without_pairs + a_pair * plan.pair_capacity;
  return plan;
}

StepPlan plan_selection_memory(const LedgerView& ledger, const QuestionData& question, std::uint64_t has,
                               const StepTuning& tuning) {
  const std::uint64_t fixed = library_scratch + question_bytes(ledger, question) + ledger.wallet_count();
  constexpr std::uint64_t a_row = 60 + 1 + 1 + 8;  // three slots, flags, places
  StepPlan plan;
  plan.most_rows = tuning.most_rows;
  if (plan.most_rows == 0) plan.most_rows = choose_rows(streamed_rows(ledger.size()), fixed, a_row, has);
  plan.needed_bytes = fixed + a_row * plan.most_rows;
  return plan;
}

std::uint64_t exchanges_need(const LedgerView& ledger) {
  // A row is its columns (20), and while payments are sorted row and key in and out, and the sort's own copy (36). Then
  // columns, row, pair (20), begin (8), and flag or number (4). The columns gone, a pair is sorted by its receiver (44
  // and the pair), or stands in an index with a flag, a place and sums. A wallet has its account, four begins, payers,
  // two flags and its activity.
  return library_scratch + 61 * ledger.size() + 40 * (ledger.wallet_count() + 1) + ledger.account_count;
}

PathPlan plan_paths(const Exchanges& exchanges, const CommonQuestion& question, std::uint64_t has,
                    const StepTuning& tuning) {
  const std::uint64_t wallets = exchanges.payers.size();
  const auto size_of = [](const std::vector<std::uint32_t>& begins, std::uint64_t wallet) {
    return begins[wallet + 1] - begins[wallet];
  };
  PathPlan plan;
  plan.is_payer.resize(wallets), plan.is_merchant.resize(wallets);
  std::vector<PathChunk> payers;  // each by itself
  std::uint64_t paths = 0, largest = 0;
  for (WalletNumber wallet = 0; wallet < wallets; ++wallet) {
    const std::uint32_t recipients = size_of(exchanges.recipients_begin, wallet);
    plan.is_merchant[wallet] = !question.banned[wallet] && size_of(exchanges.customers_begin, wallet) >= 2;
    plan.is_payer[wallet] = !question.banned[wallet] && recipients >= 2 && recipients <= question.most_recipients;
    if (plan.is_payer[wallet] == 0) continue;
    const std::uint64_t first = paths;
    for (std::uint32_t i = 0; i < recipients; ++i)
      paths += size_of(exchanges.paid_begin,
                       exchanges.pairs[exchanges.recipients[exchanges.recipients_begin[wallet] + i]].to);
    if (paths > first) payers.push_back({wallet, wallet, first, paths});
    largest = std::max(largest, paths - first);
  }
  if (paths == 0) return plan;

  // The tables, from pairs to two of their columns; who may make a pair; paths by recipient, in and out of their sum.
  const std::uint64_t fixed = library_scratch + 28 * exchanges.pairs.size() + 20 * (exchanges.recipients.size() + 1) +
                              11 * (wallets + 1) + 4 * question.least_common.size();
  // A path is a number sorted, in, out and in the sort's own copy; then a run's number, length and flag. A pair has two
  // paths or more: its place, itself, a flag, its second place, itself taken.
  constexpr std::uint64_t a_path = 42, most_at_once = std::uint64_t{1} << 26;
  const std::uint64_t room = has > fixed ? (has - fixed) / a_path / 4 * 3 : 0;  // a quarter for the pool's fragments
  std::uint64_t most = std::min({paths, room, most_at_once});
  if (tuning.most_paths != 0) most = tuning.most_paths;
  most = std::max(most, largest);
  plan.needed_bytes = fixed + a_path * most;
  for (const PathChunk& payer : payers) {
    if (plan.chunks.empty() || payer.end_path - plan.chunks.back().first_path > most) {
      plan.chunks.push_back(payer);
    } else {
      plan.chunks.back().last_payer = payer.last_payer;
      plan.chunks.back().end_path = payer.end_path;
    }
  }
  return plan;
}

std::string too_little_memory(const std::string& backend, std::uint64_t needs, std::uint64_t has) {
  const auto megabytes = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; };
  return "backend " + backend + ": this question needs " + megabytes(needs) + " of device memory, and " +
         megabytes(has) + " are free: use --backend cpu, or cut the ledger with --start, --end or --assets";
}

}  // namespace ringscan::kernels
