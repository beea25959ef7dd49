#include "base/result.h"

#include <gtest/gtest.h>

#include <string>

namespace everbit {
namespace {

Result<std::string> name_or_error(bool good) {
  if (good) return std::string("KRW-BTC");
  return Error("MARKET_UNKNOWN", "no such market", "market");
}

TEST(Result, HoldsTextWithoutTakingItForAnError) {
  ASSERT_TRUE(name_or_error(true));
  EXPECT_EQ(*name_or_error(true), "KRW-BTC");
}

TEST(Result, ThrowsTheErrorWhenAnAssumptionBreaks) {
  try {
    name_or_error(false).value();
    FAIL();
  } catch (const ResultError& thrown) {
    EXPECT_EQ(thrown.error().code, "MARKET_UNKNOWN");
    EXPECT_STREQ(thrown.what(), "MARKET_UNKNOWN market: no such market");
  }
}

TEST(Result, CarriesAnErrorThroughVoid) {
  const Result<void> fine;
  EXPECT_TRUE(fine);
  const Result<void> broken = Error("IO", "disk");
  EXPECT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "disk");
}

}  // namespace
}  // namespace everbit
