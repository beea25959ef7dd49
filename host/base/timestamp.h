#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace everbit {

// A moment in UTC with nanosecond resolution, counted from 1970-01-01T00:00:00Z, as the plugin
// ABI's eb_ts. Years 1970 to 2261.
class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp from_ns(std::int64_t ns) { return Timestamp(ns); }
  static constexpr Timestamp from_ms(std::int64_t ms) { return Timestamp(ms * 1'000'000); }
  static constexpr Timestamp from_seconds(std::int64_t s) { return Timestamp(s * 1'000'000'000); }

  // "2026-01-02T03:04:05Z", with up to nine decimals of a second and any "+09:00" offset. A date
  // without an offset is refused, unless `assume_utc` says what it means (Upbit's *_utc fields have
  // none). Code TIMESTAMP_SYNTAX.
  static Result<Timestamp> parse(std::string_view text, bool assume_utc = false);

  constexpr std::int64_t ns() const { return ns_; }
  constexpr std::int64_t ms() const { return ns_ / 1'000'000; }
  constexpr std::int64_t seconds() const { return ns_ / 1'000'000'000; }
  constexpr double seconds_double() const { return static_cast<double>(ns_) / 1e9; }

  // "2026-01-02T03:04:05Z"
  std::string to_iso() const;
  // "2026-01-02T03:04:05.678Z"
  std::string to_iso_ms() const;
  // "2026-01-02T03:04:05.678901Z", the resolution of PostgreSQL's timestamptz.
  std::string to_iso_us() const;
  // "2026-01-02T12:04:05.678+09:00": Korean time, for what the owner reads.
  std::string to_iso_kst() const;

  // The start of the period of this length that contains the moment, counted from the epoch.
  constexpr Timestamp floor_to(std::chrono::nanoseconds period) const {
    return Timestamp(ns_ - (ns_ % period.count()));
  }

  friend constexpr auto operator<=>(Timestamp a, Timestamp b) = default;
  friend constexpr Timestamp operator+(Timestamp t, std::chrono::nanoseconds d) {
    return Timestamp(t.ns_ + d.count());
  }
  friend constexpr Timestamp operator-(Timestamp t, std::chrono::nanoseconds d) {
    return Timestamp(t.ns_ - d.count());
  }
  friend constexpr std::chrono::nanoseconds operator-(Timestamp a, Timestamp b) {
    return std::chrono::nanoseconds(a.ns_ - b.ns_);
  }

 private:
  explicit constexpr Timestamp(std::int64_t ns) : ns_(ns) {}
  std::int64_t ns_ = 0;
};

}  // namespace everbit
