#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "unit/strategy-extreme-flip/harness.h"

namespace everbit::extreme_flip::testing {
namespace {

std::string refusal_of(Params params) {
  const auto made = Harness::make(std::move(params), {900, 14'400, 86'400});
  return made ? std::string() : made.error().message;
}

TEST(ParametersTest, WhatIsWrongIsRefusedWithItsKey) {
  const std::pair<const char*, const char*> cases[] = {
      {"no.such.key", "1"},           {"ema.fast", "0"},
      {"ema.fast", "20.5"},           {"ema.fast", ""},
      {"rsi.period", "1e3"},          {"os.RANGE.rsi", "nan"},
      {"os.WARMUP.rsi", "20"},        {"amount.minOrder", "4999"},
      {"exit.minSellKrw", "4000"},    {"downtrend.requireCapitulation", "yes"},
      {"exit.UP_TREND.part", "1.01"}, {"maxOpenMarkets", "-1"}};
  for (const auto& [key, value] : cases) {
    const std::string refusal = refusal_of({{key, value}});
    EXPECT_NE(refusal.find(key), std::string::npos) << key << "=" << value << ": " << refusal;
  }
  EXPECT_NE(refusal_of({{"ema.fast", "20"}, {"ema.fast", "21"}}), "");
  EXPECT_EQ(refusal_of({{"ema.fast", "21"}}), "");
}

TEST(ParametersTest, LimitsThatContradictEachOtherAreRefused) {
  EXPECT_NE(refusal_of({{"amount.minOrder", "20000"}, {"amount.maxOrder", "10000"}}), "");
  EXPECT_NE(refusal_of({{"exit.minSellKrw", "7000"}, {"exit.maxSellKrw", "6000"}}), "");
  EXPECT_EQ(refusal_of({{"exit.minSellKrw", "7000"}, {"exit.maxSellKrw", "0"}}), "");
  EXPECT_NE(refusal_of({{"amount.strengthLow", "5"}}), "");
}

TEST(ParametersTest, EveryParameterIsShownInTwoLanguagesAndItsDefaultIsAccepted) {
  Harness harness;
  const auto params = harness.strategy().params().value();
  EXPECT_EQ(params.size(), 87U);
  std::set<std::string> keys;
  Params defaults;
  for (const auto& param : params) {
    keys.insert(param.key);
    defaults.emplace_back(param.key, param.default_value);
    EXPECT_FALSE(param.label_ko.empty() || param.label_en.empty()) << param.key;
    EXPECT_FALSE(param.group.empty()) << param.key;
    const bool is_number = param.type == EB_PARAM_INTEGER || param.type == EB_PARAM_REAL;
    EXPECT_EQ(is_number, param.type != EB_PARAM_BOOL) << param.key << ": a type without bounds";
    EXPECT_EQ(is_number, !param.min_value.empty() && !param.max_value.empty()) << param.key;
    const bool in_korean = std::ranges::any_of(param.label_ko, [](char c) { return c < 0; });
    EXPECT_TRUE(in_korean) << param.key;
    // What counts candles, money or ATRs says so.
    if (param.key.ends_with(".period") || param.key.ends_with("andles")) {
      EXPECT_EQ(param.unit, "candles") << param.key;
    }
    if (param.key.ends_with("Krw") || param.key.ends_with("Order")) {
      EXPECT_EQ(param.unit, "KRW") << param.key;
    }
    if (param.key.ends_with(".dev") && !param.key.starts_with("strength")) {
      EXPECT_EQ(param.unit, "ATR") << param.key;
    }
  }
  EXPECT_EQ(keys.size(), params.size());
  EXPECT_EQ(refusal_of(defaults), "");
}

}  // namespace
}  // namespace everbit::extreme_flip::testing
