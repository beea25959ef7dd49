#include "base/ids.h"

#include <gtest/gtest.h>

#include <string>
#include <unordered_set>

#include "base/random.h"
#include "base/trace_id.h"
#include "base/uuid.h"

namespace everbit {
namespace {

using IntentId = StrongId<struct IntentTag>;
using AttemptId = StrongId<struct AttemptTag>;
using MarketCode = StrongId<struct MarketTag, std::string>;

static_assert(!std::is_convertible_v<IntentId, AttemptId>, "two ids must not be swapped");
static_assert(!std::is_constructible_v<AttemptId, IntentId>, "two ids must not be swapped");

TEST(StrongId, ComparesAndHashesByValue) {
  EXPECT_LT(IntentId(1), IntentId(2));
  std::unordered_set<MarketCode> markets{MarketCode("KRW-BTC"), MarketCode("KRW-BTC")};
  EXPECT_EQ(markets.size(), 1U);
}

TEST(Uuid, RoundTripsAndRefusesOtherForms) {
  const std::string text = "01890a5d-ac96-774b-bcce-b302099a8057";
  EXPECT_EQ(Uuid::parse(text)->to_string(), text);
  EXPECT_EQ(Uuid::parse("01890A5D-AC96-774B-BCCE-B302099A8057")->to_string(), text);
  for (const char* bad :
       {"", "01890a5dac96774bbcceb302099a8057", "01890a5d-ac96-774b-bcce-b302099a805",
        "{1890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805g",
        "01890a5d-ac96-774b-bcce_b302099a8057"}) {
    EXPECT_EQ(Uuid::parse(bad).error().code, "UUID_SYNTAX") << bad;
  }
}

TEST(Uuid, Version7SortsByTimeAndNeverRepeats) {
  const auto early = Uuid::make_v7(Timestamp::from_ms(1'700'000'000'000));
  const auto late = Uuid::make_v7(Timestamp::from_ms(1'700'000'000'001));
  EXPECT_LT(early, late);
  EXPECT_LT(early.to_string(), late.to_string());
  EXPECT_EQ(early.version(), 7);
  EXPECT_EQ(early.bytes()[8] & 0xC0, 0x80);
  EXPECT_EQ(early.to_string().substr(0, 13), "018bcfe5-6800");
  EXPECT_EQ(Uuid::make_v4().version(), 4);
  std::unordered_set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Uuid::make_v7(Timestamp::from_ms(1)));
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(TraceId, TakesOnlyWhatTheStandardAllows) {
  const auto id = TraceId::make();
  EXPECT_EQ(id.hex().size(), 32U);
  EXPECT_EQ(TraceId::from_traceparent(id.to_traceparent()), id);
  EXPECT_FALSE(TraceId::parse(std::string(32, '0')));
  EXPECT_FALSE(TraceId::parse(std::string(32, 'A')));
  EXPECT_FALSE(TraceId::from_traceparent("00-" + id.hex() + "-0000-01"));
  EXPECT_FALSE(TraceId::from_traceparent("ff-" + id.hex() + "-00f067aa0ba902b7-01"));
  EXPECT_FALSE(TraceId::from_traceparent("00-" + id.hex() + "-00f067aa0ba902b7-01\n"));
}

TEST(SecureRandom, GivesDifferentBytesEachTime) {
  EXPECT_EQ(secure_random_hex(16).size(), 32U);
  EXPECT_NE(secure_random_hex(16), secure_random_hex(16));
}

}  // namespace
}  // namespace everbit
