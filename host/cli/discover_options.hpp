// The option table of `discover`, and what a command line means.
#pragma once
#include "cli/options.hpp"
#include "discover/options.hpp"

namespace ringscan {

cxxopts::Options discover_option_table();

// Reads the EXCLUDE file. Throws UsageError for what means nothing.
DiscoverOptions discover_request(const Arguments& arguments, TimeAxis axis);

}  // namespace ringscan
