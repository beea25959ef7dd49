#include "everbit/manifest.h"
#include "indicators.hpp"
#include "strategy.hpp"

// The simple crossing rule that the back-testers are compared by; see peers_backtest.py.
namespace crossing {
namespace {

constexpr eb::Param kTable[] = {
    {EB_PARAM_INTEGER, "fast", "10", "2", "1000", "candles", "rule", "짧은 평균", "Fast mean"},
    {EB_PARAM_INTEGER, "slow", "30", "2", "1000", "candles", "rule", "긴 평균", "Slow mean"},
    {EB_PARAM_INTEGER, "amount", "100000", "1", "1000000000000", "KRW", "rule", "금액", "Amount"},
};

// A mean by a running sum, as the others have it; exact on whole prices.
class Mean {
 public:
  explicit Mean(int period) : window_(period) {}
  void push(double close) {
    if (window_.full()) sum_ -= window_.back(window_.capacity() - 1);
    sum_ += close;
    window_.push(close);
  }
  double value() const { return sum_ / window_.capacity(); }

 private:
  eb::Window window_;
  double sum_ = 0;
};

}  // namespace

class Crossing : public eb::Strategy<Crossing> {
 public:
  static constexpr std::string_view kStateSchema = "crossing";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params() { return kTable; }

  Crossing(const eb::Host&, const eb_create_args& args)
      : Crossing(eb::ParamValues(kTable, std::span(args.params, args.n_params))) {}

  std::uint32_t history(std::int32_t) const { return 0; }

  void candle_close(const eb_candle_close& event, eb::Decisions& decisions) {
    if (event.role != EB_ROLE_SIGNAL) return;
    fast_.push(event.candle.close_f);
    slow_.push(event.candle.close_f);
    ++candles_;
    if (event.decide == 0) return;
    const bool held = eb_dec_sign(event.position->quantity) > 0;
    const bool above = candles_ > start_ && fast_.value() > slow_.value();
    eb_decision decision{};
    decision.size = sizeof decision;
    decision.state = decision.regime = eb::str("RULE");
    std::int32_t reason = 1;
    if (above && !held) {
      reason = 2;
      decision.action = EB_ACTION_BUY;
      decision.intent = EB_INTENT_ENTRY;
      decision.amount = decision.min_amount = amount_;
    } else if (!above && held) {
      reason = 3;
      decision.action = EB_ACTION_SELL;
      decision.intent = EB_INTENT_EXIT_TRAIL;
      decision.flags = EB_DECISION_ALL;
      decision.volume = event.position->quantity;
    }
    decision.reasons = &reason;
    decision.n_reasons = 1;
    decisions.decide(decision);
  }

  void save(eb::StateWriter&) const {}
  void load(eb::StateReader&) {}

 private:
  explicit Crossing(const eb::ParamValues& values)
      : fast_(values.count("fast")),
        slow_(values.count("slow")),
        start_(2 * values.count("slow")),
        amount_(eb_dec_from_int(values.integer("amount"))) {}

  Mean fast_;
  Mean slow_;
  int candles_ = 0;
  int start_;
  eb_dec amount_;
};

}  // namespace crossing

EB_MANIFEST(
    "generation=1\n"
    "kind=strategy\n"
    "id=kr.everbit.bench.crossing\n"
    "version=1.0.0\n"
    "host_level=1\n"
    "state=crossing:1:1\n"
    "reason=1:HOLD\n"
    "reason=2:ABOVE\n"
    "reason=3:BELOW\n");

EB_PLUGIN(crossing::Crossing)
