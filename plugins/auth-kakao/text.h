#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace everbit::auth_kakao {

// Everything but RFC 3986's unreserved characters becomes %XX.
void append_percent_encoded(std::string& out, std::string_view text);
// "name=value" behind '&', or alone at the start of `out`.
void append_field(std::string& out, std::string_view name, std::string_view value);

// RFC 4648 §5: without padding, without bits behind the end that could be anything.
std::optional<std::string> base64url_decode(std::string_view text);

// In a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace everbit::auth_kakao
