// What is told of a farm beside the tests: as JSON, as sentences, and back from JSON's figures to sentences (explain).
#pragma once
#include <string>
#include <string_view>

#include "discover/circumstances.hpp"
#include "ledger/ledger.hpp"

namespace ringscan {

// Members of the farm's "signals", without the braces. `funder`: the account's name, if there is one.
std::string circumstances_json(const discover::Circumstances& found, std::string_view funder);
// A line each; of those that there is nothing to tell about, none.
std::string circumstances_text(const discover::Circumstances& found, std::string_view funder, TimeAxis axis);

}  // namespace ringscan
