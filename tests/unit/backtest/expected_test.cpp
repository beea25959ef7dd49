#include <gtest/gtest.h>
#include <simdjson.h>
#include <zlib.h>

#include <cmath>

#include "backtest/metrics.h"
#include "backtest/result_json.h"
#include "base/decimal.h"
#include "unit/backtest/support.h"

// Compares whole runs of the real strategy file with the results of an independent program.
namespace everbit::backtest {
namespace {

using Json = simdjson::dom::element;

std::string read_gz(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  std::string text;
  char buffer[65'536];
  for (int n = 0; (n = gzread(file, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  gzclose(file);
  return text;
}

std::string text_of(Json json, const char* key) {
  return std::string(std::string_view(json[key].get_string()));
}

// Null equals null only.
void expect_number(Json ours, Json theirs, const char* key, double relative) {
  SCOPED_TRACE(key);
  if (theirs[key].is_null()) {
    EXPECT_TRUE(ours[key].is_null());
    return;
  }
  ASSERT_FALSE(ours[key].is_null());
  const double expected = theirs[key].get_double();
  const double actual = ours[key].get_double();
  EXPECT_NEAR(actual, expected, std::max(std::abs(expected) * relative, 1e-15));
}

void expect_decimal(Json ours, Json theirs, const char* key, const char* tolerance) {
  SCOPED_TRACE(key);
  const Decimal difference = Decimal::of(text_of(ours, key)) - Decimal::of(text_of(theirs, key));
  EXPECT_LE(difference.abs(), Decimal::of(tolerance))
      << text_of(ours, key) << " for " << text_of(theirs, key);
}

void expect_text(Json ours, Json theirs, const char* key) {
  EXPECT_EQ(text_of(ours, key), text_of(theirs, key)) << key;
}

void expect_reasons(Json ours, Json theirs) {
  EXPECT_EQ(simdjson::minify(ours["reasonCodes"].value()),
            simdjson::minify(theirs["reasonCodes"].value()));
}

void compare_fill(Json ours, Json theirs) {
  for (const char* key : {"openTime", "closeTime", "intent"}) expect_text(ours, theirs, key);
  expect_reasons(ours, theirs);
  expect_decimal(ours, theirs, "price", "0");
  expect_decimal(ours, theirs, "volume", "0.00000001");
  expect_decimal(ours, theirs, "value", "0.01");
  expect_decimal(ours, theirs, "fee", "0.01");
}

void compare_trade(Json ours, Json theirs) {
  for (const char* key : {"market", "entryRegime", "watchCandle", "exitReason"}) {
    expect_text(ours, theirs, key);
  }
  expect_number(ours, theirs, "strength", 1e-9);
  expect_number(ours, theirs, "atr", 1e-9);
  expect_number(ours, theirs, "holdingSeconds", 0);
  expect_decimal(ours, theirs, "amountKrw", "0.01");
  expect_decimal(ours, theirs, "pnl", "0.01");
  expect_decimal(ours, theirs, "fees", "0.01");
  EXPECT_EQ(bool(ours["endOfRun"].get_bool()), bool(theirs["endOfRun"].get_bool()));
  compare_fill(ours["entry"], theirs["entry"]);
  ASSERT_EQ(ours["exits"].get_array().size(), theirs["exits"].get_array().size());
  for (std::size_t i = 0; i < theirs["exits"].get_array().size(); ++i) {
    const Json exit = ours["exits"].at(i);
    compare_fill(exit, theirs["exits"].at(i));
    EXPECT_EQ(bool(exit["all"].get_bool()), bool(theirs["exits"].at(i)["all"].get_bool()));
  }
}

void compare_signal(Json ours, Json theirs) {
  for (const char* key : {"market", "openTime", "closeTime", "side", "intent", "regime"}) {
    expect_text(ours, theirs, key);
  }
  expect_reasons(ours, theirs);
  expect_number(ours, theirs, "strength", 1e-9);
  if (text_of(theirs, "side") == "BUY") {
    expect_decimal(ours, theirs, "requestedKrw", "0.01");
  } else {
    expect_text(ours, theirs, "entryRegime");
    expect_decimal(ours, theirs, "requestedVolume", "0.00000001");
  }
}

void compare_refused(Json ours, Json theirs) {
  for (const char* key : {"market", "openTime", "closeTime", "regime", "watchCandle"}) {
    expect_text(ours, theirs, key);
  }
  expect_reasons(ours, theirs);
  expect_number(ours, theirs, "strength", 1e-9);
}

void compare_stats(Json ours, Json theirs) {
  for (const char* key : {"trades", "wins", "losses"}) expect_number(ours, theirs, key, 0);
  expect_number(ours, theirs, "winRate", 1e-9);
  expect_number(ours, theirs, "profitFactor", 1e-9);
  expect_decimal(ours, theirs, "pnl", "0.01");
}

void compare_groups(Json ours, Json theirs) {
  ASSERT_EQ(ours.get_object().size(), theirs.get_object().size());
  for (const auto [key, stats] : theirs.get_object()) {
    SCOPED_TRACE(key);
    compare_stats(ours[key], stats);
  }
}

void compare_metrics(Json ours, Json theirs) {
  compare_stats(ours, theirs);
  for (const char* key : {"days", "totalReturn", "cagr", "mdd", "longestDrawdownSeconds",
                          "averageHoldingSeconds", "exposure", "sharpe", "sortino", "calmar", "sqn",
                          "downTrendEntryShare", "buyAndHoldReturn"}) {
    expect_number(ours, theirs, key, 1e-9);
  }
  for (const char* key : {"initialCapital", "endEquity", "fees", "slippagePaid", "expectancy"}) {
    expect_decimal(ours, theirs, key, "0.01");
  }
  for (const char* key : {"perMarket", "perMonth", "perExitReason"}) {
    SCOPED_TRACE(key);
    compare_groups(ours[key], theirs[key]);
  }
}

void compare_data(Json ours, Json theirs) {
  for (const auto [market, data] : theirs.get_object()) {
    SCOPED_TRACE(market);
    for (const char* key : {"rows", "filled"}) expect_number(ours[market], data, key, 0);
    for (const char* key : {"firstOpen", "lastOpen", "firstCandleWithRegime"}) {
      expect_text(ours[market], data, key);
    }
  }
}

// The other program names five codes in its own way, and does not tell an armed sell watch from
// HOLD.
void compare_decisions(Json ours, Json theirs) {
  const std::map<std::string, std::vector<std::string>> names{
      {"(cooldown)", {"COOLDOWN_BLOCKED"}},
      {"(flip_not_confirmed)", {"FLIP_NOT_CONFIRMED"}},
      {"(hold)", {"HOLD", "SELL_WATCH_ARMED"}},
      {"(no_extreme)", {"NO_EXTREME"}},
      {"(watch_restarted)", {"WATCH_RESTARTED"}}};
  std::size_t compared = 0;
  for (const auto [key, value] : theirs.get_object()) {
    const auto found = names.find(std::string(key));
    const auto codes =
        found == names.end() ? std::vector<std::string>{std::string(key)} : found->second;
    std::int64_t count = 0;
    for (const std::string& code : codes) {
      std::int64_t one = 0;
      if (ours[code].get(one) == simdjson::SUCCESS) ++compared;
      count += one;
    }
    EXPECT_EQ(count, std::int64_t(value.get_int64())) << key;
  }
  EXPECT_EQ(compared, ours.get_object().size()) << "a code that the other program does not have";
}

// Theirs leaves out what repeats.
void compare_equity(Json ours, Json theirs) {
  std::size_t at = 0;
  std::string last;
  const auto changes = theirs.get_array().value();
  for (const Json point : ours.get_array()) {
    const std::string value(std::string_view(point.at(1).get_string()));
    if (value == last) continue;
    last = value;
    ASSERT_LT(at, changes.size());
    const Json change = changes.at(at++);
    ASSERT_EQ(std::string_view(point.at(0).get_string()),
              std::string_view(change.at(0).get_string()));
    const Decimal expected = Decimal::of(std::string_view(change.at(1).get_string()));
    ASSERT_LE((Decimal::of(value) - expected).abs(), Decimal::of("0.01"));
  }
  // A last point may repeat the one before.
  EXPECT_GE(at + 1, changes.size());
}

template <class Compare>
void compare_lists(const char* key, Json ours, Json theirs, Compare&& compare) {
  ASSERT_EQ(ours[key].get_array().size(), theirs[key].get_array().size()) << key;
  for (std::size_t i = 0; i < theirs[key].get_array().size(); ++i) {
    SCOPED_TRACE(std::string(key) + " " + std::to_string(i));
    compare(ours[key].at(i), theirs[key].at(i));
    if (::testing::Test::HasFailure()) return;
  }
}

class ExpectedTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ExpectedTest, AgreesWithAnIndependentProgram) {
  const auto shared = testing::shared_folder();
  if (shared.empty()) GTEST_SKIP() << "no shared reference data on this machine";
  simdjson::dom::parser parser;
  const simdjson::padded_string text(read_gz(shared / "data/expected" / GetParam()));
  const Json theirs = parser.parse(text);

  const Json asked = theirs["request"];
  Request request;
  std::map<std::string, std::filesystem::path> files;
  for (const auto [market, file] : asked["candles"].get_object()) {
    request.markets.emplace_back(market);
    files[std::string(market)] = shared / "data/candles" / std::string_view(file.get_string());
  }
  request.timeframes = timeframes_of(text_of(asked, "timeframe")).value();
  request.from = parse_time(text_of(asked, "from"), "from").value();
  request.to = parse_time(text_of(asked, "to"), "to").value();
  request.initial_capital = Decimal::of(text_of(asked, "initialCapital"));
  request.fee_rate = Decimal::of(text_of(asked, "feeRate"));
  request.slippage_bps = Decimal::of(text_of(asked, "slippageBps"));
  request.price_scale = Decimal::of(text_of(asked, "priceScale"));
  for (const Json set : asked["set"].get_array()) {
    const std::string pair(std::string_view(set.get_string()));
    const auto equals = pair.find('=');
    request.params.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }

  const auto result = testing::run_files(request, files);
  ASSERT_TRUE(result) << to_string(result.error());
  const std::string json = to_json(*result, measure(*result));
  simdjson::dom::parser own_parser;
  const Json ours = own_parser.parse(json);

  compare_lists("trades", ours, theirs, compare_trade);
  compare_lists("signals", ours, theirs, compare_signal);
  compare_lists("refusedEntries", ours, theirs, compare_refused);
  compare_metrics(ours["metrics"], theirs["metrics"]);
  compare_data(ours["data"], theirs["data"]);
  compare_decisions(ours["decisions"], theirs["decisionCounts"]);
  compare_equity(ours["equity"], theirs["equityChanges"]);

  const auto again = testing::run_files(request, files, true);
  ASSERT_TRUE(again);
  EXPECT_EQ(to_json(*again, measure(*again)), json) << "streamed and bulk runs differ";
}

INSTANTIATE_TEST_SUITE_P(Files, ExpectedTest,
                         ::testing::Values("upbit-eth-15m-2024.json",
                                           "binance7-15m-2022h1-loose.json.gz",
                                           "upbit5-60m-2022-2025.json.gz"));

}  // namespace
}  // namespace everbit::backtest
