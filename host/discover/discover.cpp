#include "discover/discover.hpp"

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <unordered_set>

#include "discover/calibration.hpp"
#include "discover/candidates.hpp"
#include "discover/decisions.hpp"
#include "discover/farm.hpp"
#include "discover/loops.hpp"
#include "discover/pool.hpp"

namespace ringscan {
namespace discover {
namespace {

constexpr std::size_t batch = 1 << 16;  // candidates whose evaluations are held at once

bool is_sweep(Gate gate) { return gate == Gate::sweep || gate == Gate::prefunded_sweep; }

// Pays back many, in a way that no farm does: part of no farm.
bool is_banned(const Evaluation& evaluation, const DiscoverOptions& options) {
  const std::uint32_t paid_back = evaluation.signals.common + evaluation.signals.plain_refunds;
  return options.bans_sweeps && !evaluation.is_accepted() && paid_back >= options.sweep_workers &&
         std::ranges::any_of(evaluation.gates, [](Gate gate) {
           return is_sweep(gate) || gate == Gate::immediate || gate == Gate::interest;
         });
}

class Discovery {
 public:
  // `view`: of the ledger, or of one with its accounts and wallets.
  Discovery(Backend& backend, const Ledger& ledger, const LedgerView& view, const DiscoverOptions& options,
            const BackendOptions& run)
      : backend_(backend),
        ledger_(ledger),
        options_(options),
        run_(run),
        graph_(view, options, excluded_accounts(), backend, run),
        decisions_(ledger, options),
        evaluators_([this] { return Evaluator(graph_, options_); }) {}

  Result find() {
    if (options_.pattern != Pattern::loops) find_farms();
    if (options_.pattern != Pattern::farms) {
      run_.enter("loops");
      result_.loops = find_loops(graph_, ledger_, options_, decisions_, run_);
      cut(result_.loops);
    }
    for (const Evaluator& evaluator : evaluators_) result_.work += evaluator.work();
    return std::move(result_);
  }

  // The rows among the accounts of each farm and each refund.
  std::vector<bool> told_rows() {
    std::vector<Evaluation> all = find_reports();
    all.insert(all.end(), sweeps_.begin(), sweeps_.end());
    std::vector<bool> told(ledger_.from.size());
    for (const Evaluation& evaluation : all) {
      const auto& [merchants, payers] = evaluation.candidate;
      std::vector<Node> workers = evaluation.workers;
      workers.insert(workers.end(), evaluation.just_funded.begin(), evaluation.just_funded.end());
      const auto leave_out = [&](const std::vector<Node>& from, const std::vector<Node>& to) {
        for (const Payment& payment : payments_between(graph_, from, to)) told[payment.row] = true;
      };
      leave_out(workers, merchants), leave_out(payers, workers), leave_out(merchants, payers);
    }
    return told;
  }

  // The scores of the farms that find() would report, best first.
  std::vector<double> scores() {
    std::vector<double> all;
    for (const Evaluation& evaluation : find_reports()) all.push_back(evaluation.signals.score);
    return all;
  }

 private:
  std::vector<bool> excluded_accounts() const {
    std::vector<bool> excluded(options_.excluded.empty() ? 0 : ledger_.accounts.size());
    for (const std::optional<Account> account : find_accounts(ledger_, options_.excluded))
      if (account) excluded[to_index(*account)] = true;
    return excluded;
  }

  template <class T>
  void cut(std::vector<T>& ranked) const {
    if (options_.top > 0 && ranked.size() > options_.top)
      ranked.erase(ranked.begin() + std::ptrdiff_t(options_.top), ranked.end());
  }

  void find_farms() {
    std::vector<Evaluation> reports = find_reports();
    run_.enter("evidence");
    if (reports.empty() && sweeps_.empty() && cleared_.empty()) return;
    const Observer observer(graph_, ledger_, options_);
    report_sweeps(reports, observer);
    cut(reports);
    result_.farms = make_farms(reports, observer);
    group_farms(result_.farms);
    cut(cleared_);
    result_.cleared = make_farms(cleared_, observer);
  }

  std::vector<Farm> make_farms(const std::vector<Evaluation>& reports, const Observer& observer) {
    std::vector<Farm> farms;
    for (const Evaluation& evaluation : reports) {
      Farm& farm = farms.emplace_back(make_farm(graph_, ledger_, evaluation, options_, observer, result_.work));
      decisions_.mark(farm);
    }
    return farms;
  }

  std::vector<Evaluation> find_reports() {
    run_.enter("payers");
    std::vector<bool> banned(graph_.node_count());
    evaluate(direct_candidates(graph_, options_), [&](Evaluation& evaluation) {
      if (is_banned(evaluation, options_)) banned[evaluation.candidate.payers.front()] = true;
      sort_out(evaluation);
    });
    run_.enter("links");
    std::vector<Candidate> candidates =
        linked_groups(find_links(graph_, options_, banned, backend_, result_.work), options_);
    run_.enter("candidates");
    decisions_.add_without_cleared(candidates);
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    evaluate(std::move(candidates), [&](Evaluation& evaluation) { sort_out(evaluation); });
    run_.enter("merge");
    if (!cleared_.empty()) {  // what would be reported, were they not
      cleared_.insert(cleared_.end(), accepted_.begin(), accepted_.end());
      cleared_ = reports_of(std::move(cleared_));
      std::erase_if(cleared_,
                    [&](const Evaluation& evaluation) { return !decisions_.has_cleared(evaluation.candidate); });
    }
    return reports_of(std::move(accepted_));
  }
  std::vector<Evaluation> reports_of(std::vector<Evaluation> accepted) {
    const std::vector<Evaluation> pool = merge(std::move(accepted), options_, [&](std::vector<Candidate> unions) {
      std::vector<Evaluation> evaluations;
      evaluate(std::move(unions), [&](Evaluation& evaluation) { evaluations.push_back(std::move(evaluation)); });
      return evaluations;
    });
    return select_reports(pool, options_);
  }

