#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/result.h"
#include "base/timestamp.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/market/candle.h"

namespace everbit::trading {

// Reads closed candles from the exchange by REST; what it gives is what a strategy sees. Candles
// are in order of time and each there once, real ones only: a period without a trade has none. All
// or nothing: after an error on a later page there are no candles. Blocks; any thread. Code
// CANDLES_NOT_READ, its field the cause (gap_ledger.h).
class CandleReader {
 public:
  explicit CandleReader(const ExchangeGateway& gateway) : gateway_(gateway) {}

  // The candles with open time >= `from` that have closed by `to`, at most the newest `most`.
  Result<std::vector<Candle>> read(const std::string& market, int timeframe_s, Timestamp from,
                                   Timestamp to, std::size_t most) const;

  struct Wanted {
    std::string market;
    Timestamp from;
  };
  // All of them that have closed by `to`, for several markets at once; who has not answered by the
  // deadline is an error. Markets that need more than one page are read one after the other and may
  // take longer.
  std::map<std::string, Result<std::vector<Candle>>> read_all(const std::vector<Wanted>& wanted,
                                                              int timeframe_s, Timestamp to,
                                                              Deadline deadline) const;

 private:
  const ExchangeGateway& gateway_;
};

}  // namespace everbit::trading
