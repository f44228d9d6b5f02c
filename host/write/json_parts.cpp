#include "write/json_parts.hpp"

#include "write/escape.hpp"

namespace ringscan {

std::string decimal_or_null(const std::optional<Decimal>& value) {
  return value ? '"' + to_string(*value) + '"' : "null";
}

std::string ledger_json(const Ledger& ledger) {
  const LedgerHead head = ledger.head();
  std::string dropped;
  for (std::size_t i = 0; i < drop_names.size(); ++i)
    dropped += fmt::format("{}\"{}\": {}", i == 0 ? "" : ", ", drop_names[i], ledger.dropped[i]);
  return fmt::format(
      " \"ledger\": {{\"transactions\": {}, \"accounts\": {}, \"assets\": {}, \"first_time\": {}, \"last_time\": {},\n"
      "            \"dropped\": {{{}}}}},\n",
      head.transactions, head.accounts, head.assets, number_or_null(head.first_time), number_or_null(head.last_time),
      dropped);
}

std::string transaction_json(const Ledger& ledger, Row row) {
  if (row == no_row) return "null";
  const LedgerView view = ledger.view();
  const std::string id = ledger.transaction_id(row);
  const auto account = [&](Account who) { return json_string(ledger.accounts.at(to_index(who))); };
  return fmt::format("{{\"tx\": {}, \"time\": {}, \"from\": {}, \"to\": {}, \"asset\": {}, \"amount\": \"{}\"}}",
                     id.empty() ? "null" : json_string(id), view.time_at(row), account(view.sender(row)),
                     account(view.receiver(row)), json_string(ledger.assets.at(to_index(view.asset(row)))),
                     to_string(view.amount_at(row)));
}

}  // namespace ringscan
