// The option table of `scan`, and the question that a command line means.
#pragma once
#include "cli/options.hpp"
#include "detect/scan.hpp"

namespace ringscan {

cxxopts::Options scan_options();

// Reads the MERCHANTS and EXCLUDE files. Throws UsageError for what means nothing.
ScanRequest scan_request(const Arguments& arguments, TimeAxis axis);

}  // namespace ringscan
