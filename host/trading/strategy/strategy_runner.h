#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "plugins/strategy/strategy_instance.h"
#include "trading/market/candle_engine.h"
#include "trading/market/candle_reader.h"
#include "trading/strategy/state_store.h"

namespace everbit::trading {

// What a closed signal candle gave, with the state after it: all that the candle's transaction
// stores.
struct Evaluation {
  Candle candle{};
  Timestamp from;  // close of the candle before: what the stored state must stand at
  Timestamp to;    // close of this candle
  plugins::PositionView position;
  plugins::Decision decision;
  plugins::StrategyState state;
};

// One instance of the strategy and the candles of its market: it warms up or goes on from the
// stored state, and is then fed one closed signal candle at a time. All calls come from one thread;
// those into the plugin run on the instance's strand, and are waited for.
class StrategyRunner {
 public:
  struct Parts {
    store::Pool& pool;
    const CandleReader& reader;
    const plugins::LoadedPlugin& plugin;
    plugins::InstanceOptions options;  // names the market and the timeframes
    InstanceKey key;
    ActiveStrategy active;
    Uuid trader_instance;
    // The plugin is not to be trusted from the start on: its code crashed an earlier process.
    bool is_held = false;
  };

  explicit StrategyRunner(Parts parts);
  ~StrategyRunner();
  StrategyRunner(const StrategyRunner&) = delete;
  StrategyRunner& operator=(const StrategyRunner&) = delete;

  // Makes the instance ready for the candle after the last one that had closed at `now`, or, when a
  // state is stored, for the candle after that state's. Replaces an instance that there was. After
  // a failure nothing is ready: an instance without its past must decide nothing.
  // Codes: those of the reader, the store and the plugin.
  Result<void> prepare(Timestamp now);

  const InstanceKey& key() const { return parts_.key; }
  const ActiveStrategy& active() const { return parts_.active; }
  std::string_view reason_code(std::int32_t number) const { return instance_->reason_code(number); }

  bool is_healthy() const { return ready_ && !instance_->instance().quarantined(); }
  // The host trusts the instance no more; prepare() would make another one.
  bool is_quarantined() const {
    return parts_.is_held || (instance_ != nullptr && instance_->instance().quarantined());
  }
  // Open time of the candle that must come next.
  Timestamp next_open() const { return Timestamp::from_ns(engine_.next_open()); }
  std::chrono::seconds period() const { return std::chrono::seconds(timeframes_.signal_s); }

  // The next signal candle has closed; empty: it passed without a trade. Decides on it with the
  // position that the database shows now.
  Result<Evaluation> evaluate(const std::optional<Candle>& candle,
                              const plugins::CandleContext& context);

 private:
  struct Closed {
    std::int32_t role;
    Candle candle;
  };

  Result<void> start_again(Timestamp now);
  Result<void> make_instance();
  Result<bool> resume(const SavedState& saved, Timestamp now);
  Result<void> warm_up(Timestamp now);
  Result<void> learn(const std::vector<Closed>& history);
  Result<std::vector<Closed>> read_history(std::int32_t role, int timeframe_s, Timestamp now,
                                           std::vector<Candle>* real) const;
  Result<plugins::PositionView> view();
  template <class F>
  Result<void> on_strand(F&& task);

  Parts parts_;
  Timeframes timeframes_;
  CandleEngine engine_;
  std::unique_ptr<plugins::StrategyInstance> instance_;
  bool ready_ = false;
};

}  // namespace everbit::trading
