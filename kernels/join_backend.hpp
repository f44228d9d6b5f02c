// A backend of the seam over an execution space: copies the ledger in, asks, copies the answer out. Stateless between
// questions. Instantiated with DeviceSpace by cuda.cu, with HostSpace by host_backend.cpp for tests.
#pragma once
#include <functional>
#include <string>

#include "kernels/asked.hpp"
#include "kernels/common_accounts.hpp"
#include "kernels/exchanges.hpp"
#include "kernels/host_space.hpp"
#include "kernels/pair_set.hpp"
#include "kernels/sweep.hpp"

namespace ringscan::kernels {

enum class Form {
  resident,             // counts by a resident sweep, the rest by partition_on_device; streamed where that does not fit
  streamed,             // the ledger passes through the device, whatever its size
  partition_on_device,  // resident; sorts and searches, also to count
  partition_on_host,    // the same, but host code sorts
  every_pair            // the paper's loops
};

namespace join_backend {

struct PairCodes {
  Columns columns;
  QuestionView question;
  const Row* purchases;
  std::uint64_t* codes;
  RINGSCAN_HD void operator()(std::uint64_t i) const { codes[i] = question.code(columns, purchases[i]); }
};

// Rows of a selection become the ledger's.
struct OriginalRows {
  const Row* original;
  Row* purchases;
  Completion* completions;  // null: none wanted
  RINGSCAN_HD void operator()(std::uint64_t i) const {
    purchases[i] = original[purchases[i]];
    if (completions == nullptr) return;
    Completion& one = completions[i];
    if (one.reward != no_row) one.reward = original[one.reward];
    if (one.funding != no_row) one.funding = original[one.funding];
  }
};

}  // namespace join_backend

template <class Space>
class JoinBackend final : public Backend {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  JoinBackend(std::string_view name, Form form, const BackendOptions& options, Space space, StepTuning tuning = {})
      : name_(name), form_(form), options_(options), space_(std::move(space)), tuning_(tuning) {}
  const Space& space() const { return space_; }
  std::string_view name() const override { return name_; }

  std::vector<Suspicion> find_suspects(const LedgerView& ledger, const Rule& rule,
                                       std::span<const Merchant> merchants) override {
    QuestionData data = make_question(ledger, rule, merchants);
    const PairCode pair = data.pair;
    std::vector<std::uint64_t> codes;
    if (may_stream() && is_swept(rule) && resident_needs(ledger, rule, data) > 0) {
      sweep_pairs(ledger, rule, data, false, [&](std::uint64_t, PairSet<Space>& pairs) { codes = pairs.codes(); });
    } else {
      const Asked<Space> asked = ask(ledger, rule, std::move(data));
      const Accusations<Space> accusations = accuse(asked, ledger, rule, false);
      options_.enter("pairs");
      Buffer<std::uint64_t> all = pair_codes(asked, accusations.purchases);
      const std::uint64_t count = sort_unique(space_, all, pair.bits());
      codes = copy_out(space_, all.data(), count);
    }
    std::vector<Suspicion> suspects;
    suspects.reserve(codes.size());
    for (const std::uint64_t code : codes) suspects.push_back(pair.suspicion(code));
    return suspects;
  }

  std::vector<std::uint64_t> count_customers(const LedgerView& ledger, std::span<const Merchant> merchants) override {
    // Everybody who ever paid a merchant: the rule that looks at purchases alone, at all times, excluding nobody.
    std::vector<Merchant> always;
    for (const Merchant& merchant : merchants) always.push_back({merchant.account});
    const Rule purchase_only{Model::purchase_only, {}, {}, {}};
    std::vector<std::uint64_t> counts(merchants.size());
    for (const Suspicion& customer : find_suspects(ledger, purchase_only, always)) ++counts[customer.merchant];
    return counts;
  }

  std::vector<Account> find_workers(const LedgerView& ledger, std::span<const Suspicion> suspects,
                                    std::uint64_t quorum) override {
    options_.enter("intersect");
    return intersect(space_, suspects, ledger.account_count, quorum);
  }

