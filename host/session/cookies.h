#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::session {

// The value of a cookie in a Cookie header. Nothing: it is not there, or it is there twice, which
// no browser of ours sends for one of our cookies: somebody on a neighbouring host has put the
// second one there.
std::optional<std::string> find_cookie(std::string_view header, std::string_view name);

// A Set-Cookie value: HttpOnly, SameSite=Lax, no Domain; with Max-Age 0 it deletes.
std::string make_cookie(std::string_view name, std::string_view value, std::string_view path,
                        std::chrono::seconds life, bool secure);

}  // namespace everbit::session
