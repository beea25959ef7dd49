#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "jobs/job_request.h"
#include "jobs/result_file.h"
#include "unit/cli/run_everbit.h"

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
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2024-02-01","to":"2024-02-01"})",
       "to"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"1970-01-01","to":"1971-01-01"})",
       "from"},
      {R"({"markets":["KRW-BTC"],"timeframes":["15m"],"from":"2024-01-01T00:00:00",)"
       R"("to":"2024-02-01"})",
       "from"},
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

TEST(JobRequest, EveryWrongFieldIsNamedOnce) {
  const auto reading = read_job_request(
      R"({"markets":["BTC"],"from":"soon","to":"2024-02-01","feeRate":"much","slippageBps":5000,)"
      R"("fillModel":1,"capital":1,"configJson":{"a":{"b":[]}},"priorities":{"KRW-BTC":"x"}})",
      kActive);
  std::vector<std::string> fields;
  for (const Error& problem : reading.problems) fields.push_back(problem.field);
  EXPECT_THAT(fields, testing::UnorderedElementsAre("markets", "timeframes", "from", "feeRate",
                                                    "slippageBps", "fillModel", "capital",
                                                    "configJson.a.b", "priorities.KRW-BTC"));
}

TEST(JobRequest, ParametersMayBeLevelsOrDottedAndAreKeptAsLevels) {
  const auto nested = parse_job_request(
      kGood + R"(,"configJson":{"os":{"RANGE":{"rsi":28,"dev":-1.8}},"maxOpenMarkets":1,)" +
          R"("bb":{"k":2.5}}})",
      kActive);
  ASSERT_TRUE(nested) << to_string(nested.error());
  EXPECT_EQ(nested->params, (std::map<std::string, std::string>{{"bb.k", "2.5"},
                                                                {"maxOpenMarkets", "1"},
                                                                {"os.RANGE.dev", "-1.8"},
                                                                {"os.RANGE.rsi", "28"}}));
  EXPECT_THAT(nested->to_json(),
              testing::HasSubstr(R"("configJson":{"bb":{"k":"2.5"},"maxOpenMarkets":"1",)"
                                 R"("os":{"RANGE":{"dev":"-1.8","rsi":"28"}}},"priorities")"));
  EXPECT_EQ(parse_job_request(nested->to_json(), kActive)->params, nested->params);
  const auto dotted = parse_job_request(
      kGood + R"(,"configJson":{"os.RANGE.rsi":28,"os.RANGE.dev":-1.8,"maxOpenMarkets":1,)" +
          R"("bb.k":2.5}})",
      kActive);
  ASSERT_TRUE(dotted);
  EXPECT_EQ(dotted->to_json(), nested->to_json());
}

TEST(JobRequest, AParameterThatIsTwoThingsAtOnceIsRefused) {
  for (const std::string config :
       {R"({"bb":{"k":1},"bb.k":2})", R"({"bb":1,"bb.k":2})", R"({"bb":{"k":1,"k":2}})"}) {
    const auto request = parse_job_request(kGood + R"(,"configJson":)" + config + "}", kActive);
    ASSERT_FALSE(request) << config;
    EXPECT_TRUE(request.error().field.starts_with("configJson.bb")) << request.error().field;
  }
}

const std::string kRun =
    R"({"request":{"strategyVersion":"1.0.0","x":1.50},"data":{},"metrics":{"a":null},"signals":[],)"
    R"("trades":[{"b":"\u00e9]}\"","c":12}],"refusedEntries":[],"decisions":{},"equity":[["t","1"]]})";

class ResultFileTest : public ::testing::Test {
 protected:
  Result<ResultFile> open(const std::string& text, const ResultFile::Limits& limits = {}) {
    folder_.write("result.json", text);
    return ResultFile::open(folder_.dir() / "result.json", limits);
  }

  test::SettingsFolder folder_;
};

TEST_F(ResultFileTest, EachPartKeepsItsBytes) {
  const auto file = open(kRun + "\n");
  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_EQ(file->runs(), 1U);
  const auto run = file->read(0);
  ASSERT_TRUE(run);
  EXPECT_EQ(run->request, R"({"strategyVersion":"1.0.0","x":1.50})");
  EXPECT_EQ(run->trades, R"([{"b":"\u00e9]}\"","c":12}])");
  EXPECT_EQ(run->equity, R"([["t","1"]])");
}

TEST_F(ResultFileTest, SeveralRunsAreToldApart) {
  const auto file = open(R"({"request":{},"runs":[)" + kRun + "," + kRun + "]}");
  ASSERT_TRUE(file) << to_string(file.error());
  ASSERT_EQ(file->runs(), 2U);
  EXPECT_EQ(file->read(1)->equity, R"([["t","1"]])");
}

TEST_F(ResultFileTest, APartThatIsLongerThanAChunkIsWhole) {
  std::string points;
  for (int i = 0; i < 20'000; ++i) points += R"(["t\\","1"],)";
  std::string text = kRun;
  text.insert(text.size() - 11, points);
  const auto file = open(text);
  ASSERT_TRUE(file) << to_string(file.error());
  EXPECT_TRUE(file->read(0)->equity == "[" + points + R"(["t","1"]])");
}

TEST_F(ResultFileTest, WhatAChildSpoiledIsNoResult) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), kRun.substr(0, kRun.size() / 2),
        kRun.substr(0, 60), std::string(R"({"runs":[]})"), std::string(100'000, '{'),
        std::string(R"({"request":})"), kRun + "}", std::string(R"({"runs":[1]})"),
        std::string(R"({"request)"), std::string(R"({"request":"\)"), std::string("{\"a\":}}")}) {
    const auto file = open(text);
    ASSERT_FALSE(file) << text.substr(0, 100);
    EXPECT_EQ(file.error().code, "RESULT");
  }
}

TEST_F(ResultFileTest, ALinkOrAPipeIsNotFollowedAndNotWaitedFor) {
  const auto path = folder_.dir() / "result.json";
  folder_.write("other.json", kRun);
  std::filesystem::create_symlink(folder_.dir() / "other.json", path);
  EXPECT_EQ(ResultFile::open(path, {}).error().code, "RESULT");
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(ResultFile::open(path, {}).error().code, "RESULT");
}

TEST_F(ResultFileTest, AFileOrARunWithoutMeasureIsRefused) {
  EXPECT_EQ(open(kRun, {100, 1'000, 1}).error().code, "RESULT");
  EXPECT_EQ(open(kRun, {1'000, 50, 1}).error().code, "RESULT");
  EXPECT_EQ(open(R"({"runs":[)" + kRun + "," + kRun + "]}", {1'000, 1'000, 1}).error().code,
            "RESULT");
  EXPECT_TRUE(open(kRun, {1'000, 1'000, 1}));
}

}  // namespace
}  // namespace everbit::jobs
