// Texts that strangers chose (addresses, token names, file names) made safe for where they are printed.
#pragma once
#include <string>
#include <string_view>

namespace ringscan {

// With its quotes. A byte that is not part of valid UTF-8 becomes the escape \udc80 .. \udcff (Python's
// `surrogateescape`), so that the document stays valid and different texts stay different.
std::string json_string(std::string_view text);
// Quoted where RFC 4180 asks for it; a text that a spreadsheet would run as a formula gets an apostrophe in front.
std::string csv_field(std::string_view text);
// For columns of UTF-8: a byte that is not part of it as \x80 .. \xff (Python's `backslashreplace`), and a backslash as
// two, so that different texts stay different.
std::string utf8_text(std::string_view text);
// Control characters, turns of direction and invalid bytes as \x1b: a terminal must not obey a ledger.
std::string terminal_text(std::string_view text);

}  // namespace ringscan
