#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "everbit/ext/params.h"
#include "everbit/ext/state.h"
#include "plugins/instance.h"
#include "plugins/strategy/decision.h"
#include "plugins/strategy/decision_sink.h"

namespace everbit::plugins {

// A parameter as the plugin describes it; all values as text.
struct StrategyParam {
  std::int32_t type = 0;  // EB_PARAM_*
  std::uint32_t flags = 0;
  std::string key, default_value, min_value, max_value, unit, group, label_ko, label_en;
};

// What a strategy is asked to go on from; the blob is the plugin's own.
struct StrategyState {
  std::string schema;
  std::uint32_t version = 0;
  std::string blob;
};

// What comes with a signal candle that is to be decided on.
struct CandleContext {
  // The exchange's traded value of the last 24 hours; nothing: the strategy sums its own.
  std::optional<Decimal> traded_value_24h;
  bool levels_wanted = false;
};

// A strategy's instance in C++: candles in, owned decisions out. It keeps the rules of
// eb.strategy/1: exactly one decision for a candle that is to be decided on, none for any other.
// Live and in a back-test alike. All on the instance's strand; errors carry the plugin's own text.
class StrategyInstance {
 public:
  // Codes of Instance::create, and PLUGIN_INSTANCE when it is no strategy.
  static Result<std::unique_ptr<StrategyInstance>> create(const LoadedPlugin& plugin,
                                                          InstanceOptions options,
                                                          bool wants_values = false);

  Instance& instance() { return *instance_; }
  Result<void> start() { return instance_->start(); }

  // Only to learn from: warm-up, and every macro and long candle.
  Result<void> learn(std::int32_t role, const eb_candle& candle);
  // A signal candle that is decided on. Code STRATEGY_DECISION when the plugin decided not once, or
  // what no host can act on.
  Result<void> decide(const eb_candle& candle, const PositionView& position,
                      const CandleContext& context, Decision& out);

  // PLUGIN_STATE after stop; EB_ERR_… with the plugin's text when it cannot.
  Result<StrategyState> save();
  // Before start. All or nothing. STATE_SCHEMA when it was saved by another schema.
  Result<void> load(const StrategyState& state);

  // How many candles of a role it wants before it decides.
  Result<std::uint32_t> history(std::int32_t role);
  // In the order in which they are to be shown.
  Result<std::vector<StrategyParam>> params();

  // The code of a reason number of the manifest; decisions hold no others.
  std::string_view reason_code(std::int32_t number) const;

 private:
  StrategyInstance(std::shared_ptr<Instance> instance, const eb_strategy_v1* table,
                   bool wants_values);
  void prepare(std::int32_t role, const eb_candle& candle);
  CallResult close();

  std::shared_ptr<Instance> instance_;
  const eb_strategy_v1* table_;
  const eb_state_v1* state_;
  const eb_params_v1* params_;
  Manifest manifest_;
  DecisionSink sink_;
  Decision unused_;
  // Of the running call. Kept, because clearing one costs more than filling it in.
  eb_candle_close event_{};
  eb_position_view view_{};
  eb_plan plan_{};
};

}  // namespace everbit::plugins