  std::vector<Evidence> find_evidence(const LedgerView& ledger, const Rule& rule, std::span<const Merchant> merchants,
                                      std::span<const Suspicion> suspects) override {
    QuestionData data = make_question(ledger, rule, merchants);
    data.asked.emplace();
    for (const Suspicion& one : suspects) data.asked->push_back(data.pair(one.merchant, one.customer));
    const Asked<Space> asked = ask(ledger, rule, std::move(data));
    const Accusations<Space> accusations = accuse(asked, ledger, rule, true);
    options_.enter("evidence");
    return first_of_each_pair(asked, accusations, suspects.size(), rule.model);
  }

  HitCount count_hits(const LedgerView& ledger, const Rule& rule, const Interval& interval) override {
    QuestionData data = make_question(ledger, rule, interval);
    HitCount count;
    if (may_stream() && is_swept(rule)) {
      sweep_pairs(ledger, rule, data, form_ == Form::resident, [&](std::uint64_t hits, PairSet<Space>& pairs) {
        count = {hits, pairs.count()};
      });
      return count;
    }
    const PairCode pair = data.pair;
    const Asked<Space> asked = ask(ledger, rule, std::move(data));
    const Accusations<Space> accusations = accuse(asked, ledger, rule, false);
    options_.enter("pairs");
    Buffer<std::uint64_t> codes = pair_codes(asked, accusations.purchases);
    return {accusations.purchases.size(), sort_unique(space_, codes, pair.bits())};
  }

  Exchanges collect_exchanges(const LedgerView& ledger, const ExchangeQuestion& question) override {
    options_.stop_if_asked();
    const std::uint64_t has = space_.free_bytes();
    if (const std::uint64_t needs = exchanges_need(ledger); needs > has) refuse(needs, has);
    return ExchangeTables<Space>(space_, ledger.checked(), question).take();
  }

  CommonCounts count_common_accounts(const Exchanges& exchanges, const CommonQuestion& question) override {
    const std::uint64_t has = space_.free_bytes();
    const PathPlan plan = plan_paths(exchanges, question, has, tuning_);
    CommonCounts all;
    if (plan.chunks.empty()) return all;
    if (plan.needed_bytes > has) refuse(plan.needed_bytes, has);
    CommonAccountCounter<Space> counter(space_, exchanges, question, plan);
    for (const PathChunk& chunk : plan.chunks) {
      options_.stop_if_asked();
      counter.count(chunk, all);
    }
    return all;
  }

  DeviceMemory device_memory(const LedgerView& ledger, const Rule& rule,
                             std::span<const Merchant> merchants) const override {
    const bool all = merchants.empty();
    const QuestionData data = all ? make_question(ledger, rule, Interval{}) : make_question(ledger, rule, merchants);
    const std::uint64_t has = space_.free_bytes();
    if (all && may_stream() && is_swept(rule))
      return {choose_sweep(ledger, data, form_ == Form::resident, has).first.needed_bytes, has};
    QuestionSize size = measure_question(ledger, rule, data);
    if (!all) size.plain = false, size.asked = size.purchases;  // evidence takes more than the suspects
    const std::uint64_t resident = memory_needed(size, form_ == Form::every_pair);
    if (!may_stream() || (form_ == Form::resident && resident <= has)) return {resident, has};
    size.transactions = std::min(size.transactions, size.purchases + size.receipts + size.paid);
    return {selection_needs(plan_selection_memory(ledger, data, has, tuning_), size), has};
  }

 private:
  bool may_stream() const { return form_ == Form::resident || form_ == Form::streamed; }

  // Bytes of the resident form if it is not to be used: too many, or unknown (all) because the columns alone are. 0 if
  // it is.
  std::uint64_t resident_needs(const LedgerView& ledger, const Rule& rule, const QuestionData& data) const {
    constexpr std::uint64_t unknown = ~std::uint64_t{0};
    if (form_ == Form::streamed) return unknown;
    const bool every_pair = form_ == Form::every_pair;
    const std::uint64_t has = space_.free_bytes();
    QuestionSize size = largest_question(ledger, rule, data.interval.size());
    if (memory_needed(size, every_pair) <= has) return 0;
    size.purchases = size.receipts = size.paid = size.asked = 0;
    if (may_stream() && memory_needed(size, every_pair) > has) return unknown;
    const std::uint64_t needs = memory_needed(measure_question(ledger, rule, data), every_pair);
    return needs <= has ? 0 : needs;
  }

