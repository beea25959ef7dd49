#include "backtest/verify/verify.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>

#include "backtest/candle_hash.h"
#include "backtest/verify/child.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/timestamp.h"
#include "trading/market/candle_engine.h"

namespace everbit::backtest {
namespace {

constexpr double kMostDifferent = 0.01;
constexpr std::size_t kCostCandles = 50'000;
constexpr std::size_t kMemoryFrom = 5'000;
constexpr std::size_t kMostGrowth = std::size_t{1} << 20;
constexpr double kMostMilliseconds = 1.0;

struct Ground {
  const Request& request;
  const plugins::LoadedPlugin& plugin;
  const CandleSet& candles;
  const VerifyScale& scale;

  Request alone(const std::string& market) const {
    Request one = request;
    one.markets = {market};
    one.priorities.clear();
    return one;
  }
};

std::string text_of(const Difference& difference) {
  return difference.market + " " + Timestamp::from_ns(difference.close_time).to_iso() + ": " +
         difference.expected + " / " + difference.found;
}

Check failed(std::string name, std::string detail) {
  return {std::move(name), false, std::move(detail)};
}

Check check_prefix(const Ground& ground, const std::map<std::string, DecisionLog>& logs,
                   const Progress& progress) {
  std::size_t all = 0;
  double share = 0;
  for (const auto& [market, log] : logs) {
    std::size_t cuts = 0;
    const auto tell = [&](double done) {
      if (progress) progress(share + done / static_cast<double>(logs.size()));
    };
    const auto found = check_prefixes(ground.alone(market), ground.plugin, ground.candles, log,
                                      ground.scale.even_cuts, cuts, tell);
    if (!found) return failed("prefix", to_string(found.error()));
    if (*found) return failed("prefix", text_of(**found));
    all += cuts;
    share += 1.0 / static_cast<double>(logs.size());
  }
  return {"prefix", true, std::to_string(all) + " cuts"};
}

Check check_restore(const Ground& ground, const std::map<std::string, DecisionLog>& logs) {
  for (const auto& [market, log] : logs) {
    RunProbe probe;
    for (std::size_t i = 1; i <= ground.scale.restores; ++i) {
      probe.restart_after.insert(log[log.size() * i / (ground.scale.restores + 1)].close_time);
    }
    const auto again = log_run(ground.alone(market), ground.plugin, ground.candles, probe);
    if (!again) return failed("restore", to_string(again.error()));
    if (auto difference = first_difference(log, *again)) {
      return failed("restore", text_of(*difference));
    }
  }
  return {"restore", true, std::to_string(ground.scale.restores) + " points a market"};
}

// Both runs begin without a position in the middle of the candles.
Check check_warm_up(const Ground& ground, const std::map<std::string, DecisionLog>& logs) {
  std::size_t decisions = 0, different = 0;
  for (const auto& [market, log] : logs) {
    Request half = ground.alone(market);
    const std::int64_t period = half.timeframes.signal_s * trading::kNanosecondsPerSecond;
    half.from = log[log.size() / 2].close_time - period;
    RunProbe probe;
    probe.history = ground.scale.history;
    const auto all = log_run(half, ground.plugin, ground.candles);
    const auto few = log_run(half, ground.plugin, ground.candles, probe);
    if (!all || !few) return failed("warm-up", to_string((all ? few : all).error()));
    decisions += all->size();
    for (std::size_t i = 0; i < all->size(); ++i) different += (*all)[i] == (*few)[i] ? 0 : 1;
  }
  const double share = static_cast<double>(different) / static_cast<double>(decisions);
  char text[80];
  std::snprintf(text, sizeof text, "%.3f %% of %zu decisions differ", share * 100, decisions);
  return {"warm-up", share <= kMostDifferent, text};
}

// Nothing but the strategy runs between the measurements: decisions without a position, over the
// candles again and again.
Check check_cost(const Ground& ground) {
  const auto& [market, list] = *ground.candles.begin();
  const ManualClock clock;
  plugins::InstanceOptions options;
  options.name = "verify";
  options.strategy_key = ground.request.strategy_key;
  options.market = market;
  options.mode = EB_MODE_BACKTEST;
  options.signal_s = ground.request.timeframes.signal_s;
  options.macro_s = ground.request.timeframes.macro_s;
  options.long_s = ground.request.timeframes.long_s;
  options.params = ground.request.params;
  options.clock = &clock;
  options.strand = std::make_shared<plugins::DriverStrand>();
  options.budget.reset();
  auto made = plugins::StrategyInstance::create(ground.plugin, std::move(options));
  if (!made) return failed("cost", to_string(made.error()));
  plugins::StrategyInstance& strategy = **made;
  if (auto started = strategy.start(); !started) return failed("cost", to_string(started.error()));

  trading::CandleEngine engine(ground.request.timeframes);
  std::vector<float> times(kCostCandles);
  plugins::Decision decision;
  Result<void> outcome;
  std::size_t before = 0;
  std::int64_t next_open = list->front().open_time;
  for (std::size_t i = 0; i < kCostCandles && outcome; ++i) {
    Candle candle = (*list)[i % list->size()];
    candle.open_time = next_open;
    next_open += candle.timeframe_s * trading::kNanosecondsPerSecond;
    candle.close_time = next_open;
    if (i == kMemoryFrom) before = ::mallinfo2().uordblks;
    const auto began = std::chrono::steady_clock::now();
    engine.push(candle, [&](std::int32_t role, const Candle& closed) {
      if (!outcome) return;
      outcome = role == EB_ROLE_SIGNAL ? strategy.decide(closed, {}, {}, decision)
                                       : strategy.learn(role, closed);
    });
    times[i] =
        std::chrono::duration<float, std::milli>(std::chrono::steady_clock::now() - began).count();
  }
  if (!outcome) return failed("cost", to_string(outcome.error()));
  const std::size_t after = ::mallinfo2().uordblks;
  const std::size_t growth = after > before ? after - before : 0;
  const auto p99 = times.begin() + static_cast<std::ptrdiff_t>(kCostCandles * 99 / 100);
  std::nth_element(times.begin(), p99, times.end());
  char text[100];
  std::snprintf(text, sizeof text, "p99 %.4f ms a candle, %zu KiB more at candle 50,000",
                static_cast<double>(*p99), growth / 1'024);
  return {"cost", *p99 <= kMostMilliseconds && growth <= kMostGrowth, text};
}

// One line of a child's report; details have no line feed.
std::string line_of(const Check& check) {
  std::string detail = check.detail;
  std::ranges::replace(detail, '\n', ' ');
  return check.name + "\t" + (check.passed ? "1" : "0") + "\t" + detail + "\n";
}

std::string digest_of(const std::map<std::string, DecisionLog>& logs) {
  std::string text;
  for (const auto& [market, log] : logs) {
    for (const LoggedDecision& entry : log) {
      text += std::to_string(entry.close_time) + "|" + market + "|" + entry.bytes + "\n";
    }
  }
  return sha256_text(text);
}

// Every market by itself, in this order; the log by market.
Result<std::map<std::string, DecisionLog>> log_all(const Ground& ground, bool reversed) {
  std::vector<std::string> order = ground.request.markets;
  if (reversed) std::ranges::reverse(order);
  std::map<std::string, DecisionLog> logs;
  for (const std::string& market : order) {
    auto log = log_run(ground.alone(market), ground.plugin, ground.candles);
    if (!log) return log.error();
    logs[market] = std::move(*log);
  }
  return logs;
}

std::string be_first_child(const Ground& ground, const Progress& progress) {
  const auto logs = log_all(ground, false);
  if (!logs) return line_of(failed("run", to_string(logs.error())));
  std::string report = "digest\t1\t" + digest_of(*logs) + "\n";
  report += line_of(check_prefix(ground, *logs, progress));
  report += line_of(check_restore(ground, *logs));
  report += line_of(check_warm_up(ground, *logs));
  return report;
}

// A fork has the addresses of its parent; what depends on them has to see others here.
std::vector<std::string> move_heap() {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < 3'000; ++i) kept.emplace_back(100 + i * 37 % 3'000, 'x');
  return kept;
}

std::string be_second_child(const Ground& ground) {
  const auto kept = move_heap();
  const auto logs = log_all(ground, true);
  if (!logs) return line_of(failed("run", to_string(logs.error())));
  return "digest\t1\t" + digest_of(*logs) + "\n";
}

std::map<std::string, Check> parse_report(const std::string& text) {
  std::map<std::string, Check> checks;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    if (second == std::string::npos) continue;
    Check check{line.substr(0, first), line[first + 1] == '1', line.substr(second + 1)};
    checks[check.name] = check;
  }
  return checks;
}

Check check_determinism(const std::map<std::string, Check>& first,
                        const Result<std::string>& text) {
  if (!text) return failed("determinism", to_string(text.error()));
  const auto second = parse_report(*text);
  const auto a = first.find("digest");
  const auto b = second.find("digest");
  if (a == first.end() || b == second.end()) return failed("determinism", "a run failed");
  const bool same = a->second.detail == b->second.detail;
  return {"determinism", same,
          same ? "two processes, markets in another order" : "two processes decide otherwise"};
}

Result<void> check_request(const Request& request, const CandleSet& candles, std::size_t least) {
  if (auto valid = validate(request); !valid) return valid;
  if (candles.size() < 2) return Error("BACKTEST_REQUEST", "at least two markets", "candles");
  for (const std::string& market : request.markets) {
    const auto found = candles.find(market);
    if (found == candles.end()) return Error("CANDLES_MISSING", "no candles given", market);
    if (found->second->size() < least) {
      return Error("BACKTEST_REQUEST",
                   market + " has fewer than " + std::to_string(least) + " candles", "candles");
    }
  }
  return {};
}

}  // namespace

