#include <gtest/gtest.h>

#include <chrono>

#include "base/clock.h"
#include "base/deadline.h"

namespace everbit {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string round_trip(std::string_view text, bool assume_utc = false) {
  const auto time = Timestamp::parse(text, assume_utc);
  return time ? time->to_iso_us() : time.error().code;
}

TEST(Timestamp, ReadsTheSpellingsOfUpbitAndPostgres) {
  EXPECT_EQ(round_trip("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05.000000Z");
  EXPECT_EQ(round_trip("2026-01-02T12:04:05.678+09:00"), "2026-01-02T03:04:05.678000Z");
  EXPECT_EQ(round_trip("2026-01-01T22:04:05-05:00"), "2026-01-02T03:04:05.000000Z");
  EXPECT_EQ(round_trip("2026-01-02 03:04:05.123456", true), "2026-01-02T03:04:05.123456Z");
  EXPECT_EQ(round_trip("2024-02-29T00:00:00.000000001Z"), "2024-02-29T00:00:00.000000Z");
}

TEST(Timestamp, RefusesADateThatNamesNoMoment) {
  for (const char* text :
       {"", "2026-01-02", "2026-01-02T03:04:05", "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-02T24:00:00Z", "2026-01-02T03:60:00Z",
        "2026-01-02T03:04:60Z", "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05Zx",
        "2026-01-02T03:04:05.1234567890Z", "2026-01-02T03:04:05+9:00", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+09:00", "2300-01-01T00:00:00Z", "+026-01-02T03:04:05Z"}) {
    EXPECT_EQ(round_trip(text), "TIMESTAMP_SYNTAX") << text;
  }
}

TEST(Timestamp, PrintsEachResolutionByCuttingNotRounding) {
  const auto time = Timestamp::from_ns(1'767'323'045'678'901'999);
  EXPECT_EQ(time.to_iso(), "2026-01-02T03:04:05Z");
  EXPECT_EQ(time.to_iso_ms(), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(time.to_iso_us(), "2026-01-02T03:04:05.678901Z");
  EXPECT_EQ(time.to_iso_kst(), "2026-01-02T12:04:05.678+09:00");
}

TEST(Timestamp, AlignsPeriodsToMidnightUtc) {
  const auto time = *Timestamp::parse("2026-01-02T03:44:59.999Z");
  EXPECT_EQ(time.floor_to(minutes(15)).to_iso(), "2026-01-02T03:30:00Z");
  EXPECT_EQ(time.floor_to(std::chrono::hours(4)).to_iso(), "2026-01-02T00:00:00Z");
}

TEST(ManualClock, MovesBothClocksButLetsOnlyTheWallClockJump) {
  ManualClock clock(Timestamp::from_seconds(1000));
  const SteadyTime before = clock.steady_now();
  clock.advance(seconds(5));
  clock.set(Timestamp::from_seconds(10));
  EXPECT_EQ(clock.now(), Timestamp::from_seconds(10));
  EXPECT_EQ(clock.steady_now() - before, seconds(5));
}

TEST(Deadline, FollowsTheClockItWasGiven) {
  ManualClock clock;
  const auto deadline = Deadline::after(seconds(2), clock);
  EXPECT_EQ(deadline.remaining(clock), seconds(2));
  clock.advance(seconds(2));
  EXPECT_TRUE(deadline.expired(clock));
  clock.advance(seconds(1));
  EXPECT_EQ(deadline.remaining(clock), seconds(0));
}

TEST(Deadline, AnEndlessBudgetDoesNotWrapIntoThePast) {
  EXPECT_FALSE(Deadline::after(std::chrono::nanoseconds::max()).expired());
  EXPECT_TRUE(Deadline::passed().expired());
  EXPECT_EQ(Deadline::passed().remaining(), seconds(0));
}

TEST(SystemClock, AgreesWithItself) {
  const SystemClock clock;
  EXPECT_GT(clock.now(), *Timestamp::parse("2025-01-01T00:00:00Z"));
  const auto first = clock.steady_now();
  EXPECT_GE(clock.steady_now(), first);
}

}  // namespace
}  // namespace everbit
