#include <gtest/gtest.h>

#include <stdexcept>

#include "store/gates.h"
#include "store/param.h"
#include "store/rows.h"

namespace everbit::store {
namespace {

std::string sent(const Param& param) { return param.data(); }

template <class T>
T read(std::string_view text) {
  T value{};
  decode(text, value);
  return value;
}

TEST(Param, ANumberIsSentWithEveryDigit) {
  EXPECT_EQ(sent(Decimal::of("0.000000000000000001")), "0.000000000000000001");
  EXPECT_EQ(sent(0.1), "0.1");
  EXPECT_EQ(sent(std::int64_t{-9'000'000'000}), "-9000000000");
}

TEST(Param, NullIsNotAnEmptyText) {
  EXPECT_TRUE(Param(std::optional<std::string>()).is_null());
  EXPECT_FALSE(Param(std::optional<std::string>("")).is_null());
}

TEST(Param, ATextOfAnArrayCannotBecomeTwo) {
  EXPECT_EQ(sent(std::vector<std::string>{"a\",\"b", "c\\", "{}"}), R"({"a\",\"b","c\\","{}"})");
  EXPECT_EQ(sent(std::vector<std::string>{}), "{}");
}

TEST(Param, ABytesParameterMayHoldNulATextMayNot) {
  const std::vector<std::uint8_t> bytes = {1, 0, 2};
  EXPECT_EQ(sent(Bytes{bytes}), "\\x010002");
  EXPECT_FALSE(Param(std::string_view("a\0b", 3)).is_sendable());
}

TEST(Decode, TimestamptzIsUtcToTheMicrosecond) {
  EXPECT_EQ(read<Timestamp>("2023-11-14 22:13:20.123456+00").ns(), 1'700'000'000'123'456'000);
  EXPECT_EQ(read<Timestamp>("2023-11-14 22:13:20+00").ns(), 1'700'000'000'000'000'000);
}

TEST(Decode, ATimeOfAnotherZoneIsRefusedInsteadOfTakenForUtc) {
  for (const char* text :
       {"2023-11-14 22:13:20+09", "2023-11-14 22:13:20", "infinity", "-infinity", ""}) {
    EXPECT_THROW(read<Timestamp>(text), std::logic_error) << text;
  }
}

TEST(Decode, WhatIsNotTheTypeThrows) {
  EXPECT_THROW(read<std::int64_t>("12x"), std::logic_error);
  EXPECT_THROW(read<std::int64_t>(""), std::logic_error);
  EXPECT_THROW(read<int>("3000000000"), std::logic_error);
  EXPECT_THROW(read<bool>("true"), std::logic_error);
  EXPECT_THROW(read<Decimal>("NaN"), std::logic_error);
  EXPECT_THROW(read<Decimal>("100000000000000000000"), std::logic_error);
  EXPECT_THROW(read<Uuid>("0000"), std::logic_error);
  EXPECT_THROW(read<std::vector<std::uint8_t>>("\\x0g"), std::logic_error);
  EXPECT_THROW(read<std::vector<std::uint8_t>>("00"), std::logic_error);
  EXPECT_THROW(read<std::vector<std::string>>("a,b"), std::logic_error);
  EXPECT_THROW(read<std::vector<std::string>>("{\"a}"), std::logic_error);
  EXPECT_THROW(account_position_from("on"), std::logic_error);
}

TEST(Decode, ArraysKeepEmptyAndQuotedElements) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(read<Texts>("{}"), Texts{});
  EXPECT_EQ(read<Texts>(R"({a,"","b,c","d\"e",f})"), (Texts{"a", "", "b,c", "d\"e", "f"}));
}

}  // namespace
}  // namespace everbit::store
