#include <gtest/gtest.h>

#include "jobs/job_request.h"
#include "jobs/result_parts.h"

namespace everbit::jobs {
namespace {

const ActiveStrategyFile kActive{"EXTREME_FLIP", std::string(64, 'a')};
const std::string kGood =
    R"({"markets":["KRW-ETH","KRW-BTC"],"timeframes":["15"],"from":"2024-01-01","to":"2024-02-01")";

TEST(JobRequest, WhatIsLeftOutTakesItsDefaultAndTheTextIsAlwaysTheSame) {
  const auto request = parse_job_request(kGood + "}", kActive);
  ASSERT_TRUE(request) << to_string(request.error());
  EXPECT_EQ(request->to_json(),
            R"({"markets":["KRW-BTC","KRW-ETH"],"timeframes":["15m"],)"
            R"("from":"2024-01-01T00:00:00Z","to":"2024-02-01T00:00:00Z",)"
            R"("initialCapital":"10000000","feeRate":0.0005,"slippageBps":0,"fillModel":"close",)"
            R"("strategyKey":"EXTREME_FLIP","strategySha256":")" +
                std::string(64, 'a') + R"(","configJson":{},"priorities":{}})");
  EXPECT_EQ(parse_job_request(request->to_json(), kActive)->to_json(), request->to_json());
}

TEST(JobRequest, ABadOneIsRefusedByItsField) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"markets":[],"timeframes":["15m"],"from":"2024-01-01","to":"2024-02-01"})", "markets"},
      {R"({"markets":["BTC"],"timeframes":["15m"],"from":"2024-01-01","to":"2024-02-01"})",
       "markets"},
      {R"({"markets":["KRW-BTC","KRW-BTC"],"timeframes":["15m"],"from":"2024-01-01",)"
       R"("to":"2024-02-01"})",
       "markets"},
      {R"({"markets":["KRW-BTC"],"timeframes":["7m"],"from":"2024-01-01","to":"2024-02-01"})",
       "timeframes"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m","15"],"from":"2024-01-01",)"
       R"("to":"2024-02-01"})",
       "timeframes"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"to":"2024-02-01"})", "from"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"yesterday","to":"2024-02-01"})",
       "from"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2024-02-01","to":"2024-01-01"})",
       "to"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2000-01-01","to":"2024-01-01"})",
       "to"},
      {kGood + R"(,"initialCapital":"1"})", "initialCapital"},
      {kGood + R"(,"feeRate":"much"})", "feeRate"},
      {kGood + R"(,"slippageBps":-1})", "slippageBps"},
      {kGood + R"(,"fillModel":"hope"})", "fillModel"},
      {kGood + R"(,"strategySha256":"abc"})", "strategySha256"},
      {kGood + R"(,"configJson":{"a":[1]}})", "configJson.a"},
      {kGood + R"(,"priorities":{"KRW-XRP":1}})", "priorities"},
      {kGood + R"(,"capital":"10000000"})", "capital"},
      {kGood + R"(,"from":"2024-01-02"})", "from"},
      {"[]", ""},
      {"{", ""}};
  for (const auto& [json, field] : cases) {
    const auto request = parse_job_request(json, kActive);
    ASSERT_FALSE(request) << json;
    EXPECT_EQ(request.error().code, "BACKTEST_REQUEST");
    EXPECT_EQ(request.error().field, field) << json;
  }
}

const std::string kRun =
    R"({"request":{"strategyVersion":"1.0.0","x":1.50},"data":{},"metrics":{"a":null},"signals":[],)"
    R"("trades":[{"b":"\u00e9"}],"refusedEntries":[],"decisions":{},"equity":[["t","1"]]})";

TEST(ResultParts, EachPartKeepsItsBytes) {
  const auto parts = split_result(kRun);
  ASSERT_TRUE(parts) << to_string(parts.error());
  EXPECT_EQ(parts->strategy_version, "1.0.0");
  ASSERT_EQ(parts->runs.size(), 1U);
  EXPECT_EQ(parts->runs[0].request, R"({"strategyVersion":"1.0.0","x":1.50})");
  EXPECT_EQ(parts->runs[0].trades, R"([{"b":"\u00e9"}])");
  EXPECT_EQ(parts->runs[0].equity, R"([["t","1"]])");
}

TEST(ResultParts, SeveralRunsAreToldApart) {
  const auto parts = split_result(R"({"request":{},"runs":[)" + kRun + "," + kRun + "]}");
  ASSERT_TRUE(parts) << to_string(parts.error());
  EXPECT_EQ(parts->runs.size(), 2U);
}

TEST(ResultParts, WhatAChildSpoiledIsNoResult) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), kRun.substr(0, kRun.size() / 2),
        kRun.substr(0, 60), std::string(R"({"runs":[]})"), std::string(100, '{')}) {
    const auto parts = split_result(text);
    ASSERT_FALSE(parts) << text;
    EXPECT_EQ(parts.error().code, "RESULT");
  }
}

}  // namespace
}  // namespace everbit::jobs
