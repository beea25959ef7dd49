#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/exchange-upbit/loaded_plugin.h"
#include "unit/exchange-upbit/samples.h"

namespace everbit::test {
namespace {

using plugins::ExchangeOp;
using plugins::Meaning;

struct Refusal {
  int status;
  std::string body;
  Meaning meaning;
};

std::string named(std::string_view name) {
  return R"({"error":{"name":")" + std::string(name) + R"(","message":"text"}})";
}

Meaning meaning_of(const LoadedPlugin& plugin, ExchangeOp op, int status, std::string_view body) {
  return plugin.codec().decode(op, status, {}, body).answer.meaning;
}

// Every name of reference §6.3, for a create-order.
TEST(Refusal, EveryNamedErrorHasTheMeaningOfThePipelinesTable) {
  const LoadedPlugin plugin;
  std::vector<Refusal> cases;
  for (const auto* name : {"invalid_parameter",
                           "validation_error",
                           "bad_request",
                           "QUERY_PARAMETER_NOT_SUPPORTED",
                           "create_bid_error",
                           "create_ask_error",
                           "insufficient_funds_bid",
                           "insufficient_funds_ask",
                           "under_min_total_bid",
                           "under_min_total_ask",
                           "over_krw_funds_bid",
                           "over_krw_funds_ask",
                           "invalid_price_bid",
                           "invalid_price_ask",
                           "invalid_volume_bid",
                           "invalid_volume_ask",
                           "invalid_time_in_force",
                           "invalid_post_only",
                           "notfoundmarket",
                           "volume_too_large",
                           "invalid_funds",
                           "withdraw_address_not_registered",
                           "a_name_of_tomorrow"}) {
    cases.push_back({400, named(name), Meaning::kRejected});
  }
  for (const auto* name :
       {"no_authorization_token", "jwt_verification", "invalid_access_key", "expired_access_key",
        "nonce_used", "invalid_query_payload", "no_authorization_ip", "no_authorization_i_p",
        "out_of_scope", "a_name_of_tomorrow"}) {
    cases.push_back({401, named(name), Meaning::kAuth});
  }
  cases.push_back({400, named("duplicated_identifier"), Meaning::kDuplicateIdentifier});
  cases.push_back({403, named("out_of_scope"), Meaning::kAuth});
  cases.push_back({403, named("market_offline"), Meaning::kOffline});
  cases.push_back({403, named("open_api_withdraw_locked"), Meaning::kRejected});
  cases.push_back({403, named("thirdparty_agreement_required"), Meaning::kRejected});
  cases.push_back({404, named("order_not_found"), Meaning::kNotFound});
  cases.push_back({404, named("pocket_not_found"), Meaning::kRejected});
  for (const Refusal& c : cases) {
    EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, c.status, c.body), c.meaning)
        << c.status << ' ' << c.body;
  }
}

TEST(Refusal, WhatIsNotUpbitsAnswerSaysNothingAboutTheOrder) {
  const LoadedPlugin plugin;
  const std::string html = "<html><body><h1>403 Forbidden</h1></body></html>";
  const std::vector<std::string> foreign{
      "",
      html,
      "Too many API requests.",
      "null",
      "[]",
      "{}",
      R"("error")",
      R"({"error":null})",
      R"({"error":"denied"})",
      R"({"error":{}})",
      R"({"error":{"message":"no name"}})",
      R"({"error":{"name":null,"message":"x"}})",
      R"({"error":{"name":true,"message":"x"}})",
      R"({"error":{"name":"","message":"x"}})",
      R"({"error":{"name":"x","message":7}})",
      R"({"error":{"name":"x","message":"y"})",
      R"({"error":{"name":"x","message":"y"}} trailing)",
      R"({"error":{"name":"x","name":"order_not_found"}})",
      R"({"error":{"name":400,"message":"Type mismatch error. Check the parameters type!"}})",
  };
  for (const std::string& body : foreign) {
    for (const int status : {400, 401, 403, 404, 409, 499}) {
      EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, status, body), Meaning::kUnknown)
          << status << ' ' << body;
    }
  }
}

TEST(Refusal, OtherStatusesAreUnknownWhateverTheySay) {
  const LoadedPlugin plugin;
  for (const int status :
       {0, -1, 100, 199, 300, 301, 302, 304, 307, 308, 500, 502, 503, 504, 599, 600, 999}) {
    for (const std::string& body : {std::string(kOrderCreated), named("order_not_found"),
                                    named("market_offline"), std::string("x")}) {
      EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, status, body), Meaning::kUnknown)
          << status;
    }
  }
}

