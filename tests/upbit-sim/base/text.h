#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everbit::upbit_sim {

// Parts between separators; an empty text has no part.
std::vector<std::string> split(std::string_view text, char separator);
std::string to_upper(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::optional<std::int64_t> parse_integer(std::string_view text);

// %XX and '+' (a space) as a web server reads them; nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text);

std::string to_hex(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace everbit::upbit_sim
