#pragma once

#include "base/wide_decimal.h"

namespace everbit::backtest {

// What every order of a run pays.
struct Costs {
  Decimal fee_rate;
  Decimal slippage_bps;
};

// One filled order; value and fee are exact.
struct Fill {
  Decimal price;
  Decimal volume;
  WideDecimal value;
  WideDecimal fee;
};

// The cash of a run. Multiplies and sums in 256 bits; nothing is rounded but what the rules round.
class Ledger {
 public:
  Ledger(Decimal initial_capital, Costs costs);

  // Buys for `amount`; the volume is cut to 8 places. A volume of 0 changes nothing.
  Fill buy(Decimal amount, Decimal close);
  Fill sell(Decimal volume, Decimal close);

  const WideDecimal& cash() const { return cash_; }
  const WideDecimal& slippage_paid() const { return slippage_paid_; }
  const Costs& costs() const { return costs_; }

  // Whether something was filled since settle().
  bool changed() const { return changed_; }
  void settle() { changed_ = false; }

 private:
  Fill fill(Decimal volume, Decimal price, Decimal close);

  Costs costs_;
  Decimal slippage_;  // as a share
  WideDecimal cash_;
  WideDecimal slippage_paid_;
  bool changed_ = false;
};

}  // namespace everbit::backtest
