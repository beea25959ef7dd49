#include <gmock/gmock.h>

#include <cmath>

#include "parity/compare.h"
#include "parity/report.h"
#include "unit/parity/pretended_day.h"

// A live day beside its back-test: what is planted is found under its own name, and nothing else.
namespace everbit::parity {
namespace {

using testing::DayPlan;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trading::kNanosecondsPerSecond;

constexpr std::int64_t kPeriod = 900 * kNanosecondsPerSecond;
constexpr std::int64_t kDay = 96 * kPeriod;
constexpr std::int64_t kStart = 1'640'995'200 * kNanosecondsPerSecond;
constexpr int kDays = 15;

// Two waves with noise, over which the loosened EXTREME_FLIP trades several times a day.
std::vector<Candle> wave(std::uint64_t seed) {
  std::vector<Candle> candles;
  std::int64_t time = kStart;
  double price = 50'000;
  const auto number = [](double x) { return Decimal::from_int(static_cast<std::int64_t>(x)); };
  for (int i = 0; i < kDays * 96; ++i, time += kPeriod) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double noise = static_cast<double>(seed >> 40) / 16'777'216.0 - 0.5;
    const double open = price;
    price *= 1 + 0.01 * noise + 0.002 * std::sin(i / 40.0);
    candles.push_back(trading::make_candle(
        time, 900, number(open), number(std::max(open, price) * 1.001 + 1),
        number(std::min(open, price) * 0.999), number(price), number(1'000 + 900 * noise)));
  }
  return candles;
}

DayPlan plan() {
  DayPlan plan;
  plan.request.timeframes = backtest::timeframes_of("15m").value();
  plan.request.params = {
      {"regime.ema", "10"},      {"regime.slopeCandles", "2"}, {"entry.minTradedValue24h", "0"},
      {"os.UP_TREND.rsi", "45"}, {"os.UP_TREND.dev", "-0.5"},  {"os.UP_TREND.pctB", "0.4"}};
  plan.candles = {{"KRW-A", wave(1)}, {"KRW-B", wave(2)}};
  plan.from = kStart + 12 * kDay;
  plan.to = kStart + 15 * kDay;
  return plan;
}

const Recording& clean() {
  static const Recording recording = testing::pretend_day(plan());
  return recording;
}

// The counts of data, timing, fill, state and unrecorded.
std::vector<std::size_t> counts_of(const ParityReport& report) {
  return {report.count(DifferenceClass::kData), report.count(DifferenceClass::kTiming),
          report.count(DifferenceClass::kFill), report.count(DifferenceClass::kState),
          report.count(DifferenceClass::kUnrecorded)};
}

// The close of the n-th decision of a market with that side.
std::int64_t close_of(const Recording& recording, const std::string& market,
                      const std::string& side, bool with_order = true) {
  for (const auto& [close, decision] : recording.markets.at(market).decisions) {
    if (decision.side == side && decision.amount.has_value() == with_order) return close;
  }
  ADD_FAILURE() << "the day has no " << side << " of " << market;
  return 0;
}

TEST(ParityTest, CleanDayHasNoDifference) {
  const auto report = compare(clean()).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_TRUE(report.candles.empty());
  EXPECT_EQ(report.decisions, 2u * 3 * 96);
  EXPECT_EQ(report.unrecorded + report.late, 0u);
  // Else the test would be about nothing.
  EXPECT_NE(close_of(clean(), "KRW-A", "BUY"), 0);
  EXPECT_NE(close_of(clean(), "KRW-A", "SELL"), 0);
  EXPECT_NE(close_of(clean(), "KRW-B", "BUY"), 0);
}

TEST(ParityTest, PeriodsWithoutATradeAreFilledAlikeUpToTheEnd) {
  DayPlan quiet = plan();
  auto& candles = quiet.candles["KRW-A"];
  std::erase_if(candles, [&](const Candle& one) {
    return one.open_time > quiet.from + 10 * kPeriod && one.open_time % (3 * kPeriod) == 0;
  });
  candles.resize(candles.size() - 4);
  const auto recording = testing::pretend_day(quiet);
  const auto report = compare(recording).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_EQ(report.decisions, 2u * 3 * 96);
}

TEST(ParityTest, CandleThatTheCacheHasOtherwiseIsData) {
  Recording recording = clean();
  auto& cached = recording.markets.at("KRW-A").cached;
  Candle& planted = cached[12 * 96 + 40];
  const auto up = [](eb_dec value) { return (from_abi(value).value() + Decimal::from_int(4'000)); };
  planted = trading::make_candle(planted.open_time, 900, from_abi(planted.open).value(),
                                 up(planted.high), from_abi(planted.low).value(), up(planted.close),
                                 from_abi(planted.volume).value());
  const auto report = compare(recording).value();
  ASSERT_EQ(report.candles.size(), 1u);
  EXPECT_EQ(report.candles[0].market, "KRW-A");
  EXPECT_EQ(report.candles[0].open_time, planted.open_time);
  // What follows from it too, and the other market, whose slots and cash it changes.
  EXPECT_GT(report.count(DifferenceClass::kData), 0u);
  EXPECT_EQ(report.differences.size(), report.count(DifferenceClass::kData));
}

TEST(ParityTest, CandleMissingOnOneSideIsDataWithTheGapsCause) {
  Recording recording = clean();
  MarketRecording& market = recording.markets.at("KRW-B");
  const Candle absent = market.cached[13 * 96];
  std::erase_if(market.cached,
                [&](const Candle& one) { return one.open_time == absent.open_time; });
  const std::int64_t unseen = absent.close_time + 30 * kPeriod;
  market.decisions.erase(unseen);
  market.gaps[unseen - kPeriod] = "DISCONNECTED";
  const auto report = compare(recording).value();
  ASSERT_EQ(report.candles.size(), 2u);
  EXPECT_TRUE(report.candles[0].recorded && !report.candles[0].cached);
  EXPECT_FALSE(report.candles[1].seen);
  EXPECT_EQ(report.candles[1].gap_cause, "DISCONNECTED");
  const auto difference = std::ranges::find_if(report.differences, [&](const auto& one) {
    return one.close_time == unseen && one.market == "KRW-B";
  });
  ASSERT_NE(difference, report.differences.end());
  EXPECT_EQ(difference->kind, DifferenceClass::kData);
  EXPECT_THAT(difference->fields, ElementsAre("decision"));
  EXPECT_THAT(difference->cause, HasSubstr("DISCONNECTED"));
  EXPECT_EQ(report.count(DifferenceClass::kState), 0u);
}

TEST(ParityTest, EntryThatCameTooLateIsTiming) {
  Recording recording = clean();
  const std::int64_t close = close_of(recording, "KRW-A", "BUY");
  LiveDecision& late = recording.markets.at("KRW-A").decisions.at(close);
  late.decided_at = close + kPeriod + kNanosecondsPerSecond;
  late.refusals = {"STALE_SIGNAL"};
  late.amount.reset();
  const auto report = compare(recording).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 1, 0, 0, 0));
  EXPECT_EQ(report.differences[0].close_time, close);
  EXPECT_THAT(report.differences[0].fields, ElementsAre("codes", "amount"));
  EXPECT_THAT(report.differences[0].cause, HasSubstr("decided 901.0 s after the close"));
  EXPECT_EQ(report.late, 1u);
}

TEST(ParityTest, LateDecisionThatIsTheSameIsNoDifference) {
  Recording recording = clean();
  auto& late = *recording.markets.at("KRW-A").decisions.begin();
  late.second.decided_at = late.first + 3 * kNanosecondsPerSecond;
  const auto report = compare(recording).value();
  EXPECT_TRUE(report.differences.empty());
  EXPECT_EQ(report.late, 1u);
}

TEST(ParityTest, EntryThatWasRankedWithOtherMarketsIsTiming) {
  Recording recording = clean();
  const std::int64_t close = close_of(recording, "KRW-A", "BUY");
  LiveDecision& ranked = recording.markets.at("KRW-A").decisions.at(close);
  ranked.ranked = {"KRW-A", "KRW-C"};
  ranked.refusals = {"MAX_OPEN_MARKETS"};
  ranked.amount.reset();
  const auto report = compare(recording).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 1, 0, 0, 0));
  EXPECT_THAT(report.differences[0].cause, HasSubstr("KRW-A KRW-C"));
}

TEST(ParityTest, OtherPricesOfTheRealFillsAreFill) {
  DayPlan slipped = plan();
  slipped.slippage_bps = Decimal::from_int(40);
  const Recording recording = testing::pretend_day(slipped);
  const auto report = compare(recording).value();
  EXPECT_GT(report.count(DifferenceClass::kFill), 0u);
  EXPECT_EQ(report.differences.size(), report.count(DifferenceClass::kFill));
}

TEST(ParityTest, EntryThatTheHostRefusedIsFill) {
  Recording recording = clean();
  const std::int64_t close = close_of(recording, "KRW-A", "BUY");
  LiveDecision& refused = recording.markets.at("KRW-A").decisions.at(close);
  refused.refusals = {"KEY_NOT_VERIFIED"};
  refused.amount.reset();
  EXPECT_THAT(counts_of(compare(recording).value()), ElementsAre(0, 0, 1, 0, 0));
}

TEST(ParityTest, DecisionThatNothingExplainsIsABug) {
  const std::int64_t close = close_of(clean(), "KRW-A", "BUY");
  const auto planted = [&](const std::function<void(LiveDecision&)>& change) {
    Recording recording = clean();
    change(recording.markets.at("KRW-A").decisions.at(close));
    return compare(recording).value();
  };
  for (const auto& change : std::vector<std::function<void(LiveDecision&)>>{
           [](LiveDecision& one) { one.state = "COOLDOWN"; },
           [](LiveDecision& one) { one.codes = {"FLIP_NOT_CONFIRMED"}; },
           [](LiveDecision& one) { one.side = "SELL"; },
           [](LiveDecision& one) { one.amount = *one.amount + Decimal::from_int(1); },
           [](LiveDecision& one) { one.amount.reset(); }}) {
    const auto report = planted(change);
    EXPECT_THAT(counts_of(report), ElementsAre(0, 0, 0, 1, 0));
    EXPECT_EQ(report.differences[0].market, "KRW-A");
    EXPECT_EQ(report.differences[0].close_time, close);
  }
}

TEST(ParityTest, OneOfEachOnOneDayAreToldApart) {
  DayPlan slipped = plan();
  slipped.slippage_bps = Decimal::from_int(40);
  Recording recording = testing::pretend_day(slipped);
  auto& market = recording.markets.at("KRW-B");
  // Its volume alone: no decision rests on it.
  const Candle before = market.cached[14 * 96];
  market.cached[14 * 96] = trading::make_candle(
      before.open_time, 900, from_abi(before.open).value(), from_abi(before.high).value(),
      from_abi(before.low).value(), from_abi(before.close).value(), Decimal::from_int(77));
  market.decisions.at(before.close_time).state = "PLANTED";
  const auto late = close_of(recording, "KRW-A", "BUY");
  auto& stale = recording.markets.at("KRW-A").decisions.at(late);
  stale.decided_at = late + 20 * kNanosecondsPerSecond;
  stale.state = "PLANTED";
  const std::int64_t wrong = before.close_time + kPeriod;
  market.decisions.at(wrong).codes = {"PLANTED"};
  const auto report = compare(recording).value();
  EXPECT_EQ(report.count(DifferenceClass::kData), 1u);
  EXPECT_EQ(report.count(DifferenceClass::kTiming), 1u);
  EXPECT_GT(report.count(DifferenceClass::kFill), 0u);
  EXPECT_EQ(report.count(DifferenceClass::kState), 1u);
  const auto bug =
      std::ranges::find(report.differences, DifferenceClass::kState, &ParityDifference::kind);
  EXPECT_EQ(bug->close_time, wrong);
}

// Nobody may be told of a bug because a crash took the proof that there is none.
TEST(ParityTest, WhatALostRecordMayExplainIsNotCalledABug) {
  Recording recording = clean();
  auto& market = recording.markets.at("KRW-A");
  const std::int64_t close = close_of(clean(), "KRW-A", "BUY");
  market.decisions.at(close).state = "PLANTED";
  market.track.positions.erase(close);
  market.decisions.at(close).ranked.clear();  // it stood in the same row
  const auto report = compare(recording).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 0, 0, 0, 1));
  EXPECT_EQ(report.unrecorded, 1u);
}

// As the second day of a longer life: the back-test goes on from the position that was held.
TEST(ParityTest, DayThatBeginsWithAPositionIsClean) {
  DayPlan alone = plan();
  alone.candles.erase("KRW-B");
  const Recording whole = testing::pretend_day(alone);
  const MarketRecording& lived = whole.markets.at("KRW-A");
  const std::int64_t entry = close_of(whole, "KRW-A", "BUY");
  ASSERT_EQ(lived.track.positions.at(entry + kPeriod).state, EB_POSITION_OPEN);
  Recording rest = whole;
  MarketRecording& market = rest.markets.at("KRW-A");
  market.track.states = {{entry, testing::state_at(alone, "KRW-A", entry)}};
  std::erase_if(market.decisions, [&](const auto& one) { return one.first <= entry; });
  const auto report = compare(rest).value();
  EXPECT_THAT(counts_of(report), ElementsAre(0, 0, 0, 0, 0));
  EXPECT_EQ(report.decisions, market.decisions.size());
  // An order that is on its way at the beginning is waited for.
  market.track.positions.at(entry + kPeriod).state = EB_POSITION_PENDING;
  EXPECT_EQ(compare(rest).value().count(DifferenceClass::kState), 1u);
}

TEST(ParityTest, WarmUpInTheMiddleOfTheDayIsFollowed) {
  DayPlan stopped = plan();
  Recording recording = testing::pretend_day(stopped);
  const std::int64_t again = stopped.from + 50 * kPeriod;
  auto& market = recording.markets.at("KRW-A");
  market.track.states[again] = testing::state_at(stopped, "KRW-A", again);
  const auto lived = replay(recording, ReplayCandles::kCached, false).value();
  for (const auto& [code, outcomes] : lived) {
    for (const auto& [close, outcome] : outcomes) {
      LiveDecision& decision = recording.markets.at(code).decisions.at(close);
      decision.state = outcome.state;
      decision.codes = outcome.codes;
      decision.refusals = outcome.refusals;
      decision.side = outcome.side;
      decision.amount = outcome.amount;
      recording.markets.at(code).track.positions[close] = outcome.position;
    }
  }
  const auto report = compare(recording).value();
  EXPECT_EQ(report.count(DifferenceClass::kState), 0u);
}

TEST(ParityTest, JsonNamesTheClassAndBothDecisions) {
  Recording recording = clean();
  const std::int64_t close = close_of(recording, "KRW-A", "BUY");
  recording.markets.at("KRW-A").decisions.at(close).state = "PLANTED";
  const auto report = compare(recording).value();
  const std::string json =
      to_json({"2022-01-13", "EXTREME_FLIP", "REAL", "15m"}, recording, report);
  EXPECT_THAT(json, HasSubstr(R"("date":"2022-01-13","strategyKey":"EXTREME_FLIP","mode":"REAL")"));
  EXPECT_THAT(json, HasSubstr(R"("passed":false)"));
  EXPECT_THAT(json,
              HasSubstr(R"("counts":{"data":0,"timing":0,"fill":0,"state":1,"unrecorded":0})"));
  EXPECT_THAT(json, HasSubstr(R"("class":"state","fields":["state"])"));
  EXPECT_THAT(json, HasSubstr(R"("live":{"state":"PLANTED")"));
}

}  // namespace
}  // namespace everbit::parity
