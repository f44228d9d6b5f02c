// The texts of an export's fields -> exact values. Nothing is rounded, guessed or cut; a text that is not wholly what
// it should be is refused.
//
// Parsers that can fail in several ways return what is wrong, to stand behind the text in a sentence ("'1.5' has a
// digit beyond the smallest unit"), and an empty view where nothing is.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/amount.hpp"

namespace ringscan {

inline constexpr std::size_t address_digits = 40, id_digits = 64;
using HexBuffer = std::array<char, 2 + id_digits>;

// `0x` + exactly that many hex digits -> the same in lower case, in `buffer`; nullopt for anything else.
std::optional<std::string_view> fold_hex(std::string_view text, std::size_t digits, HexBuffer& buffer);

// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);
bool has_control_character(std::string_view text);  // a byte below 0x20
std::string lower_case(std::string_view text);      // ASCII letters only

// text · 10^places, an integer below 2^256. Reads integers, decimals ("1.50", ".5"), thousands in well-formed groups
// ("1,999,000.5"), scientific notation ("1.5E+18") and `0x` hex; refuses signs and non-zero digits beyond the places.
std::string_view parse_amount(std::string_view text, unsigned places, Amount& amount);
// The same for what was printed from a double: digits beyond the places are rounded to the nearest integer, half up.
std::string_view parse_rounded_amount(std::string_view text, unsigned places, Amount& amount);
// True for a number as programs print a double that may have lost digits: 16 or more of them and an exponent.
bool looks_like_a_rounded_double(std::string_view text);

// true or false in any case, 1 or 0, 1.0 or 0.0.
std::optional<bool> parse_flag(std::string_view text);

// Digits only.
std::optional<std::uint64_t> parse_count(std::string_view text);

// The places of a unit: raw, wei, satoshi (0), ether (18), btc (8), decimals:N with N up to 77; nullopt for others.
std::optional<unsigned> places_of_unit(std::string_view unit);

// A text from a file as a message shows it: in quotes, control characters escaped, cut after 60 bytes.
std::string shown(std::string_view text);

}  // namespace ringscan
