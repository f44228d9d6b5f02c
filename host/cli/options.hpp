// What the commands' option tables share.
#pragma once
#include <cxxopts.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/decimal.hpp"
#include "read/read_ledger.hpp"

namespace ringscan {

// " (did you mean 'scan'?)" for a near miss, else "".
std::string suggestion(std::string_view given, const std::vector<std::string>& known);
// "; it is one of a, b, c"
std::string one_of(const std::vector<std::string>& names);

// A parsed command line: options by name, and the arguments that are none.
class Arguments {
 public:
  // Prints help and returns nullopt for -h/--help. Throws UsageError for what the table does not know.
  static std::optional<Arguments> parse(cxxopts::Options& options, int argc, const char* const* argv);

  bool has(const std::string& name) const { return parsed_.count(name) > 0; }
  std::string text(const std::string& name) const { return parsed_[name].as<std::string>(); }
  std::optional<std::string> optional_text(const std::string& name) const;
  // A plain number from `least` on. Throws UsageError naming the option.
  std::optional<std::uint64_t> number(const std::string& name, std::uint64_t least) const;
  // The same below 2^32, into `value`, which stays as it is where the option is not given.
  void set_number(const std::string& name, std::uint64_t least, std::uint32_t& value) const;
  const std::vector<std::string>& rest() const { return parsed_.unmatched(); }

 private:
  explicit Arguments(cxxopts::ParseResult parsed) : parsed_(std::move(parsed)) {}
  cxxopts::ParseResult parsed_;
};

// How exports are read: the options of every command that takes a LEDGER.
void add_read_options(cxxopts::Options& options);
ReadOptions read_options(const Arguments& arguments);

// The LEDGER arguments; UsageError if there is none.
std::vector<std::string> ledgers(const Arguments& arguments);

// time, block or step.
TimeAxis time_axis_argument(const std::string& name);

// A time that the user typed: Unix seconds or ISO 8601, or a plain number on a block or step axis.
std::int64_t time_argument(std::string_view option, std::string_view text, TimeAxis axis);
// Likewise a duration: 90s, 15m, 12h, 7d; on a block or step axis a plain number.
std::uint64_t duration_argument(std::string_view option, std::string_view text, TimeAxis axis);
// A decimal such as 0.25, if the option is given.
std::optional<Decimal> decimal_option(const Arguments& arguments, const std::string& name);

}  // namespace ringscan
