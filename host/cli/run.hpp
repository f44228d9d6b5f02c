// argv -> command -> exit code: 0 done, 1 unexpected, 2 usage, 3 bad input, 4 input missing, 5 unavailable or out of
// memory, 6 output exists or cannot be written, 10 found something (--fail-on-findings), 130 interrupted. A broken pipe
// on stdout ends quietly with 0.
#pragma once

namespace ringscan {

int run(int argc, char** argv);

}  // namespace ringscan
