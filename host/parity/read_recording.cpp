#include "parity/read_recording.h"

#include <simdjson.h>

#include <algorithm>

#include "base/clock.h"
#include "candles/candle_table.h"
#include "trading/intent/decision_row.h"
#include "trading/strategy/recorded_position.h"

namespace everbit::parity {
namespace {

using candles::Series;
using store::Row;
using store::Sql;

constexpr std::size_t kMostCandles = 100'000;
// After its close a candle can be fetched for certain.
constexpr std::chrono::seconds kSettled{20};
// Smaller capitals than a back-test takes buy nothing either.
const Decimal kLeastCapital = Decimal::from_int(10'000);

constexpr Sql kStates{R"sql(
  SELECT market, as_of, state_schema, state_version, state FROM strategy_state_daily
  WHERE owner_id = $1 AND strategy_key = $2 AND mode = $3 AND timeframe = $4
    AND as_of >= $5 AND as_of < $6
  ORDER BY market, as_of)sql"};

// An intent that a switch refused has an amount and no order; `gates` says so.
constexpr Sql kDecisions{R"sql(
  SELECT d.market, d.candle_close_time, d.state, d.reason_codes, d.gates, d.checks, d.open_price,
         d.high_price, d.low_price, d.close_price, d.volume, d.value, d.decided_at,
         coalesce(s.side, ''), coalesce(i.requested_krw, i.requested_volume),
         x.position::text, x.traded_value_24h, x.ranked, x.free_cash, x.sha256, x.config_version
  FROM decision d
  LEFT JOIN signal s
    ON s.owner_id = d.owner_id AND s.strategy_key = d.strategy_key AND s.mode = d.mode
   AND s.market = d.market AND s.timeframe = d.timeframe
   AND s.candle_close_time = d.candle_close_time
  LEFT JOIN order_intent i ON i.signal_id = s.id
  LEFT JOIN decision_input x
    ON x.owner_id = d.owner_id AND x.strategy_key = d.strategy_key AND x.mode = d.mode
   AND x.market = d.market AND x.timeframe = d.timeframe
   AND x.candle_close_time = d.candle_close_time
  WHERE d.owner_id = $1 AND d.strategy_key = $2 AND d.mode = $3 AND d.timeframe = $4
    AND d.candle_close_time > $5 AND d.candle_close_time <= $6
  ORDER BY d.candle_close_time, d.market)sql"};

constexpr Sql kGaps{R"sql(
  SELECT market, from_time, to_time, cause FROM candle_gap
  WHERE timeframe = $1 AND to_time > $2 AND from_time < $3)sql"};

constexpr Sql kConfig{R"sql(
  SELECT config_json::text FROM strategy_config_history
  WHERE owner_id = $1 AND strategy_key = $2 AND config_version = $3)sql"};

// The parameters of the instance, as the trader stored them: {"key": "text", …}.
Result<std::vector<std::pair<std::string, std::string>>> params_of(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  std::vector<std::pair<std::string, std::string>> params;
  if (parser.parse(text).get_object().get(object) != simdjson::SUCCESS) {
    return Error("RECORDING", "is no object", "strategy_config_history");
  }
  for (const auto [key, value] : object) {
    std::string_view one;
    if (value.get_string().get(one) != simdjson::SUCCESS) {
      return Error("RECORDING", "is no text", "strategy_config_history");
    }
    params.emplace_back(key, one);
  }
  return params;
}

std::optional<double> affordable_of(std::string_view checks) {
  while (!checks.empty()) {
    const std::size_t end = std::min(checks.find(' '), checks.size());
    const auto gate = trading::parse_check(checks.substr(0, end));
    if (gate && gate->name == "CASH") return gate->value;
    checks.remove_prefix(std::min(end + 1, checks.size()));
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(store::Pool& pool, const RecordingQuestion& question, const FindPlugin& find,
         Deadline deadline)
      : pool_(pool), question_(question), find_(find), deadline_(deadline) {}

  Result<Recording> read() {
    recording_.request.timeframes = question_.timeframes;
    recording_.request.strategy_key = question_.strategy_key;
    recording_.end = question_.to.ns();
    for (const auto step : {&Reader::read_states, &Reader::read_decisions, &Reader::name_plugins,
                            &Reader::read_gaps, &Reader::read_candles}) {
      if (auto done = (this->*step)(); !done) return done.error();
    }
    return std::move(recording_);
  }

 private:
  struct Source {
    std::string sha256;
    std::int64_t config_version = 0;
  };

  Result<void> read_states() {
    auto rows = pool_.exec(deadline_, kStates, question_.owner, question_.strategy_key,
                           question_.mode, question_.timeframe, question_.from, question_.to);
    if (!rows) return rows.error();
    for (const Row row : *rows) {
      const auto blob = row.get<std::vector<std::uint8_t>>(4);
      backtest::KeptState kept;
      kept.state = {row.get<std::string>(2), static_cast<std::uint32_t>(row.get<int>(3)),
                    std::string(blob.begin(), blob.end())};
      recording_.markets[row.get<std::string>(0)].track.states.emplace(row.get<Timestamp>(1).ns(),
                                                                       std::move(kept));
    }
    return {};
  }

  Result<void> read_decisions() {
    auto rows = pool_.exec(deadline_, kDecisions, question_.owner, question_.strategy_key,
                           question_.mode, question_.timeframe, question_.from, question_.to);
    if (!rows) return rows.error();
    std::int64_t newest = 0;
    for (const Row row : *rows) {
      const auto market = recording_.markets.find(row.get<std::string>(0));
      if (market == recording_.markets.end()) continue;
      const std::int64_t close = row.get<Timestamp>(1).ns();
      if (close <= market->second.track.states.begin()->first) continue;
      newest = std::max(newest, close);
      read_decision(row, close, market->second);
      if (row.is_null(15)) continue;
      if (auto input = read_input(row, close, market->first); !input) return input;
    }
    std::erase_if(recording_.markets, [](const auto& one) { return one.second.decisions.empty(); });
    if (recording_.markets.empty()) {
      return Error("NOT_RECORDED", "no decision, or no state to begin with, was kept of that day");
    }
    // The day goes on: what is not decided yet is not missing, nor is what the exchange cannot be
    // asked for yet.
    const Timestamp settled = SystemClock().now() - kSettled;
    if (settled >= question_.to) return {};
    const std::chrono::seconds period(question_.timeframes.signal_s);
    recording_.end = std::min(newest, settled.floor_to(period).ns());
    std::erase_if(recording_.markets, [&](const auto& one) {
      return one.second.decisions.begin()->first > recording_.end;
    });
    if (recording_.markets.empty()) {
      return Error("NOT_RECORDED", "nothing of that day is old enough to be compared");
    }
    return {};
  }

  void read_decision(const Row& row, std::int64_t close, MarketRecording& market) const {
    LiveDecision decision;
    decision.state = row.get<std::string>(2);
    decision.codes = row.get<std::vector<std::string>>(3);
    std::erase(decision.codes, "CANDLE_UNVERIFIED");  // the host's word, not the strategy's
    decision.refusals = row.get<std::vector<std::string>>(4);
    decision.affordable = affordable_of(row.text(5));
    decision.candle =
        trading::make_candle(close - question_.timeframes.signal_s * trading::kNanosecondsPerSecond,
                             question_.timeframes.signal_s, row.get<Decimal>(6),
                             row.get<Decimal>(7), row.get<Decimal>(8), row.get<Decimal>(9),
                             row.get<Decimal>(10), row.get<std::optional<Decimal>>(11));
    decision.decided_at = row.get<Timestamp>(12).ns();
    decision.side = row.get<std::string>(13);
    if (decision.refusals.empty()) decision.amount = row.get<std::optional<Decimal>>(14);
    if (!row.is_null(17)) decision.ranked = row.get<std::vector<std::string>>(17);
    std::ranges::sort(decision.ranked);
    market.decisions.emplace(close, std::move(decision));
  }

  Result<void> read_input(const Row& row, std::int64_t close, const std::string& code) {
    auto position = trading::position_from_json(row.text(15));
    if (!position) return position.error();
    LiveTrack& track = recording_.markets[code].track;
    track.positions.emplace(close, std::move(*position));
    if (const auto traded = row.get<std::optional<Decimal>>(16)) {
      track.traded_values.emplace(close, *traded);
    }
    sources_[code].emplace(close, Source{row.get<std::string>(19), row.get<std::int64_t>(20)});
    if (!has_capital_) {
      recording_.request.initial_capital = std::max(row.get<Decimal>(18), kLeastCapital);
      has_capital_ = true;
    }
    return {};
  }

  // What went on from a state is what decided next.
  Result<void> name_plugins() {
    std::map<std::string, std::shared_ptr<const plugins::LoadedPlugin>> loaded;
    std::map<std::int64_t, std::vector<std::pair<std::string, std::string>>> params;
    for (auto& [code, market] : recording_.markets) {
      for (auto& [as_of, kept] : market.track.states) {
        const auto& sources = sources_[code];
        auto source = sources.upper_bound(as_of);
        if (source == sources.end() && !sources.empty()) source = std::prev(sources.end());
        if (source == sources.end()) {
          return Error("NOT_RECORDED", "nothing that it was handed was kept", code);
        }
        const auto& [sha256, version] = source->second;
        if (auto& plugin = loaded[sha256]; plugin == nullptr) {
          auto found = find_(sha256);
          if (!found) return found.error();
          plugin = *found;
          recording_.plugins.push_back(plugin);
        }
        kept.plugin = loaded[sha256].get();
        if (!params.contains(version)) {
          auto read = read_params(version);
          if (!read) return read.error();
          params[version] = std::move(*read);
        }
        kept.params = params[version];
      }
    }
    return {};
  }

  Result<std::vector<std::pair<std::string, std::string>>> read_params(std::int64_t version) {
    auto rows = pool_.exec(deadline_, kConfig, question_.owner, question_.strategy_key, version);
    if (!rows) return rows.error();
    if (rows->empty()) return Error("RECORDING", "has no such version", "strategy_config_history");
    return params_of(rows->front().get<std::string>(0));
  }

  Result<void> read_gaps() {
    auto rows = pool_.exec(deadline_, kGaps, question_.timeframe, question_.from, question_.to);
    if (!rows) return rows.error();
    const std::int64_t period = question_.timeframes.signal_s * trading::kNanosecondsPerSecond;
    for (const Row row : *rows) {
      const auto market = recording_.markets.find(row.get<std::string>(0));
      if (market == recording_.markets.end()) continue;
      const std::int64_t to = std::min(row.get<Timestamp>(2), question_.to).ns();
      for (std::int64_t open = std::max(row.get<Timestamp>(1), question_.from).ns(); open < to;
           open += period) {
        market->second.gaps.emplace(open, row.get<std::string>(3));
      }
    }
    return {};
  }

  Result<void> read_candles() {
    for (auto& [code, market] : recording_.markets) {
      const Series series{code, question_.timeframes.signal_s};
      auto read = candles::read_candles(
          pool_, series, {first_candle_needed(question_), Timestamp::from_ns(recording_.end)},
          kMostCandles, deadline_);
      if (!read) return read.error();
      market.cached = std::move(*read);
    }
    return {};
  }

  store::Pool& pool_;
  const RecordingQuestion& question_;
  const FindPlugin& find_;
  const Deadline deadline_;
  Recording recording_;
  std::map<std::string, std::map<std::int64_t, Source>> sources_;  // by market, by close
  bool has_capital_ = false;
};

}  // namespace

Timestamp first_candle_needed(const RecordingQuestion& question) {
  const int length = question.timeframes.long_s;
  const std::int64_t before = question.from.ns() - length * trading::kNanosecondsPerSecond;
  return Timestamp::from_ns(trading::period_start(before, length));
}

Result<Recording> read_recording(store::Pool& pool, const RecordingQuestion& question,
                                 const FindPlugin& find, Deadline deadline) {
  return Reader(pool, question, find, deadline).read();
}

}  // namespace everbit::parity
