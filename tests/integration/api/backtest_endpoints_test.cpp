#include "api/backtest_endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/backtest_pages.h"
#include "integration/trading/order_rows.h"
#include "jobs/result_file.h"
#include "unit/cli/run_everbit.h"

namespace everbit::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kActive(64, 'a');
const std::string kNobody = "01890a5d-ac96-774b-bcce-b302099a8057";
const std::string kWanted = R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2024-01-01",)"
                            R"("to":"2024-02-01"})";
const std::string kRun =
    R"({"request":{"strategyVersion":"1.0.0","timeframe":"15m"},"data":{},"metrics":{"trades":3},)"
    R"("signals":[],"trades":[{"n":1},{"n":2},{"n":3}],"refusedEntries":[],"decisions":{},)"
    R"("equity":[["t1","10"],["t2","11"],["t3","12"],["t4","13"]]})";

class BacktestApi : public testing::Test {
 protected:
  BacktestApi() {
    add_backtest_endpoints(
        router_, jobs_,
        [] {
          return Result<jobs::ActiveStrategyFile>(
              jobs::ActiveStrategyFile{"EXTREME_FLIP", kActive});
        },
        [](const std::string& sha256) { return sha256 == kActive; });
  }

  // "409 {…}"
  std::string ask(const std::string& method, const std::string& path, const std::string& body = "",
                  const std::optional<std::string>& key = std::nullopt) {
    http::Request request;
    request.method = method;
    request.target = "/api/v2/" + path;
    request.body = body;
    if (!body.empty()) request.content_type = "application/json";
    request.peer = http::UnixPeer{1000, {1000}};
    request.idempotency_key = key;
    last_ = router_.answer(request);
    return std::to_string(last_.status) + " " + last_.body;
  }
  std::string queued() {
    ask("POST", "backtests", kWanted);
    return last_.body.substr(last_.body.find(':') + 2, 36);
  }
  void finish(const std::string& id) {
    const auto claimed = **jobs_.claim(*Uuid::parse(id));
    folder_.write("result.json", kRun);
    std::vector<jobs::ResultFile> results;
    results.push_back(jobs::ResultFile::open(folder_.dir() / "result.json", {}).value());
    ASSERT_TRUE(jobs_.finish(claimed, "1.0.0", kActive, results));
  }

  SystemClock clock_;
  test::OrderRows rows_;
  test::SettingsFolder folder_;
  jobs::JobTable jobs_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner()}};
  Router router_;
  http::Response last_;
};

TEST_F(BacktestApi, AJobIsQueuedWithTheActiveStrategyAndShownWithItsDefaults) {
  EXPECT_THAT(ask("POST", "backtests", kWanted),
              AllOf(StartsWith("202 {\"jobPublicId\":\""), HasSubstr(R"("status":"QUEUED")"),
                    HasSubstr(R"("markets":["KRW-BTC"],"timeframes":["15m"],"progress":null,)"
                              R"("errorCode":null})")));
  const std::string id = last_.body.substr(16, 36);
  EXPECT_THAT(ask("GET", "backtests/" + id),
              AllOf(StartsWith("200 "), HasSubstr(R"("initialCapital":"10000000")"),
                    HasSubstr("\"strategySha256\":\"" + kActive),
                    HasSubstr(R"("metrics":null,"runs":[]})")));
}

TEST_F(BacktestApi, ABadRequestIsRefusedByItsField) {
  EXPECT_THAT(ask("POST", "backtests", "{}"),
              AllOf(StartsWith("400 "), HasSubstr(R"({"field":"markets","reason":"REQUIRED"})")));
  EXPECT_THAT(ask("POST", "backtests",
                  R"({"markets":["KRW-BTC"],"timeframes":["7m"],"from":1,"feeRate":"x"})"),
              HasSubstr(R"("details":{"fields":[{"field":"from","reason":"NOT_TEXT"},)"
                        R"({"field":"feeRate","reason":"NOT_NUMBER"},)"
                        R"({"field":"to","reason":"REQUIRED"},)"
                        R"({"field":"timeframes","reason":"NOT_ALLOWED"}]})"));
  EXPECT_THAT(ask("POST", "backtests", R"({"capital":1})"),
              HasSubstr(R"({"field":"capital","reason":"UNKNOWN_FIELD"})"));
  std::string other = kWanted;
  other.insert(1, "\"strategySha256\":\"" + std::string(64, 'b') + "\",");
  EXPECT_THAT(ask("POST", "backtests", other),
              AllOf(StartsWith("400 "), HasSubstr(R"("field":"strategySha256")")));
  EXPECT_THAT(ask("GET", "backtests?limit=101"), StartsWith("400 "));
  EXPECT_THAT(ask("GET", "backtests?cursor=x"), StartsWith("400 "));
  EXPECT_THAT(ask("GET", "backtests/" + kNobody + "/equity?points=5001"), StartsWith("400 "));
}

TEST_F(BacktestApi, ARepeatedKeyIsTheFirstJobAndForAnotherRequestItIsRefused) {
  ASSERT_THAT(ask("POST", "backtests", kWanted, "key-1"), StartsWith("202 "));
  const std::string first = last_.body;
  EXPECT_FALSE(last_.replayed);
  EXPECT_EQ(ask("POST", "backtests", kWanted, "key-1"), "200 " + first);
  EXPECT_TRUE(last_.replayed);
  std::string other = kWanted;
  other.insert(1, R"("slippageBps":5,)");
  EXPECT_THAT(ask("POST", "backtests", other, "key-1"),
              AllOf(StartsWith("409 "), HasSubstr("IDEMPOTENCY_KEY_REUSED")));
  EXPECT_THAT(ask("POST", "backtests", other, "key-2"), StartsWith("202 "));
  EXPECT_EQ(rows_.count("backtest_job"), 2);
}

