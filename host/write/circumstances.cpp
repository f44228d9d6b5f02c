#include "write/circumstances.hpp"

#include <fmt/format.h>

#include "write/escape.hpp"
#include "write/text_parts.hpp"

namespace ringscan {
namespace {

using discover::Share;

// How many times the ledger's share of payments the purchases' share is.
double ratio(const Share& purchases, const Share& payments) {
  return double(purchases.count) * double(payments.of) / (double(purchases.of) * double(payments.count));
}

// "12 of 40 purchases"
std::string some(const Share& share, std::string_view what) {
  return fmt::format("{} of {} {}", share.count, share.of, what);
}

// "; chance at most 10^-5.3 if ...", where that says anything.
std::string by_chance(double tail, std::string_view were) {
  return tail < 1 ? std::string() : fmt::format("; chance at most 10^-{:.1f} if {}", tail, were);
}

}  // namespace

std::string circumstances_json(const discover::Circumstances& found, std::string_view funder) {
  std::string burst = "null";
  if (found.burst)
    burst = fmt::format(
        "{{\"between\": [{}, {}], \"purchases\": {}, \"of_purchases\": {}, \"payments\": {}, \"of_payments\": {},\n"
        "        \"ratio\": {:.3f}, \"minus_log10_p\": {:.3f}}}",
        found.burst->after, found.burst->before, found.purchases_in_burst.count, found.purchases_in_burst.of,
        found.payments_in_burst.count, found.payments_in_burst.of,
        ratio(found.purchases_in_burst, found.payments_in_burst), found.burst_tail);
  return fmt::format(
      "\"burst\": {},\n"
      "      \"synchrony\": {{\"within\": {}, \"workers\": {}, \"of_workers\": {}, \"others\": {}, \"of_others\": "
      "{}}},\n"
      "      \"equal_amounts\": {{\"rewards\": {}, \"of_rewards\": {}, \"purchases\": {}, \"of_purchases\": {}}},\n"
      "      \"fresh\": {{\"within\": {}, \"workers\": {}, \"of_workers\": {}, \"others\": {}, \"of_others\": {}}},\n"
      "      \"inside\": {{\"payments\": {}, \"of_payments\": {}, \"workers\": {}, \"of_workers\": {}}},\n"
      "      \"funder\": {{\"account\": {}, \"workers\": {}, \"of_workers\": {}, \"minus_log10_p\": {:.3f}}}",
      burst, found.step, found.workers_in_step.count, found.workers_in_step.of, found.others_in_step.count,
      found.others_in_step.of, found.equal_rewards.count, found.equal_rewards.of, found.equal_purchases.count,
      found.equal_purchases.of, found.youth, found.fresh_workers.count, found.fresh_workers.of,
      found.fresh_others.count, found.fresh_others.of, found.payments_inside.count, found.payments_inside.of,
      found.workers_inside.count, found.workers_inside.of, found.funder ? json_string(funder) : "null",
      found.workers_funded.count, found.workers_funded.of, found.funder_tail);
}

std::string circumstances_text(const discover::Circumstances& found, std::string_view funder, TimeAxis axis) {
  std::string text = "  besides, and no part of the score:\n";
  if (found.burst)
    text += fmt::format("    burst        {} came between {} and {}, {:.1f} times their share of all payments{}\n",
                        some(found.purchases_in_burst, "purchases"), time_text(axis, found.burst->after),
                        time_text(axis, found.burst->before), ratio(found.purchases_in_burst, found.payments_in_burst),
                        by_chance(found.burst_tail, "they came as all payments do"));
  text += fmt::format("    in step      {} first bought within {} of another one; {} within as much of a worker\n",
                      some(found.workers_in_step, "workers"), duration_text(axis, found.step),
                      some(found.others_in_step, "other customers"));
  text += fmt::format("    amounts      {} and {} have exactly the amount of another worker's\n",
                      some(found.equal_rewards, "rewards"), some(found.equal_purchases, "purchases"));
  if (found.fresh_workers.of > 0)
    text += fmt::format("    fresh        {} were first seen at most {} before they first bought; {}\n",
                        some(found.fresh_workers, "workers"), duration_text(axis, found.youth),
                        some(found.fresh_others, "other customers"));
  text += fmt::format("    inside       {} of the workers are with these accounts; {} have half or more there\n",
                      some(found.payments_inside, "payments"), some(found.workers_inside, "workers"));
  if (found.funder)
    text +=
        fmt::format("    funder       {} got their first money from {}{}\n", some(found.workers_funded, "workers"),
                    terminal_text(funder), by_chance(found.funder_tail, "their sources were those of all accounts"));
  return text;
}

}  // namespace ringscan
