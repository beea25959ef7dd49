#include "backtest/result_json.h"

#include <algorithm>
#include <charconv>

#include "base/json_writer.h"
#include "base/timestamp.h"

namespace everbit::backtest {
namespace {

std::string iso(std::int64_t ns) { return Timestamp::from_ns(ns).to_iso(); }
Decimal cut(const WideDecimal& value) { return value.cut(Rounding::kDown).value(); }

FillModel model_of(const RunResult& result) {
  return fill_model_of(result.request.fill_model).value_or(FillModel::kClose);
}

void write_strings(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key).begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_time(JsonWriter& json, std::string_view key, std::int64_t ns) {
  json.key(key);
  if (ns == 0) {
    json.null();
  } else {
    json.value(iso(ns));
  }
}

// A parameter in its own type, so that "2" and "2.0" give the same bytes.
void write_param(JsonWriter& json, const plugins::StrategyParam& param, const std::string& text) {
  json.key(param.key);
  double number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (param.type == EB_PARAM_BOOL) {
    json.value(text == "true");
  } else if (param.type != EB_PARAM_TEXT && parsed.ec == std::errc{}) {
    json.value(number);
  } else {
    json.value(text);
  }
}

void write_params(JsonWriter& json, const RunResult& result) {
  std::map<std::string, std::string> given(result.request.params.begin(),
                                           result.request.params.end());
  std::map<std::string, const plugins::StrategyParam*> by_key;
  for (const auto& param : result.params) by_key[param.key] = &param;
  json.key("configJson").begin_object();
  for (const auto& [key, param] : by_key) {
    const auto value = given.find(key);
    write_param(json, *param, value == given.end() ? param->default_value : value->second);
  }
  json.end_object();
}

void write_request(JsonWriter& json, const RunResult& result,
                   const std::vector<std::string>& timeframes, bool of_job = false) {
  const Request& request = result.request;
  json.key("request").begin_object();
  write_strings(json, "markets", request.markets);
  write_strings(json, "timeframes", timeframes);
  write_time(json, "from", *request.from);
  write_time(json, "to", *request.to);
  json.field("initialCapital", request.initial_capital);
  json.field("feeRate", request.fee_rate);
  json.field("slippageBps", request.slippage_bps);
  json.field("fillModel", request.fill_model);
  if (model_of(result) == FillModel::kOhlcPath && !of_job) {
    json.field("pathOrder", name_of(request.path_order));
  }
  json.field("strategyKey", request.strategy_key);
  json.field("strategyVersion", result.strategy_version);
  json.field("strategySha256", result.strategy_sha256);
  write_params(json, result);
  json.key("priorities").begin_object();
  for (const auto& market : request.markets) json.field(market, request.priority_of(market));
  json.end_object();
  json.field("priceScale", request.price_scale);
  json.end_object();
}

void write_data(JsonWriter& json, const RunResult& result) {
  json.key("data").begin_object();
  for (const auto& [market, data] : result.data) {
    json.key(market).begin_object();
    json.field("rows", data.rows).field("filled", data.filled);
    write_time(json, "firstOpen", data.first_open);
    write_time(json, "lastOpen", data.last_open);
    write_time(json, "firstCandleWithRegime", data.first_with_regime);
    json.field("sha256", data.sha256);
    json.end_object();
  }
  json.end_object();
}

void write_stats(JsonWriter& json, const TradeStats& stats) {
  json.field("trades", stats.trades).field("wins", stats.wins).field("losses", stats.losses);
  json.field("winRate", stats.win_rate).field("pnl", stats.pnl);
  json.field("profitFactor", stats.profit_factor);
  json.field("profitFactorInfinite", stats.profit_factor_infinite);
}

void write_groups(JsonWriter& json, std::string_view key,
                  const std::map<std::string, TradeStats>& groups) {
  json.key(key).begin_object();
  for (const auto& [name, stats] : groups) {
    json.key(name).begin_object();
    write_stats(json, stats);
    json.end_object();
  }
  json.end_object();
}

void write_metrics(JsonWriter& json, const Metrics& m) {
  json.key("metrics").begin_object();
  write_stats(json, m.all);
  json.field("initialCapital", m.initial_capital).field("endEquity", m.end_equity);
  json.field("days", m.days).field("totalReturn", m.total_return).field("cagr", m.cagr);
  json.field("mdd", m.mdd).field("longestDrawdownSeconds", m.longest_drawdown_seconds);
  json.field("fees", m.fees).field("slippagePaid", m.slippage_paid);
  json.field("averageHoldingSeconds", m.average_holding_seconds);
  json.field("exposure", m.exposure).field("expectancy", m.expectancy);
  json.field("sharpe", m.sharpe).field("sortino", m.sortino);
  json.field("calmar", m.calmar).field("sqn", m.sqn);
  json.field("downTrendEntryShare", m.down_trend_entry_share);
  json.field("buyAndHoldReturn", m.buy_and_hold_return);
  write_groups(json, "perMarket", m.per_market);
  write_groups(json, "perMonth", m.per_month);
  write_groups(json, "perExitReason", m.per_exit_reason);
  json.end_object();
}

void write_signals(JsonWriter& json, const RunResult& result) {
  json.key("signals").begin_array();
  for (const Signal& signal : result.signals) {
    json.begin_object();
    json.field("market", signal.market);
    write_time(json, "openTime", signal.open_time);
    write_time(json, "closeTime", signal.close_time);
    json.field("side", signal.buy ? "BUY" : "SELL").field("intent", signal.intent);
    write_strings(json, "reasonCodes", signal.reasons);
    json.field("strength", signal.buy ? std::optional(signal.strength) : std::nullopt);
    json.field("regime", signal.regime);
    json.field("entryRegime", signal.buy ? std::nullopt : std::optional(signal.entry_regime));
    json.field("requestedKrw", signal.buy ? std::optional(signal.requested) : std::nullopt);
    json.field("requestedVolume", signal.buy ? std::nullopt : std::optional(signal.requested));
    json.end_object();
  }
  json.end_array();
}

void write_fill(JsonWriter& json, FillModel model, std::int64_t open_time, std::int64_t close_time,
                std::int64_t fill_time, std::string_view intent,
                const std::vector<std::string>& reasons, const Fill& fill) {
  write_time(json, "openTime", open_time);
  write_time(json, "closeTime", close_time);
  if (model == FillModel::kNextOpen) write_time(json, "fillTime", fill_time);
  json.field("intent", intent);
  write_strings(json, "reasonCodes", reasons);
  json.field("price", fill.price).field("volume", fill.volume);
  json.field("value", cut(fill.value)).field("fee", cut(fill.fee));
}

void write_trade(JsonWriter& json, FillModel model, const Trade& trade) {
  json.begin_object();
  json.field("market", trade.market).field("entryRegime", trade.entry_regime);
  json.field("strength", trade.strength).field("atr", trade.atr);
  json.field("amountKrw", trade.amount);
  write_time(json, "watchCandle", trade.watch_candle);
  json.key("entry").begin_object();
  write_fill(json, model, trade.open_time, trade.close_time, trade.fill_time, "ENTRY",
             trade.reasons, trade.entry);
  json.end_object();
  json.key("exits").begin_array();
  for (const Exit& exit : trade.exits) {
    json.begin_object();
    write_fill(json, model, exit.open_time, exit.close_time, exit.fill_time, exit.intent,
               exit.reasons, exit.fill);
    json.field("all", exit.all);
    if (model == FillModel::kOhlcPath) json.field("intrabar", exit.intrabar);
    json.end_object();
  }
  json.end_array();
  json.field("pnl", cut(trade.pnl())).field("fees", cut(trade.fees()));
  json.field("endOfRun", trade.end_of_run).field("holdingSeconds", trade.holding_seconds());
  json.field("exitReason", trade.exit_reason()).end_object();
}

void write_refused(JsonWriter& json, const RunResult& result) {
  json.key("refusedEntries").begin_array();
  for (const RefusedEntry& entry : result.refused_entries) {
    json.begin_object();
    json.field("market", entry.market);
    write_time(json, "openTime", entry.open_time);
    write_time(json, "closeTime", entry.close_time);
    json.field("regime", entry.regime).field("strength", entry.strength);
    write_strings(json, "reasonCodes", entry.reasons);
    write_time(json, "watchCandle", entry.watch_candle);
    json.end_object();
  }
  json.end_array();
}

void write_run(JsonWriter& json, const RunResult& result, const Metrics& metrics) {
  json.begin_object();
  write_request(json, result, {timeframe_name(result.request.timeframes.signal_s)});
  write_data(json, result);
  write_metrics(json, metrics);
  write_signals(json, result);
  json.key("trades").begin_array();
  for (const Trade& trade : result.trades) write_trade(json, model_of(result), trade);
  json.end_array();
  write_refused(json, result);
  json.key("decisions").begin_object();
  for (const auto& [code, count] : result.decisions) json.field(code, count);
  json.end_object();
  json.key("equity").begin_array();
  for (const EquityPoint& point : result.equity) {
    json.begin_array().value(iso(point.close_time)).value(point.value).end_array();
  }
  json.end_array().end_object();
}

}  // namespace

std::string to_json(const RunResult& result, const Metrics& metrics) {
  JsonWriter json;
  write_run(json, result, metrics);
  return json.take();
}

std::string to_json(const std::vector<RunReport>& runs) {
  JsonWriter json;
  if (runs.size() == 1) {
    write_run(json, runs.front().result, runs.front().metrics);
    return json.take();
  }
  std::vector<std::string> timeframes;
  for (const RunReport& run : runs) {
    std::string name = timeframe_name(run.result.request.timeframes.signal_s);
    if (std::ranges::find(timeframes, name) == timeframes.end()) {
      timeframes.push_back(std::move(name));
    }
  }
  json.begin_object();
  write_request(json, runs.front().result, timeframes, true);
  json.key("runs").begin_array();
  for (const RunReport& run : runs) write_run(json, run.result, run.metrics);
  json.end_array().end_object();
  return json.take();
}

}  // namespace everbit::backtest
