#pragma once

#include <optional>
#include <span>

#include "decimal.hpp"
#include "indicators.hpp"
#include "params.hpp"
#include "strategy.hpp"

namespace everbit::sample {

// Numbers of the manifest's reason table.
enum Reason : std::int32_t { kWarmup = 1, kNoCross, kCrossUp, kCrossDown, kStop, kPending };

// The template of a strategy: buys when the fast moving average crosses above the slow one, sells
// when it crosses below, or at a close at or below the stop. It shows each thing that a strategy
// needs, and is not meant to earn money.
class Sample : public eb::Strategy<Sample> {
 public:
  static constexpr std::string_view kStateSchema = "sample";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params();

  Sample(const eb::Host& host, const eb_create_args& args);

  std::uint32_t history(std::int32_t role) const;
  void candle_close(const eb_candle_close& candle, eb::Decisions& decisions);
  void save(eb::StateWriter& out) const;
  void load(eb::StateReader& in);

 private:
  enum class Cross { kNone, kUp, kDown };

  Cross learn(double close);
  void enter(const eb_candle& candle, eb::Decisions& decisions) const;
  void leave(const eb_position_view& position, std::int32_t intent, Reason reason,
             eb::Decisions& decisions) const;
  static void wait(Reason reason, eb::Decisions& decisions);

  eb::DecimalMath math_;
  eb::ParamValues values_;
  eb::Sma fast_;
  eb::Sma slow_;
  // Where the fast average stood after the last candle; 0 before both are defined.
  std::int32_t side_ = 0;
};

}  // namespace everbit::sample
