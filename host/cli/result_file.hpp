// Result files read back: what ringscan.scan/1 and ringscan.discover/1 say about accounts and transactions.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "discover/circumstances.hpp"

namespace ringscan {

struct ToldTransaction {
  std::string id, from, to, asset, amount;  // id empty where there is none
  std::int64_t time = 0;
};

// Transactions that belong together under the names that the file gives them: purchase, reward, funding; there, back.
struct ToldEvidence {
  std::string worker;  // whom it accuses; empty in loops
  std::vector<std::pair<std::string, ToldTransaction>> transactions;
};

// What a farm shows beside the tests.
struct ToldCircumstances {
  discover::Circumstances found;
  std::string funder;  // its name, if there is one
};

// What is reported together: a farm, a refund, a loop; the whole answer of a scan is one.
struct ToldGroup {
  std::string title;                                   // "farm 3"
  std::map<std::string, std::set<std::string>> roles;  // worker, merchant, delegation, account: accounts
  std::vector<ToldEvidence> evidence;
  std::optional<ToldCircumstances> circumstances;  // of farms and refunds
  std::vector<std::string> notes;                // about the group: what it may also be, how often chance does as well
  std::map<std::string, std::string> decisions;  // by account: what people found out about it
};

struct ResultFile {
  std::string schema;
  std::vector<ToldGroup> groups;  // in the order of the file
};

// Throws MissingInput; BadInput for what is no result of these schemas.
ResultFile read_result(const std::string& path);

}  // namespace ringscan
