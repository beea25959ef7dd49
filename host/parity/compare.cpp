#include "parity/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "trading/market/gap_ledger.h"

namespace everbit::parity {
namespace {

constexpr std::int64_t kLate = 2 * trading::kNanosecondsPerSecond;
constexpr double kNineDigits = 1e-8;

const Outcome* find(const Outcomes& outcomes, const std::string& market, std::int64_t close) {
  const auto of_market = outcomes.find(market);
  if (of_market == outcomes.end()) return nullptr;
  const auto found = of_market->second.find(close);
  return found == of_market->second.end() ? nullptr : &found->second;
}

std::string delay_text(std::int64_t ns) {
  char text[64];
  std::snprintf(text, sizeof text, "decided %.1f s after the close", static_cast<double>(ns) / 1e9);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "-" : text;
}

std::vector<std::string> differing(const LiveDecision* live, const Outcome* other) {
  if ((live == nullptr) != (other == nullptr)) return {"decision"};
  std::vector<std::string> fields;
  if (live == nullptr) return fields;
  if (live->state != other->state) fields.emplace_back("state");
  if (live->codes != other->codes || live->refusals != other->refusals) {
    fields.emplace_back("codes");
  }
  if (live->side != other->side) fields.emplace_back("side");
  if (live->amount != other->amount) fields.emplace_back("amount");
  return fields;
}

Decimal cut(Decimal volume) { return volume.rounded(8, Rounding::kDown); }

// Whether the order that live made is what the strategy's word comes to: the owner's limit, the
// account's cash and eight decimals may have cut it, and a full sale takes the dust along.
bool is_amount_of(const LiveDecision& live, const Outcome& asked, Decimal max_order) {
  if (!live.amount) return live.side.empty() || !live.refusals.empty();
  if (!asked.amount) return false;
  if (live.side == "SELL") {
    const Decimal volume = cut(*asked.amount);
    return *live.amount == volume ||
           (asked.all && *live.amount == cut(asked.position.quantity + asked.position.dust));
  }
  const Decimal wanted =
      max_order.is_positive() ? std::min(*asked.amount, max_order) : *asked.amount;
  if (*live.amount == wanted) return true;
  if (*live.amount > wanted || !live.affordable) return false;
  const double cash = *live.affordable;
  return std::abs(live.amount->to_double() - cash) <= cash * kNineDigits;
}

// What the host refused live is one of the real facts, as the fills are.
bool is_explained(const LiveDecision* live, const Outcome* heard, Decimal max_order) {
  if (live == nullptr || heard == nullptr) return live == nullptr && heard == nullptr;
  if (live->state != heard->state || live->codes != heard->codes || live->side != heard->side) {
    return false;
  }
  if (!heard->refusals.empty() && live->refusals != heard->refusals) return false;
  return is_amount_of(*live, *heard, max_order);
}

class Comparison {
 public:
  explicit Comparison(const Recording& recording) : recording_(recording) {}

  Result<ParityReport> run() {
    compare_candles();
    auto heard = replay(recording_, ReplayCandles::kRecorded, true);
    if (!heard) return heard.error();
    heard_ = std::move(*heard);
    auto model = replay(recording_, ReplayCandles::kCached, false);
    if (!model) return model.error();
    model_ = std::move(*model);
    // Which of the later differences are the candles' fault: the fill model on what live saw.
    if (!report_.candles.empty()) {
      auto same_candles = replay(recording_, ReplayCandles::kRecorded, false);
      if (!same_candles) return same_candles.error();
      same_candles_ = std::move(*same_candles);
    }
    compare_decisions();
    return std::move(report_);
  }

 private:
  void compare_candles() {
    for (const auto& [code, market] : recording_.markets) {
      std::map<std::int64_t, const Candle*> cached;  // by close
      const std::int64_t begin = market.track.states.begin()->first;
      for (const Candle& candle : market.cached) {
        if (candle.close_time > begin && candle.close_time <= recording_.end) {
          cached[candle.close_time] = &candle;
        }
      }
      for (const std::int64_t close : closes_of(market)) {
        const auto live = market.decisions.find(close);
        const bool seen = live != market.decisions.end();
        const Candle* here = seen && !live->second.is_filled() ? &live->second.candle : nullptr;
        const Candle* there = cached.contains(close) ? cached[close] : nullptr;
        if (seen && here == nullptr && there == nullptr) continue;
        if (here != nullptr && there != nullptr && trading::is_same(*here, *there)) continue;
        note_candle(code, market, close, seen, here, there);
      }
    }
    std::ranges::sort(report_.candles, {}, [](const CandleDifference& one) {
      return std::pair(one.open_time, one.market);
    });
  }

  // Every period of the recording, whether live decided on it or not.
  std::vector<std::int64_t> closes_of(const MarketRecording& market) const {
    std::vector<std::int64_t> closes;
    for (std::int64_t close = market.track.states.begin()->first + period();
         close <= recording_.end; close += period()) {
      closes.push_back(close);
    }
    return closes;
  }

  void note_candle(const std::string& code, const MarketRecording& market, std::int64_t close,
                   bool seen, const Candle* here, const Candle* there) {
    CandleDifference difference;
    difference.market = code;
    difference.open_time = close - period();
    if (here != nullptr) difference.recorded = *here;
    if (there != nullptr) difference.cached = *there;
    difference.seen = seen;
    const auto gap = market.gaps.find(difference.open_time);
    if (gap != market.gaps.end()) difference.gap_cause = gap->second;
    candle_causes_[{code, close}] = cause_of(difference);
    report_.candles.push_back(std::move(difference));
  }

