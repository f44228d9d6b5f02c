// One function a command. argv[0] is the command's name; each returns an exit code or throws one of io/errors.hpp.
#pragma once
#include <array>
#include <string_view>

namespace ringscan {

int scan_command(int argc, const char* const* argv);
int discover_command(int argc, const char* const* argv);
int explain_command(int argc, const char* const* argv);
int diff_command(int argc, const char* const* argv);
int import_command(int argc, const char* const* argv);
int inspect_command(int argc, const char* const* argv);
int generate_command(int argc, const char* const* argv);

struct Command {
  std::string_view name, does;
  int (*run)(int argc, const char* const* argv);
};

inline constexpr std::array<Command, 7> commands = {{
    {"scan", "find the suspected workers of given merchants: the paper's three algorithms", scan_command},
    {"discover", "find farms without a list of merchants", discover_command},
    {"explain", "tell in words what a result holds about an account", explain_command},
    {"diff", "tell what one result found that another had not", diff_command},
    {"import", "read exports once and pack them into a file that all commands read at once", import_command},
    {"inspect", "show how exports are understood: schema, columns, units, ranges, dropped and rejected rows",
     inspect_command},
    {"generate", "make a synthetic ledger with planted farms", generate_command},
}};

inline constexpr int found_something = 10;

}  // namespace ringscan
