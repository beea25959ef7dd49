#include "backtest/report/html_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "backtest/report/html_text.h"
#include "backtest/report/report_style.h"
#include "backtest/report/svg_chart.h"

namespace everbit::backtest::report {
namespace {

constexpr std::size_t kMostTrades = 1'000;

// "수익률 <span>return</span>"
std::string both(std::string_view ko, std::string_view en) {
  if (ko == en) return std::string(ko);
  return fmt::format("{} <span class=\"en\" lang=\"en\">{}</span>", ko, en);
}

std::string heading(std::string_view ko, std::string_view en) {
  return "<h2>" + both(ko, en) + "</h2>";
}

const char* sign_css(double number) { return number < 0 ? "fall" : number > 0 ? "rise" : ""; }

std::string card(std::string_view ko, std::string_view en, std::string_view value,
                 const char* css = "") {
  return fmt::format("<div><dt>{}</dt><dd class=\"{}\">{}</dd></div>", both(ko, en), css, value);
}

// A table in a box that scrolls by itself; the cells are HTML.
class Table {
 public:
  explicit Table(std::initializer_list<std::string> header) {
    html_ = "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>";
    for (const std::string& cell : header) html_ += "<th scope=\"col\">" + cell + "</th>";
    html_ += "</tr></thead><tbody>";
  }
  void row(std::initializer_list<std::string> cells) {
    html_ += "<tr>";
    for (const std::string& cell : cells) html_ += "<td>" + cell + "</td>";
    html_ += "</tr>";
  }
  std::string html() const { return html_ + "</tbody></table></div>"; }

