#include "notify-webpush/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "everbit/ext/notifier.h"

namespace everbit::notify_webpush {
namespace {

// A service that asks for more would silence the owner's alarms.
constexpr std::int64_t kLongestRest = 24 * 3600;

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range && text.front() != '-') return kLongestRest;
  if (error != std::errc{} || stopped != end || value < 0) return std::nullopt;
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms are not read.
std::optional<std::int64_t> date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT") ||
      text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto day = number(text.substr(5, 2));
  const auto year = number(text.substr(12, 4));
  const auto hour = number(text.substr(17, 2));
  const auto minute = number(text.substr(20, 2));
  const auto second = number(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day ymd{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!ymd.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(ymd).time_since_epoch().count();
  return ((days * 24 + *hour) * 60 + *minute) * 60 + *second;
}

}  // namespace

std::optional<std::int64_t> parse_retry_after(std::string_view text, std::int64_t now_s) {
  if (text.empty()) return std::nullopt;
  std::optional<std::int64_t> rest = number(text);
  if (!rest) {
    const auto at = date(text);
    if (!at) return std::nullopt;
    rest = *at - now_s;
  }
  return now_s + std::clamp<std::int64_t>(*rest, 0, kLongestRest);
}

Meaning judge(int status, std::string_view retry_after, std::int64_t now_s) {
  if (status >= 200 && status < 300) return {EB_DELIVERY_OK, 0};
  if (status == 404 || status == 410) return {EB_DELIVERY_GONE, 0};
  const auto retry_at = parse_retry_after(retry_after, now_s);
  if (retry_at) return {EB_DELIVERY_RETRY, *retry_at};
  if (status == 429 || status == 406) return {EB_DELIVERY_RETRY, 0};
  return {EB_DELIVERY_FAILED, 0};
}

}  // namespace everbit::notify_webpush