TEST(Refusal, ASuccessWithoutAnOrderIsUnknown) {
  const LoadedPlugin plugin;
  const std::string order(kOrderCreated);
  auto without_uuid = order;
  without_uuid.replace(without_uuid.find("uuid"), 4, "uid_");
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"), std::string("OK"),
        "[" + order + "]", without_uuid, named("validation_error")}) {
    for (const int status : {200, 201, 202, 204}) {
      EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, status, body), Meaning::kUnknown);
    }
  }
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, 200, order), Meaning::kOk);
}

TEST(Refusal, ANotFoundOfAProxyDoesNotProveThatAnOrderIsAbsent) {
  const LoadedPlugin plugin;
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderGet, 404, "<html>404 Not Found</html>"),
            Meaning::kUnknown);
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderGet, 404,
                       R"({"error":{"name":404,"message":"Code not found"}})"),
            Meaning::kUnknown);
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderGet, 404, named("order_not_found")),
            Meaning::kNotFound);
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderGet, 400, named("order_not_found")),
            Meaning::kRejected);
}

TEST(Refusal, QuotationNamesItsErrorsWithNumbers) {
  const LoadedPlugin plugin;
  const auto answer = plugin.codec().decode(ExchangeOp::kCandles, 404, {},
                                            R"({"error":{"name":404,"message":"Code not found"}})");
  EXPECT_EQ(answer.answer.meaning, Meaning::kNotFound);
  EXPECT_EQ(answer.answer.name, "404");
  EXPECT_EQ(answer.answer.message, "Code not found");
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kCandles, 400,
                       R"({"error":{"message":"Invalid parameter.","name":400}})"),
            Meaning::kRejected);
}

TEST(Refusal, TooManyRequestsIsKnownByItsStatusAlone) {
  const LoadedPlugin plugin;
  for (const std::string& body :
       {std::string(), std::string("Too many API requests."), named("too_many_requests"),
        named("duplicated_identifier"), std::string("<html></html>"), std::string(kOrderCreated)}) {
    EXPECT_EQ(meaning_of(plugin, ExchangeOp::kOrderCreate, 429, body), Meaning::kRateLimited);
  }
}

TEST(Refusal, ABlockTellsItsSecondsOnlyWhereTheExchangeNamedThem) {
  const LoadedPlugin plugin;
  const auto blocked = [&](std::string_view message) {
    const auto decoded = plugin.codec().decode(
        ExchangeOp::kAccounts, 418, {},
        R"({"error":{"name":"teapot","message":")" + std::string(message) + R"("}})");
    EXPECT_EQ(decoded.answer.meaning, Meaning::kBlocked);
    return decoded.answer.blocked_s;
  };
  EXPECT_EQ(blocked("blocked for 90 seconds, 3 times"), 90);
  EXPECT_EQ(blocked("요청이 120초 동안 차단되었습니다."), 120);
  EXPECT_EQ(blocked("no time"), 0);
  EXPECT_EQ(blocked(""), 0);
  EXPECT_EQ(blocked("until 1772424967336"), 0);
  EXPECT_EQ(blocked("99999999999999999999999999"), 0);
  const auto page = plugin.codec().decode(ExchangeOp::kAccounts, 418, {}, "<h1>418</h1>");
  EXPECT_EQ(page.answer.meaning, Meaning::kBlocked);
  EXPECT_EQ(page.answer.blocked_s, 0);
}

TEST(Refusal, TheWithdrawalProbeTellsAMissingPermissionFromABadParameter) {
  const LoadedPlugin plugin;
  for (const int status : {401, 403}) {
    const auto decoded =
        plugin.codec().decode(ExchangeOp::kWithdrawProbe, status, {}, named("out_of_scope"));
    EXPECT_EQ(decoded.answer.meaning, Meaning::kAuth);
    EXPECT_EQ(decoded.answer.name, "out_of_scope");
  }
  EXPECT_EQ(meaning_of(plugin, ExchangeOp::kWithdrawProbe, 400, named("validation_error")),
            Meaning::kRejected);
}

TEST(Refusal, ALongMessageIsCutBetweenCharacters) {
  const LoadedPlugin plugin;
  std::string message;
  while (message.size() < 5000) message += "가";
  const auto decoded = plugin.codec().decode(
      ExchangeOp::kAccounts, 400, {}, R"({"error":{"name":"x","message":")" + message + R"("}})");
  EXPECT_EQ(decoded.answer.message.size(), 1023U);
}

}  // namespace
}  // namespace everbit::test
