#include "base/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <unordered_set>

namespace everbit {
namespace {

std::string parsed(std::string_view text, DecimalParse mode = DecimalParse::kExact) {
  const auto result = Decimal::parse(text, mode);
  return result ? result->to_string() : result.error().code;
}

TEST(DecimalParse, ReadsEverySpellingThatMarketDataUses) {
  EXPECT_EQ(parsed("0"), "0");
  EXPECT_EQ(parsed("-0.000"), "0");
  EXPECT_EQ(parsed("148600000.00000000"), "148600000");
  EXPECT_EQ(parsed("78039261076.51241000"), "78039261076.51241");
  EXPECT_EQ(parsed("1.2E8"), "120000000");
  EXPECT_EQ(parsed("9.101e-05"), "0.00009101");
  EXPECT_EQ(parsed("1e-18"), "0.000000000000000001");
  EXPECT_EQ(parsed("-12.5e+1"), "-125");
  EXPECT_EQ(parsed("0.00000000000000000001e3"), "0.00000000000000001");
  EXPECT_EQ(parsed("0e999999999"), "0");
  EXPECT_EQ(parsed("99999999999999999999.999999999999999999"),
            "99999999999999999999.999999999999999999");
}

TEST(DecimalParse, RefusesWhatIsNoJsonNumber) {
  for (const char* text : {"", "-", "+1", ".5", "5.", "1e", "1e+", "1.2.3", "1,000", " 1", "1 ",
                           "0x10", "NaN", "inf", "--1", "007", "1_000", "\xEF\xBC\x91"}) {
    EXPECT_EQ(parsed(text), "DECIMAL_SYNTAX") << text;
  }
  EXPECT_EQ(parsed(std::string(129, '1')), "DECIMAL_SYNTAX");
  EXPECT_EQ(parsed(std::string_view("1\0", 2)), "DECIMAL_SYNTAX");
}

TEST(DecimalParse, RefusesRatherThanWrapsPastTheRange) {
  EXPECT_EQ(parsed("100000000000000000000"), "DECIMAL_RANGE");
  EXPECT_EQ(parsed("-1e20"), "DECIMAL_RANGE");
  EXPECT_EQ(parsed("1e999999999999999999999"), "DECIMAL_RANGE");
}

TEST(DecimalParse, DropsDigitsOnlyWhenAskedTo) {
  EXPECT_EQ(parsed("0.1234567890123456789"), "DECIMAL_INEXACT");
  EXPECT_EQ(parsed("0.1234567890123456780"), "0.123456789012345678");
  EXPECT_EQ(parsed("0.12345678901234567899", DecimalParse::kDown), "0.123456789012345678");
  EXPECT_EQ(parsed("-0.12345678901234567899", DecimalParse::kDown), "-0.123456789012345678");
  EXPECT_EQ(parsed("1e-19"), "DECIMAL_INEXACT");
  EXPECT_EQ(parsed("1e-999", DecimalParse::kDown), "0");
}

TEST(DecimalText, ReadsBackAsItself) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto high = static_cast<std::int64_t>(random()) >> static_cast<int>(random() % 64);
    const auto value = Decimal::from_words(random() >> (random() % 64), high);
    if (!value) continue;
    const auto again = Decimal::parse(value->to_string(), DecimalParse::kExact);
    ASSERT_TRUE(again) << value->to_string();
    ASSERT_EQ(*again, *value);
  }
}

