#include <gtest/gtest.h>

#include "backtest/metrics.h"
#include "backtest/result_json.h"
#include "unit/backtest/support.h"

// The fill models on candles made by hand; the comments work the fills out. Each row is
// "open high low close"; candles are of 15 minutes from 2024-01-01T00:00:00Z on, "-" is a period
// without a trade. No fee and no slippage unless a test says so; entries are of 20,000 KRW.
namespace everbit::backtest {
namespace {

using Rows = std::vector<std::string>;
using Params = std::vector<std::pair<std::string, std::string>>;

const plugins::LoadedPlugin& scripted() {
  static const plugins::LoadedPlugin plugin = testing::load_strategy(EVERBIT_SCRIPTED);
  return plugin;
}

std::string at(int minutes) {
  return Timestamp::from_seconds(1'704'067'200 + minutes * 60).to_iso();
}

std::filesystem::path write_candles(const std::string& market, const Rows& rows) {
  std::string text = "candle_time_utc,open,high,low,close,volume\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == "-") continue;
    std::string fields = rows[i];
    std::replace(fields.begin(), fields.end(), ' ', ',');
    text += at(static_cast<int>(i) * 15) + "," + fields + ",1\n";
  }
  return testing::scratch_file(market + ".csv", text);
}

Request request_of(const std::string& model, Params params) {
  Request request;
  request.timeframes = timeframes_of("15m").value();
  request.initial_capital = Decimal::from_int(100'000);
  request.fee_rate = Decimal();
  request.fill_model = model;
  request.params = std::move(params);
  request.strategy_key = "SCRIPTED";
  return request;
}

Result<RunResult> run(Request request, const std::map<std::string, Rows>& markets) {
  std::map<std::string, std::filesystem::path> files;
  for (const auto& [market, rows] : markets) {
    request.markets.push_back(market);
    files[market] = write_candles(market, rows);
  }
  return testing::run_files(std::move(request), files, false, scripted());
}

// "STOPLOSS 10 @ 890 00:45", in order; "!" in front of a fill within its candle.
std::string exits_of(const Trade& trade) {
  std::string text;
  for (const Exit& exit : trade.exits) {
    if (!text.empty()) text += ", ";
    text += (exit.intrabar ? "!" : "") + exit.intent + " " + exit.fill.volume.to_string() + " @ " +
            exit.fill.price.to_string() + " " +
            Timestamp::from_ns(exit.fill_time).to_iso().substr(11, 5);
  }
  return text;
}

TEST(NextOpenTest, WhatIsDecidedAtACloseIsFilledAtTheNextOpenAndTheEntryCandleStays) {
  // Bought at the close of 00:15-00:30, filled at 00:30's open 1,010: 20,000/1,010 = 19.80198019.
  // Sold at the close of 00:45-01:00, filled at 01:00's open 1,100.
  const auto result = run(request_of("next_open", {{"script", "2:buy,4:sell"}}),
                          {{"KRW-A",
                            {"1000 1000 1000 1000", "1000 1000 1000 1000", "1010 1020 1005 1020",
                             "1020 1090 1020 1090", "1100 1100 1080 1080"}}})
                          .value();
  ASSERT_EQ(result.trades.size(), 1U);
  const Trade& trade = result.trades[0];
  EXPECT_EQ(trade.entry.price, Decimal::from_int(1'010));
  EXPECT_EQ(trade.entry.volume, Decimal::of("19.80198019"));
  EXPECT_EQ(Timestamp::from_ns(trade.open_time).to_iso(), at(15)) << "the signal candle";
  EXPECT_EQ(Timestamp::from_ns(trade.fill_time).to_iso(), at(30));
  EXPECT_EQ(exits_of(trade), "EXIT_TRAIL 19.80198019 @ 1100 01:00");
  EXPECT_EQ(trade.holding_seconds(), 30 * 60);
  // E(t) is taken before the fills: untouched at 00:30, and at 01:00 still the position at 1,090.
  // 100,000 - 19.80198019 * 1,010 = 80,000.0000081
  EXPECT_EQ(result.equity[1].value, Decimal::from_int(100'000));
  EXPECT_EQ(result.equity[3].value,
            Decimal::of("80000.0000081") +
                mul(Decimal::of("19.80198019"), Decimal::from_int(1'090), Rounding::kDown));
  EXPECT_EQ(result.closes_with_position, 2U) << "00:45 and 01:00";
}

TEST(NextOpenTest, TheOpenOfAFilledCandleCounts) {
  // No trade from 00:30 to 00:45: its open is the close before, 1,005.
  const auto result =
      run(request_of("next_open", {{"script", "2:buy"}}),
          {{"KRW-A", {"1000 1000 1000 1000", "1000 1005 1000 1005", "-", "1200 1200 1200 1200"}}})
          .value();
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].entry.price, Decimal::from_int(1'005));
}

TEST(NextOpenTest, SlippageCountsFromTheOpen) {
  // 100 bp: bought at 1,000 * 1.01 = 1,010 (19.80198019), sold at 1,100 * 0.99 = 1,089; paid
  // (10 + 11) * 19.80198019 = 415.84158399.
  Request request = request_of("next_open", {{"script", "1:buy,2:sell"}});
  request.slippage_bps = Decimal::from_int(100);
  const auto result =
      run(std::move(request),
          {{"KRW-A", {"900 900 900 900", "1000 1000 1000 1000", "1100 1100 1100 1100"}}})
          .value();
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(result.trades[0].entry.price, Decimal::from_int(1'010));
  EXPECT_EQ(exits_of(result.trades[0]), "EXIT_TRAIL 19.80198019 @ 1089 00:30");
  EXPECT_EQ(result.slippage_paid, Decimal::of("415.84158399"));
}

TEST(NextOpenTest, OnTheLastCandleAnExitBecomesEndOfRunAndAnEntryLapses) {
  // A asks to sell half at its last close: all is sold there at the close 1,000. B asks to buy at
  // its last close.
  Request request = request_of("next_open", {{"script", "1:buy,3:part"}});
  const Rows rows{"1000 1000 1000 1000", "1000 1000 1000 1000", "1000 1000 1000 1000"};
  const auto result = run(std::move(request), {{"KRW-A", rows}}).value();
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(exits_of(result.trades[0]), "END_OF_RUN 20 @ 1000 00:45");
  EXPECT_TRUE(result.trades[0].end_of_run);
  EXPECT_EQ(result.signals.size(), 2U) << "the sale was decided on";

  const auto entry = run(request_of("next_open", {{"script", "3:buy"}}), {{"KRW-A", rows}}).value();
  EXPECT_TRUE(entry.trades.empty());
  ASSERT_EQ(entry.refused_entries.size(), 1U);
  EXPECT_EQ(entry.refused_entries[0].reasons, std::vector<std::string>{"UNFILLED_AT_END"});
  EXPECT_EQ(entry.decisions.at("UNFILLED_AT_END"), 1U);
  EXPECT_EQ(entry.equity.back().value, Decimal::from_int(100'000));
}

TEST(NextOpenTest, AnEntryIsCutToTheCashThatItsOpenFinds) {
  // A is worth 20 * 1,000 = 20,000 at the close of 00:15-00:30, where A sells and B buys 20,000:
  // the cash of 5,000 and A's 20,000 would do. At the open A brings 20 * 700 = 14,000 only, so B's
  // entry is cut to 19,000: 38 at 500.
  Request request = request_of("next_open", {{"script", "1:buy,2:sell"}});
  request.initial_capital = Decimal::from_int(25'000);
  const std::map<std::string, Rows> markets{
      {"KRW-A", {"1000 1000 1000 1000", "1000 1000 1000 1000", "700 700 700 700"}},
      {"KRW-B", {"-", "500 500 500 500", "500 500 500 500"}}};
  const auto cut = run(request, markets).value();
  ASSERT_EQ(cut.trades.size(), 2U);
  EXPECT_EQ(exits_of(cut.trades[0]), "EXIT_TRAIL 20 @ 700 00:30");
  EXPECT_EQ(cut.trades[1].amount, Decimal::from_int(19'000));
  EXPECT_EQ(cut.trades[1].entry.volume, Decimal::from_int(38));
  EXPECT_EQ(cut.signals[2].requested, Decimal::from_int(20'000)) << "what was decided at the close";

  // With a least order of 19,001 it lapses instead; nothing of it is kept.
  request.params.emplace_back("minimum", "19001");
  const auto lapsed = run(request, markets).value();
  ASSERT_EQ(lapsed.trades.size(), 1U);
  ASSERT_EQ(lapsed.refused_entries.size(), 1U);
  EXPECT_EQ(lapsed.refused_entries[0].reasons, std::vector<std::string>{"AMOUNT_BLOCKED"});
}

TEST(NextOpenTest, SlotsAreReckonedAsIfFilledAtTheClose) {
  // One slot: at 00:30 A sells and B buys. The slot is free although A's sale fills later; A and B
  // asking at one close share it.
  Request request = request_of("next_open", {{"script", "1:buy,2:sell"}, {"maxOpen", "1"}});
  const Rows flat{"1000 1000 1000 1000", "1000 1000 1000 1000", "1000 1000 1000 1000"};
  const auto handed_over =
      run(request, {{"KRW-A", flat}, {"KRW-B", {"-", flat[0], flat[0]}}}).value();
  EXPECT_EQ(handed_over.trades.size(), 2U);
  const auto shared = run(request, {{"KRW-A", flat}, {"KRW-B", flat}}).value();
  ASSERT_EQ(shared.trades.size(), 1U);
  EXPECT_EQ(shared.trades[0].market, "KRW-A");
  EXPECT_EQ(shared.refused_entries[0].reasons, std::vector<std::string>{"MAX_OPEN_MARKETS"});
}

struct PathCase {
  const char* name;
  Rows rows;                // after an entry of 20 at 1,000; stop 900, target 1,200 for 10
  const char* pessimistic;  // the exits
  const char* optimistic;
};

class OhlcPathTest : public ::testing::TestWithParam<PathCase> {};

TEST_P(OhlcPathTest, TheFirstLevelMetIsFilled) {
  Rows rows{"1000 1000 1000 1000"};
  rows.insert(rows.end(), GetParam().rows.begin(), GetParam().rows.end());
  const auto runs = runs_of(request_of("ohlc_path", {{"script", "1:buy"}}));
  ASSERT_EQ(runs.size(), 2U);
  for (const Request& request : runs) {
    SCOPED_TRACE(name_of(request.path_order));
    const auto result = run(request, {{"KRW-A", rows}});
    ASSERT_TRUE(result) << to_string(result.error());
    ASSERT_EQ(result->trades.size(), 1U);
    EXPECT_EQ(Timestamp::from_ns(result->trades[0].open_time).to_iso(), at(0));
    const bool pessimistic = request.path_order == PathOrder::kPessimistic;
    EXPECT_EQ(exits_of(result->trades[0]),
              pessimistic ? GetParam().pessimistic : GetParam().optimistic);
    EXPECT_EQ(result->equity.size(), rows.size()) << "a candle not evaluated still has its equity";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Candles, OhlcPathTest,
    ::testing::Values(
        // Opens below the stop: all at the open, not at the level.
        PathCase{"GapThroughTheStop",
                 {"850 1300 840 1250", "1250 1250 1250 1250"},
                 "!EXIT_STOPLOSS 20 @ 850 00:30",
                 "!EXIT_STOPLOSS 20 @ 850 00:30"},
        // Opens above the target: the part at the open; the stop lower in the same candle is not
        // met any more, because a candle has one exit.
        PathCase{"GapThroughTheTarget",
                 {"1250 1260 880 950", "950 950 950 950"},
                 "!EXIT_TP 10 @ 1250 00:30, END_OF_RUN 10 @ 950 00:45",
                 "!EXIT_TP 10 @ 1250 00:30, END_OF_RUN 10 @ 950 00:45"},
        // Both within one candle: the low first sells all at 900; the high first sells 10 at 1,200,
        // and the next candle's low finds the stop for the rest.
        PathCase{"StopAndTargetInOneCandle",
                 {"1000 1210 890 1000", "1000 1000 895 1000"},
                 "!EXIT_STOPLOSS 20 @ 900 00:30",
                 "!EXIT_TP 10 @ 1200 00:30, !EXIT_STOPLOSS 10 @ 900 00:45"},
        // Exactly at a level is met.
        PathCase{"TouchedExactly",
                 {"1000 1199 900 1000", "1000 1000 1000 1000"},
                 "!EXIT_STOPLOSS 20 @ 900 00:30",
                 "!EXIT_STOPLOSS 20 @ 900 00:30"},
        // The target is taken once: nothing rests there for the half that is left.
        PathCase{"TheTargetIsTakenOnce",
                 {"1000 1200 1000 1100", "1100 1300 1100 1300"},
                 "!EXIT_TP 10 @ 1200 00:30, END_OF_RUN 10 @ 1300 00:45",
                 "!EXIT_TP 10 @ 1200 00:30, END_OF_RUN 10 @ 1300 00:45"},
        // Nothing met, and the last candle of the run: sold at its close.
        PathCase{"LastCandle",
                 {"1000 1100 950 1050"},
                 "END_OF_RUN 20 @ 1050 00:30",
                 "END_OF_RUN 20 @ 1050 00:30"},
        // Met in the last candle: no END_OF_RUN after it.
        PathCase{"MetInTheLastCandle",
                 {"1000 1100 899 1050"},
                 "!EXIT_STOPLOSS 20 @ 900 00:30",
                 "!EXIT_STOPLOSS 20 @ 900 00:30"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(OhlcPathTest, ACandleWithAnExitIsNotEvaluated) {
  // The script sells at the third close, but the target was met within that candle; the sale that
  // it wants at the fourth comes about.
  const auto result = run(request_of("ohlc_path", {{"script", "1:buy,3:sell,4:sell"}}),
                          {{"KRW-A",
                            {"1000 1000 1000 1000", "1000 1000 1000 1000", "1000 1200 1000 1150",
                             "1150 1150 1150 1150", "1000 1000 1000 1000"}}})
                          .value();
  ASSERT_EQ(result.trades.size(), 1U);
  EXPECT_EQ(exits_of(result.trades[0]), "!EXIT_TP 10 @ 1200 00:45, EXIT_TRAIL 10 @ 1150 01:00");
  EXPECT_EQ(result.decisions.at("HOLD"), 2U) << "the second close and the last";
  EXPECT_EQ(result.signals.size(), 2U) << "a resting order gives no signal";
}

TEST(OhlcPathTest, TheCashOfARestingFillIsThereAtTheSameClose) {
  // A is stopped within 00:15-00:30 at 900: 20 * 900 = 18,000 and the 5,000 left buy B for 20,000
  // at that close. Without it the cash would be short.
  Request request = request_of("ohlc_path", {{"script", "1:buy"}, {"minimum", "20000"}});
  request.initial_capital = Decimal::from_int(25'000);
  const auto result = run(request, {{"KRW-A", {"1000 1000 1000 1000", "1000 1000 890 1000"}},
                                    {"KRW-B", {"-", "500 500 500 500", "500 500 500 500"}}})
                          .value();
  ASSERT_EQ(result.trades.size(), 2U);
  EXPECT_EQ(exits_of(result.trades[0]), "!EXIT_STOPLOSS 20 @ 900 00:30");
  EXPECT_EQ(result.trades[1].market, "KRW-B");
}

TEST(OhlcPathTest, APartTooSmallToStandAloneSellsAll) {
  // 9,000 KRW buy 9; half of it is worth 4,500, less than 5,000.
  const auto result =
      run(request_of("ohlc_path", {{"script", "1:buy"}, {"amount", "9000"}}),
          {{"KRW-A", {"1000 1000 1000 1000", "1000 1200 1000 1000", "1000 1000 1000 1000"}}})
          .value();
  EXPECT_EQ(exits_of(result.trades.at(0)), "!EXIT_TP 9 @ 1200 00:30");
}

TEST(OhlcPathTest, SlippageWorksOnTheLevelAndIsCountedFromIt) {
  // 100 bp: entry at 1,010, stop at 910, sold at 910 * 0.99 = 900.9; 20,000/1,010 = 19.80198019
  // were held; paid (10 + 9.1) * 19.80198019 = 378.217821629.
  Request request = request_of("ohlc_path", {{"script", "1:buy"}});
  request.slippage_bps = Decimal::from_int(100);
  const auto result =
      run(request, {{"KRW-A", {"1000 1000 1000 1000", "1000 1000 910 1000"}}}).value();
  EXPECT_EQ(exits_of(result.trades.at(0)), "!EXIT_STOPLOSS 19.80198019 @ 900.9 00:30");
  EXPECT_EQ(result.slippage_paid, Decimal::of("378.217821629"));
}

TEST(OhlcPathTest, AStrategyWithoutLevelsIsRefused) {
  const auto result = run(request_of("ohlc_path", {{"script", "1:buy"}, {"levels", "false"}}),
                          {{"KRW-A", {"1000 1000 1000 1000", "1000 1000 1000 1000"}}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().field, "fillModel");
}

TEST(FillModelTest, TheResultNamesModelOrderAndTimeOfFill) {
  const Rows rows{"1000 1000 1000 1000", "1000 1200 1000 1000", "1000 1000 1000 1000"};
  const auto json_of = [&](const Request& request) {
    const auto result = run(request, {{"KRW-A", rows}}).value();
    return to_json(result, measure(result));
  };
  const auto has = [](const std::string& json, const char* text) {
    return json.find(text) != std::string::npos;
  };
  const auto close = json_of(request_of("close", {{"script", "1:buy"}}));
  EXPECT_TRUE(has(close, "\"fillModel\":\"close\",\"strategyKey\"")) << close;
  EXPECT_FALSE(has(close, "fillTime") || has(close, "intrabar"));
  const auto open = json_of(request_of("next_open", {{"script", "1:buy"}}));
  EXPECT_TRUE(has(open, "\"fillTime\":\"2024-01-01T00:15:00Z\",\"intent\":\"ENTRY\"")) << open;
  const auto runs = runs_of(request_of("ohlc_path", {{"script", "1:buy"}}));
  const auto path = json_of(runs[1]);
  EXPECT_TRUE(has(path, "\"pathOrder\":\"optimistic\"")) << path;
  EXPECT_TRUE(has(path, "\"all\":false,\"intrabar\":true")) << path;
}

}  // namespace
}  // namespace everbit::backtest