  [[noreturn]] void refuse(std::uint64_t needs, std::uint64_t has) const {
    throw Unavailable(too_little_memory(name_, needs, has));
  }

  typename StreamedChunks<Space>::Options streaming(const StepPlan& plan) const {
    return {plan.most_rows, options_.threads, tuning_.bytes_worth_threads};
  }

  PinnedRing<Space>& pinned(const StepPlan& plan) {
    if (pinned_ == nullptr || pinned_->rows() < plan.most_rows) {
      pinned_.reset();
      pinned_ = std::make_unique<PinnedRing<Space>>(space_, plan.most_rows);
    }
    return *pinned_;
  }

  // Throws Unavailable, before anything is allocated for its rows, if the question may not fit.
  Asked<Space> ask(const LedgerView& ledger, const Rule& rule, QuestionData data) {
    options_.stop_if_asked();
    const std::uint64_t has = space_.free_bytes(), resident = resident_needs(ledger, rule, data);
    if (resident == 0) {
      options_.enter("copy");
      return ask_resident(space_, ledger, std::move(data));
    }
    const auto check = [&](std::uint64_t needs) {
      options_.stop_if_asked();
      if (needs > has) refuse(std::min(needs, resident), has);
    };
    if (!may_stream()) check(resident);
    options_.enter("select");
    const StepPlan plan = plan_selection_memory(ledger, data, has, tuning_);
    check(plan.needed_bytes);
    return ask_selected(space_, ledger, rule, std::move(data), plan, pinned(plan), streaming(plan), check);
  }

  // The plan, and whether the ledger is resident.
  std::pair<StepPlan, bool> choose_sweep(const LedgerView& ledger, const QuestionData& data, bool may_be_resident,
                                         std::uint64_t has) const {
    if (may_be_resident)
      if (const StepPlan plan = plan_sweep_memory(ledger, data, true, has, tuning_); plan.needed_bytes <= has)
        return {plan, true};
    return {plan_sweep_memory(ledger, data, false, has, tuning_), false};
  }

  // use(hits, the distinct pairs among them), for a rule that is swept.
  template <class Use>
  void sweep_pairs(const LedgerView& ledger, const Rule& rule, const QuestionData& data, bool may_be_resident,
                   Use use) {
    options_.stop_if_asked();
    const std::uint64_t has = space_.free_bytes();
    const auto [plan, is_resident] = choose_sweep(ledger, data, may_be_resident, has);
    if (plan.needed_bytes > has) refuse(plan.needed_bytes, has);
    options_.enter("copy");
    const std::vector<Step> steps = plan_sweep(ledger.checked().time, plan.most_rows);
    const ResidentQuestion<Space> question(space_, data);
    PairSet<Space> pairs(space_, plan.pair_capacity, data.pair.bits());
    Sweep<Space> sweep(space_, question.view(), rule, ledger.wallet_count(), plan.most_rows);
    std::uint64_t hits = 0;
    const auto visit = [&](const Step& step, const Columns& rows) {
      options_.stop_if_asked();
      const Buffer<Row> found = sweep.take(step, rows);
      hits += found.size();
      std::uint64_t* codes = pairs.append(found.size());
      for_each_index(space_, found.size(), join_backend::PairCodes{rows, question.view(), found.data(), codes});
    };
    const auto walk = [&](auto& chunks) {
      synchronize(space_);
      options_.enter("sweep");
      chunks.for_each(steps, visit);
      synchronize(space_);
    };
    if (is_resident) {
      const ResidentLedger<Space> columns(space_, ledger);
      ResidentChunks chunks{columns.view()};
      walk(chunks);
    } else {
      const auto wallet_account = upload(space_, ledger.wallet_account);
      StreamedChunks<Space> chunks(space_, ledger, wallet_account.data(), pinned(plan), streaming(plan));
      walk(chunks);
    }
    options_.enter("pairs");
    use(hits, pairs);
  }

