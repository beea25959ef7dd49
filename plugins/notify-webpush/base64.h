#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace everbit::notify_webpush {

// RFC 4648 §5 without padding.
std::string base64url(std::string_view bytes);

// What browsers and clients send: either alphabet, with or without padding. Strict otherwise: no
// blanks, no bits behind the end.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace everbit::notify_webpush
