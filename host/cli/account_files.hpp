// The MERCHANTS, EXCLUDE and DECISIONS files: one account a line, `#` comment lines and blank lines ignored; behind a
// merchant may stand its own interval as `,T1,T2`, behind a decided account stands `,confirmed` or `,cleared` and
// perhaps a comment, `,` and any text. Errors name file and line: MissingInput, BadInput.
#pragma once
#include <string>
#include <vector>

#include "detect/scan.hpp"
#include "discover/options.hpp"

namespace ringscan {

// Distinct, in the order of the file. At least one.
std::vector<MerchantAsked> read_merchants(const std::string& path, TimeAxis axis);
std::vector<std::string> read_accounts(const std::string& path);
// Ascending accounts, each once.
std::vector<Decision> read_decisions(const std::string& path);

// "T1,T2" with T1 < T2; nullopt if it is not that.
std::optional<Interval> parse_interval(std::string_view text, TimeAxis axis);

}  // namespace ringscan