  // Calls visit for every candidate's evaluation, in order.
  template <class Visit>
  void evaluate(std::vector<Candidate> candidates, Visit visit) {
    std::vector<Evaluation> evaluations;
    for (std::size_t begin = 0; begin < candidates.size(); begin += batch) {
      evaluations.assign(std::min(batch, candidates.size() - begin), {});
      tbb::parallel_for(tbb::blocked_range<std::size_t>(0, evaluations.size(), 16), [&](const auto& range) {
        run_.stop_if_asked();
        Evaluator& evaluator = evaluators_.local();
        for (std::size_t i = range.begin(); i < range.end(); ++i)
          evaluations[i] = evaluator.evaluate(std::move(candidates[begin + i]));
      });
      for (Evaluation& evaluation : evaluations) {
        ++result_.gates[std::size_t(evaluation.signals.gate)];
        visit(evaluation);
      }
    }
  }

  void sort_out(Evaluation& evaluation) {
    const bool tells = evaluation.candidate.is_direct() || evaluation.signals.score >= options_.min_score;
    if (evaluation.is_accepted())
      (decisions_.has_cleared(evaluation.candidate) ? cleared_ : accepted_).push_back(std::move(evaluation));
    else if (is_sweep(evaluation.signals.gate) && tells)
      sweeps_.push_back(std::move(evaluation));
  }

  // Each payer and merchant once, and none of a farm's; those that pay the most accounts first.
  void report_sweeps(const std::vector<Evaluation>& farms, const Observer& observer) {
    std::unordered_set<Node> known;
    const auto all_of = [](const Evaluation& evaluation) {
      std::vector<Node> all = evaluation.candidate.merchants;
      all.insert(all.end(), evaluation.candidate.payers.begin(), evaluation.candidate.payers.end());
      return all;
    };
    for (const Evaluation& farm : farms)
      for (const Node node : all_of(farm)) known.insert(node);
    std::ranges::sort(sweeps_, [](const Evaluation& a, const Evaluation& b) {
      return a.workers.size() != b.workers.size() ? a.workers.size() > b.workers.size() : is_better(a, b);
    });
    std::vector<Evaluation> sweeps;
    for (const Evaluation& sweep : sweeps_) {
      const std::vector<Node> all = all_of(sweep);
      if (std::ranges::any_of(all, [&](Node node) { return known.contains(node); })) continue;
      known.insert(all.begin(), all.end());
      sweeps.push_back(sweep);
    }
    cut(sweeps);
    result_.sweeps = make_farms(sweeps, observer);
  }

  Backend& backend_;
  const Ledger& ledger_;
  const DiscoverOptions& options_;
  const BackendOptions& run_;
  TradeGraph graph_;
  Decisions decisions_;
  tbb::enumerable_thread_specific<Evaluator> evaluators_;
  std::vector<Evaluation> accepted_, cleared_, sweeps_;
  Result result_;
};

}  // namespace

std::vector<Row> evidence_rows(const Result& result) {
  std::vector<Row> rows;
  for (const std::vector<Farm>* farms : {&result.farms, &result.cleared, &result.sweeps})
    for (const Farm& farm : *farms) {
      rows.insert(rows.end(), farm.funding.begin(), farm.funding.end());
      for (const FarmWorker& worker : farm.workers)
        for (const FarmEvidence& evidence : worker.evidence)
          for (const Row row : {evidence.purchase, evidence.reward, evidence.funding})
            if (row != no_row) rows.push_back(row);
    }
  for (const Loop& loop : result.loops)
    for (const Trip& trip : loop.trips) rows.insert(rows.end(), {trip.there, trip.back});
  return rows;
}

}  // namespace discover

discover::Result find_farms(Backend& backend, const Ledger& ledger, const DiscoverOptions& options,
                            const BackendOptions& run) {
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, run.threads);
  tbb::task_arena arena(int(run.threads));
  return arena.execute([&] { return discover::Discovery(backend, ledger, ledger.view(), options, run).find(); });
}

Calibration calibrate(Backend& backend, const Ledger& ledger, const DiscoverOptions& options, std::uint32_t replicates,
                      const BackendOptions& run) {
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, run.threads);
  tbb::task_arena arena(int(run.threads));
  run.enter("calibrate");
  BackendOptions quiet = run;
  quiet.on_stage = {};
  DiscoverOptions whatever = options;
  whatever.min_score = 0;
  return arena.execute([&] {
    const std::vector<bool> told = discover::Discovery(backend, ledger, ledger.view(), options, quiet).told_rows();
    const discover::Permutation permutation(ledger.view(), options.within, told);
    Calibration calibration;
    for (std::uint32_t replicate = 0; replicate < replicates; ++replicate) {
      run.stop_if_asked();
      const std::vector<Wallet> receivers = permutation.receivers(replicate);
      LedgerView permuted = ledger.view();
      permuted.to = receivers;
      calibration.scores.push_back(discover::Discovery(backend, ledger, permuted, whatever, quiet).scores());
    }
    return calibration;
  });
}

}  // namespace ringscan
