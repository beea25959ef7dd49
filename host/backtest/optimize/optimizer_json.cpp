#include "backtest/optimize/optimizer.h"
#include "base/json_writer.h"
#include "base/timestamp.h"

namespace everbit::backtest {
namespace {

std::string iso(std::int64_t ns) { return Timestamp::from_ns(ns).to_iso(); }

void write_set(JsonWriter& json, const SearchResult& result, const SearchSpace& space,
               std::optional<std::size_t> trial) {
  if (!trial) {
    json.null();
    return;
  }
  json.begin_object();
  for (const auto& [key, value] : space.params(result.trials[*trial].point)) {
    json.field(key, value);
  }
  json.end_object();
}

void write_outcome(JsonWriter& json, std::string_view key, const std::optional<Outcome>& outcome) {
  json.key(key);
  if (!outcome) {
    json.null();
    return;
  }
  json.begin_object();
  json.field("objective", outcome->objective).field("totalReturn", outcome->total_return);
  json.field("mdd", outcome->mdd).field("trades", outcome->trades).end_object();
}

void write_search(JsonWriter& json, const SearchResult& result) {
  const SearchRequest& search = result.search;
  const Request& request = search.request;
  json.key("request").begin_object();
  json.key("markets").begin_array();
  for (const std::string& market : request.markets) json.value(market);
  json.end_array();
  json.field("timeframe", timeframe_name(request.timeframes.signal_s));
  json.field("from", iso(*request.from)).field("to", iso(*request.to));
  json.field("initialCapital", request.initial_capital).field("feeRate", request.fee_rate);
  json.field("slippageBps", request.slippage_bps).field("fillModel", request.fill_model);
  json.field("strategyKey", request.strategy_key);
  json.key("set").begin_object();
  for (const auto& [key, value] : request.params) json.field(key, value);
  json.end_object();
  json.key("params").begin_object();
  for (const Dimension& dimension : search.dimensions) {
    json.key(dimension.key).begin_array();
    for (const std::string& value : dimension.values) json.value(value);
    json.end_array();
  }
  json.end_object();
  json.field("method", name_of(search.method)).field("trials", search.trials);
  json.field("seed", search.seed).field("objective", name_of(search.objective));
  json.field("minTrades", search.min_trades).end_object();
}

void write_windows(JsonWriter& json, const SearchResult& result, const SearchSpace& space) {
  json.key("windows").begin_array();
  for (const WindowResult& window : result.windows) {
    json.begin_object();
    json.field("trainFrom", iso(window.window.train_from));
    json.field("testFrom", iso(window.window.train_to)).field("testTo", iso(window.window.test_to));
    json.key("choice");
    write_set(json, result, space, window.choice);
    const auto chosen = [&](const Outcome& outcome) {
      return window.choice ? std::optional(outcome) : std::nullopt;
    };
    write_outcome(json, "training", chosen(window.training));
    write_outcome(json, "test", chosen(window.test));
    json.end_object();
  }
  json.end_array();
}

void write_verdict(JsonWriter& json, const SearchResult& result) {
  json.key("deflatedSharpe");
  if (result.deflated) {
    const DeflatedSharpe& d = *result.deflated;
    json.begin_object();
    json.field("probability", d.probability).field("sharpeADay", d.sharpe);
    json.field("expectedMaximumADay", d.expected_maximum).field("trials", d.trials);
    json.field("observations", d.observations).field("skewness", d.skewness);
    json.field("kurtosis", d.kurtosis).end_object();
  } else {
    json.null();
  }
  json.field("likelyOverfitted", !result.warnings.empty()).key("warnings").begin_array();
  for (const std::string& warning : result.warnings) json.value(warning);
  json.end_array();
}

}  // namespace

std::string to_json(const SearchResult& result) {
  const SearchSpace space = result.space();
  JsonWriter json;
  json.begin_object();
  write_search(json, result);
  write_windows(json, result, space);
  json.key("winner");
  write_set(json, result, space, result.winner);
  json.field("medianObjective",
             result.winner ? result.trials[*result.winner].median() : std::nullopt);
  json.field("testReturn", result.test_return);
  json.field("testReturnAYear", result.test_return_a_year);
  json.field("trainingReturnAYear", result.training_return_a_year);
  json.field("tailFrom", iso(result.plan.tail_from)).field("tailTo", iso(result.plan.tail_to));
  write_outcome(json, "tail", result.tail);
  write_verdict(json, result);
  json.key("trials").begin_array();
  for (const Trial& trial : result.trials) {
    json.begin_object().key("set").begin_object();
    for (const auto& [key, value] : space.params(trial.point)) json.field(key, value);
    json.end_object().field("medianObjective", trial.median());
    json.key("objectives").begin_array();
    for (const Outcome& training : trial.trainings) json.value(training.objective);
    json.end_array().end_object();
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace everbit::backtest
