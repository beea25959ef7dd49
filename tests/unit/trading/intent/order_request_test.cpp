#include "trading/intent/order_request.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace everbit::trading {
namespace {

const std::string kIdentifier = "eb-abc123-0190b1c2-0000-7000-8000-000000000001";

TEST(OrderRequestTest, AnEntryIsAllOrNothingAndLosesToOurOwnRestingOrder) {
  const OrderRequest expected{{"market", "KRW-BTC"},      {"side", "bid"},
                              {"ord_type", "best"},       {"price", "10000"},
                              {"time_in_force", "fok"},   {"smp_type", "cancel_taker"},
                              {"identifier", kIdentifier}};
  EXPECT_EQ(entry_request("KRW-BTC", Decimal::of("10000"), kIdentifier), expected);
}

TEST(OrderRequestTest, ATakeProfitTakesWhatTheBestPriceGivesAndLeavesNothingResting) {
  for (const IntentType type : {IntentType::kExitTp, IntentType::kExitTrail}) {
    const OrderRequest expected{{"market", "KRW-BTC"},      {"side", "ask"},
                                {"ord_type", "best"},       {"volume", "0.00012345"},
                                {"time_in_force", "ioc"},   {"smp_type", "none"},
                                {"identifier", kIdentifier}};
    EXPECT_EQ(exit_request(type, "KRW-BTC", Decimal::of("0.00012345"), kIdentifier), expected);
  }
}

TEST(OrderRequestTest, AStopSellsAtAnyPrice) {
  for (const IntentType type :
       {IntentType::kExitStoploss, IntentType::kExitTime, IntentType::kExitManual}) {
    const OrderRequest expected{{"market", "KRW-BTC"},  {"side", "ask"},
                                {"ord_type", "market"}, {"volume", "1.5"},
                                {"smp_type", "none"},   {"identifier", kIdentifier}};
    EXPECT_EQ(exit_request(type, "KRW-BTC", Decimal::of("1.5"), kIdentifier), expected);
  }
}

TEST(OrderRequestTest, EveryValueIsStoredAsTextSoThatNoDigitIsLost) {
  const OrderRequest request{{"volume", "0.10000001"}, {"identifier", "a\"b"}};
  EXPECT_EQ(to_json(request), R"({"volume":"0.10000001","identifier":"a\"b"})");
}

TEST(OrderRequestTest, AnIdentifierFitsUpbitsLimitAndNamesInstallationAndAttempt) {
  const Uuid attempt = Uuid::make_v7(SystemClock().now());
  const std::string identifier = make_identifier("abc123", attempt);
  EXPECT_EQ(identifier, "eb-abc123-" + attempt.to_string());
  EXPECT_LE(identifier.size(), 64u);
}

TEST(OrderRequestTest, TwoAttemptsOfTheSameMomentNeverShareAnIdentifier) {
  const Timestamp now = SystemClock().now();
  EXPECT_NE(make_identifier("abc123", Uuid::make_v7(now)),
            make_identifier("abc123", Uuid::make_v7(now)));
}

}  // namespace
}  // namespace everbit::trading
