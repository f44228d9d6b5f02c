// A backend of the seam over an execution space: copies the ledger in, asks, copies the answer out. Stateless between
// questions. Instantiated with DeviceSpace by cuda.cu, with HostSpace by host_backend.cpp for tests.
#pragma once
#include <functional>
#include <string>

#include "kernels/host_space.hpp"
#include "kernels/intersections.hpp"
#include "kernels/join.hpp"
#include "kernels/memory.hpp"

namespace ringscan::kernels {

enum class Form { partition_on_device, partition_on_host, every_pair };

namespace join_backend {

struct PairCodes {
  Columns columns;
  QuestionView question;
  const Row* purchases;
  std::uint64_t* codes;
  RINGSCAN_HD void operator()(std::uint64_t i) const { codes[i] = question.code(columns, purchases[i]); }
};

}  // namespace join_backend

template <class Space>
class JoinBackend final : public Backend {
  template <class T>
  using Buffer = typename Space::template Buffer<T>;

 public:
  JoinBackend(std::string_view name, Form form, const BackendOptions& options, Space space)
      : name_(name), form_(form), options_(options), space_(std::move(space)) {}
  const Space& space() const { return space_; }
  std::string_view name() const override { return name_; }

  std::vector<Suspicion> find_suspects(const LedgerView& ledger, const Rule& rule,
                                       std::span<const Merchant> merchants) override {
    const Asked asked(*this, ledger, rule, make_question(ledger, rule, merchants));
    const Accusations<Space> accusations = accuse(asked, ledger, rule, false);
    options_.enter("pairs");
    Buffer<std::uint64_t> codes = pair_codes(asked, accusations.purchases);
    const std::uint64_t count = sort_unique(space_, codes, 32 + bits_for(merchants.size()));
    std::vector<Suspicion> suspects;
    for (const std::uint64_t code : copy_out(space_, codes.data(), count))
      suspects.push_back({std::uint32_t(code >> 32), Account(std::uint32_t(code))});
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
    QuestionData question = make_question(ledger, rule, merchants);
    question.asked.emplace();
    for (const Suspicion& one : suspects) question.asked->push_back(pair_code(one.merchant, one.customer));
    const Asked asked(*this, ledger, rule, std::move(question));
    const Accusations<Space> accusations = accuse(asked, ledger, rule, true);
    options_.enter("evidence");
    return first_of_each_pair(asked, accusations, suspects.size(), merchants.size(), rule.model);
  }

  HitCount count_hits(const LedgerView& ledger, const Rule& rule, const Interval& interval) override {
    const Asked asked(*this, ledger, rule, make_question(ledger, rule, interval));
    const Accusations<Space> accusations = accuse(asked, ledger, rule, false);
    options_.enter("pairs");
    Buffer<std::uint64_t> codes = pair_codes(asked, accusations.purchases);
    const std::uint64_t pairs = sort_unique(space_, codes, 32 + bits_for(ledger.account_count));
    return {accusations.purchases.size(), pairs};
  }

  DeviceMemory device_memory(const LedgerView& ledger, const Rule& rule,
                             std::span<const Merchant> merchants) const override {
    const QuestionData question =
        merchants.empty() ? make_question(ledger, rule, Interval{}) : make_question(ledger, rule, merchants);
    QuestionSize size = measure_question(ledger, rule, question);
    if (!merchants.empty()) size.plain = false, size.asked = size.purchases;  // evidence takes more than the suspects
    return {memory_needed(size, form_ == Form::every_pair), space_.free_bytes()};
  }

 private:
  // One question with its ledger, where the space can read them.
  struct Asked {
    Asked(JoinBackend& backend, const LedgerView& ledger, const Rule& rule, QuestionData question_data)
        : data((backend.check_memory(ledger, rule, question_data), backend.options_.enter("copy"),
                std::move(question_data))),
          columns(backend.space_, ledger),
          question(backend.space_, data) {
      synchronize(backend.space_);
    }
    QuestionData data;
    ResidentLedger<Space> columns;
    ResidentQuestion<Space> question;
  };

