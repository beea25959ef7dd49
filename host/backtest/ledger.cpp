#include "backtest/ledger.h"

namespace everbit::backtest {
namespace {

constexpr int kVolumePlaces = 8;

}  // namespace

Ledger::Ledger(Decimal initial_capital, Costs costs)
    : costs_(costs),
      slippage_(mul(costs.slippage_bps, Decimal::of("0.0001"), Rounding::kDown)),
      cash_(initial_capital) {}

// The fee is volume · (price · rate): the same number as value · rate, and exact in 36 places as
// long as price and rate together have no more than 18.
Fill Ledger::fill(Decimal volume, Decimal price, Decimal close) {
  changed_ = true;
  const Decimal fee_for_one = mul(price, costs_.fee_rate, Rounding::kDown);
  slippage_paid_ += WideDecimal::product((price - close).abs(), volume);
  return {price, volume, WideDecimal::product(volume, price),
          WideDecimal::product(volume, fee_for_one)};
}

Fill Ledger::buy(Decimal amount, Decimal close) {
  const Decimal price = mul(close, Decimal::from_int(1) + slippage_, Rounding::kDown);
  const Decimal volume =
      div(amount, price, Rounding::kDown).rounded(kVolumePlaces, Rounding::kDown);
  const Fill bought = fill(volume, price, close);
  cash_ -= bought.value + bought.fee;
  return bought;
}

Fill Ledger::sell(Decimal volume, Decimal close) {
  const Decimal price = mul(close, Decimal::from_int(1) - slippage_, Rounding::kDown);
  const Fill sold = fill(volume, price, close);
  cash_ += sold.value - sold.fee;
  return sold;
}

}  // namespace everbit::backtest
