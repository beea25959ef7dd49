#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/result.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/portfolio/order_sync.h"

namespace everbit::trading {

// What a reading of orders came to.
struct OrderReading {
  // Of what was asked for, something was not read, or there was more than one reading may take.
  bool complete = true;
  int repaired = 0;  // orders newly recorded or closed, and fills newly booked
  // Final at the exchange, their fills do not sum up.
  std::vector<plugins::Order> lacking;

  OrderReading& operator+=(const OrderReading& other);
};

// Reads our orders by REST and applies them. The lists of the exchange name no trades: what they
// show of an order of ours that is new, or has executed more than is booked, is read one by one; an
// order of somebody else is recorded as the list has it, and never touched.
//
// Every reading is bounded. Any thread, several at once; blocks on the exchange and the database.
class OrderReader {
 public:
  struct Parts {
    const ExchangeGateway& gateway;
    OrderSync& orders;
  };

  explicit OrderReader(Parts parts) : parts_(std::move(parts)) {}

  // One order with its trades. Codes: ORDER_NOT_FOUND, EXCHANGE_SILENT (nothing was learned), those
  // of store/errors.h.
  Result<OrderReading> read_order(const std::string& uuid, net::RatePriority priority);
  // Ours that are not closed; an empty market means all. Codes: those of store/errors.h.
  Result<OrderReading> read_unfinished(const std::string& market, net::RatePriority priority);
  // Those that lock money now. Codes as above.
  Result<OrderReading> read_open(const std::string& market, net::RatePriority priority);
  // Filled and cancelled ones that were created from `from` on, up to `now`. Codes as above.
  Result<OrderReading> read_closed(const std::string& market, Timestamp from, Timestamp now,
                                   net::RatePriority priority);

  // Readings under way end after the call in hand, incomplete. Any thread.
  void stop() { stopping_.store(true); }

 private:
  Result<OrderReading> apply_listed(const std::vector<plugins::Order>& listed,
                                    net::RatePriority priority);
  Result<OrderReading> read_listed(const std::string& uuid, net::RatePriority priority);
  Result<OrderReading> record(const plugins::Order& order);
  struct Window;
  Result<OrderReading> read_window(const std::string& market, const Window& window,
                                   net::RatePriority priority, int& calls_left);

  Parts parts_;
  std::atomic<bool> stopping_{false};
};

}  // namespace everbit::trading