  // Throws Unavailable, before anything is allocated, if the question may not fit.
  void check_memory(const LedgerView& ledger, const Rule& rule, const QuestionData& question) const {
    options_.stop_if_asked();
    const std::uint64_t has = space_.free_bytes();
    const bool every_pair = form_ == Form::every_pair;
    if (memory_needed(largest_question(ledger, rule, question.interval.size()), every_pair) <= has) return;
    const std::uint64_t needs = memory_needed(measure_question(ledger, rule, question), every_pair);
    if (needs > has) throw Unavailable(too_little_memory(name_, needs, has));
  }

  Accusations<Space> accuse(const Asked& asked, const LedgerView& ledger, const Rule& rule, bool rows_wanted) {
    const Columns columns = asked.columns.view();
    const QuestionView& question = asked.question.view();
    if (rule.model == Model::purchase_only) {
      options_.enter("select");
      return {select_purchases(space_, columns, question), {space_, 0}};
    }
    if (form_ == Form::every_pair) {
      options_.enter("join");
      return join_every_pair(space_, ledger, columns, rule, question);
    }
    options_.enter("sort");
    Partition<Space> rows = form_ == Form::partition_on_host
                                ? partition_on_host(asked, ledger)
                                : make_partition(space_, columns, ledger.wallet_count(), question);
    synchronize(space_);
    options_.stop_if_asked();
    options_.enter("join");
    return join_by_partition(space_, ledger, columns, rule, std::move(rows), rows_wanted);
  }

  // Host code sorts and partitions by receiver; only row numbers are copied.
  Partition<Space> partition_on_host(const Asked& asked, const LedgerView& ledger) {
    HostSpace host;
    const Columns columns = columns_of(ledger);
    const ResidentQuestion<HostSpace> question(host, asked.data);
    const Partition<HostSpace> rows = make_partition(host, columns, ledger.wallet_count(), question.view());
    const auto copied = [&](const HostSpace::Buffer<Row>& buffer) {
      return upload<Space, Row>(space_, std::span(buffer.data(), buffer.size()));
    };
    return {copied(rows.purchases), copied(rows.receipts), copied(rows.paid)};
  }

  Buffer<std::uint64_t> pair_codes(const Asked& asked, const Buffer<Row>& purchases) {
    Buffer<std::uint64_t> codes(space_, purchases.size());
    for_each_index(
        space_, purchases.size(),
        join_backend::PairCodes{asked.columns.view(), asked.question.view(), purchases.data(), codes.data()});
    return codes;
  }

  // Purchases ascend, and the sort is stable: the first of a pair's run is its first purchase.
  std::vector<Evidence> first_of_each_pair(const Asked& asked, const Accusations<Space>& accusations,
                                           std::size_t pair_count, std::size_t merchant_count, Model model) {
    const std::uint64_t count = accusations.purchases.size();
    Buffer<std::uint64_t> codes = pair_codes(asked, accusations.purchases), sorted(space_, count);
    Buffer<std::uint64_t> places(space_, count), order(space_, count);
    for_each_index(space_, count, Iota{places.data()});
    sort_pairs(space_, codes.data(), sorted.data(), places.data(), order.data(), count, 32 + bits_for(merchant_count));
    const auto begins = select_where(space_, count, [&](std::uint8_t* flags) {
      return intersections::MarkBegins<std::uint64_t>{sorted.data(), flags};
    });
    const auto gathered = [&]<class T>(const T* in, const Buffer<std::uint64_t>& at) {
      Buffer<T> out(space_, at.size());
      for_each_index(space_, at.size(), join::Gather<T>{in, at.data(), out.data()});
      return out;
    };
    const Buffer<std::uint64_t> first = gathered(order.data(), begins);
    const Buffer<Row> purchases = gathered(accusations.purchases.data(), first);
    std::vector<Evidence> evidence;
    for (const Row purchase : copy_out(space_, purchases.data(), purchases.size())) evidence.push_back({purchase});
    if (model != Model::purchase_only) {
      const Buffer<Completion> completions = gathered(accusations.completions.data(), first);
      const std::vector<Completion> copied = copy_out(space_, completions.data(), completions.size());
      for (std::size_t i = 0; i < copied.size(); ++i)
        evidence[i].reward = copied[i].reward, evidence[i].funding = copied[i].funding;
    }
    if (evidence.size() != pair_count)
      throw std::logic_error("find_evidence was asked about pairs that are no suspects");
    return evidence;
  }

  std::string name_;
  Form form_;
  BackendOptions options_;
  Space space_;
};

}  // namespace ringscan::kernels
