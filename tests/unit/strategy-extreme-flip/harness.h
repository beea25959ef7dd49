#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "plugins/strategy/strategy_instance.h"
#include "trading/market/candle_engine.h"
#include "unit/backtest/support.h"

namespace everbit::extreme_flip::testing {

using Params = std::vector<std::pair<std::string, std::string>>;

// One instance of the real strategy file, fed by hand.
class Harness {
 public:
  explicit Harness(Params params = {}, trading::Timeframes frames = {900, 14'400, 86'400})
      : strategy_(make(std::move(params), frames).value()), engine_(frames) {}

  static Result<std::unique_ptr<plugins::StrategyInstance>> make(Params params,
                                                                 trading::Timeframes frames) {
    static const ManualClock clock;
    plugins::InstanceOptions options;
    options.name = "test";
    options.strategy_key = "EXTREME_FLIP";
    options.market = "KRW-BTC";
    options.mode = EB_MODE_BACKTEST;
    options.signal_s = frames.signal_s;
    options.macro_s = frames.macro_s;
    options.long_s = frames.long_s;
    options.params = std::move(params);
    options.clock = &clock;
    options.strand = std::make_shared<plugins::DriverStrand>();
    options.budget.reset();
    return plugins::StrategyInstance::create(backtest::testing::extreme_flip(), std::move(options),
                                             true);
  }

  plugins::StrategyInstance& strategy() { return *strategy_; }
  plugins::PositionView& position() { return position_; }

  // Feeds a real candle; decisions of it and of the filled ones before it are appended to log().
  const plugins::Decision& push(const trading::Candle& candle) {
    engine_.push(candle, [&](std::int32_t role, const trading::Candle& closed) {
      if (role != EB_ROLE_SIGNAL) {
        strategy_->learn(role, closed).value();
        return;
      }
      strategy_->decide(closed, position_, {}, decision_).value();
      log_.push_back(describe());
    });
    return decision_;
  }
  const std::vector<std::string>& log() const { return log_; }

  std::string codes() const {
    std::string text;
    for (const auto number : decision_.reasons) {
      text += (text.empty() ? "" : "+") + std::string(strategy_->reason_code(number));
    }
    return text;
  }

 private:
  std::string describe() const {
    std::string text = decision_.state + "/" + decision_.regime + "/" + codes() + "/" +
                       std::to_string(decision_.strength) + "/" + decision_.volume.to_string() +
                       "/" + decision_.amount.to_string();
    for (const auto number : decision_.refused_reasons) text += "!" + std::to_string(number);
    if (decision_.plan) {
      text += "/" + decision_.plan->stop.to_string() + "/" + decision_.plan->own;
    }
    return text;
  }

  std::unique_ptr<plugins::StrategyInstance> strategy_;
  trading::CandleEngine engine_;
  plugins::PositionView position_;
  plugins::Decision decision_;
  std::vector<std::string> log_;
};

}  // namespace everbit::extreme_flip::testing
