#include "upbit-sim/base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace everbit::upbit_sim {
namespace {

namespace ch = std::chrono;

Micros steady_us() {
  return ch::duration_cast<ch::microseconds>(ch::steady_clock::now().time_since_epoch()).count();
}

struct Calendar {
  int year, month, day, hour, minute, second, weekday;
};

Calendar calendar(Millis time) {
  const ch::sys_time<ch::milliseconds> point{ch::milliseconds{time}};
  const auto day = ch::floor<ch::days>(point);
  const ch::year_month_day date{day};
  const auto seconds = static_cast<int>(ch::floor<ch::seconds>(point - day).count());
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          seconds / 3600,
          seconds / 60 % 60,
          seconds % 60,
          static_cast<int>(ch::weekday{day}.c_encoding())};
}

Millis from_date(int year, int month, int day) {
  const ch::year_month_day date{ch::year{year}, ch::month{static_cast<unsigned>(month)},
                                ch::day{static_cast<unsigned>(day)}};
  return ch::sys_days{date}.time_since_epoch().count() * kDay;
}

// Takes exactly `digits` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (char digit : text.substr(0, digits)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Millis> take_fraction(std::string_view& text) {
  if (!take_char(text, '.')) return 0;
  Millis value = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (digits++ < 3) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 3; ++digits) value *= 10;
  return value;
}

std::optional<Millis> take_zone(std::string_view& text) {
  if (text.empty() || take_char(text, 'Z')) return 0;
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  take_char(text, ':');
  const auto minutes = take_number(text, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  const Millis offset = *hours * kHour + *minutes * kMinute;
  return east ? offset : -offset;
}

}  // namespace

Clock::Clock(double speed)
    : speed_(speed),
      origin_us_(
          ch::duration_cast<ch::microseconds>(ch::system_clock::now().time_since_epoch()).count()),
      origin_steady_us_(steady_us()) {}

Clock Clock::held_at(Millis time) {
  Clock clock;
  clock.held_ = true;
  clock.origin_us_ = time * 1000;
  return clock;
}

Micros Clock::now_us() const {
  if (held_) return origin_us_;
  const auto passed = static_cast<double>(steady_us() - origin_steady_us_) * speed_;
  return origin_us_ + static_cast<Micros>(passed);
}

void Clock::hold() {
  origin_us_ = now_us();
  held_ = true;
}

void Clock::resume() {
  if (!held_) return;
  origin_steady_us_ = steady_us();
  held_ = false;
}

std::string format_date(Millis time) {
  const Calendar at = calendar(time);
  return fmt::format("{:04}-{:02}-{:02}", at.year, at.month, at.day);
}

std::string format_time(Millis time) {
  const Calendar at = calendar(time);
  return fmt::format("{:02}:{:02}:{:02}", at.hour, at.minute, at.second);
}

std::string format_utc(Millis time) { return format_date(time) + 'T' + format_time(time); }
std::string format_kst(Millis time) { return format_utc(time + kKst); }
std::string format_kst_offset(Millis time) { return format_kst(time) + "+09:00"; }

std::string format_kst_micros(Micros time) {
  const int fraction = static_cast<int>(time % 1'000'000);
  return format_kst(time / 1000) + fmt::format(".{:06}", fraction) + "+09:00";
}

std::string without_separators(std::string text) {
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string format_http_date(Millis time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Calendar at = calendar(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[at.weekday], at.day,
                     kMonths[at.month - 1], at.year, at.hour, at.minute, at.second);
}

std::optional<Millis> parse_iso(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || *month < 1 || *month > 12 || !take_char(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || *day < 1 || *day > 31 || text.empty()) return std::nullopt;
  if (!take_char(text, 'T') && !take_char(text, ' ')) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take_char(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59 || !take_char(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *second > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  return from_date(*year, *month, *day) + *hour * kHour + *minute * kMinute + *second * kSecond +
         *fraction - *zone;
}

Millis start_of_week(Millis time) {
  const Millis midnight = time - time % kDay;
  return midnight - (calendar(time).weekday + 6) % 7 * kDay;
}

Millis start_of_month(Millis time) {
  const Calendar at = calendar(time);
  return from_date(at.year, at.month, 1);
}

Millis start_of_year(Millis time) { return from_date(calendar(time).year, 1, 1); }

}  // namespace everbit::upbit_sim
