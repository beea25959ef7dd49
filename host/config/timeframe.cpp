#include "config/timeframe.h"

#include <charconv>

namespace everbit::config {
namespace {

constexpr std::chrono::seconds unit_length(char unit) {
  using namespace std::chrono;
  switch (unit) {
    case 'm':
      return minutes(1);
    case 'h':
      return hours(1);
    case 'd':
      return days(1);
    case 'w':
      return weeks(1);
    default:
      return seconds(0);
  }
}

}  // namespace

Result<Timeframe> Timeframe::parse(std::string_view text) {
  const Error bad("TIMEFRAME_SYNTAX", "a timeframe is written like 15m, 4h or 1d");
  if (text.size() < 2 || text.size() > 6 || text.front() < '1' || text.front() > '9') return bad;
  int count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stopped, failure] = std::from_chars(text.data(), end, count);
  if (failure != std::errc() || stopped != end) return bad;
  const std::chrono::seconds length = unit_length(text.back()) * count;
  if (length < std::chrono::minutes(1) || length > std::chrono::weeks(4)) return bad;
  return Timeframe(std::string(text), length);
}

bool Timeframe::divides(const Timeframe& longer) const {
  return length_.count() > 0 && longer.length_ > length_ &&
         longer.length_.count() % length_.count() == 0;
}

}  // namespace everbit::config
