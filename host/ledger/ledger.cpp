#include "ledger/ledger.hpp"

#include <functional>
#include <unordered_map>

namespace ringscan {

namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace

std::vector<std::optional<Account>> find_accounts(const Ledger& ledger, std::span<const std::string> names) {
  std::vector<std::optional<Account>> found(names.size());
  if (names.empty()) return found;
  std::unordered_map<std::string, std::vector<std::size_t>, TextHash, std::equal_to<>> wanted;
  std::string scratch;
  for (std::size_t i = 0; i < names.size(); ++i) wanted[std::string(pack_text(names[i], scratch))].push_back(i);
  for (std::size_t account = 0; account < ledger.accounts.size(); ++account) {
    const auto place = wanted.find(ledger.accounts.packed(account));
    if (place == wanted.end()) continue;
    for (const std::size_t i : place->second) found[i] = Account(account);
  }
  return found;
}

}  // namespace ringscan
