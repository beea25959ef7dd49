#include "trading/intent/decision_row.h"

#include <gtest/gtest.h>

namespace everbit::trading {
namespace {

TEST(DecisionRow, AConditionComesBackAsItWas) {
  for (const std::int32_t relation :
       {EB_GATE_AT_MOST, EB_GATE_AT_LEAST, EB_GATE_BELOW, EB_GATE_ABOVE}) {
    const plugins::Gate gate{"OS_DEV", -2.75, -1.5, relation, relation == EB_GATE_BELOW};
    const auto back = parse_check(check_text(gate));
    ASSERT_TRUE(back) << check_text(gate);
    EXPECT_EQ(back->name, gate.name);
    EXPECT_EQ(back->value, gate.value);
    EXPECT_EQ(back->threshold, gate.threshold);
    EXPECT_EQ(back->relation, gate.relation);
    EXPECT_EQ(back->passed, gate.passed);
  }
}

TEST(DecisionRow, PricesKeepTheirDigitsAndTakeFewBytes) {
  EXPECT_EQ(check_text({"CHASE", 148111000, 148200500, EB_GATE_BELOW, true}),
            "CHASE<148200500:148111000+");
  EXPECT_EQ(check_text({"LIQUIDITY", 361234567890.5, 3e9, EB_GATE_AT_LEAST, true}),
            "LIQUIDITY>=3000000000:361234567890+");
  EXPECT_EQ(check_text({"OS_PCT_B", 1.0 / 3, 0.15, EB_GATE_AT_MOST, false}),
            "OS_PCT_B<=0.15:0.333333333-");
}

TEST(DecisionRow, ANameCannotBreakTheRow) {
  const auto back = parse_check(check_text({"A B<=1:2+", 1, 2, EB_GATE_AT_MOST, true}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->name, "A_B_=1_2+");
}

TEST(DecisionRow, WhatIsNoConditionIsNotRead) {
  for (const char* text : {"", "+", "NAME", "NAME<=1", "NAME<=1:", "NAME<=1:2", "<=1:2+",
                           "NAME<=x:2+", "NAME:1<=2+"}) {
    EXPECT_FALSE(parse_check(text)) << text;
  }
}

}  // namespace
}  // namespace everbit::trading
