#include "jobs/job_request.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "backtest/request.h"
#include "base/json_writer.h"
#include "candles/series.h"

namespace everbit::jobs {
namespace {

using simdjson::dom::element;

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr std::size_t kMostTimeframes = 4;
constexpr std::size_t kMostParams = 256;

Error bad(std::string_view field, std::string_view why) {
  return {"BACKTEST_REQUEST", std::string(why), std::string(field)};
}

Result<std::string> text_of(std::string_view field, const element& value) {
  if (!value.is_string()) return bad(field, "must be a text");
  return std::string(value.get_string().value());
}

// "0.0005" or 0.0005: money is text on the wire, ratios are numbers.
Result<Decimal> number_of(std::string_view field, const element& value) {
  const auto text =
      value.is_string() ? std::string(value.get_string().value()) : simdjson::minify(value);
  const auto number = Decimal::parse(text, DecimalParse::kExact);
  if (!number) return bad(field, "must be a number");
  return *number;
}

Result<std::vector<std::string>> texts_of(std::string_view field, const element& value) {
  simdjson::dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return bad(field, "must be a list");
  std::vector<std::string> texts;
  for (const element one : list) {
    auto text = text_of(field, one);
    if (!text) return text.error();
    texts.push_back(std::move(*text));
  }
  return texts;
}

Result<void> read_params(const element& value, JobRequest& request) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return bad("configJson", "an object");
  if (object.size() > kMostParams) return bad("configJson", "too many parameters");
  for (const auto [key, one] : object) {
    const std::string field = "configJson." + std::string(key);
    if (one.is_array() || one.is_object() || one.is_null()) return bad(field, "a plain value");
    const auto text =
        one.is_string() ? std::string(one.get_string().value()) : simdjson::minify(one);
    if (!request.params.emplace(std::string(key), text).second) return bad(field, "given twice");
  }
  return {};
}

Result<void> read_priorities(const element& value, JobRequest& request) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return bad("priorities", "an object");
  for (const auto [market, one] : object) {
    double number = 0;
    if (one.get_double().get(number) != simdjson::SUCCESS || !std::isfinite(number)) {
      return bad("priorities." + std::string(market), "must be a number");
    }
    request.priorities[std::string(market)] = number;
  }
  return {};
}

Result<void> read_time(std::string_view field, const element& value, std::int64_t& out) {
  const auto text = text_of(field, value);
  if (!text) return text.error();
  const auto time = backtest::parse_time(*text, field);
  if (!time) return time.error();
  out = *time;
  return {};
}

Result<void> read_field(std::string_view key, const element& value, JobRequest& request) {
  const auto store = [](auto result, auto& target) -> Result<void> {
    if (!result) return result.error();
    target = std::move(*result);
    return {};
  };
  if (key == "markets") return store(texts_of(key, value), request.markets);
  if (key == "timeframes") return store(texts_of(key, value), request.timeframes);
  if (key == "from") return read_time(key, value, request.from);
  if (key == "to") return read_time(key, value, request.to);
  if (key == "initialCapital") return store(number_of(key, value), request.initial_capital);
  if (key == "feeRate") return store(number_of(key, value), request.fee_rate);
  if (key == "slippageBps") return store(number_of(key, value), request.slippage_bps);
  if (key == "fillModel") return store(text_of(key, value), request.fill_model);
  if (key == "strategyKey") return store(text_of(key, value), request.strategy_key);
  if (key == "strategySha256") return store(text_of(key, value), request.strategy_sha256);
  if (key == "configJson") return read_params(value, request);
  if (key == "priorities") return read_priorities(value, request);
  return bad(key, "unknown");
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> check_markets(JobRequest& request) {
  if (request.markets.empty() || request.markets.size() > 50) {
    return bad("markets", "1 to 50 markets");
  }
  std::ranges::sort(request.markets);
  if (std::ranges::adjacent_find(request.markets) != request.markets.end()) {
    return bad("markets", "a market twice");
  }
  for (const std::string& market : request.markets) {
    if (!candles::make_series(market, "15m")) return bad("markets", "no market code: " + market);
  }
  return {};
}

Result<void> check(JobRequest& request) {
  if (auto markets = check_markets(request); !markets) return markets;
  if (request.timeframes.empty() || request.timeframes.size() > kMostTimeframes) {
    return bad("timeframes", "1 to 4 timeframes");
  }
  std::set<std::string> seen;
  for (std::string& timeframe : request.timeframes) {
    const auto frames = backtest::timeframes_of(timeframe);
    if (!frames) return frames.error();
    timeframe = backtest::timeframe_name(frames->signal_s);
    if (!seen.insert(timeframe).second) return bad("timeframes", "a timeframe twice");
  }
  if (request.from == 0) return bad("from", "is needed");
  if (request.to == 0) return bad("to", "is needed");
  if (!is_sha256(request.strategy_sha256)) return bad("strategySha256", "64 hex digits");
  backtest::Request one;
  one.markets = request.markets;
  one.from = request.from;
  one.to = request.to;
  one.initial_capital = request.initial_capital;
  one.fee_rate = request.fee_rate;
  one.slippage_bps = request.slippage_bps;
  one.fill_model = request.fill_model;
  one.priorities = request.priorities;
  return backtest::validate(one);
}

}  // namespace

Result<JobRequest> parse_job_request(std::string_view json, const ActiveStrategyFile& active) {
  JobRequest request;
  request.strategy_key = active.key;
  request.strategy_sha256 = active.sha256;
  if (json.size() > kMostBytes) return bad("", "more than 64 KiB");
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string text(json);
  if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) {
    return bad("", "must be a JSON object");
  }
  std::set<std::string_view> seen;
  for (const auto [key, value] : object) {
    if (!seen.insert(key).second) return bad(key, "given twice");
    if (auto read = read_field(key, value, request); !read) return read.error();
  }
  if (auto good = check(request); !good) return good.error();
  return request;
}

std::string JobRequest::to_json() const {
  JsonWriter json;
  json.begin_object().key("markets").begin_array();
  for (const std::string& market : markets) json.value(market);
  json.end_array().key("timeframes").begin_array();
  for (const std::string& timeframe : timeframes) json.value(timeframe);
  json.end_array()
      .field("from", Timestamp::from_ns(from).to_iso())
      .field("to", Timestamp::from_ns(to).to_iso())
      .field("initialCapital", initial_capital);
  json.key("feeRate").number(fee_rate);
  json.key("slippageBps").number(slippage_bps);
  json.field("fillModel", fill_model)
      .field("strategyKey", strategy_key)
      .field("strategySha256", strategy_sha256);
  json.key("configJson").begin_object();
  for (const auto& [key, value] : params) json.field(key, value);
  json.end_object().key("priorities").begin_object();
  for (const auto& [market, number] : priorities) json.field(market, number);
  return json.end_object().end_object().take();
}

}  // namespace everbit::jobs