bool Certificate::passed() const {
  return !checks.empty() && std::ranges::all_of(checks, &Check::passed);
}

Result<Certificate> verify(const Request& request, const plugins::LoadedPlugin& plugin,
                           const CandleSet& candles, const Progress& progress,
                           const VerifyScale& scale) {
  if (auto sound = check_request(request, candles, scale.least_candles); !sound)
    return sound.error();
  Certificate certificate;
  certificate.strategy_id = plugin.manifest.id;
  certificate.strategy_version = plugin.manifest.version;
  certificate.sha256 = plugin.sha256;
  for (const auto& [key, value] : request.params) certificate.params.push_back(key + "=" + value);
  for (const auto& [market, list] : candles) {
    CandleHash hash;
    for (const Candle& candle : *list) hash.add(candle);
    certificate.candles[market] = hash.finish();
  }
  const Ground ground{request, plugin, candles, scale};
  const auto first = run_in_child([&] { return be_first_child(ground, progress); });
  const auto second = run_in_child([&] { return be_second_child(ground); });
  const auto cost = run_in_child([&] { return line_of(check_cost(ground)); });
  const std::string why = first ? std::string() : to_string(first.error());
  const auto reported = parse_report(first ? *first : std::string());
  const auto costs = parse_report(cost ? *cost : std::string());
  const auto take = [&](const std::map<std::string, Check>& from, const std::string& name,
                        const std::string& reason) {
    const auto found = from.find(name);
    if (found != from.end()) return found->second;
    const auto run = from.find("run");
    return failed(name, run != from.end() ? run->second.detail : reason);
  };
  certificate.checks = {take(reported, "prefix", why), check_determinism(reported, second),
                        take(reported, "restore", why), take(reported, "warm-up", why),
                        take(costs, "cost", cost ? "" : to_string(cost.error()))};
  return certificate;
}

std::string to_json(const Certificate& certificate) {
  JsonWriter json;
  json.begin_object().field("certificate", "everbit-verify");
  json.field("verifyVersion", certificate.verify_version);
  json.field("strategyId", certificate.strategy_id);
  json.field("strategyVersion", certificate.strategy_version);
  json.field("sha256", certificate.sha256).field("passed", certificate.passed());
  json.key("checks").begin_object();
  for (const Check& check : certificate.checks) {
    json.key(check.name).begin_object();
    json.field("passed", check.passed).field("detail", check.detail).end_object();
  }
  json.end_object().key("params").begin_array();
  for (const std::string& param : certificate.params) json.value(param);
  json.end_array().key("candles").begin_object();
  for (const auto& [market, sha256] : certificate.candles) json.field(market, sha256);
  json.end_object().end_object();
  return json.take();
}

}  // namespace everbit::backtest
