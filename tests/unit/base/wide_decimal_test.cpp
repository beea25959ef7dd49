#include "base/wide_decimal.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/abi_decimal.h"

namespace everbit {
namespace {

TEST(WideDecimal, KeepsEveryDigitOfAProductAndOfASum) {
  const auto product = WideDecimal::product(Decimal::smallest(), Decimal::smallest());
  EXPECT_EQ(product.to_string(), "0.000000000000000000000000000000000001");
  const auto fee = WideDecimal::product(Decimal::of("99999.12345678"), Decimal::of("0.0005"));
  EXPECT_EQ((fee + fee - fee).to_string(), "49.99956172839");
  EXPECT_EQ(WideDecimal::product(Decimal::max(), Decimal::min()).to_string(),
            "-9999999999999999999999999999999999999800."
            "000000000000000000000000000000000001");
}

TEST(WideDecimal, SumsInAnyOrderAreEqual) {
  std::mt19937_64 random(3);
  WideDecimal forward;
  WideDecimal backward;
  std::vector<WideDecimal> items;
  for (int i = 0; i < 1000; ++i) {
    const auto a = *Decimal::from_words(random(), static_cast<std::int64_t>(random() % 1000) - 500);
    const auto b = *Decimal::from_words(random(), static_cast<std::int64_t>(random() % 1000) - 500);
    items.push_back(WideDecimal::product(a, b));
  }
  for (const auto& item : items) forward += item;
  for (auto item = items.rbegin(); item != items.rend(); ++item) backward += *item;
  EXPECT_EQ(forward, backward);
  for (const auto& item : items) forward -= item;
  EXPECT_TRUE(forward.is_zero());
}

TEST(WideDecimal, IsCutOnceToTheRoundingAskedFor) {
  const auto tie = WideDecimal::product(Decimal::smallest(), Decimal::of("0.5"));
  EXPECT_EQ(*tie.cut(Rounding::kHalfEven), Decimal());
  EXPECT_EQ(*tie.cut(Rounding::kUp), Decimal::smallest());
  EXPECT_EQ(*(-tie).cut(Rounding::kFloor), -Decimal::smallest());
  EXPECT_EQ((tie + tie + tie).cut(Rounding::kHalfEven)->to_string(), "0.000000000000000002");
  EXPECT_EQ(
      WideDecimal::product(Decimal::max(), Decimal::of("2")).cut(Rounding::kDown).error().code,
      "DECIMAL_RANGE");
}

TEST(WideDecimal, DividesHalfEvenByACountAndByANumber) {
  const WideDecimal ten(Decimal::of("10"));
  EXPECT_EQ(ten.divided_by(3)->to_string(), "3.333333333333333333");
  EXPECT_EQ((-ten).divided_by(4)->to_string(), "-2.5");
  EXPECT_EQ(ten.divided_by(WideDecimal(Decimal::of("-3")))->to_string(), "-3.333333333333333333");
  EXPECT_EQ(ten.divided_by(WideDecimal()).error().code, "DECIMAL_DIVIDE_BY_ZERO");
  EXPECT_EQ(ten.divided_by(0).error().code, "DECIMAL_DIVIDE_BY_ZERO");
}

TEST(WideDecimal, OrdersAndRefusesToWrap) {
  const WideDecimal small(Decimal::of("-2"));
  const WideDecimal large(Decimal::of("1"));
  EXPECT_LT(small, large);
  EXPECT_LT(small, WideDecimal());
  EXPECT_GT(-small, large);
  EXPECT_EQ(small.to_string(), "-2");
  auto sum = WideDecimal::product(Decimal::max(), Decimal::max());
  EXPECT_THROW(for (int i = 0; i < 10; ++i) sum += sum, std::overflow_error);
}

TEST(AbiDecimal, HasTheSameWordsAndIsCheckedOnTheWayIn) {
  for (const char* text : {"0", "-1", "0.000000000000000001", "-99999999999999999999.5"}) {
    const Decimal value = Decimal::of(text);
    EXPECT_EQ(*from_abi(to_abi(value)), value);
    EXPECT_TRUE(eb_dec_valid(to_abi(value)));
  }
  EXPECT_EQ(eb_dec_compare(to_abi(Decimal::from_int(INT64_MIN)), eb_dec_from_int(INT64_MIN)), 0);
  EXPECT_EQ(eb_dec_compare(to_abi(Decimal::max()), eb_dec{EB_DEC_MAX_LO, EB_DEC_MAX_HI}), 0);
  EXPECT_FALSE(from_abi(eb_dec{0, INT64_MAX}));
  EXPECT_FALSE(from_abi(eb_dec{0, INT64_MIN}));
}

}  // namespace
}  // namespace everbit
