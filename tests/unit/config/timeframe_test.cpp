#include "config/timeframe.h"

#include <gtest/gtest.h>

namespace everbit::config {
namespace {

TEST(Timeframe, KnowsItsLengthHoweverItIsWritten) {
  EXPECT_EQ(Timeframe::parse("15m")->length(), std::chrono::minutes(15));
  EXPECT_EQ(*Timeframe::parse("240m"), *Timeframe::parse("4h"));
  EXPECT_EQ(*Timeframe::parse("24h"), *Timeframe::parse("1d"));
  EXPECT_EQ(Timeframe::parse("1w")->text(), "1w");
}

TEST(Timeframe, RefusesWhatIsNoPeriod) {
  for (const char* text :
       {"", "m", "0m", "-1m", "15", "15M", "1.5h", "015m", "15 m", "60s", "99999999m", "5w"}) {
    EXPECT_FALSE(Timeframe::parse(text)) << text;
  }
}

TEST(Timeframe, DividesOnlyALongerMultiple) {
  const auto s = *Timeframe::parse("15m");
  EXPECT_TRUE(s.divides(*Timeframe::parse("4h")));
  EXPECT_FALSE(s.divides(s));
  EXPECT_FALSE(s.divides(*Timeframe::parse("20m")));
  EXPECT_FALSE(Timeframe::parse("4h")->divides(s));
}

}  // namespace
}  // namespace everbit::config
