#pragma once

#include <memory>

#include "base/clock.h"
#include "config/settings.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "net/rate_limiter.h"
#include "net/shared_budget.h"
#include "plugins/exchange/exchange_plugin.h"
#include "store/ids.h"
#include "store/pool.h"
#include "trading/gateway/exchange_gateway.h"

namespace everbit::candles {

// A way to the exchange's public data for a process that does not trade: no key, no order. With
// Redis its requests are counted together with those of the others; without, it keeps to a fifth of
// the limit while a trader runs. Blocks that others met are obeyed. One thread makes and ends it.
class QuotationAccess {
 public:
  struct Parts {
    const config::Settings& settings;
    const Clock& clock;
    store::Pool& pool;
    store::OwnerId owner;
  };

  // Codes: CONFIG_URL, REDIS_URL, NET_*, those of the plugin loader and of the store.
  static Result<std::unique_ptr<QuotationAccess>> open(const Parts& parts);
  ~QuotationAccess();
  QuotationAccess(const QuotationAccess&) = delete;
  QuotationAccess& operator=(const QuotationAccess&) = delete;

  // Any thread.
  const trading::ExchangeGateway& gateway() const { return *gateway_; }

 private:
  QuotationAccess() = default;
  Result<void> limit(const Parts& parts);

  net::IoThreads io_{1, "quotation"};
  std::unique_ptr<net::SharedBudget> budget_;
  std::unique_ptr<plugins::ExchangePlugin> exchange_;
  std::unique_ptr<net::RateLimiter> limiter_;
  std::unique_ptr<net::HttpClient> http_;
  std::unique_ptr<trading::ExchangeGateway> gateway_;
};

}  // namespace everbit::candles
