#include "backtest/report/html_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "backtest/report/html_text.h"
#include "backtest/report/svg_chart.h"
#include "trading/market/candle.h"

namespace everbit::backtest::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kHour = 3'600 * trading::kNanosecondsPerSecond;
constexpr std::int64_t kStart = 1'704'067'200 * trading::kNanosecondsPerSecond;  // 2024-01-01

Fill fill_at(int price) {
  Fill fill;
  fill.price = Decimal::from_int(price);
  fill.volume = Decimal::from_int(1);
  fill.value = WideDecimal(fill.price);
  return fill;
}

// Two trades of one market over forty days, the second won.
RunResult run() {
  RunResult result;
  result.request.strategy_key = "A<B>&\"'";
  result.request.markets = {"KRW-BTC"};
  result.request.timeframes = {3'600, 14'400, 86'400};
  result.request.initial_capital = Decimal::from_int(1'000'000);
  result.strategy_sha256 = std::string(64, 'a');
  result.data["KRW-BTC"].sha256 = std::string(64, 'b');
  result.first_open = kStart;
  for (int hour = 1; hour <= 40 * 24; ++hour) {
    const int value = hour < 200 ? 1'000'000 - hour * 1'000 : 800'000 + hour * 400;
    result.equity.push_back({kStart + hour * kHour, Decimal::from_int(value)});
  }
  for (const auto& [entry, exit, at] : {std::tuple{100, 90, 10}, {90, 120, 800}}) {
    Trade trade;
    trade.market = "KRW-BTC";
    trade.amount = Decimal::from_int(12'345);
    trade.open_time = kStart + (at - 1) * kHour;
    trade.close_time = trade.fill_time = kStart + at * kHour;
    trade.reasons = {"FLIP_CONFIRMED_BUY"};
    trade.entry = fill_at(entry);
    Exit out;
    out.close_time = out.fill_time = kStart + (at + 5) * kHour;
    out.intent = "EXIT_STOPLOSS";
    out.reasons = {"RISK_STOPLOSS_TRIGGERED"};
    out.fill = fill_at(exit);
    out.all = true;
    trade.exits.push_back(out);
    result.trades.push_back(trade);
  }
  return result;
}

std::map<std::string, std::vector<PricePoint>> prices() {
  std::map<std::string, std::vector<PricePoint>> all;
  for (int hour = 1; hour <= 40 * 24; hour += 10) {
    all["KRW-BTC"].push_back({kStart + hour * kHour, 85, 125, 100});
  }
  return all;
}

std::string html() {
  const RunResult result = run();
  return to_html(result, measure(result), prices());
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(HtmlReport, NeedsNoNetworkAndNoScript) {
  const std::string text = html();
  for (const char* forbidden :
       {"http://", "https://", "<script", "src=", "url(", "@import", "onload", "onclick"}) {
    EXPECT_THAT(text, Not(HasSubstr(forbidden))) << forbidden;
  }
  EXPECT_THAT(text, HasSubstr("default-src 'none'"));
}

TEST(HtmlReport, WhatComesFromOutsideCannotBecomeMarkup) {
  EXPECT_THAT(html(), HasSubstr("A&lt;B&gt;&amp;&quot;&#39;"));
  EXPECT_THAT(html(), Not(HasSubstr("A<B>")));
}

TEST(HtmlReport, EveryElementThatIsOpenedIsClosed) {
  const std::string text = html();
  const std::regex tag("<(/?)([a-z0-9]+)([^>]*)>");
  std::vector<std::string> open;
  for (std::sregex_iterator it(text.begin(), text.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2];
    const std::string rest = (*it)[3];
    const bool is_void = name == "meta" || name == "link" || name == "br" || rest.ends_with("/");
    if (is_void) continue;
    if ((*it)[1].length() == 0) {
      open.push_back(name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << name;
    ASSERT_EQ(open.back(), name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(HtmlReport, EveryTradeStandsOnThePriceAndInTheTable) {
  const std::string text = html();
  EXPECT_EQ(count(text, "class=\"buy\""), 2U);
  EXPECT_EQ(count(text, "class=\"sell\""), 2U);
  EXPECT_THAT(text, HasSubstr("매도 · sell 2024-01-01 15:00 @ 90 RISK_STOPLOSS_TRIGGERED"));
  EXPECT_THAT(text, HasSubstr("<td>12,345</td>"));
  EXPECT_THAT(text, HasSubstr("<span class=\"fall\">-10</span>"));
}

TEST(HtmlReport, AMonthsReturnIsOfTheEquityBetweenItsEnds) {
  // January ends at hour 744: 800,000 + 744 * 400 = 1,097,600; February begins there.
  EXPECT_THAT(html(),
              HasSubstr("<td>2024-01</td><td><span class=\"rise\">9.76 %</span></td><td>1"));
  EXPECT_THAT(html(),
              HasSubstr("<td>2024-02</td><td><span class=\"rise\">7.87 %</span></td><td>1"));
}

TEST(HtmlReport, ARunWithoutATradeIsAReportToo) {
  RunResult empty = run();
  empty.trades.clear();
  empty.equity.clear();
  empty.equity.push_back({kStart + kHour, Decimal::from_int(1'000'000)});
  EXPECT_THAT(to_html(empty, measure(empty), {}), HasSubstr("</html>"));
}

TEST(HtmlReport, TheSameRunGivesTheSameBytes) { EXPECT_EQ(html(), html()); }

TEST(SvgChart, ThinningKeepsTheExtremes) {
  std::vector<SvgChart::Point> points;
  for (int i = 0; i < 100'000; ++i)
    points.emplace_back(i, i == 54'321 ? -5.0 : i == 77 ? 9.0 : 1.0);
  const auto kept = thinned(points);
  EXPECT_LT(kept.size(), 1'500U);
  EXPECT_TRUE(std::ranges::any_of(kept, [](const auto& point) { return point.second == -5.0; }));
  EXPECT_TRUE(std::ranges::any_of(kept, [](const auto& point) { return point.second == 9.0; }));
  EXPECT_TRUE(std::ranges::is_sorted(kept));
}

TEST(HtmlText, NumbersAreGroupedAndNotRoundedUp) {
  EXPECT_EQ(grouped(Decimal::of("-1234567.89")), "-1,234,567");
  EXPECT_EQ(price(Decimal::of("1234.5678")), "1,234.5678");
  EXPECT_EQ(price(Decimal::of("0.00012345")), "0.00012345");
  EXPECT_EQ(percent(std::nullopt), "-");
  EXPECT_EQ(span_of(90'061), "1d 1h");
}

}  // namespace
}  // namespace everbit::backtest::report