  static std::string cause_of(const CandleDifference& difference) {
    const std::string gap = difference.gap_cause.empty() ? "" : " (" + difference.gap_cause + ")";
    if (!difference.seen) return "live decided nothing on this candle" + gap;
    if (!difference.recorded) return "live had no candle, the cache has one" + gap;
    if (!difference.cached) return "the cache has no candle, live had one" + gap;
    return "the recorded candle is not the cache's" + gap;
  }

  void compare_decisions() {
    std::map<std::int64_t, std::vector<std::string>> closes;
    for (const auto& [code, market] : recording_.markets) {
      for (const std::int64_t close : closes_of(market)) closes[close].push_back(code);
    }
    for (const auto& [close, codes] : closes) {
      for (const std::string& code : codes) compare_at(code, close);
    }
  }

  void compare_at(const std::string& code, std::int64_t close) {
    const MarketRecording& market = recording_.markets.at(code);
    const auto decision = market.decisions.find(close);
    const LiveDecision* live = decision == market.decisions.end() ? nullptr : &decision->second;
    if (live != nullptr) {
      ++report_.decisions;
      if (live->decided_at - close > kLate) ++report_.late;
      if (!market.track.positions.contains(close)) {
        ++report_.unrecorded;
        holes_.insert(code);
      }
    }
    const Outcome* model = find(model_, code, close);
    auto fields = differing(live, model);
    if (fields.empty()) return;
    ParityDifference difference;
    difference.market = code;
    difference.close_time = close;
    difference.fields = std::move(fields);
    difference.live = live;
    if (model != nullptr) difference.back_test = *model;
    const Outcome* heard = find(heard_, code, close);
    if (heard != nullptr) difference.with_real_fills = *heard;
    classify(difference, model, heard);
    report_.differences.push_back(std::move(difference));
  }

  void classify(ParityDifference& difference, const Outcome* model, const Outcome* heard) const {
    const std::string& code = difference.market;
    const std::int64_t close = difference.close_time;
    const auto set = [&](DifferenceClass kind, std::string cause) {
      difference.kind = kind;
      difference.cause = std::move(cause);
    };
    if (const auto cause = candle_causes_.find({code, close}); cause != candle_causes_.end()) {
      return set(DifferenceClass::kData, cause->second);
    }
    if (!report_.candles.empty() &&
        differing(difference.live, find(same_candles_, code, close)).empty()) {
      return set(DifferenceClass::kData, "a candle before it is not the cache's");
    }
    if (difference.live != nullptr) {
      const std::int64_t delay = difference.live->decided_at - close;
      if (delay > kLate) return set(DifferenceClass::kTiming, delay_text(delay));
      // Whom it was ranked with is one of the things that a lost record takes along.
      const auto& positions = recording_.markets.at(code).track.positions;
      const auto ranked = ranked_at(close);
      const bool asked =
          !difference.live->ranked.empty() || (model != nullptr && model->wants_entry);
      if (asked && positions.contains(close) && difference.live->ranked != ranked) {
        return set(DifferenceClass::kTiming, "ranked with " + joined(difference.live->ranked) +
                                                 ", in the back-test with " + joined(ranked));
      }
    }
    if (is_explained(difference.live, heard, recording_.max_order)) {
      return set(DifferenceClass::kFill, "the same with the real fills");
    }
    if (holes_.contains(code)) {
      return set(DifferenceClass::kUnrecorded, "what the strategy was handed is not recorded");
    }
    set(DifferenceClass::kState, "not even the recorded candles and fills give what live decided");
  }

  // The markets whose entries the back-test ranked at a close, by code.
  std::vector<std::string> ranked_at(std::int64_t close) const {
    std::vector<std::string> ranked;
    for (const auto& [code, outcomes] : model_) {
      const auto found = outcomes.find(close);
      if (found != outcomes.end() && found->second.wants_entry) ranked.push_back(code);
    }
    return ranked;
  }

  std::int64_t period() const {
    return recording_.request.timeframes.signal_s * trading::kNanosecondsPerSecond;
  }

  const Recording& recording_;
  ParityReport report_;
  Outcomes heard_;         // recorded candles, real fills
  Outcomes model_;         // the cache's candles, the fill model
  Outcomes same_candles_;  // recorded candles, the fill model
  std::map<std::pair<std::string, std::int64_t>, std::string> candle_causes_;  // by close
  std::set<std::string> holes_;  // markets of which an input was lost until now
};

}  // namespace

std::string_view name_of(DifferenceClass kind) {
  switch (kind) {
    case DifferenceClass::kData:
      return "data";
    case DifferenceClass::kTiming:
      return "timing";
    case DifferenceClass::kFill:
      return "fill";
    case DifferenceClass::kState:
      return "state";
    case DifferenceClass::kUnrecorded:
      return "unrecorded";
  }
  return "state";
}

std::size_t ParityReport::count(DifferenceClass kind) const {
  return static_cast<std::size_t>(std::ranges::count(differences, kind, &ParityDifference::kind));
}

Result<ParityReport> compare(const Recording& recording) { return Comparison(recording).run(); }

}  // namespace everbit::parity
