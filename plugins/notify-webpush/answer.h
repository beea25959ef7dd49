#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace everbit::notify_webpush {

// What a push service's answer means for the subscription (page 70).
struct Meaning {
  std::int32_t result = 0;      // EB_DELIVERY_*
  std::int64_t retry_at_s = 0;  // seconds since 1970; 0: not said
};

// `status` 0: no answer. `retry_after` is the header, empty without one.
Meaning judge(int status, std::string_view retry_after, std::int64_t now_s);

// Seconds since 1970 of a Retry-After: seconds from now, or an HTTP date. Empty: unreadable. Never
// before now, never more than a day away.
std::optional<std::int64_t> parse_retry_after(std::string_view text, std::int64_t now_s);

}  // namespace everbit::notify_webpush