TEST(DecimalWords, RefusesBytesOutsideTheRange) {
  EXPECT_EQ(Decimal::max().to_string(), "99999999999999999999.999999999999999999");
  EXPECT_TRUE(Decimal::from_words(Decimal::max().low_word(), Decimal::max().high_word()));
  EXPECT_FALSE(Decimal::from_words(Decimal::max().low_word() + 1, Decimal::max().high_word()));
  EXPECT_FALSE(Decimal::from_words(0, std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(*Decimal::from_words(UINT64_MAX, -1), -Decimal::smallest());
}

TEST(DecimalSum, ThrowsOrReportsAtTheEdgeAndIsExactInside) {
  EXPECT_EQ(Decimal::of("0.1") + Decimal::of("0.2"), Decimal::of("0.3"));
  EXPECT_EQ(Decimal::of("1") - Decimal::of("1.000000000000000001"), -Decimal::smallest());
  EXPECT_THROW(Decimal::max() + Decimal::smallest(), std::overflow_error);
  EXPECT_THROW(Decimal::min() - Decimal::smallest(), std::overflow_error);
  EXPECT_EQ(checked_add(Decimal::max(), Decimal::max()).error().code, "DECIMAL_RANGE");
  EXPECT_EQ(checked_sub(Decimal::min(), Decimal::max()).error().code, "DECIMAL_RANGE");
}

TEST(DecimalOrder, ComparesNegativeNumbersAsNumbers) {
  EXPECT_LT(Decimal::of("-2"), Decimal::of("-1"));
  EXPECT_LT(Decimal::of("-0.000000000000000001"), Decimal());
  EXPECT_GT(Decimal::of("20"), Decimal::of("18.4467440737095516"));
  EXPECT_EQ(Decimal::of("1.0"), Decimal::of("1.00"));
}

TEST(DecimalProduct, RoundsAsAskedOnBothSidesOfZero) {
  const auto half = Decimal::of("0.5");
  const auto tiny = Decimal::smallest();
  const auto three = Decimal::of("0.000000000000000003");
  EXPECT_EQ(mul(tiny, half, Rounding::kDown), Decimal());
  EXPECT_EQ(mul(tiny, half, Rounding::kUp), tiny);
  EXPECT_EQ(mul(tiny, half, Rounding::kHalfEven), Decimal());
  EXPECT_EQ(mul(tiny, half, Rounding::kHalfUp), tiny);
  EXPECT_EQ(mul(three, half, Rounding::kHalfEven), Decimal::of("0.000000000000000002"));
  EXPECT_EQ(mul(-tiny, half, Rounding::kFloor), -tiny);
  EXPECT_EQ(mul(-tiny, half, Rounding::kCeil), Decimal());
  EXPECT_EQ(mul(-tiny, half, Rounding::kUp), -tiny);
  EXPECT_EQ(mul(Decimal::of("2429.6"), Decimal::of("148600000"), Rounding::kDown),
            Decimal::of("361038560000"));
}

TEST(DecimalProduct, NeverWrapsPastTheRange) {
  EXPECT_EQ(checked_mul(Decimal::of("1e10"), Decimal::of("1e10"), Rounding::kDown).error().code,
            "DECIMAL_RANGE");
  EXPECT_EQ(checked_mul(Decimal::max(), Decimal::max(), Rounding::kDown).error().code,
            "DECIMAL_RANGE");
  EXPECT_EQ(mul(Decimal::max(), Decimal::of("1"), Rounding::kUp), Decimal::max());
  EXPECT_THROW(mul(Decimal::max(), Decimal::of("2"), Rounding::kDown), std::overflow_error);
}

TEST(DecimalQuotient, CutsOnceAndRefusesZero) {
  const auto one = Decimal::of("1");
  EXPECT_EQ(div(one, Decimal::of("3"), Rounding::kDown).to_string(), "0.333333333333333333");
  EXPECT_EQ(div(-one, Decimal::of("3"), Rounding::kFloor).to_string(), "-0.333333333333333334");
  EXPECT_EQ(div(Decimal::max(), Decimal::max(), Rounding::kHalfEven), one);
  EXPECT_EQ(checked_div(one, Decimal(), Rounding::kDown).error().code, "DECIMAL_DIVIDE_BY_ZERO");
  EXPECT_THROW(div(one, Decimal(), Rounding::kDown), std::domain_error);
  EXPECT_EQ(checked_div(Decimal::max(), Decimal::smallest(), Rounding::kDown).error().code,
            "DECIMAL_RANGE");
}

TEST(DecimalProduct, AgreesWithTheQuotientOnRandomNumbers) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const auto a = Decimal::from_int(static_cast<std::int64_t>(random() % 1'000'000'000));
    const auto b = *Decimal::from_words(random() % 1'000'000'000 + 1, 0);
    const auto product = mul(a, b, Rounding::kDown);
    ASSERT_EQ(div(product, b, Rounding::kHalfEven), a);
    ASSERT_EQ(mul(-a, b, Rounding::kDown), -product);
  }
}

TEST(DecimalTick, PriceLandsOnTheSideThatWasAskedFor) {
  const auto tick = Decimal::of("1000");
  const auto price = Decimal::of("148600499.5");
  EXPECT_EQ(price.rounded_to(tick, Rounding::kDown), Decimal::of("148600000"));
  EXPECT_EQ(price.rounded_to(tick, Rounding::kUp), Decimal::of("148601000"));
  EXPECT_EQ(price.rounded_to(Decimal::of("0.5"), Rounding::kUp), price);
  EXPECT_TRUE(price.is_multiple_of(Decimal::of("0.5")));
  EXPECT_FALSE(price.is_multiple_of(tick));
  EXPECT_EQ(Decimal::of("2.5").rounded(0, Rounding::kHalfEven), Decimal::of("2"));
  EXPECT_EQ(Decimal::of("3.5").rounded(0, Rounding::kHalfEven), Decimal::of("4"));
  EXPECT_EQ(Decimal::of("-2.5").rounded(0, Rounding::kHalfUp), Decimal::of("-3"));
  EXPECT_EQ(Decimal::of("1.23456789").rounded(8, Rounding::kDown).places(), 8);
  EXPECT_THROW(Decimal::max().rounded(0, Rounding::kUp), std::overflow_error);
  EXPECT_THROW(price.rounded_to(Decimal(), Rounding::kDown), std::domain_error);
}

TEST(DecimalDouble, IsTheNearestOneAndTakesTheShortTextBack) {
  EXPECT_EQ(Decimal::of("0.1").to_double(), 0.1);
  EXPECT_EQ(Decimal::of("148600000.12345678").to_double(), 148600000.12345678);
  EXPECT_EQ(Decimal::of("0.123456789012345678").to_double(), 0.123456789012345678);
  EXPECT_EQ(Decimal::of("-99999999999999999999").to_double(), -1e20);
  EXPECT_EQ(Decimal::from_double(0.1)->to_string(), "0.1");
  EXPECT_EQ(Decimal::from_double(1e-25)->to_string(), "0");
  EXPECT_EQ(Decimal::from_double(1e-25, DecimalParse::kExact).error().code, "DECIMAL_INEXACT");
  EXPECT_EQ(Decimal::from_double(1e20).error().code, "DECIMAL_RANGE");
  EXPECT_FALSE(Decimal::from_double(std::nan("")));
  EXPECT_FALSE(Decimal::from_double(std::numeric_limits<double>::infinity()));
}

TEST(DecimalInteger, RefusesWhatDoesNotFit) {
  EXPECT_EQ(*Decimal::of("-7.9").to_int64(), -7);
  EXPECT_EQ(*Decimal::of("9223372036854775807.5").to_int64(), INT64_MAX);
  EXPECT_FALSE(Decimal::of("9223372036854775808").to_int64());
  EXPECT_EQ(Decimal::from_int(INT64_MIN).to_string(), "-9223372036854775808");
}

TEST(DecimalHash, DoesNotCollideOnNeighbours) {
  std::unordered_set<std::size_t> seen;
  for (int i = -1000; i < 1000; ++i) seen.insert(std::hash<Decimal>{}(Decimal::from_int(i)));
  EXPECT_EQ(seen.size(), 2000U);
}

TEST(DecimalConstant, FailsLoudlyWhenMistyped) { EXPECT_THROW(Decimal::of("1,5"), ResultError); }

}  // namespace
}  // namespace everbit
