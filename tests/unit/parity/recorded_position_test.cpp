#include "trading/strategy/recorded_position.h"

#include <gtest/gtest.h>

namespace everbit::trading {
namespace {

TEST(RecordedPosition, IsReadBackAsItWasHanded) {
  plugins::PositionView view;
  view.state = EB_POSITION_OPEN;
  view.last_intent = EB_INTENT_EXIT_TP;
  view.last_outcome = EB_OUTCOME_CANCELLED_UNFILLED;
  view.last_exit = EB_INTENT_EXIT_MANUAL;
  view.pending_intent = EB_INTENT_EXIT_STOPLOSS;
  view.last_signal_close = 1'763'900'100'000'000'000;
  view.last_exit_close = 1'763'800'000'000'000'000;
  view.entry_close = 1'763'900'100'000'000'000;
  view.quantity = Decimal::of("0.000000000000000001");
  view.average_price = Decimal::of("99999999999999999.123456789012345678");
  view.dust = Decimal::of("0.00001");
  view.plan = plugins::Plan{EB_PLAN_STOP | EB_PLAN_TP1_TAKEN, Decimal::of("12.5"),
                            Decimal::of("-1"), Decimal::of("7"), "the strategy's \"own\" \\ 말 \n"};
  const auto back = position_from_json(position_to_json(view));
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(position_to_json(*back), position_to_json(view));
  EXPECT_EQ(back->quantity, view.quantity);
  EXPECT_EQ(back->average_price, view.average_price);
  EXPECT_EQ(back->entry_close, view.entry_close);
  EXPECT_EQ(back->pending_intent, view.pending_intent);
  EXPECT_EQ(back->plan, view.plan);
}

TEST(RecordedPosition, WithoutAPlanHasNone) {
  const auto back = position_from_json(position_to_json({}));
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_FALSE(back->plan);
  EXPECT_EQ(back->state, EB_POSITION_FLAT);
}

TEST(RecordedPosition, AnotherTextIsRefused) {
  for (const char* text : {"", "{}", "[]", R"({"state":"2"})"}) {
    const auto back = position_from_json(text);
    ASSERT_FALSE(back) << text;
    EXPECT_EQ(back.error().code, "RECORDING");
  }
}

}  // namespace
}  // namespace everbit::trading