TEST_F(BacktestApi, AKeyThatIsNoneIsNamedAndNothingIsQueued) {
  for (const std::string& key : {std::string(), std::string("a b"), std::string("a, a"),
                                 std::string("키"), std::string(65, 'k')}) {
    EXPECT_THAT(ask("POST", "backtests", kWanted, key),
                AllOf(StartsWith("400 "), HasSubstr(R"("field":"Idempotency-Key")")));
  }
  EXPECT_EQ(rows_.count("backtest_job"), 0);
  EXPECT_THAT(ask("POST", "backtests", kWanted, std::string(64, 'k')), StartsWith("202 "));
}

TEST_F(BacktestApi, TheListIsTheNewestFirstAndGoesOnAtItsCursor) {
  const std::string first = queued();
  const std::string second = queued();
  const std::string third = queued();
  EXPECT_THAT(ask("GET", "backtests?limit=2"),
              AllOf(HasSubstr(third), HasSubstr("\"nextCursor\":\"" + second + "\"")));
  EXPECT_THAT(ask("GET", "backtests?limit=2&cursor=" + second),
              AllOf(HasSubstr(first), HasSubstr("\"nextCursor\":null")));
}

TEST_F(BacktestApi, AResultIsReadByRunPageAndPoint) {
  const std::string id = queued();
  EXPECT_THAT(ask("GET", "backtests/" + id + "/trades"),
              AllOf(StartsWith("409 "), HasSubstr("NOT_DONE")));
  ASSERT_NO_FATAL_FAILURE(finish(id));
  EXPECT_THAT(
      ask("GET", "backtests/" + id),
      AllOf(HasSubstr(R"("status":"DONE")"), HasSubstr(R"("metrics":{"trades":3},"runs":[)"),
            HasSubstr(R"({"run":1,"request":{"strategyVersion":"1.0.0")")));
  EXPECT_EQ(ask("GET", "backtests/" + id + "/trades?limit=2"),
            R"(200 {"items":[{"n":1},{"n":2}],"nextCursor":"2"})");
  EXPECT_EQ(ask("GET", "backtests/" + id + "/trades?limit=2&cursor=2"),
            R"(200 {"items":[{"n":3}],"nextCursor":null})");
  EXPECT_EQ(ask("GET", "backtests/" + id + "/equity?points=2"),
            R"(200 {"items":[{"closeTime":"t2","value":"11"},{"closeTime":"t4","value":"13"}],)"
            R"("nextCursor":null})");
  EXPECT_THAT(ask("GET", "backtests/" + id + "/equity?run=2"), StartsWith("404 "));
  EXPECT_THAT(ask("POST", "backtests/" + id + "/cancel"),
              AllOf(StartsWith("409 "), HasSubstr("JOB_FINISHED")));
}

TEST_F(BacktestApi, AJobIsCancelledAndAnUnknownOneIsNotFound) {
  const std::string id = queued();
  EXPECT_THAT(ask("POST", "backtests/" + id + "/cancel"),
              AllOf(StartsWith("200 "), HasSubstr(R"("status":"FAILED")"),
                    HasSubstr(R"("errorCode":"CANCELED")")));
  for (const std::string& path : {kNobody, kNobody + "/trades", kNobody + "/equity"}) {
    EXPECT_THAT(ask("GET", "backtests/" + path), AllOf(StartsWith("404 "), HasSubstr("JOB_NOT")));
  }
  EXPECT_THAT(ask("POST", "backtests/x/cancel"), StartsWith("404 "));
}

TEST_F(BacktestApi, AFullQueueSaysWhenToComeAgain) {
  for (int i = 0; i < jobs::kMostWaiting; ++i) queued();
  EXPECT_THAT(ask("POST", "backtests", kWanted),
              AllOf(StartsWith("429 "), HasSubstr("BACKTEST_QUEUE_FULL"),
                    HasSubstr(R"("details":{"retryAfter":30})")));
  EXPECT_EQ(last_.retry_after, std::chrono::seconds(30));
}

TEST(BacktestPages, PointsAreTheLastOfEachPartAndNeverMoreThanThereAre) {
  EXPECT_EQ(equity_points("[]", 5), R"({"items":[],"nextCursor":null})");
  EXPECT_EQ(equity_points(R"([["t","1"]])", 5),
            R"({"items":[{"closeTime":"t","value":"1"}],"nextCursor":null})");
  EXPECT_EQ(equity_points(R"([["t","1"],["u","2"],["v","3"],["w","4"],["x","5"]])", 2),
            R"({"items":[{"closeTime":"u","value":"2"},{"closeTime":"x","value":"5"}],)"
            R"("nextCursor":null})");
  EXPECT_EQ(trades_page("[]", 7, 5), R"({"items":[],"nextCursor":null})");
}

TEST(BacktestPages, WhatIsNoPointIsLeftOutOfTheCurve) {
  for (const char* curve : {R"([["t\u005d","1"]])", R"(["]"])", R"([[1,2]])", R"([[["t","1"]]])",
                            R"([["t","1","2"]])", "[", "]", "", R"([[],[]])"}) {
    EXPECT_THAT(equity_points(curve, 5), Not(HasSubstr("undefined"))) << curve;
    EXPECT_THAT(equity_points(curve, 5), StartsWith(R"({"items":[)")) << curve;
  }
  EXPECT_EQ(equity_points(R"([[1,2],["t","1"]])", 5),
            R"({"items":[{"closeTime":"t","value":"1"}],"nextCursor":null})");
}

}  // namespace
}  // namespace everbit::api
