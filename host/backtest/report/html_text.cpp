#include "backtest/report/html_text.h"

#include <fmt/format.h>

#include "base/timestamp.h"

namespace everbit::backtest::report {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

// The digits before the point, in groups of three.
std::string in_groups(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string grouped(Decimal number) {
  return in_groups(number.rounded(0, Rounding::kDown).to_string());
}

std::string price(Decimal number) {
  const std::string text = number.to_string();
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return in_groups(text);
  return in_groups(text.substr(0, point)) + text.substr(point);
}

std::string percent(std::optional<double> ratio) {
  return ratio ? fmt::format("{:.2f} %", *ratio * 100) : "-";
}

std::string figure(std::optional<double> number) {
  return number ? fmt::format("{:.2f}", *number) : "-";
}

std::string span_of(std::int64_t seconds) {
  if (seconds >= kDay) return fmt::format("{}d {}h", seconds / kDay, seconds % kDay / kHour);
  return fmt::format("{}h {}m", seconds / kHour, seconds % kHour / kMinute);
}

std::string day(std::int64_t time_ns) { return Timestamp::from_ns(time_ns).to_iso().substr(0, 10); }

std::string minute(std::int64_t time_ns) {
  std::string text = Timestamp::from_ns(time_ns).to_iso().substr(0, 16);
  text[10] = ' ';
  return text;
}

}  // namespace everbit::backtest::report
