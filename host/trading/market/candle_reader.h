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
// are in order of time, real ones only: a period without a trade has none. Blocks; any thread.
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
  // The same for several markets at once; who has not answered by the deadline is an error.
  std::map<std::string, Result<std::vector<Candle>>> read_all(const std::vector<Wanted>& wanted,
                                                              int timeframe_s, Timestamp to,
                                                              Deadline deadline) const;

 private:
  const ExchangeGateway& gateway_;
};

}  // namespace everbit::trading
