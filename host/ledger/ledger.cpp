#include "ledger/ledger.hpp"

#include <unordered_map>

namespace ringscan {

std::vector<std::optional<Account>> find_accounts(const Ledger& ledger, std::span<const std::string> names) {
  std::unordered_map<std::string, std::vector<std::size_t>> wanted;
  std::string scratch;
  for (std::size_t i = 0; i < names.size(); ++i) wanted[std::string(pack_text(names[i], scratch))].push_back(i);
  std::vector<std::optional<Account>> found(names.size());
  for (std::size_t account = 0; account < ledger.accounts.size(); ++account) {
    const auto place = wanted.find(std::string(ledger.accounts.packed(account)));
    if (place == wanted.end()) continue;
    for (const std::size_t i : place->second) found[i] = Account(account);
  }
  return found;
}

}  // namespace ringscan
