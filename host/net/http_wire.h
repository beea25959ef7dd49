#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "net/http_types.h"

namespace everbit::net {

// Checks the rules of HttpRequest. Returns what is wrong, or nothing.
[[nodiscard]] std::optional<std::string> find_fault(const HttpRequest& request);

// The bytes of a sound request, in one piece, so that one write puts it on the wire.
[[nodiscard]] std::string to_wire(const HttpRequest& request, std::string_view user_agent);

// Reads an HTTP date of today's form ("Sun, 06 Nov 1994 08:49:37 GMT"); the two obsolete forms are
// not read.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

[[nodiscard]] std::string to_lower(std::string_view text);

}  // namespace everbit::net
