// Reading as a command does it: with progress, Ctrl-C, and warnings on stderr.
#pragma once
#include "cli/options.hpp"
#include "cli/progress.hpp"

namespace ringscan {

// A packed ledger whose rows are all wanted is looked at where it stands.
bool is_asked_as_it_is(const std::vector<std::string>& inputs, const ReadOptions& options);

// `merchants`: as for read_ledger.
Ledger read_with_progress(const std::vector<std::string>& inputs, const ReadOptions& options, ReadReport& report,
                          Progress& progress, bool quiet, const std::vector<std::string>* merchants = nullptr);

// Warnings and rejected rows, on stderr.
void show_findings(const ReadReport& report);

// --threads, or one for each processor; --memory-limit in bytes.
unsigned threads(const Arguments& arguments);
std::optional<std::uint64_t> memory_limit(const Arguments& arguments);

// Options of every command that works for a while.
void add_run_options(cxxopts::Options& options);
bool shows_progress(const Arguments& arguments);

}  // namespace ringscan
