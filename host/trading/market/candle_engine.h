#pragma once

#include <utility>

#include "trading/market/candle.h"
#include "trading/market/period_builder.h"

namespace everbit::trading {

enum class CandleFault {
  kNone,
  kTimeframe,  // not of the signal timeframe
  kGrid,       // does not open on the timeframe's grid
  kOrder,      // not after the last one: late, or a duplicate
};

// Turns one market's closed signal candles into the candle closes of all three timeframes, live and
// in a back-test alike: periods without a trade are filled, macro and long candles are built from
// the real ones. At one close the long candle comes first, then the macro, then the signal candle.
//
// `emit(role, candle)` is called for each close with EB_ROLE_*; the candle is valid for that call.
// One pass, constant memory, no look ahead. One thread.
//
// A period that began before the first candle is never emitted. Live takes those from the exchange:
// it feeds stored macro and long candles itself and starts the engine at least one long period
// early.
class CandleEngine {
 public:
  explicit CandleEngine(Timeframes timeframes);

  const Timeframes& timeframes() const { return timeframes_; }
  bool started() const { return next_open_ != 0; }
  // Open time of the period that comes next; 0 before the first candle.
  std::int64_t next_open() const { return next_open_; }

  // What is wrong with a candle that is about to be pushed.
  CandleFault check(const Candle& candle) const;

  // A real candle that passed check(). Periods between the last one and it are filled first.
  template <class Emit>
  void push(const Candle& candle, Emit&& emit) {
    if (!started()) start(candle.open_time);
    while (next_open_ < candle.open_time) fill(emit);
    macro_.add(candle);
    long_.add(candle);
    close_slot(candle, emit);
  }

  // The next period passed without a trade. Only after the first candle.
  template <class Emit>
  void fill(Emit&& emit) {
    close_slot(fill_candle(next_open_, timeframes_.signal_s, last_close_, last_close_f_), emit);
  }

 private:
  void start(std::int64_t open_time);

  template <class Emit>
  void close_slot(const Candle& candle, Emit&& emit) {
    last_close_ = candle.close;
    last_close_f_ = candle.close_f;
    next_open_ = candle.close_time;
    if (const Candle* closed = long_.close_at(candle.close_time, candle)) {
      emit(EB_ROLE_LONG, *closed);
    }
    if (const Candle* closed = macro_.close_at(candle.close_time, candle)) {
      emit(EB_ROLE_MACRO, *closed);
    }
    emit(EB_ROLE_SIGNAL, candle);
  }

  Timeframes timeframes_;
  PeriodBuilder macro_;
  PeriodBuilder long_;
  std::int64_t next_open_ = 0;
  eb_dec last_close_{0, 0};
  double last_close_f_ = 0;
};

}  // namespace everbit::trading
