#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace everbit {

// RFC 4648. Decoding is strict: no white space, no other alphabet, no bits behind the end that
// could be anything, so that each text has one spelling. Any thread.

// §5, without padding: what stands in addresses, cookies and tokens.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

// §4, with padding: what people paste.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace everbit
