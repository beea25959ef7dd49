#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"
#include "candles/coverage.h"
#include "store/ids.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"

namespace everbit::candles {

struct FetchReport {
  std::int64_t periods = 0;   // asked for: those that were missing
  std::int64_t candles = 0;   // that came
  std::int64_t requests = 0;  // that were answered
};

// Fills the cache from the exchange: pages of 200 candles, newest first, at the lowest priority of
// the rate limiter. Each page is stored in one transaction together with the periods that it shows
// to be without a trade, so that a fetch which was interrupted, by kill -9 too, goes on where it
// stood. Blocks; one thread.
class CandleFetch {
 public:
  struct Parts {
    store::Pool& pool;
    const trading::ExchangeGateway& gateway;
    const Clock& clock;
    store::OwnerId owner;
    // How long the exchange may fail in a row before a fetch gives up.
    std::chrono::seconds patience{60};
  };
  // After each page; false ends the fetch with CANDLES_STOPPED.
  using Told = std::function<bool(std::int64_t periods_done, std::int64_t periods_wanted)>;

  explicit CandleFetch(Parts parts) : parts_(std::move(parts)) {}

  // Asks for what is missing within `range`, up to the newest candle that is closed for certain.
  // Codes: CANDLES_NOT_READ, CANDLES_STOPPED, MARKET_UNKNOWN, UPBIT_BLOCKED_418, those of the
  // store.
  Result<FetchReport> fetch(const Series& series, Range range, const Told& told) const;

 private:
  struct Page;
  Result<void> fetch_range(const Series& series, const Range& missing, std::int64_t wanted,
                           const Told& told, FetchReport& report) const;
  Result<Page> read_page(const Series& series, const Range& missing) const;
  Result<Page> check_page(const Series& series, const Range& missing,
                          const std::vector<plugins::Candle>& answer) const;
  Result<void> store_page(const Series& series, const Page& page) const;
  Error keep_block(const trading::GatewayAnswer& answer) const;

  Parts parts_;
};

}  // namespace everbit::candles
