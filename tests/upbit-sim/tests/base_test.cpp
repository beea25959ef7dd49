#include <gtest/gtest.h>

#include "upbit-sim/auth/authenticate.h"
#include "upbit-sim/auth/crypto.h"
#include "upbit-sim/base/decimal.h"
#include "upbit-sim/base/text.h"
#include "upbit-sim/base/time.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/json/writer.h"
#include "upbit-sim/market/tick.h"
#include "upbit-sim/rest/rest_api.h"

namespace everbit::upbit_sim {
namespace {

TEST(Decimals, AreExactWhereDoublesAreNot) {
  EXPECT_EQ((Decimal::of("0.1") + Decimal::of("0.2")).to_string(), "0.3");
  // The documented partial fill of a limit buy, §8.4.
  const Decimal locked =
      Decimal::of("29968038.09235948") * Decimal::of("0.001453") + Decimal::of("21.77177967");
  EXPECT_EQ(locked.floor_to(8).to_string(), "43565.33112786");
  EXPECT_EQ((Decimal(10'000).divided_by(Decimal(30'000))).floor_to(8).to_string(), "0.33333333");
  EXPECT_LT(Decimal::of("-2"), Decimal::of("-1.5"));
  EXPECT_EQ((-Decimal::of("0.50")).to_string(), "-0.5");
}

TEST(Decimals, RefuseWhatIsNoPlainDecimal) {
  for (const char* text :
       {"", "-", ".", "1.", ".5", "1e5", "0x1", "1,000", " 1", "1 ", "NaN", "--1",
        "1.0000000000000000000000001", "100000000000000000000000000000"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
}

TEST(Decimals, OverflowThrowsInsteadOfWrapping) {
  const Decimal huge = Decimal::of("99999999999999999999999999999");
  EXPECT_THROW(huge * huge * huge, std::exception);
}

TEST(Numbers, AreSpeltThreeWays) {
  EXPECT_EQ(spell(Decimal(120'000'000), NumberStyle::kPlain), "120000000");
  EXPECT_EQ(spell(Decimal(120'000'000), NumberStyle::kPoint), "120000000.0");
  EXPECT_EQ(spell(Decimal(120'000'000), NumberStyle::kExponent), "1.2E8");
  EXPECT_EQ(spell(Decimal::of("0.00009101"), NumberStyle::kExponent), "9.101E-5");
  EXPECT_EQ(spell(Decimal{}, NumberStyle::kExponent), "0E0");
}

TEST(Ticks, FollowTheTableInForceSince20250731) {
  const Millis now = kNewTickTableEpoch;
  const auto tick = [now](const char* price) {
    return tick_size("KRW", Decimal::of(price), now).to_string();
  };
  EXPECT_EQ(tick("2000000"), "1000");
  EXPECT_EQ(tick("658000"), "500");
  EXPECT_EQ(tick("134000"), "100");
  EXPECT_EQ(tick("99999"), "50");
  EXPECT_EQ(tick("37990"), "10");
  EXPECT_EQ(tick("6180"), "5");
  EXPECT_EQ(tick("4788"), "1");
  EXPECT_EQ(tick("100"), "1");
  EXPECT_EQ(tick("41.1"), "0.1");
  EXPECT_EQ(tick("0.0106"), "0.0001");
  EXPECT_EQ(tick("0.000001"), "0.00000001");
  EXPECT_EQ(tick_size("KRW", Decimal::of("658000"), now - 1).to_string(), "100");
  EXPECT_EQ(tick_size("USDT", Decimal(5), now).to_string(), "0.001");
}

TEST(Ticks, AStepDownUsesTheLowerBand) {
  const Millis now = kNewTickTableEpoch;
  EXPECT_EQ(step_down("KRW", Decimal(100'000), now).to_string(), "99950");
  EXPECT_EQ(step_down("KRW", Decimal(100'100), now).to_string(), "100000");
  EXPECT_EQ(round_up_to_tick("KRW", Decimal(100'001), now).to_string(), "100100");
}

TEST(Times, ReadTheFormsOfTheWire) {
  EXPECT_EQ(parse_iso("2025-06-24T04:56:53Z"), 1750741013000);
  EXPECT_EQ(parse_iso("2025-06-24 04:56:53"), 1750741013000);
  EXPECT_EQ(parse_iso("2025-06-24T13:56:53+09:00"), 1750741013000);
  for (const char* text : {"", "2025-06-24", "2025-13-01T00:00:00", "2025-06-24T04:56:53 09:00",
                           "2025-06-24T25:00:00Z", "2025-06-24T04:56:53Zx"}) {
    EXPECT_FALSE(parse_iso(text).has_value()) << text;
  }
  EXPECT_EQ(format_kst_offset(1772424967000), "2026-03-02T13:16:07+09:00");
  EXPECT_EQ(format_kst_micros(1772424967597751), "2026-03-02T13:16:07.597751+09:00");
  EXPECT_EQ(format_date(start_of_week(*parse_iso("2025-07-06T23:00:00Z"))), "2025-06-30");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "{\"a\":1", "[1,]", "{\"a\" 1}", "{} {}", "nul", "\"a"}) {
    EXPECT_FALSE(Json::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Json::parse(std::string(100, '[') + std::string(100, ']')).has_value());
}

TEST(Json, KeepsTheSpellingOfNumbersAndTheOrderOfKeys) {
  const auto json = Json::parse(R"({"b":1.10,"a":"x\n","c":null})");
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->members()[0].first, "b");
  EXPECT_EQ(json->find("b")->text(), "1.10");
  EXPECT_EQ(json->string_at("a"), "x\n");
  EXPECT_TRUE(json->find("c")->is_null());
}

TEST(QueryHash, HasTheReferenceVectors) {
  const auto hash = [](const char* text) { return to_hex(sha512(text)); };
  EXPECT_EQ(
      hash("market=KRW-BTC"),
      "b749dfc2e17f75e5b46c8161f97fe7c9298ed4167ea21c5c94d16573efd8a801351470c0ff1a9a3f1e763f82"
      "49968218c04c571c8b45aa80cd4588e6c4be0738");
  EXPECT_EQ(
      hash("market=KRW-BTC&states[]=wait&states[]=watch"),
      "c01bbcb80094d2225c90eda65128baf7ef800471fbdeb76579856d1532cd263060e41ede9c52bfc926a0b46c"
      "4b7797a61e4327cda59d236f829cde4c875dfe77");
  const auto body = Json::parse(
      R"({"market":"KRW-BTC","side":"bid","volume":"0.01","price":"100.0","ord_type":"limit"})");
  EXPECT_EQ(
      to_hex(sha512(body_query_texts(*body)[0])),
      "1db802a392c559d55c99662a20c6911ba9ea31a9f58bf92156af243ca1462b004c6e6b27c934afefbde5ca15"
      "d28deb67e90cd619b466c9a3c2fe020ad2bbdd24");
}

class Tokens : public ::testing::Test {
 protected:
  static constexpr const char* kHs512 =
      "Bearer eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9."
      "eyJhY2Nlc3Nfa2V5IjoidGVzdC1hY2Nlc3Mta2V5Iiwibm9uY2UiOiJiMmYxZTNmOC0yZGMxLTRkNmYtYTgzOC1jNzRj"
      "ND"
      "liMGUzOWEifQ.Jdn5VOnabhQeSJWobIWz-eR7-fhjnHkjceAmjhk3orXYO8gRaKtmmXwi1PL0_B-"
      "PBgrzoRWzJICsoCpiA1ljAg";
  static constexpr const char* kHs256 =
      "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
      "eyJhY2Nlc3Nfa2V5IjoidGVzdC1hY2Nlc3Mta2V5Iiwibm9uY2UiOiJiMmYxZTNmOC0yZGMxLTRkNmYtYTgzOC1jNzRj"
      "ND"
      "liMGUzOWEifQ.TpcnN5oBONeJiPdTXdGqrUVcp3Nk0UMu8Rzd3NgXsZg";

  Tokens() {
    key_.access_key = "test-access-key";
    key_.secret_key = "test-secret-key-0123456789abcdefghijklmn";
    key_.account = "main";
    keys_.put(key_);
  }

  std::string verdict(std::string_view header, std::vector<std::string> texts = {},
                      Millis now = 1000) {
    const auto result = authenticate(keys_, {header, "127.0.0.1", std::move(texts)}, now);
    const auto* error = std::get_if<ApiError>(&result);
    return error == nullptr ? "ok" : error->name;
  }

  ApiKey key_;
  KeyRing keys_;
};

TEST_F(Tokens, BothAlgorithmsOfTheReferenceAreAccepted) {
  EXPECT_EQ(verdict(kHs512), "ok");
  keys_ = {};
  keys_.put(key_);
  EXPECT_EQ(verdict(kHs256), "ok");
}

TEST_F(Tokens, ANonceIsGoodOnce) {
  EXPECT_EQ(verdict(kHs512), "ok");
  EXPECT_EQ(verdict(kHs256), "nonce_used");
}

TEST_F(Tokens, AreRefusedInTheOrderOfTheReference) {
  EXPECT_EQ(verdict(""), "no_authorization_token");
  EXPECT_EQ(verdict("Basic abc"), "no_authorization_token");
  EXPECT_EQ(verdict("Bearer abc"), "jwt_verification");
  std::string forged(kHs512);
  forged[forged.size() - 5] = 'x';
  EXPECT_EQ(verdict(forged), "jwt_verification");
  ApiKey narrow = key_;
  narrow.expire_at = 500;
  narrow.allowed_ips = {"10.0.0.1"};
  keys_.put(narrow);
  EXPECT_EQ(verdict(kHs512), "expired_access_key");
  narrow.expire_at = 5000;
  keys_.put(narrow);
  EXPECT_EQ(verdict(kHs512), "no_authorization_ip");
  keys_.put(key_);
  EXPECT_EQ(verdict(kHs512, {"market=KRW-BTC"}), "invalid_query_payload");
  EXPECT_EQ(verdict(kHs512), "nonce_used");
  keys_.remove("test-access-key");
  EXPECT_EQ(verdict(kHs512), "invalid_access_key");
}

TEST(Limits, ExchangeGroupsRefillAndQuotationGroupsWaitForTheNextSecond) {
  RateLimiter limiter;
  const Millis start = 1'000'000;
  for (int i = 0; i < 12; ++i) EXPECT_EQ(limiter.take(Group::kOrder, "main", start).status, 200);
  EXPECT_EQ(limiter.take(Group::kOrder, "main", start).status, 429);
  EXPECT_EQ(limiter.take(Group::kOrder, "main", start + 100).status, 200);
  EXPECT_EQ(limiter.take(Group::kOrder, "other", start).status, 200);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limiter.take(Group::kCandle, "ip", start + 900).remaining, 9 - i);
  }
  EXPECT_EQ(limiter.take(Group::kCandle, "ip", start + 999).status, 429);
  EXPECT_EQ(limiter.take(Group::kCandle, "ip", start + 1000).status, 200);
}

TEST(Limits, WhoGoesOnAfter429IsBlockedWith418ForTwiceAsLongEachTime) {
  RateLimiter limiter;
  limiter.set_limit(Group::kOrder, {0, kSecond});
  Millis now = 1'000'000;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.take(Group::kOrder, "a", now).status, 429);
  EXPECT_EQ(limiter.take(Group::kOrder, "a", now).blocked_for, 60'000);
  EXPECT_EQ(limiter.take(Group::kDefault, "a", now + 59'999).status, 418);
  EXPECT_EQ(limiter.take(Group::kCandle, "a", now).status, 200);
  now += 60'000;
  for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.take(Group::kOrder, "a", now).status, 429);
  EXPECT_EQ(limiter.take(Group::kOrder, "a", now).blocked_for, 120'000);
}

}  // namespace
}  // namespace everbit::upbit_sim
