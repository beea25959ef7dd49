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
constexpr std::size_t kLongestParam = 128;

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

// Groups are levels: {"bb":{"k":2}} and {"bb.k":2} say the same.
Result<void> read_params(const std::string& group, const element& value, JobRequest& request) {
  simdjson::dom::object object;
  std::string of = "configJson";
  if (!group.empty()) of.append(".").append(group);
  if (value.get_object().get(object) != simdjson::SUCCESS) return bad(of, "must be an object");
  for (const auto [key, one] : object) {
    const std::string name = (group.empty() ? "" : group + ".") + std::string(key);
    const std::string field = "configJson." + name;
    if (name.size() > kLongestParam) return bad(of, "a name that is too long");
    if (one.is_object()) {
      if (auto read = read_params(name, one, request); !read) return read;
      continue;
    }
    if (one.is_array() || one.is_null()) return bad(field, "must be a plain value");
    const auto text =
        one.is_string() ? std::string(one.get_string().value()) : simdjson::minify(one);
    if (request.params.size() == kMostParams) return bad("configJson", "too many parameters");
    if (!request.params.emplace(name, text).second) return bad(field, "given twice");
  }
  return {};
}

// A name that is a value and a group cannot be written as levels.
Result<void> check_params(const JobRequest& request) {
  for (const auto& [name, value] : request.params) {
    const auto next = request.params.lower_bound(name + ".");
    if (next != request.params.end() && next->first.starts_with(name + ".")) {
      return bad("configJson." + name, "a value and a group");
    }
  }
  return {};
}

Result<void> read_priorities(const element& value, JobRequest& request) {
  simdjson::dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS)
    return bad("priorities", "must be an object");
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
  if (*time <= 0) return bad(field, "must be after 1970");
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
  if (key == "configJson") return read_params("", value, request);
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

Result<void> check_timeframes(JobRequest& request) {
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
  return {};
}

backtest::Request run_of(const JobRequest& request) {
  backtest::Request run;
  run.markets = request.markets;
  if (request.from != 0) run.from = request.from;
  if (request.to != 0) run.to = request.to;
  run.initial_capital = request.initial_capital;
  run.fee_rate = request.fee_rate;
  run.slippage_bps = request.slippage_bps;
  run.fill_model = request.fill_model;
  run.priorities = request.priorities;
  return run;
}

// What is wrong with a request: one problem a field, the first that was found.
class Problems {
 public:
  void add(Error error) {
    if (!names(error.field)) all_.push_back(std::move(error));
  }
  void add(const Result<void>& checked) {
    if (!checked) add(checked.error());
  }
  // Whether the field, or a part of it, is among them.
  bool names(std::string_view field) const {
    return std::ranges::any_of(all_, [&](const Error& one) {
      return one.field == field || one.field.starts_with(std::string(field) + ".");
    });
  }
  std::vector<Error> take() { return std::move(all_); }

 private:
  std::vector<Error> all_;
};

void check(JobRequest& request, const std::set<std::string, std::less<>>& given,
           Problems& problems) {
  for (const char* needed : {"markets", "timeframes", "from", "to"}) {
    if (!given.contains(needed)) problems.add(bad(needed, "is needed"));
  }
  problems.add(check_markets(request));
  problems.add(check_timeframes(request));
  problems.add(check_params(request));
  if (!is_sha256(request.strategy_sha256)) problems.add(bad("strategySha256", "64 hex digits"));
  // Priorities are looked up in the markets.
  const bool markets_wrong = problems.names("markets");
  for (Error& error : backtest::problems_of(run_of(request))) {
    if (!markets_wrong || error.field != "priorities") problems.add(std::move(error));
  }
}

}  // namespace

JobRequestReading read_job_request(std::string_view json, const ActiveStrategyFile& active) {
  JobRequestReading reading;
  JobRequest& request = reading.request;
  request.strategy_key = active.key;
  request.strategy_sha256 = active.sha256;
  Problems problems;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string text(json.substr(0, kMostBytes));
  if (json.size() > kMostBytes) {
    problems.add(bad("", "more than 64 KiB"));
  } else if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) {
    problems.add(bad("", "must be a JSON object"));
  } else {
    std::set<std::string, std::less<>> given;
    for (const auto [key, value] : object) {
      if (given.emplace(key).second) {
        problems.add(read_field(key, value, request));
      } else {
        problems.add(bad(key, "given twice"));
      }
    }
    check(request, given, problems);
  }
  reading.problems = problems.take();
  return reading;
}

Result<JobRequest> parse_job_request(std::string_view json, const ActiveStrategyFile& active) {
  auto reading = read_job_request(json, active);
  if (!reading.problems.empty()) return reading.problems.front();
  return std::move(reading.request);
}

namespace {

std::vector<std::string_view> levels_of(std::string_view name) {
  std::vector<std::string_view> levels;
  for (std::size_t from = 0;;) {
    const std::size_t dot = name.find('.', from);
    levels.push_back(name.substr(from, dot - from));
    if (dot == std::string_view::npos) return levels;
    from = dot + 1;
  }
}

// The names are in order, so those of a group stand together.
void write_params(JsonWriter& json, const std::map<std::string, std::string>& params) {
  std::vector<std::string_view> open;
  json.key("configJson").begin_object();
  for (const auto& [name, value] : params) {
    auto levels = levels_of(name);
    const std::string_view last = levels.back();
    levels.pop_back();
    const auto same = std::ranges::mismatch(open, levels).in1 - open.begin();
    for (; std::ssize(open) > same; open.pop_back()) json.end_object();
    for (auto i = static_cast<std::size_t>(same); i < levels.size(); ++i) {
      json.key(levels[i]).begin_object();
    }
    open = std::move(levels);
    json.field(last, value);
  }
  for (; !open.empty(); open.pop_back()) json.end_object();
  json.end_object();
}

}  // namespace

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
  write_params(json, params);
  json.key("priorities").begin_object();
  for (const auto& [market, number] : priorities) json.field(market, number);
  return json.end_object().end_object().take();
}

}  // namespace everbit::jobs
