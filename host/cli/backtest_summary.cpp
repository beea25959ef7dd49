#include "cli/backtest_summary.h"

#include <fmt/format.h>

#include <ostream>

#include "base/timestamp.h"
#include "cli/text.h"

namespace everbit::cli {
namespace {

std::string percent(double share) { return fmt::format("{:.3f} %", share * 100); }

std::string percent(const std::optional<double>& share) { return share ? percent(*share) : "-"; }

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

std::string money(Decimal value) { return value.rounded(0, Rounding::kHalfEven).to_string(); }

std::string factor(const backtest::TradeStats& stats) {
  return stats.profit_factor_infinite ? "∞" : number(stats.profit_factor);
}

void print_groups(std::ostream& out, std::string_view title,
                  const std::map<std::string, backtest::TradeStats>& groups) {
  if (groups.empty()) return;
  out << '\n' << title << '\n';
  for (const auto& [name, stats] : groups) {
    print_field(out, name,
                fmt::format("{:>5}  {:>9}  {:>14}  PF {}", stats.trades, percent(stats.win_rate),
                            money(stats.pnl), factor(stats)));
  }
}

}  // namespace

void print_summary(std::ostream& out, const backtest::RunResult& result,
                   const backtest::Metrics& m) {
  const auto& request = result.request;
  out << "\n백테스트 결과 · Back-test\n";
  print_field(out, "전략 Strategy", request.strategy_key + " " + result.strategy_version);
  print_field(out, "기간 Range",
              Timestamp::from_ns(*request.from).to_iso() + " - " +
                  Timestamp::from_ns(*request.to).to_iso());
  print_field(out, "봉 Timeframe", backtest::timeframe_name(request.timeframes.signal_s));
  if (request.fill_model != "close") {
    const bool path = request.fill_model == "ohlc_path";
    print_field(out, "체결 Fill model",
                request.fill_model + (path ? " " + std::string(name_of(request.path_order)) : ""));
  }
  print_field(out, "거래 Trades",
              fmt::format("{} (승 won {}, 패 lost {})", m.all.trades, m.all.wins, m.all.losses));
  print_field(out, "승률 Win rate", percent(m.all.win_rate));
  print_field(out, "손익 Profit (KRW)", money(m.all.pnl));
  print_field(out, "손익비 Profit factor", factor(m.all));
  print_field(out, "최종 자산 End equity (KRW)", money(m.end_equity));
  print_field(out, "수익률 Total return", percent(m.total_return));
  print_field(out, "연환산 CAGR", percent(m.cagr));
  print_field(out, "최대 낙폭 MDD", percent(m.mdd));
  print_field(out, "최장 낙폭 Longest drawdown",
              fmt::format("{:.1f} d", static_cast<double>(m.longest_drawdown_seconds) / 86'400));
  print_field(out, "수수료 Fees (KRW)", money(m.fees));
  print_field(out, "슬리피지 Slippage (KRW)", money(m.slippage_paid));
  print_field(out, "노출 Exposure", percent(m.exposure));
  print_field(out, "샤프 Sharpe", number(m.sharpe));
  print_field(out, "소르티노 Sortino", number(m.sortino));
  print_field(out, "칼마 Calmar", number(m.calmar));
  print_field(out, "SQN", number(m.sqn));
  print_field(out, "단순 보유 Buy and hold", percent(m.buy_and_hold_return));
  print_groups(out, "마켓별 · By market (거래 trades, 승률 won, 손익 profit)", m.per_market);
  print_groups(out, "청산 사유별 · By exit reason", m.per_exit_reason);
}

}  // namespace everbit::cli
