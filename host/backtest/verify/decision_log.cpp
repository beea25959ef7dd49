#include "backtest/verify/decision_log.h"

#include <algorithm>
#include <set>

namespace everbit::backtest {
namespace {

constexpr std::int64_t kOtherCandles = 60;  // after a cut: enough to be remembered wrongly

// The same candles up to a close, then others: the way back down or up, in noise of 3 %.
SharedCandles bent_after(const std::vector<Candle>& candles, std::int64_t close_time,
                         std::int64_t end) {
  auto bent = std::make_shared<std::vector<Candle>>();
  std::uint64_t seed = static_cast<std::uint64_t>(close_time);
  double price = 0;
  for (const Candle& candle : candles) {
    if (candle.close_time > end) break;
    if (candle.close_time <= close_time) {
      bent->push_back(candle);
      price = candle.close_f;
      continue;
    }
    if (price == 0) price = candle.open_f;
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const double open = price;
    price *= 1 + 0.06 * (static_cast<double>(seed >> 40) / 16'777'216.0 - 0.5);
    const auto number = [](double x) {
      return Decimal::from_double(x).value().rounded(8, Rounding::kUp);
    };
    bent->push_back(trading::make_candle(
        candle.open_time, candle.timeframe_s, number(open), number(std::max(open, price) * 1.01),
        number(std::min(open, price) * 0.99), number(price), number(candle.volume_f * 3 + 1)));
  }
  return bent;
}

std::set<std::int64_t> cuts_of(const DecisionLog& log, std::size_t even_cuts) {
  std::set<std::int64_t> cuts;
  if (log.empty()) return cuts;
  for (std::size_t i = 1; i <= even_cuts; ++i) {
    cuts.insert(log[(log.size() - 1) * i / even_cuts].close_time);
  }
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (!log[i].signal) continue;
    cuts.insert(log[i].close_time);
    for (std::size_t k = i; k-- > 0;) {
      if (log[k].close_time == log[i].close_time) continue;
      cuts.insert(log[k].close_time);
      break;
    }
  }
  return cuts;
}

// What was decided up to a close. A run that ends there fills no period after a market's last real
// candle, so with candles given such decisions are left out.
DecisionLog part_of(const DecisionLog& log, std::int64_t close, const CandleSet* candles) {
  std::map<std::string, std::int64_t> ends;
  if (candles != nullptr) {
    for (const auto& [market, list] : *candles) {
      const auto after = std::ranges::upper_bound(*list, close, {}, &Candle::close_time);
      ends[market] = after == list->begin() ? 0 : std::prev(after)->close_time;
    }
  }
  DecisionLog part;
  for (const LoggedDecision& entry : log) {
    const auto end = ends.find(entry.market);
    if (entry.close_time <= (end == ends.end() ? close : end->second)) part.push_back(entry);
  }
  return part;
}

}  // namespace

Result<DecisionLog> log_run(const Request& request, const plugins::LoadedPlugin& plugin,
                            const CandleSet& candles, RunProbe probe) {
  DecisionLog log;
  probe.observe = [&](const Judged& judged) {
    LoggedDecision entry;
    entry.close_time = judged.close_time;
    entry.market = judged.market;
    entry.signal = judged.decision.action != EB_ACTION_NONE;
    entry.bytes = bytes_of(judged.decision);
    if (judged.refusals != nullptr) {
      for (const std::string& code : *judged.refusals) entry.bytes += "!" + code;
    }
    log.push_back(std::move(entry));
  };
  std::map<std::string, std::unique_ptr<CandleSource>> sources;
  for (const std::string& market : request.markets) {
    sources[market] = std::make_unique<SharedCandleSource>(candles.at(market));
  }
  Engine engine(request, plugin, std::move(probe));
  if (const auto result = engine.run(std::move(sources)); !result) return result.error();
  return log;
}

std::optional<Difference> first_difference(const DecisionLog& expected, const DecisionLog& found) {
  for (std::size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    const LoggedDecision* a = i < expected.size() ? &expected[i] : nullptr;
    const LoggedDecision* b = i < found.size() ? &found[i] : nullptr;
    if (a != nullptr && b != nullptr && *a == *b) continue;
    const LoggedDecision& named = a != nullptr ? *a : *b;
    return Difference{named.close_time, named.market, a != nullptr ? a->bytes : "no decision",
                      b != nullptr ? b->bytes : "no decision"};
  }
  return std::nullopt;
}

Result<std::optional<Difference>> check_prefixes(const Request& request,
                                                 const plugins::LoadedPlugin& plugin,
                                                 const CandleSet& candles, const DecisionLog& log,
                                                 std::size_t even_cuts, std::size_t& cuts,
                                                 const Progress& progress) {
  const auto closes = cuts_of(log, even_cuts);
  cuts = closes.size();
  const std::int64_t period = request.timeframes.signal_s * trading::kNanosecondsPerSecond;
  std::size_t done = 0;
  for (const std::int64_t close : closes) {
    Request prefix = request;
    prefix.to = close;
    const auto ended = log_run(prefix, plugin, candles);
    if (!ended) return ended.error();
    if (auto difference =
            first_difference(part_of(log, close, &candles), part_of(*ended, close, &candles))) {
      return difference;
    }

    prefix.to = close + kOtherCandles * period;
    CandleSet others;
    for (const auto& [market, list] : candles) {
      others[market] = bent_after(*list, close, *prefix.to);
    }
    const auto other = log_run(prefix, plugin, others);
    if (!other) return other.error();
    if (auto difference =
            first_difference(part_of(log, close, nullptr), part_of(*other, close, nullptr))) {
      return difference;
    }
    if (progress) progress(static_cast<double>(++done) / static_cast<double>(closes.size()));
  }
  return std::optional<Difference>();
}

}  // namespace everbit::backtest
