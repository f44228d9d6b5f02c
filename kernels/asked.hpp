// One question with the rows that it looks at, where the space can read them: the whole ledger, or a selection from one
// that passes through.
#pragma once
#include "kernels/memory.hpp"
#include "kernels/selection.hpp"

namespace ringscan::kernels {

template <class Space>
struct Asked {
  QuestionData data;
  ResidentLedger<Space> columns;
  ResidentQuestion<Space> question;
};

template <class Space>
Asked<Space> ask_resident(Space& space, const LedgerView& ledger, QuestionData data) {
  ResidentLedger<Space> columns(space, ledger);
  ResidentQuestion<Space> question(space, data);
  synchronize(space);
  return {std::move(data), std::move(columns), std::move(question)};
}

// The selected rows with their places in the whole ledger, what the joins take of them, and the streams' slots.
inline std::uint64_t selection_needs(const StepPlan& plan, const QuestionSize& selected) {
  return plan.needed_bytes - library_scratch + memory_needed(selected, false) + 8 * selected.transactions;
}

// `check(bytes)` of what the plan and the selected rows need throws if that is too much.
template <class Space, class Check>
Asked<Space> ask_selected(Space& space, const LedgerView& ledger, const Rule& rule, QuestionData data,
                          const StepPlan& plan, PinnedRing<Space>& pinned,
                          const typename StreamedChunks<Space>::Options& options, Check check) {
  ResidentQuestion<Space> question(space, data);
  auto wallet_account = upload(space, ledger.wallet_account);
  StreamedChunks<Space> chunks(space, ledger, wallet_account.data(), pinned, options);
  const QuestionSize whole = largest_question(ledger, rule, data.interval.size());
  ResidentLedger<Space> columns =
      select_rows(space, chunks, plan_forward(ledger.size(), plan.most_rows), plan.most_rows, question.view(),
                  std::move(wallet_account), [&](QuestionSize size) {
                    size.wallets = whole.wallets, size.accounts = whole.accounts, size.merchants = whole.merchants;
                    size.asked = data.asked ? data.asked->size() : 0;
                    size.plain = is_swept(rule) && !data.asked;
                    check(selection_needs(plan, size));
                  });
  return {std::move(data), std::move(columns), std::move(question)};
}

}  // namespace ringscan::kernels
