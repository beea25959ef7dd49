#pragma once

#include <cstddef>
#include <string_view>

namespace everbit {

// The length of the well-formed UTF-8 sequence at `at`, or 0. Overlong forms, surrogates and what
// lies past U+10FFFF are not well formed. `at` lies in the text.
std::size_t utf8_length(std::string_view text, std::size_t at);

}  // namespace everbit
