// One question asked of one backend, each call of the seam timed by itself.
#pragma once
#include <chrono>

#include "answers.hpp"

namespace ringscan::bench {

struct Phases {  // seconds
  double suspects = 0, evidence = 0, customers = 0, count = 0;
  double total() const { return suspects + evidence + customers + count; }
};

inline Answer ask(Backend& backend, const Workload& workload, const Question& question, Phases& phases) {
  const LedgerView ledger = workload.ledger.view();
  const auto timed = [](double& seconds, auto call) {
    const auto start = std::chrono::steady_clock::now();
    auto result = call();
    seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  };
  Answer answer;
  if (question.all_receivers) {
    answer.count = timed(phases.count, [&] { return backend.count_hits(ledger, question.rule, Interval{}); });
    return answer;
  }
  answer.suspects =
      timed(phases.suspects, [&] { return backend.find_suspects(ledger, question.rule, workload.merchants); });
  answer.evidence = timed(phases.evidence, [&] {
    return backend.find_evidence(ledger, question.rule, workload.merchants, answer.suspects);
  });
  answer.customers = timed(phases.customers, [&] { return backend.count_customers(ledger, workload.merchants); });
  return answer;
}

}  // namespace ringscan::bench
