#include "check.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "ask.hpp"
#include "reference/reference.hpp"

namespace ringscan::bench {

void stop_for_wrong_answer(std::string_view of_case, std::string_view what) {
  std::fflush(stdout);
  fmt::print(stderr, "ring_bench: wrong answer of {}: {}; nothing was timed for it\n", of_case, what);
  std::exit(1);
}

void check_answer(std::string_view of_case, const Answer& answer, const Answer& expected) {
  if (answer.suspects != expected.suspects) stop_for_wrong_answer(of_case, "suspects");
  if (answer.evidence != expected.evidence) stop_for_wrong_answer(of_case, "evidence");
  if (answer.customers != expected.customers) stop_for_wrong_answer(of_case, "customers");
  if (answer.count != expected.count) stop_for_wrong_answer(of_case, "count");
}

void check_expectations(std::uint64_t transactions, std::uint32_t merchants) {
  const auto reference = make_reference({});
  for (std::size_t shape = 0; shape < shape_names.size(); ++shape) {
    const Workload workload = make_workload({Shape(shape), transactions, merchants, 7});
    for (const Question& question : questions(workload)) {
      Phases phases;
      const Answer answer = ask(*reference, workload, question, phases);
      check_answer(fmt::format("reference/{}/{} on a small ledger", shape_names[shape], question.name), answer,
                   expected_answer(workload, question));
    }
  }
}

}  // namespace ringscan::bench
