#include "backtest/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/timestamp.h"

namespace everbit::backtest {
namespace {

constexpr double kSecondsOfDay = 86'400;
constexpr double kDaysOfYear = 365;
constexpr std::int64_t kDay = 86'400 * trading::kNanosecondsPerSecond;

Decimal cut(const WideDecimal& value) { return value.cut(Rounding::kDown).value(); }

// Collects a group of trades exactly.
struct Group {
  std::int64_t wins = 0;
  std::int64_t losses = 0;
  WideDecimal won;
  WideDecimal lost;

  void add(const WideDecimal& pnl) {
    const bool win = !pnl.is_zero() && !pnl.is_negative();
    (win ? wins : losses) += 1;
    (win ? won : lost) += pnl;
  }

  TradeStats stats() const {
    TradeStats stats;
    stats.trades = wins + losses;
    stats.wins = wins;
    stats.losses = losses;
    stats.pnl = cut(won + lost);
    if (stats.trades == 0) return stats;
    stats.win_rate = static_cast<double>(wins) / static_cast<double>(stats.trades);
    if (lost.is_zero()) {
      stats.profit_factor_infinite = true;
    } else {
      stats.profit_factor = cut(won).to_double() / std::abs(cut(lost).to_double());
    }
    return stats;
  }
};

std::map<std::string, TradeStats> stats_of(const std::map<std::string, Group>& groups) {
  std::map<std::string, TradeStats> stats;
  for (const auto& [key, group] : groups) stats[key] = group.stats();
  return stats;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The sample deviation; nothing if there is none to divide by.
std::optional<double> deviation(const std::vector<double>& values) {
  if (values.size() < 2) return std::nullopt;
  const double average = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - average) * (value - average);
  const double result = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return result == 0 ? std::nullopt : std::optional(result);
}

void measure_drawdown(const RunResult& result, Metrics& metrics) {
  Decimal peak = result.request.initial_capital;
  std::int64_t peak_time = result.first_open;
  std::int64_t longest = 0;
  for (const EquityPoint& point : result.equity) {
    if (point.value >= peak) {
      peak = point.value;
      peak_time = point.close_time;
      continue;
    }
    const double drawdown = (point.value - peak).to_double() / peak.to_double();
    metrics.mdd = std::min(metrics.mdd, drawdown);
    longest = std::max(longest, point.close_time - peak_time);
  }
  metrics.longest_drawdown_seconds = longest / trading::kNanosecondsPerSecond;
}

void measure_returns(const RunResult& result, Metrics& metrics) {
  const std::vector<double> returns = daily_returns(result);
  const auto spread = deviation(returns);
  const double yearly = std::sqrt(kDaysOfYear);
  if (spread) metrics.sharpe = mean(returns) / *spread * yearly;
  double squares = 0;
  for (const double r : returns) squares += r < 0 ? r * r : 0.0;
  const double downside = std::sqrt(squares / static_cast<double>(returns.size()));
  if (returns.size() >= 2 && downside > 0) metrics.sortino = mean(returns) / downside * yearly;
}

void measure_trades(const RunResult& result, Metrics& metrics) {
  Group all;
  std::map<std::string, Group> markets, months, reasons;
  WideDecimal fees;
  std::vector<double> pnls;
  double holding = 0;
  std::int64_t in_downtrend = 0;
  for (const Trade& trade : result.trades) {
    const WideDecimal pnl = trade.pnl();
    const std::int64_t last = trade.exits.back().fill_time;
    all.add(pnl);
    markets[trade.market].add(pnl);
    months[Timestamp::from_ns(last).to_iso().substr(0, 7)].add(pnl);
    reasons[trade.exit_reason()].add(pnl);
    fees += trade.fees();
    pnls.push_back(cut(pnl).to_double());
    holding += static_cast<double>(trade.holding_seconds());
    if (trade.entry_regime == "DOWN_TREND") ++in_downtrend;
  }
  metrics.all = all.stats();
  metrics.per_market = stats_of(markets);
  metrics.per_month = stats_of(months);
  metrics.per_exit_reason = stats_of(reasons);
  metrics.fees = cut(fees);
  if (pnls.empty()) return;
  const auto n = static_cast<double>(pnls.size());
  metrics.average_holding_seconds = holding / n;
  metrics.expectancy = (all.won + all.lost).divided_by(pnls.size()).value();
  metrics.down_trend_entry_share = static_cast<double>(in_downtrend) / n;
  if (const auto spread = deviation(pnls)) metrics.sqn = std::sqrt(n) * mean(pnls) / *spread;
}

double buy_and_hold(const RunResult& result) {
  const double fee = result.request.fee_rate.to_double();
  const double slippage = result.request.slippage_bps.to_double() / 10'000;
  const double costs = (1 - slippage) * (1 - fee) / ((1 + slippage) * (1 + fee));
  double sum = 0;
  int markets = 0;
  for (const auto& [market, data] : result.data) {
    if (!data.first_close.is_positive()) continue;
    sum += data.last_close.to_double() / data.first_close.to_double() * costs;
    ++markets;
  }
  return sum / markets - 1;
}

}  // namespace

std::vector<double> daily_returns(const RunResult& result) {
  std::vector<double> returns;
  double previous = result.request.initial_capital.to_double();
  for (std::size_t i = 0; i < result.equity.size(); ++i) {
    const bool last_of_day =
        i + 1 == result.equity.size() ||
        (result.equity[i + 1].close_time - 1) / kDay != (result.equity[i].close_time - 1) / kDay;
    if (!last_of_day) continue;
    const double value = result.equity[i].value.to_double();
    returns.push_back(value / previous - 1);
    previous = value;
  }
  return returns;
}

Metrics measure(const RunResult& result) {
  Metrics metrics;
  metrics.initial_capital = result.request.initial_capital;
  metrics.end_equity = result.equity.back().value;
  metrics.slippage_paid = result.slippage_paid;
  const std::int64_t span_s =
      (result.equity.back().close_time - result.first_open) / trading::kNanosecondsPerSecond;
  metrics.days = static_cast<double>(span_s) / kSecondsOfDay;
  const double growth = metrics.end_equity.to_double() / metrics.initial_capital.to_double();
  metrics.total_return = growth - 1;
  metrics.cagr = std::pow(growth, kDaysOfYear / metrics.days) - 1;
  measure_drawdown(result, metrics);
  measure_returns(result, metrics);
  measure_trades(result, metrics);
  metrics.exposure =
      static_cast<double>(result.closes_with_position) / static_cast<double>(result.equity.size());
  if (metrics.mdd < 0) metrics.calmar = *metrics.cagr / std::abs(metrics.mdd);
  metrics.buy_and_hold_return = buy_and_hold(result);
  return metrics;
}

}  // namespace everbit::backtest
