#include "ledger/ledger.hpp"

#include <cstring>
#include <functional>
#include <unordered_map>

namespace ringscan {

namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace

void Ledger::prepare(std::span<const Row> rows) const {
  if (guard != nullptr) guard->will_show_rows(rows);
  if (transaction_ids) transaction_ids->prepare(rows);
}

LedgerHead Ledger::head() const {
  if (whole) return *whole;
  LedgerHead head{from.size(), accounts.size(), assets.size(), std::nullopt, std::nullopt};
  if (head.transactions > 0) head.first_time = first_time, head.last_time = view().time_at(from.size() - 1);
  return head;
}

Account LedgerView::account_of(Wallet wallet) const {
  // Nothing to look up, and no page of the file to touch.
  if (wallets_of.is_present() && wallets_of.begins.empty()) return Account(to_index(wallet));
  const Account& account = wallet_account[to_index(wallet)];
  if (guard != nullptr) {
    guard->need(&account, sizeof account);
    if (to_index(account) >= account_count) guard->reject(&account);
  }
  return account;
}

LedgerView LedgerView::checked() const {
  if (guard != nullptr) guard->need_rows();
  LedgerView view = *this;
  view.guard = nullptr;
  return view;
}

std::vector<std::optional<Account>> find_accounts(const Ledger& ledger, std::span<const std::string> names) {
  std::vector<std::optional<Account>> found(names.size());
  if (names.empty()) return found;
  if (ledger.account_finder) {
    std::string packed;
    for (std::size_t i = 0; i < names.size(); ++i) found[i] = ledger.account_finder->find(pack_text(names[i], packed));
    return found;
  }
  std::unordered_map<std::string, std::vector<std::size_t>, TextHash, std::equal_to<>> wanted;
  std::string scratch;
  for (std::size_t i = 0; i < names.size(); ++i) wanted[std::string(pack_text(names[i], scratch))].push_back(i);
  // Most accounts differ from all wanted ones in their last bytes, and hashing those would take the time.
  const auto bit = [](std::string_view packed) {
    std::uint16_t last = 0;
    if (packed.size() >= sizeof last) std::memcpy(&last, packed.data() + packed.size() - sizeof last, sizeof last);
    return last;
  };
  std::vector<bool> may_be_wanted(std::size_t{1} << 16);
  for (const auto& [packed, places] : wanted) may_be_wanted[bit(packed)] = true;
  for (std::size_t account = 0; account < ledger.accounts.size(); ++account) {
    if (!may_be_wanted[bit(ledger.accounts.packed(account))]) continue;
    const auto place = wanted.find(ledger.accounts.packed(account));
    if (place == wanted.end()) continue;
    for (const std::size_t i : place->second) found[i] = Account(account);
  }
  return found;
}

}  // namespace ringscan
