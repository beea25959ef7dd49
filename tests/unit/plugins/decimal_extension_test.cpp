#include "plugins/services/decimal_extension.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/decimal.h"
#include "plugins/buffers.h"

namespace everbit::plugins {
namespace {

const eb_decimal_v1& api = decimal_extension();

eb_dec of(std::string_view text) {
  const Decimal value = Decimal::of(text);
  return {value.low_word(), value.high_word()};
}

std::string text(eb_dec value) {
  StringSink sink(41);
  EXPECT_EQ(api.format(value, sink.get()), EB_OK);
  return sink.text();
}

TEST(DecimalExtensionTest, RoundsAsItIsToldEachWay) {
  eb_dec out{};
  const auto third = [&](std::int32_t rounding) {
    EXPECT_EQ(api.div(of("-1"), of("3"), rounding, &out), EB_OK);
    return text(out);
  };
  EXPECT_EQ(third(EB_ROUND_DOWN), "-0.333333333333333333");
  EXPECT_EQ(third(EB_ROUND_UP), "-0.333333333333333334");
  EXPECT_EQ(third(EB_ROUND_FLOOR), "-0.333333333333333334");
  EXPECT_EQ(third(EB_ROUND_CEILING), "-0.333333333333333333");
  EXPECT_EQ(third(EB_ROUND_HALF_EVEN), "-0.333333333333333333");
}

TEST(DecimalExtensionTest, RefusesWhatHasNoAnswer) {
  eb_dec out{};
  EXPECT_EQ(api.mul(of("99999999999"), of("99999999999"), EB_ROUND_DOWN, &out), EB_ERR_RANGE);
  EXPECT_EQ(api.div(of("1"), of("0"), EB_ROUND_DOWN, &out), EB_ERR_DIVISION_BY_ZERO);
  EXPECT_EQ(api.mul(of("1"), of("1"), 0, &out), EB_ERR_ARGUMENT);
  EXPECT_EQ(api.mul({0, std::numeric_limits<std::int64_t>::max()}, of("1"), EB_ROUND_DOWN, &out),
            EB_ERR_RANGE);
  EXPECT_EQ(api.round_tick(of("1"), of("0"), EB_ROUND_DOWN, &out), EB_ERR_ARGUMENT);
  EXPECT_EQ(api.round_places(of("1"), 19, EB_ROUND_DOWN, &out), EB_ERR_ARGUMENT);
  EXPECT_EQ(api.parse(to_abi("1x"), EB_PARSE_EXACT, &out), EB_ERR_PARSE);
  EXPECT_EQ(api.parse(to_abi("0.12345678901234567899"), EB_PARSE_EXACT, &out), EB_ERR_INEXACT);
  EXPECT_EQ(api.parse(to_abi("0.12345678901234567899"), EB_PARSE_DOWN, &out), EB_OK);
  EXPECT_EQ(text(out), "0.123456789012345678");
  EXPECT_EQ(api.from_double(std::numeric_limits<double>::quiet_NaN(), EB_ROUND_DOWN, &out),
            EB_ERR_RANGE);
  EXPECT_EQ(api.from_double(1e20, EB_ROUND_DOWN, &out), EB_ERR_RANGE);
}

TEST(DecimalExtensionTest, ADoubleIsTakenByItsShortestText) {
  eb_dec out{};
  const auto taken = [&](double value, std::int32_t rounding) {
    EXPECT_EQ(api.from_double(value, rounding, &out), EB_OK);
    return text(out);
  };
  EXPECT_EQ(taken(0.1, EB_ROUND_UP), "0.1");
  EXPECT_EQ(taken(9.101e-05, EB_ROUND_DOWN), "0.00009101");
  EXPECT_EQ(taken(1.25e-18, EB_ROUND_DOWN), "0.000000000000000001");
  EXPECT_EQ(taken(1.25e-18, EB_ROUND_UP), "0.000000000000000002");
  EXPECT_EQ(taken(2.5e-18, EB_ROUND_HALF_EVEN), "0.000000000000000002");
  EXPECT_EQ(taken(3.5e-18, EB_ROUND_HALF_EVEN), "0.000000000000000004");
  EXPECT_EQ(taken(-1.25e-18, EB_ROUND_FLOOR), "-0.000000000000000002");
  EXPECT_EQ(taken(5e-324, EB_ROUND_CEILING), "0.000000000000000001");
}

TEST(DecimalExtensionTest, APriceIsRoundedToItsTick) {
  eb_dec out{};
  EXPECT_EQ(api.round_tick(of("148599"), of("1000"), EB_ROUND_DOWN, &out), EB_OK);
  EXPECT_EQ(text(out), "148000");
  EXPECT_EQ(api.round_tick(of("148001"), of("1000"), EB_ROUND_UP, &out), EB_OK);
  EXPECT_EQ(text(out), "149000");
  EXPECT_EQ(api.to_double(of("0.1")), 0.1);
}

}  // namespace
}  // namespace everbit::plugins
