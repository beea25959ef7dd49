#pragma once

#include <cstdint>
#include <optional>

#include "base/abi_decimal.h"
#include "base/decimal.h"
#include "everbit/event.h"

namespace everbit::trading {

// A closed candle, every number exact and as the nearest double; the plugin ABI's own layout, so
// that it reaches a strategy without a copy. Times are nanoseconds UTC.
using Candle = eb_candle;

inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// The three timeframes of an instance, in seconds; each divides the next.
struct Timeframes {
  int signal_s;
  int macro_s;
  int long_s;

  bool operator==(const Timeframes&) const = default;
};

// The open time of the period that contains `time`: periods are aligned to 00:00 UTC, weeks to
// Monday.
std::int64_t period_start(std::int64_t time, int length_s);

// Without a traded value, `value` stays 0 and EB_CANDLE_VALUE_KNOWN is not set.
Candle make_candle(std::int64_t open_time, int timeframe_s, Decimal open, Decimal high, Decimal low,
                   Decimal close, Decimal volume, std::optional<Decimal> value = std::nullopt);

// A period without a trade: all prices the previous close, volume 0.
Candle fill_candle(std::int64_t open_time, int timeframe_s, eb_dec close, double close_f);

}  // namespace everbit::trading
