#pragma once

#include <memory>

#include "position.h"
#include "strategy.hpp"

namespace everbit::extreme_flip {

// EXTREME_FLIP: buys the reversal out of an oversold extreme, spot and long only. One instance
// serves one market. It keeps indicators and watches; what became of its orders it reads from the
// host's view of the position and from the plan that the host hands back.
class ExtremeFlip : public eb::Strategy<ExtremeFlip> {
 public:
  static constexpr std::string_view kStateSchema = "extreme-flip";
  static constexpr std::uint32_t kStateVersion = 1;
  static std::span<const eb::Param> params() { return parameter_table(); }

  ExtremeFlip(const eb::Host& host, const eb_create_args& args);

  std::uint32_t history(std::int32_t role) const;
  void candle_close(const eb_candle_close& candle, eb::Decisions& decisions);

  void save(eb::StateWriter& out) const;
  void load(eb::StateReader& in);

 private:
  void decide(const eb_candle_close& candle, eb::Decisions& decisions);
  Answer evaluate(const Market& market, const eb_position_view& position);
  void evaluate_flat(const Market& market, const eb_position_view& position, Answer& answer);
  Gates gates_of(const Market& market, const eb_position_view& position);
  Regime regime() const;

  eb::DecimalMath math_;
  std::shared_ptr<const Parameters> parameters_;
  eb_ts signal_ns_;
  eb_ts macro_ns_;
  SignalSeries signal_;
  TrendSeries macro_;
  TrendSeries long_;
  Watch watch_;
  SellWatch sell_watch_ = 0;
  PlanReader plans_;
};

}  // namespace everbit::extreme_flip
