#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace everbit::upbit_sim {

// Points in time are exchange time in milliseconds (Millis) or microseconds (Micros) since 1970
// UTC.
using Millis = std::int64_t;
using Micros = std::int64_t;

inline constexpr Millis kSecond = 1000;
inline constexpr Millis kMinute = 60 * kSecond;
inline constexpr Millis kHour = 60 * kMinute;
inline constexpr Millis kDay = 24 * kHour;
inline constexpr Millis kKst = 9 * kHour;

// The exchange's clock: real time from the start on, times the speed; it can be held and moved for
// tests. One thread.
class Clock {
 public:
  explicit Clock(double speed = 1.0);
  // A clock that stands still at this time until it is advanced.
  static Clock held_at(Millis time);

  Micros now_us() const;
  Millis now() const { return now_us() / 1000; }
  double speed() const { return speed_; }
  bool held() const { return held_; }
  void hold();
  void resume();
  void advance(Millis by) { origin_us_ += by * 1000; }

 private:
  double speed_;
  bool held_ = false;
  Micros origin_us_ = 0;         // exchange time at origin_steady_us_
  Micros origin_steady_us_ = 0;  // on the monotonic clock
};

// Calendar texts of the wire. All take UTC times; *_kst shift by nine hours themselves.
std::string format_utc(Millis time);               // 2026-03-02T04:15:00
std::string format_kst(Millis time);               // 2026-03-02T13:15:00
std::string format_kst_offset(Millis time);        // 2026-03-02T13:16:07+09:00
std::string format_kst_micros(Micros time);        // 2026-03-02T13:16:07.597751+09:00
std::string format_date(Millis time);              // 2026-03-02
std::string format_time(Millis time);              // 04:16:07
std::string without_separators(std::string text);  // drops '-' and ':'
std::string format_http_date(Millis time);         // Mon, 02 Mar 2026 04:16:07 GMT

// ISO 8601 with 'T' or a space, optional fraction, and a zone of 'Z', ±hh:mm or none (= UTC).
std::optional<Millis> parse_iso(std::string_view text);

Millis start_of_week(Millis time);  // Monday 00:00 UTC
Millis start_of_month(Millis time);
Millis start_of_year(Millis time);

}  // namespace everbit::upbit_sim