  Accusations<Space> accuse(const Asked<Space>& asked, const LedgerView& ledger, const Rule& rule, bool rows_wanted) {
    const Columns columns = asked.columns.view();
    const QuestionView& question = asked.question.view();
    if (rule.model == Model::purchase_only) {
      options_.enter("select");
      return {select_purchases(space_, columns, question), {space_, 0}};
    }
    if (form_ == Form::every_pair) {
      options_.enter("join");
      return join_every_pair(space_, ledger.amounts, columns, rule, question);
    }
    options_.enter("sort");
    Partition<Space> rows = form_ == Form::partition_on_host
                                ? partition_on_host(asked, ledger)
                                : make_partition(space_, columns, ledger.wallet_count(), question);
    synchronize(space_);
    options_.stop_if_asked();
    options_.enter("join");
    return join_by_partition(space_, ledger.amounts, columns, rule, std::move(rows), rows_wanted);
  }

  // Host code sorts and partitions by receiver; only row numbers are copied.
  Partition<Space> partition_on_host(const Asked<Space>& asked, const LedgerView& ledger) {
    HostSpace host;
    const Columns columns = columns_of(ledger);
    const ResidentQuestion<HostSpace> question(host, asked.data);
    const Partition<HostSpace> rows = make_partition(host, columns, ledger.wallet_count(), question.view());
    const auto copied = [&](const HostSpace::Buffer<Row>& buffer) {
      return upload<Space, Row>(space_, std::span(buffer.data(), buffer.size()));
    };
    return {copied(rows.purchases), copied(rows.receipts), copied(rows.paid)};
  }

  Buffer<std::uint64_t> pair_codes(const Asked<Space>& asked, const Buffer<Row>& purchases) {
    Buffer<std::uint64_t> codes(space_, purchases.size());
    for_each_index(
        space_, purchases.size(),
        join_backend::PairCodes{asked.columns.view(), asked.question.view(), purchases.data(), codes.data()});
    return codes;
  }

  // Purchases ascend, and the sort is stable: the first of a pair's run is its first purchase.
  std::vector<Evidence> first_of_each_pair(const Asked<Space>& asked, const Accusations<Space>& accusations,
                                           std::size_t pair_count, Model model) {
    const std::uint64_t count = accusations.purchases.size();
    Buffer<std::uint64_t> codes = pair_codes(asked, accusations.purchases), sorted(space_, count);
    Buffer<std::uint64_t> places(space_, count), order(space_, count);
    for_each_index(space_, count, Iota{places.data()});
    sort_pairs(space_, codes.data(), sorted.data(), places.data(), order.data(), count, asked.data.pair.bits());
    const auto begins = select_where(space_, count, [&](std::uint8_t* flags) {
      return intersections::MarkBegins<std::uint64_t>{sorted.data(), flags};
    });
    const auto gathered = [&]<class T>(const T* in, const Buffer<std::uint64_t>& at) {
      Buffer<T> out(space_, at.size());
      for_each_index(space_, at.size(), join::Gather<T>{in, at.data(), out.data()});
      return out;
    };
    const Buffer<std::uint64_t> first = gathered(order.data(), begins);
    Buffer<Row> purchases = gathered(accusations.purchases.data(), first);
    const bool is_completed = model != Model::purchase_only;
    Buffer<Completion> completions =
        is_completed ? gathered(accusations.completions.data(), first) : Buffer<Completion>(space_, 0);
    if (const Row* original = asked.columns.original())
      for_each_index(
          space_, purchases.size(),
          join_backend::OriginalRows{original, purchases.data(), is_completed ? completions.data() : nullptr});
    std::vector<Evidence> evidence;
    for (const Row purchase : copy_out(space_, purchases.data(), purchases.size())) evidence.push_back({purchase});
    const std::vector<Completion> copied = copy_out(space_, completions.data(), completions.size());
    for (std::size_t i = 0; i < copied.size(); ++i)
      evidence[i].reward = copied[i].reward, evidence[i].funding = copied[i].funding;
    if (evidence.size() != pair_count)
      throw std::logic_error("find_evidence was asked about pairs that are no suspects");
    return evidence;
  }

  std::string name_;
  Form form_;
  BackendOptions options_;
  Space space_;
  StepTuning tuning_;
  std::unique_ptr<PinnedRing<Space>> pinned_;
};

}  // namespace ringscan::kernels
