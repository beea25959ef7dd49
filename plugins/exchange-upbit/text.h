#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "everbit/types.h"

namespace everbit::exchange_upbit {

inline std::string_view view(eb_str text) {
  return text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len);
}
inline std::string_view view(eb_bytes bytes) {
  return bytes.len == 0 ? std::string_view()
                        : std::string_view(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}
inline eb_str borrow(std::string_view text) { return {text.data(), text.size()}; }

// Everything but RFC 3986's unreserved characters and the comma of a list becomes %XX.
void append_percent_encoded(std::string& out, std::string_view text);

// RFC 4648 §5, without padding.
void append_base64url(std::string& out, std::string_view bytes);

// Lower case.
void append_hex(std::string& out, std::string_view bytes);

// Visible ASCII without quote and backslash: may stand between the quotes of a JSON string as it
// is.
bool is_plain(std::string_view text);

// The digits of a whole number from 0 to `max`; false for anything else.
bool parse_whole(std::string_view text, std::int64_t max, std::int64_t& out);

}  // namespace everbit::exchange_upbit
