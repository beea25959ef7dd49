#pragma once

#include "decimal.hpp"
#include "gates.h"
#include "plan.h"
#include "watch.h"

namespace everbit::extreme_flip {

// When the market was last overbought during a position: close of that candle, 0 if never.
using SellWatch = eb_ts;

// The host's view of a position joined with the plan it hands back.
class Position {
 public:
  // An open position. Without a plan of this strategy (one that the owner entered by hand) it is
  // adopted: the newest ATR and regime count as those of its entry.
  Position(const Market& market, const eb::DecimalMath& math, const eb_position_view& view,
           PlanReader& plans);

  // Rule 1 alone, for a candle at which an intent of the market is still open; the trail goes on.
  void while_pending(Answer& answer);
  // Rules 1 to 5.
  void look_for_exit(SellWatch& sell_watch, Answer& answer);
  // The conditions of those rules, as they stand before the candle changes anything.
  void add_gates(SellWatch sell_watch, Gates& gates) const;

 private:
  void advance_trail();
  void settle_part();
  bool stop_reached() const;
  bool leftover_of_exit() const;
  bool time_is_up() const;
  bool trail_reached() const;
  bool bias_flipped(SellWatch sell_watch) const;
  bool target_reached() const;

  void sell_all(std::int32_t intent, Reason reason, Answer& answer);
  void sell_part(Answer& answer);
  eb::Quantity first_part() const;
  bool too_small(eb::Quantity quantity) const;
  void return_plan(Answer& answer) const;
  eb_exit_levels levels() const;
  std::optional<double> target_level() const;
  eb_ts candles_since(eb_ts close) const;

  const Market& market_;
  const eb::DecimalMath& math_;
  const eb_position_view& view_;
  const ExitRule* rule_;
  PlanFields fields_;
  std::uint32_t flags_ = 0;  // EB_PLAN_*
  eb_dec trail_top_{0, 0};
  bool changed_ = false;  // the plan differs from the stored one
  double entry_ = 0;      // average fill price
};

// Until when nothing is looked for after the last full exit; 0 if there is no cooldown.
eb_ts cooldown_end(const Parameters& parameters, const eb_position_view& view, PlanReader& plans,
                   eb_ts signal_ns, eb_ts macro_ns);

// The plan of an entry asked for at this candle.
PlanUpdate plan_of_entry(const Market& market, const eb::DecimalMath& math);

// Where its resting orders would stand during the candle after, counted from the fill price.
eb_exit_levels levels_of_entry(const Market& market, const eb::DecimalMath& math);

}  // namespace everbit::extreme_flip