 private:
  std::string html_;
};

std::string coloured(const std::string& text, double number) {
  return fmt::format("<span class=\"{}\">{}</span>", sign_css(number), text);
}

std::string money(Decimal number) { return coloured(grouped(number), number.to_double()); }

std::string profit_factor(const TradeStats& stats) {
  return stats.profit_factor_infinite ? "∞" : figure(stats.profit_factor);
}

std::string list_of(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + escaped(item);
  return text;
}

std::string title_html(const RunResult& run) {
  const Request& request = run.request;
  return fmt::format(
      "<h1>{}</h1><p>{} {} · {} · {} · {} – {} <span class=\"dim\">(UTC)</span><br>"
      "<span class=\"dim\">{} {} · {} {} · {} {} bp · {} {}</span></p>",
      both("백테스트 보고서", "Back-test report"), escaped(request.strategy_key),
      escaped(run.strategy_version), list_of(request.markets),
      timeframe_name(request.timeframes.signal_s), minute(run.first_open),
      minute(run.equity.empty() ? run.first_open : run.equity.back().close_time),
      both("초기 자본", "capital"), grouped(request.initial_capital), both("수수료율", "fee rate"),
      request.fee_rate.to_string(), both("슬리피지", "slippage"), request.slippage_bps.to_string(),
      both("체결 모형", "fill model"), escaped(request.fill_model));
}

std::string cards_html(const Metrics& m) {
  std::string html = "<dl class=\"cards\">";
  html += card("총수익률", "total return", percent(m.total_return), sign_css(m.total_return));
  html += card("연환산", "CAGR", percent(m.cagr), sign_css(m.cagr.value_or(0)));
  html += card("최대 낙폭", "max drawdown", percent(m.mdd), sign_css(m.mdd));
  html += card("최종 자산", "end equity", grouped(m.end_equity));
  html += card("단순 보유", "buy and hold", percent(m.buy_and_hold_return),
               sign_css(m.buy_and_hold_return));
  html += card("샤프", "Sharpe", figure(m.sharpe));
  html += card("소르티노", "Sortino", figure(m.sortino));
  html += card("칼마", "Calmar", figure(m.calmar));
  html += card("SQN", "SQN", figure(m.sqn));
  html += card("거래", "trades", std::to_string(m.all.trades));
  html += card("승률", "win rate", percent(m.all.win_rate));
  html += card("손익비", "profit factor", profit_factor(m.all));
  html += card("거래당 손익", "expectancy", m.expectancy ? grouped(*m.expectancy) : "-");
  html += card("평균 보유", "average holding",
               m.average_holding_seconds
                   ? span_of(static_cast<std::int64_t>(*m.average_holding_seconds))
                   : "-");
  html += card("보유 비율", "exposure", percent(m.exposure));
  html += card("가장 긴 낙폭", "longest drawdown", span_of(m.longest_drawdown_seconds));
  html += card("수수료", "fees", grouped(m.fees));
  html += card("슬리피지 비용", "slippage paid", grouped(m.slippage_paid));
  return html + "</dl>";
}

std::vector<SvgChart::Point> equity_of(const RunResult& run) {
  std::vector<SvgChart::Point> points;
  points.reserve(run.equity.size());
  for (const EquityPoint& point : run.equity) {
    points.emplace_back(point.close_time, point.value.to_double());
  }
  return points;
}

std::string equity_html(const RunResult& run, const std::vector<SvgChart::Point>& equity) {
  if (equity.empty()) return {};
  SvgChart chart("자산 곡선 · equity", run.first_open, equity.back().first);
  const double start = run.request.initial_capital.to_double();
  const auto by_value = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [low, high] = std::minmax_element(equity.begin(), equity.end(), by_value);
  chart.set_range(std::min(low->second, start), std::max(high->second, start));
  chart.line("line", thinned(equity));
  return heading("자산 곡선", "Equity") + chart.html(SvgChart::Labels::kMoney);
}

std::string drawdown_html(const RunResult& run, const Metrics& metrics,
                          const std::vector<SvgChart::Point>& equity) {
  if (equity.empty()) return {};
  std::vector<SvgChart::Point> points;
  double peak = run.request.initial_capital.to_double();
  for (const auto& [time, value] : equity) {
    peak = std::max(peak, value);
    points.emplace_back(time, (value - peak) / peak);
  }
  SvgChart chart("낙폭 · drawdown", run.first_open, equity.back().first);
  chart.set_range(std::min(metrics.mdd, -0.001), 0);
  chart.area("loss", thinned(points), 0);
  return heading("낙폭", "Drawdown") + chart.html(SvgChart::Labels::kPercent);
}

std::string mark_text(std::string_view what, const Fill& fill, std::int64_t time,
                      std::string_view reason) {
  return fmt::format("{} {} @ {} {}", what, minute(time), price(fill.price), reason);
}

std::string price_html(const RunResult& run, const std::string& market,
                       const std::vector<PricePoint>& track) {
  SvgChart chart(market + " 가격과 거래 · price and trades", run.first_open,
                 run.equity.back().close_time);
  double low = track.front().low;
  double high = track.front().high;
  std::vector<SvgChart::Point> closes;
  for (const PricePoint& point : track) {
    low = std::min(low, point.low);
    high = std::max(high, point.high);
    closes.emplace_back(point.time, point.close);
  }
  chart.set_range(low, high);
  for (const PricePoint& point : track) chart.column("band", point.time, point.low, point.high);
  chart.line("close", closes);
  for (const Trade& trade : run.trades) {
    if (trade.market != market) continue;
    chart.mark("buy", trade.close_time, trade.entry.price.to_double(),
               mark_text("매수 · buy", trade.entry, trade.close_time, trade.reasons.front()));
    for (const Exit& exit : trade.exits) {
      chart.mark("sell", exit.close_time, exit.fill.price.to_double(),
                 mark_text("매도 · sell", exit.fill, exit.close_time, exit.reasons.front()));
    }
  }
  return "<h3>" + escaped(market) + "</h3>" + chart.html(SvgChart::Labels::kPrice);
}

std::string prices_html(const RunResult& run,
                        const std::map<std::string, std::vector<PricePoint>>& prices) {
  std::string html = heading("가격과 거래", "Trades on the price");
  html += "<p class=\"legend\"><span class=\"dot\"></span> " + both("매수", "buy") +
          " &nbsp; <span class=\"dot out\"></span> " + both("매도", "sell") + "</p>";
  for (const auto& [market, track] : prices) {
    if (!track.empty() && !run.equity.empty()) html += price_html(run, market, track);
  }
  return html;
}

// The equity at each month's last close, against that of the month before.
std::vector<std::pair<std::string, double>> monthly_returns(const RunResult& run) {
  std::vector<std::pair<std::string, double>> months;
  double start = run.request.initial_capital.to_double();
  double last = start;
  for (const EquityPoint& point : run.equity) {
    // A close at 00:00 belongs to the day that it ends.
    const std::string month = day(point.close_time - 1).substr(0, 7);
    if (months.empty() || months.back().first != month) {
      start = last;
      months.emplace_back(month, 0);
    }
    last = point.value.to_double();
    months.back().second = last / start - 1;
  }
  return months;
}

std::string months_html(const RunResult& run, const Metrics& metrics) {
  Table table({both("월", "month"), both("수익률", "return"), both("거래", "trades"),
               both("승률", "wins"), both("실현 손익", "pnl")});
  for (const auto& [month, change] : monthly_returns(run)) {
    const auto found = metrics.per_month.find(month);
    const TradeStats stats = found == metrics.per_month.end() ? TradeStats{} : found->second;
    table.row({month, coloured(percent(change), change), std::to_string(stats.trades),
               percent(stats.win_rate), money(stats.pnl)});
  }
  return heading("월별", "By month") + table.html();
}

std::string groups_html(std::string_view ko, std::string_view en,
                        const std::map<std::string, TradeStats>& groups) {
  Table table({std::string(ko), both("거래", "trades"), both("승률", "wins"),
               both("손익비", "profit factor"), both("손익", "pnl")});
  for (const auto& [name, stats] : groups) {
    table.row({escaped(name), std::to_string(stats.trades), percent(stats.win_rate),
               profit_factor(stats), money(stats.pnl)});
  }
  return heading(ko, en) + table.html();
}

std::string trades_html(const RunResult& run) {
  Table table({both("마켓", "market"), both("매수", "entry"), both("가격", "price"),
               both("금액", "value"), both("매도", "exit"), both("보유", "held"),
               both("손익", "pnl"), both("이유", "reason")});
  std::size_t shown = 0;
  for (const Trade& trade : run.trades) {
    if (++shown > kMostTrades) break;
    const Decimal pnl = trade.pnl().cut(Rounding::kHalfEven).value();
    table.row({escaped(trade.market), minute(trade.close_time), price(trade.entry.price),
               grouped(trade.amount), minute(trade.exits.back().close_time),
               span_of(trade.holding_seconds()), money(pnl), escaped(trade.exit_reason())});
  }
  std::string html = heading("거래", "Trades") + table.html();
  if (run.trades.size() > kMostTrades) {
    html += fmt::format("<p class=\"dim\">{} {} / {}</p>", both("처음", "the first"), kMostTrades,
                        run.trades.size());
  }
  return html;
}

std::string data_html(const RunResult& run) {
  Table table({both("마켓", "market"), both("캔들", "candles"), both("채움", "filled"),
               both("처음", "first"), both("마지막", "last"), "SHA-256"});
  for (const auto& [market, data] : run.data) {
    table.row({escaped(market), std::to_string(data.rows), std::to_string(data.filled),
               minute(data.first_open), minute(data.last_open), data.sha256.substr(0, 16) + "…"});
  }
  return heading("데이터", "Data") + table.html() +
         fmt::format("<p class=\"dim\">{} {}</p>", both("전략 파일", "strategy file"),
                     escaped(run.strategy_sha256));
}

}  // namespace

std::string to_html(const RunResult& run, const Metrics& metrics,
                    const std::map<std::string, std::vector<PricePoint>>& prices) {
  const auto equity = equity_of(run);
  std::string html =
      "<!doctype html>\n<html lang=\"ko\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; img-src data:\">"
      "<link rel=\"icon\" href=\"data:,\">"
      "<title>백테스트 보고서 · Everbit back-test</title><style>";
  html += kStyle;
  html += "</style></head><body><main>";
  html += title_html(run) + cards_html(metrics) + equity_html(run, equity) +
          drawdown_html(run, metrics, equity) + prices_html(run, prices) +
          months_html(run, metrics);
  html += groups_html("마켓별", "By market", metrics.per_market);
  html += groups_html("청산 이유별", "By exit reason", metrics.per_exit_reason);
  html += trades_html(run) + data_html(run);
  return html + "</main></body></html>\n";
}

}  // namespace everbit::backtest::report
