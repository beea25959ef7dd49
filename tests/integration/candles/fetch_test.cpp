#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/clock.h"
#include "integration/daemon/daemon.h"
#include "unit/cli/run_everbit.h"

namespace everbit::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Thirty days of quarters of an hour up to this day's midnight; every 37th has no trade, and once
// nothing happens for a day.
class CandlesFetch : public DaemonTest {
 protected:
  void SetUp() override {
    std::ofstream(recording_) << "candle_time_utc,open,high,low,close,volume\n" << rows(0, kCount);
    start_simulator({"--replay", "KRW-BTC=" + recording_.string(), "--replay-from",
                     SystemClock().now().to_iso()});
  }

  static constexpr int kCount = 30 * 96;

  Timestamp time_of(int i) const { return midnight_ - minutes(15) * (kCount - i); }

  static bool is_silent(int i) { return i % 37 == 5 || (i >= 1'000 && i < 1'096); }

  // The recorded rows of those periods.
  std::string rows(int from, int to) const {
    std::string text;
    for (int i = from; i < to; ++i) {
      if (is_silent(i)) continue;
      const int price = 50'000'000 + (i % 97) * 1'000;
      text += time_of(i).to_iso() + "," + std::to_string(price) + "," +
              std::to_string(price + 3'000) + "," + std::to_string(price - 2'000) + "," +
              std::to_string(price + 1'000) + ",1." + std::to_string(1 + i % 9) + "\n";
    }
    return text;
  }

  static int silent_between(int from, int to) {
    int count = 0;
    for (int i = from; i < to; ++i) count += is_silent(i) ? 1 : 0;
    return count;
  }

  Ended run(std::vector<std::string> words) {
    words.insert(words.end(), {"--config", settings_file_.string()});
    return run_everbit(words, environment_);
  }

  std::vector<std::string> fetch_words(int from, int to) const {
    return {"candles",
            "fetch",
            "KRW-BTC",
            "--timeframe",
            "15m",
            "--from",
            time_of(from).to_iso(),
            "--to",
            time_of(to).to_iso(),
            "--json"};
  }
  Ended fetch(int from, int to) { return run(fetch_words(from, to)); }

  // The stored candles as CSV, without the traded value.
  std::string stored() {
    const Ended ended = run({"candles", "export", "KRW-BTC", "--timeframe", "15m", "--out", "-"});
    std::istringstream lines(ended.out);
    std::string line;
    std::string text;
    std::getline(lines, line);
    EXPECT_EQ(line, "candle_time_utc,open,high,low,close,volume,value") << ended.err;
    while (std::getline(lines, line)) text += line.substr(0, line.rfind(',')) + "\n";
    return text;
  }

  static std::string answer(int missing, int silent, int requests) {
    return "{\"series\":[{\"market\":\"KRW-BTC\",\"timeframe\":\"15m\",\"missing\":" +
           std::to_string(missing) + ",\"candles\":" + std::to_string(missing - silent) +
           ",\"noTrade\":" + std::to_string(silent) + ",\"requests\":" + std::to_string(requests) +
           "}]}\n";
  }

  const std::filesystem::path recording_ = folder_ / "recording.csv";
  const Timestamp midnight_ = SystemClock().now().floor_to(hours(24));
};

TEST_F(CandlesFetch, BringsEveryCandleOnceAndKnowsWhereNobodyTraded) {
  const Ended first = fetch(500, 2'500);
  ASSERT_EQ(first.code, 0) << first.err;
  const int silent = silent_between(500, 2'500);
  const int pages = (2'000 - silent + 199) / 200;
  // One more may be asked for to learn that nothing lies before the oldest.
  EXPECT_THAT((std::vector{answer(2'000, silent, pages), answer(2'000, silent, pages + 1)}),
              ::testing::Contains(first.out));
  EXPECT_EQ(stored(), rows(500, 2'500));
  EXPECT_EQ(fetch(500, 2'500).out, answer(0, 0, 0));
  const Ended verified = run({"candles", "verify", "--json"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("\"sound\":true"));
  EXPECT_THAT(verified.out, HasSubstr("\"missingPeriods\":0"));
}

TEST_F(CandlesFetch, AsksOnlyForWhatIsMissing) {
  ASSERT_EQ(fetch(600, 700).code, 0);
  ASSERT_EQ(fetch(900, 950).code, 0);
  const Ended rest = fetch(550, 960);
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_THAT(rest.out, HasSubstr("\"missing\":" + std::to_string(410 - 100 - 50)));
  EXPECT_EQ(stored(), rows(550, 960));
}

TEST_F(CandlesFetch, GoesOnWhereAKilledOneStood) {
  simulate("/faults", R"({"on":"rest","path":"/v1/candles/*","delay_before_ms":150})");
  std::vector<std::string> command{std::string(std::getenv("EVERBIT_BUILD_DIR")) + "/bin/everbit"};
  for (const std::string& word : fetch_words(200, 2'800)) command.push_back(word);
  command.insert(command.end(), {"--config", settings_file_.string()});
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment_) variables.push_back(name + "=" + value);
  const auto rows_stored = [&] {
    return std::stoi(database_.value("SELECT count(*) FROM candle_cache"));
  };
  {
    Child killed(command, variables, folder_ / "killed.log");
    ASSERT_TRUE(eventually([&] { return rows_stored() >= 400 || !killed.is_running(); }));
    ASSERT_TRUE(killed.is_running()) << killed.output();
    killed.send(SIGKILL);
    ASSERT_TRUE(killed.wait(seconds(30)));
  }
  const int before = rows_stored();
  ASSERT_GE(before, 400);
  ASSERT_LT(before, 2'400);
  const Ended rest = fetch(200, 2'800);
  ASSERT_EQ(rest.code, 0) << rest.err;
  const int total = 2'600 - silent_between(200, 2'800);
  EXPECT_THAT(rest.out, HasSubstr("\"candles\":" + std::to_string(total - before) + ","));
  EXPECT_EQ(stored(), rows(200, 2'800));
}

TEST_F(CandlesFetch, OutlivesLimitsCutConnectionsAndHalfAnswers) {
  simulate("/faults", R"({"on":"rest","path":"/v1/candles/*","skip":1,"count":2,
                          "action":"respond","status":429})");
  simulate("/faults", R"({"on":"rest","path":"/v1/candles/*","skip":4,"count":2,
                          "action":"cut_after"})");
  simulate("/faults", R"({"on":"rest","path":"/v1/candles/*","skip":7,"count":1,
                          "action":"cut_within"})");
  simulate("/faults", R"({"on":"rest","path":"/v1/candles/*","skip":8,"count":1,
                          "action":"truncate"})");
  const Ended ended = fetch(500, 2'500);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(stored(), rows(500, 2'500));
}

TEST_F(CandlesFetch, ABlockEndsItAndTheNextOneKeepsStill) {
  simulate("/block", R"({"kind":"quotation","seconds":300})");
  const Ended blocked = fetch(500, 2'500);
  EXPECT_EQ(blocked.code, 1);
  EXPECT_THAT(blocked.err, HasSubstr("UPBIT_BLOCKED_418"));
  EXPECT_EQ(database_.value("SELECT count(*) FROM exchange_block WHERE side = 'quotation' "
                            "AND blocked_until > now() + interval '4 minutes'"),
            "1");
  simulate("/settings", R"({"rate_limits":false})");
  const Ended still = fetch(500, 2'500);
  EXPECT_EQ(still.code, 1);
  EXPECT_THAT(still.err, HasSubstr("UPBIT_BLOCKED_418"));
}

TEST_F(CandlesFetch, AMarketThatIsNotThereIsNamed) {
  const Ended ended = run({"candles", "fetch", "KRW-NOSUCH", "--timeframe", "15m", "--days", "3"});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.err, HasSubstr("MARKET_UNKNOWN KRW-NOSUCH"));
}

TEST_F(CandlesFetch, ARunningPeriodIsNotStored) {
  const Ended ended = run({"candles", "fetch", "KRW-BTC", "--timeframe", "1d", "--days", "5"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(database_.value("SELECT max(candle_time) < date_trunc('day', now(), 'UTC') FROM "
                            "candle_cache WHERE timeframe = '1d'"),
            "t");
}

}  // namespace
}  // namespace everbit::test
