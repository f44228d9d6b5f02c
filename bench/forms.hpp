// The forms that are measured, how far each is taken, and the bytes that it moves.
//
// How far: `visits` bounds (merchants + purchases) * n, which is what the nested loops do; `rows` bounds n. The
// headline cases go further than the others, so that a default run takes minutes on two cores; --full goes as far as a
// form can.
//
// Bytes moved is a model, the same for every run: what must pass between memory and the cores at least once, in full
// passes over columns larger than any cache, sorted records written and read once more, and caches otherwise perfect.
// Its share of the copy bandwidth says how near a form comes to streaming its input, and leaves the rest to be
// explained by sorting, random access and computing.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "answers.hpp"
#include "cli/backends.hpp"
#include "kernels/columns.hpp"
#include "kernels/cuda.hpp"

namespace ringscan::bench {

struct Reach {
  double rows, visits;
};

struct Form {
  std::string_view name;     // in tables
  std::string_view backend;  // of choose_backend: which one it is, or is a variant of
  Reach headline, others, full;
  std::unique_ptr<Backend> (*make_variant)(const BackendOptions&) = nullptr;

  std::unique_ptr<Backend> make(const BackendOptions& options) const {
    return make_variant != nullptr ? make_variant(options) : choose_backend(backend, options).backend;
  }
  bool is_available() const {
    const auto entry = std::ranges::find(backends(), backend, &BackendEntry::name);
    return entry != backends().end() && entry->why_unavailable().empty();
  }
};

inline constexpr double unlimited = 1e300;
inline constexpr std::array forms = {
    Form{"reference", "reference", {1e5, 2e9}, {1e4, 2e8}, {1e5, 2e10}},
    Form{"cpu", "cpu", {1e7, unlimited}, {1e6, unlimited}, {1e8, unlimited}},
    Form{"cuda-pairs", "cuda-pairs", {1e6, 2e11}, {1e6, 2e11}, {1e6, 2e12}},
    Form{"cuda", "cuda", {1e7, unlimited}, {1e7, unlimited}, {1e8, unlimited}},
    Form{"cuda-streamed", "cuda", {1e7, unlimited}, {1e6, unlimited}, {1e8, unlimited}, make_cuda_streamed},
    Form{"cuda-device-partition",
         "cuda",
         {1e7, unlimited},
         {1e5, unlimited},
         {1e8, unlimited},
         make_cuda_device_partition},
    Form{"cuda-host-partition", "cuda", {1e7, unlimited}, {1e6, unlimited}, {1e8, unlimited}, make_cuda_host_partition},
};

inline bool is_headline(Shape shape, std::string_view question) {
  const bool leads = shape == Shape::uniform || shape == Shape::power_law || shape == Shape::hot_account;
  return leads && (question == "plain" || question == "count");
}

inline bool can_reach(const Reach& reach, std::uint64_t n, std::uint64_t merchants, bool all_receivers) {
  const double rows = double(n), purchases = all_receivers ? rows : rows / 10;
  return rows <= reach.rows && (double(merchants) + purchases) * rows <= reach.visits;
}

// A sweep over all receivers: 20 bytes of columns; the sender's maximum read and the receiver's read and written, in
// sectors of 32 bytes; the sender's again; flags and columns read twice more; a hit's place and pair, sorted.
inline double device_sweep_bytes(double n, double wallets, double hits) {
  const double passes = double(2 * kernels::bits_for(std::uint64_t(wallets)) + 7) / 8;
  return n * (20 + 4 * 32 + 2 * 12 + 4) + hits * (8 + 8 + 2 * 8 + 16 * passes);
}

// The other device pipelines, each time anew: columns copied in (20) and read by the functors that select purchases (13
// with their flags) and receipts (6); a receipt is sorted by its receiver's number in radix passes of 8 bits, each
// reading and writing wallet and row, laid out (28 twice), and scanned (16); its band index sorts again by amount and
// writes its levels.
inline double device_bytes_moved(const Workload& workload, const Question& question, const Answer& answer) {
  const double n = double(workload.options.transactions), calls = question.all_receivers ? 1 : 2;
  const double passes = double(kernels::bits_for(workload.ledger.wallet_account.size()) + 7) / 8;
  const bool indexed = question.name != "plain" && question.name != "count";
  const double a_receipt = passes * 24 + 56 + 16 + (indexed ? 8 * 32 + 5 * 16 : 0);
  const double purchases = double(answer.purchases) * 8 * 8;
  const double customers = question.all_receivers ? 0 : n * (20 + 13) + purchases;
  return calls * (n * (20 + 13 + 6) + double(answer.receipts) * a_receipt + purchases) + customers;
}

// cuda-pairs is bound by its comparisons, not by bytes: 0, which is not shown.
inline double bytes_moved(const Form& form, const Workload& workload, const Question& question, const Answer& answer) {
  const double n = double(workload.options.transactions);
  const double calls = question.all_receivers ? 1 : 3;                // suspects, evidence, customers
  if (form.backend == "reference") return calls * n * (20 + 2 * 56);  // columns -> 56-byte transactions -> the loops
  const bool sorts = form.name == "cuda-device-partition" || form.name == "cuda-host-partition";
  if (form.backend == "cuda" && question.name == "count" && !sorts)
    return n * 20 + device_sweep_bytes(n, double(workload.ledger.wallet_account.size()), double(answer.count.hits));
  if (form.backend == "cuda") return device_bytes_moved(workload, question, answer);
  if (form.backend != "cpu") return 0;
  if (question.name == "count") return n * 20 + double(answer.count.hits) * 2 * 8;  // one sweep; pairs scattered
  // Columns counted and scattered; a line for each side of a row written, read, put in place and read.
  if (question.all_receivers) return n * (8 + 20 + 2 * 4 * 24);
  // Each of the calls but the last: `to` tested for purchases and again for receipts (and `from` for payments), and of
  // each selected row 20 bytes of columns and its 16-byte record, written, sorted and read.
  const double columns = question.rule.model == Model::advanced ? 12 : 8;
  const double selected = double(answer.purchases + answer.receipts) * (20 + 4 * 16);
  const double customers = n * 4 + double(answer.purchases) * 4 * 8;
  return 2 * (n * columns + selected) + customers;
}

// Pairs of transactions that cuda-pairs compares to find suspects, or to count; advanced compares more: not counted.
inline double pairs_compared(const Form& form, const Workload& workload, const Question& question,
                             const Answer& answer) {
  if (form.backend != "cuda-pairs" || question.rule.model == Model::advanced) return 0;
  const double n = double(workload.options.transactions);
  return n * (question.all_receivers ? n : double(answer.purchases));
}

}  // namespace ringscan::bench
