#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/admin_socket.h"
#include "api/backtest_endpoints.h"
#include "base/files.h"
#include "integration/trading/order_rows.h"
#include "jobs/result_file.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

const std::string kNobody = "01890a5d-ac96-774b-bcce-b302099a8057";

std::string run_json(int trades) {
  return R"({"request":{"timeframes":["15m"],"strategyVersion":"1.0.0"},"data":{},)"
         R"("metrics":{"trades":)" +
         std::to_string(trades) +
         R"(,"pnl":"12.5","sharpe":null,"perMarket":{}},"signals":[],"trades":[{"n":1}],)"
         R"("refusedEntries":[],"decisions":{},"equity":[["t1","10"]]})";
}

// The daemon's side of back-tests, in this process, and the real program against it.
class Backtests : public ::testing::Test {
 protected:
  Backtests() {
    api::Router router;
    add_backtest_endpoints(
        router, jobs_,
        [] {
          return Result<jobs::ActiveStrategyFile>(
              jobs::ActiveStrategyFile{"EXTREME_FLIP", std::string(64, 'a')});
        },
        [](const std::string&) { return true; });
    socket_ = api::AdminSocket::open(folder_.dir() / "admin.sock", std::move(router)).value();
  }

  Ended run(std::vector<std::string> words) {
    words.insert(words.begin(), "backtest");
    words.insert(words.end(), {"--config", folder_.file()});
    return run_everbit(words, {{"DATABASE_URL", rows_.database().dsn()}});
  }
  Uuid queued(const std::string& market = "KRW-BTC") {
    const auto request = jobs::parse_job_request(
        R"({"markets":[")" + market +
            R"("],"timeframes":["15m"],"from":"2024-01-01","to":"2024-02-01"})",
        {"EXTREME_FLIP", std::string(64, 'a')});
    return jobs_.create(request.value(), std::nullopt).value().public_id;
  }
  std::string done(int trades) {
    const Uuid id = queued();
    const auto claimed = jobs_.claim(id).value();
    folder_.write("result.json", run_json(trades));
    std::vector<jobs::ResultFile> results;
    results.push_back(jobs::ResultFile::open(folder_.dir() / "result.json", {}).value());
    EXPECT_TRUE(jobs_.finish(*claimed, "1.0.0", std::string(64, 'b'), results));
    return id.to_string();
  }

  SystemClock clock_;
  OrderRows rows_;
  SettingsFolder folder_;
  jobs::JobTable jobs_{{rows_.pool(), rows_.outbox(), clock_, rows_.owner()}};
  std::unique_ptr<api::AdminSocket> socket_;
};

TEST_F(Backtests, TheListNamesTheNewestFirst) {
  const std::string first = queued().to_string();
  const std::string second = queued("KRW-ETH").to_string();
  const auto table = run({"list"});
  ASSERT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr(second + "  QUEUED"));
  EXPECT_LT(table.out.find(second), table.out.find(first));
  const auto json = run({"list", "--limit", "1", "--json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr(R"({"items":[{"jobPublicId":")" + second),
                              HasSubstr(R"("nextCursor":")" + second + "\"}\n")));
  EXPECT_EQ(run({"list", "--limit", "0"}).code, 2);
}

TEST_F(Backtests, OneIsShownWithItsMetrics) {
  const std::string id = done(7);
  const auto text = run({"show", id});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, AllOf(HasSubstr("DONE"), MatchesRegex("(.|\n)*trades +7\n(.|\n)*"),
                              MatchesRegex("(.|\n)*sharpe +-\n(.|\n)*")));
  EXPECT_THAT(run({"show", id, "--json"}).out, HasSubstr(R"("metrics":{"trades":7,)"));
}

TEST_F(Backtests, AnUnknownOneOrAWordThatIsNoIdIsSaid) {
  const auto unknown = run({"show", kNobody});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("JOB_NOT_FOUND"));
  EXPECT_EQ(run({"show", "x"}).code, 2);
  EXPECT_EQ(run({"show"}).code, 2);
  EXPECT_EQ(run({"export", kNobody}).code, 2) << "without a file nothing is done";
  EXPECT_EQ(run({"export", kNobody, "--out", "-"}).code, 1);
}

TEST_F(Backtests, MetricsStandSideBySide) {
  const std::string one = done(7);
  const std::string other = done(9);
  const auto text = run({"compare", one, other});
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, MatchesRegex("(.|\n)*trades +7 +9\n(.|\n)*"));
  const auto json = run({"compare", one, other, "--json"});
  EXPECT_LT(json.out.find(one), json.out.find(other));
  EXPECT_EQ(run({"compare", one}).code, 2);
  const auto early = run({"compare", one, queued().to_string()});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("NOT_DONE"));
}

TEST_F(Backtests, TheWholeResultIsExportedAsTheRunGaveItAlsoWithoutADaemon) {
  const std::string id = done(7);
  socket_.reset();
  EXPECT_EQ(run({"export", id, "--out", "-"}).out, run_json(7) + "\n");
  const auto file = folder_.dir() / "exported.json";
  const auto ended = run({"export", id, "--out", file.string(), "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"bytes\":" + std::to_string(run_json(7).size())));
  EXPECT_EQ(read_file(file, 1'000'000).value(), run_json(7));
  const auto early = run({"export", queued().to_string(), "--out", "-"});
  EXPECT_EQ(early.code, 1);
  EXPECT_THAT(early.err, HasSubstr("NOT_DONE"));
  EXPECT_THAT(run({"list"}).err, HasSubstr("ADMIN_UNREACHABLE"));
}

TEST_F(Backtests, EveryOneOfTheCommandsHasItsHelp) {
  for (const char* command : {"list", "show", "compare", "export"}) {
    const auto help = run({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.out, AllOf(HasSubstr("--json"), HasSubstr("Exit codes")));
  }
}

}  // namespace
}  // namespace everbit::test
