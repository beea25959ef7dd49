#pragma once

#include <string>
#include <string_view>

namespace everbit::notify {

// SHA-256, 32 raw bytes.
std::string sha256(std::string_view text);

// The first `characters` of base64url(SHA-256(text)): 32 of them are a topic that every push
// service takes, 16 tell endpoints and keys apart in a log without giving them away.
std::string short_digest(std::string_view text, std::size_t characters);

}  // namespace everbit::notify
