#include "api/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/switch_json.h"

namespace everbit::api {
namespace {

using testing::HasSubstr;

std::string refused(Body& body) {
  const auto refusal = body.refusal();
  return refusal ? refusal->body : "";
}

TEST(Body, EveryFieldThatWillNotDoIsNamedInOneAnswer) {
  Body body(R"({"flag":"yes","word":1,"long":"abcdef","more":null,"good":true,"good":false})");
  EXPECT_FALSE(body.boolean("flag"));
  EXPECT_FALSE(body.text("word", 9));
  EXPECT_FALSE(body.text("long", 5));
  EXPECT_TRUE(body.boolean("good"));
  const auto text = refused(body);
  for (const char* part :
       {R"({"field":"good","reason":"GIVEN_TWICE"})", R"({"field":"flag","reason":"NOT_BOOLEAN"})",
        R"({"field":"word","reason":"NOT_TEXT"})", R"({"field":"long","reason":"TOO_LONG"})",
        R"({"field":"more","reason":"UNKNOWN_FIELD"})", R"("reasonCode":"VALIDATION_FAILED")"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Body, MoneyIsExactAsTextAndAsNumberAndHasNoExponent) {
  Body body(R"({"text":"0.123456789012345678","number":12345678901234567890.5 ,"none":null,
               "power":1e-1,"word":"1E2","flag":true,"long":0.1234567890123456789})");
  EXPECT_EQ(body.decimal("text"), Decimal::of("0.123456789012345678"));
  EXPECT_EQ(body.decimal("number"), Decimal::of("12345678901234567890.5"));
  EXPECT_FALSE(body.decimal("none"));
  for (const char* name : {"power", "word", "flag", "long"}) EXPECT_FALSE(body.decimal(name));
  const auto text = refused(body);
  for (const char* name : {"power", "word", "flag", "long"}) {
    EXPECT_THAT(text,
                HasSubstr(std::string("{\"field\":\"") + name + "\",\"reason\":\"NOT_NUMBER\"}"));
  }
}

TEST(Body, WhatIsNoObjectIsRefused) {
  for (const char* text : {"[]", "1", "null", "{", "{\"a\":}", "\xff", "{}{}"}) {
    Body body(text);
    EXPECT_THAT(refused(body), HasSubstr("NOT_JSON_OBJECT")) << text;
  }
}

TEST(Body, AnEmptyOneHasNoFields) {
  Body body("");
  EXPECT_FALSE(body.boolean("a"));
  EXPECT_EQ(refused(body), "");
}

TEST(SwitchJson, WhatIsWrittenReadsBackTheSame) {
  trading::SwitchView view;
  view.position = AccountPosition::kExitsOnly;
  view.strategies = {{"A", true}, {"B", false}};
  view.reason_code = "UNKNOWN_LIMIT";
  view.changed_at = Timestamp::from_ns(1'700'000'000'123'000'000);
  view.changed_by = "admin:1000";
  view.flatten_active = true;
  view.stored = false;
  JsonWriter json;
  write_json(json, view);
  const auto read = parse_switch(json.str());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->position, view.position);
  EXPECT_EQ(read->strategies, view.strategies);
  EXPECT_EQ(read->reason_code, view.reason_code);
  EXPECT_EQ(read->changed_at, view.changed_at);
  EXPECT_EQ(read->changed_by, view.changed_by);
  EXPECT_TRUE(read->flatten_active);
  EXPECT_FALSE(read->stored);
  EXPECT_FALSE(read->blocked_until);
  for (const char* other : {"", "{}", "[]", R"({"position":"MAYBE"})", R"({"position":1})"}) {
    EXPECT_FALSE(parse_switch(other)) << other;
  }
}

}  // namespace
}  // namespace everbit::api
