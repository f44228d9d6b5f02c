#include "cli/account_files.hpp"

#include <fmt/core.h>

#include <map>

#include "io/input.hpp"
#include "read/read_ledger.hpp"

namespace ringscan {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

// Calls visit(line number, content) for the lines that say something.
template <class Visit>
void for_each_line(const std::string& path, Visit visit) {
  std::string text = read_whole(path);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = trimmed(std::string_view(text).substr(begin, end - begin));
    ++number;
    if (!line.empty() && line[0] != '#') visit(number, line);
    begin = end + 1;
  }
}

}  // namespace

std::optional<Interval> parse_interval(std::string_view text, TimeAxis axis) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto after = parse_time(trimmed(text.substr(0, comma)), axis);
  const auto before = parse_time(trimmed(text.substr(comma + 1)), axis);
  if (!after || !before || *after >= *before) return std::nullopt;
  return Interval{*after, *before};
}

std::vector<MerchantAsked> read_merchants(const std::string& path, TimeAxis axis) {
  std::vector<MerchantAsked> merchants;
  std::map<std::string, std::size_t> place;
  for_each_line(path, [&](std::size_t number, std::string_view line) {
    const std::size_t comma = std::min(line.find(','), line.size());
    MerchantAsked merchant{canonical_account(trimmed(line.substr(0, comma))), std::nullopt};
    if (comma < line.size()) {
      merchant.interval = parse_interval(line.substr(comma + 1), axis);
      if (!merchant.interval)
        throw BadInput(
            fmt::format("{}:{}: behind an account only its interval T1,T2 may stand, with T1 < T2", path, number));
    }
    const auto [known, is_new] = place.emplace(merchant.account, merchants.size());
    if (is_new) {
      merchants.push_back(std::move(merchant));
      return;
    }
    if (merchants[known->second].interval != merchant.interval)
      throw BadInput(fmt::format("{}:{}: {} stands twice with different intervals", path, number, merchant.account));
  });
  if (merchants.empty()) throw BadInput(path + " names no merchant: it needs one account a line");
  return merchants;
}

std::vector<std::string> read_accounts(const std::string& path) {
  std::vector<std::string> accounts;
  for_each_line(path, [&](std::size_t, std::string_view line) { accounts.push_back(canonical_account(line)); });
  return accounts;
}

std::vector<Decision> read_decisions(const std::string& path) {
  std::map<std::string, Decision> decisions;
  for_each_line(path, [&](std::size_t number, std::string_view line) {
    const std::size_t comma = std::min(line.find(','), line.size());
    const std::string_view rest = comma < line.size() ? line.substr(comma + 1) : std::string_view();
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view verdict = trimmed(rest.substr(0, end));
    const std::string account = canonical_account(trimmed(line.substr(0, comma)));
    if (account.empty() || (verdict != "confirmed" && verdict != "cleared"))
      throw BadInput(fmt::format(
          "{}:{}: a decision is ACCOUNT,confirmed or ACCOUNT,cleared, and a comment behind a comma", path, number));
    const std::string comment(end < rest.size() ? trimmed(rest.substr(end + 1)) : std::string_view());
    const Decision decision{account, verdict == "confirmed" ? Verdict::confirmed : Verdict::cleared, comment};
    const auto [known, is_new] = decisions.emplace(account, decision);
    if (!is_new && known->second.verdict != decision.verdict)
      throw BadInput(fmt::format("{}:{}: {} is both confirmed and cleared", path, number, account));
  });
  std::vector<Decision> all;
  for (auto& [account, decision] : decisions) all.push_back(std::move(decision));
  return all;
}

}  // namespace ringscan
