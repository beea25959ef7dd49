#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace everbit {
namespace {

TEST(JsonWriter, KeepsTheOrderOfTheCallsAndAddsNoSpace) {
  JsonWriter json;
  json.begin_object().field("b", 1).field("a", "x").key("list").begin_array();
  json.value(true).null().value(-2).value(std::uint64_t{18446744073709551615U});
  json.begin_object().end_object().end_array().field("empty", std::optional<int>()).end_object();
  EXPECT_EQ(json.take(),
            R"({"b":1,"a":"x","list":[true,null,-2,18446744073709551615,{}],"empty":null})");
}

TEST(JsonWriter, WritesMoneyAsTextAndRatiosInTheShortestForm) {
  JsonWriter json;
  json.begin_array().value(Decimal::of("0.10")).number(Decimal::of("1.50")).value(0.1).value(1e21);
  json.value(std::numeric_limits<double>::quiet_NaN())
      .value(std::numeric_limits<double>::infinity());
  json.value(Timestamp::from_ms(1)).end_array();
  EXPECT_EQ(json.take(), R"(["0.1",1.5,0.1,1e+21,null,null,"1970-01-01T00:00:00.001Z"])");
}

TEST(JsonWriter, NoTextCanLeaveItsString) {
  std::string out;
  append_json_string(out, std::string_view("\"\\\n\t\0\x1f\x7f", 7));
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\t\\u0000\\u001f\\u007f\"");
}

TEST(JsonWriter, HostileBytesStillGiveUtf8) {
  const std::string replaced = "\"\xEF\xBF\xBD";
  for (const char* bad : {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82"}) {
    std::string out;
    append_json_string(out, bad);
    EXPECT_EQ(out.substr(0, 4), replaced);
  }
  std::string korean;
  append_json_string(korean, "주문 접수 \xF0\x9F\x9A\x80");
  EXPECT_EQ(korean, "\"주문 접수 \xF0\x9F\x9A\x80\"");
}

TEST(JsonWriter, RefusesToWriteWhatIsNoJson) {
  EXPECT_THROW(JsonWriter().begin_object().value(1), std::logic_error);
  EXPECT_THROW(JsonWriter().begin_array().key("a"), std::logic_error);
  EXPECT_THROW(JsonWriter().begin_array().end_object(), std::logic_error);
  EXPECT_THROW(JsonWriter().begin_object().key("a").end_object(), std::logic_error);
  EXPECT_THROW(JsonWriter().begin_object().take(), std::logic_error);
  EXPECT_THROW(JsonWriter().value(1).value(2), std::logic_error);
}

}  // namespace
}  // namespace everbit
