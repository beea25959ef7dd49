#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "trading/market/candle.h"

namespace everbit::backtest {

// SHA-256 over the real candles of a market: of each the open time in seconds and open, high, low,
// close, volume as 128-bit integers of 10^-18, little endian. One thread.
class CandleHash {
 public:
  CandleHash();
  ~CandleHash();
  CandleHash(CandleHash&&) noexcept;
  CandleHash& operator=(CandleHash&&) noexcept;

  void add(const trading::Candle& candle);
  // Lower-case hex; nothing can be added afterwards.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Of any text, lower-case hex.
std::string sha256_text(std::string_view text);

}  // namespace everbit::backtest
