#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/market/exchange_clock.h"
#include "trading/portfolio/balances.h"
#include "trading/portfolio/order_reader.h"
#include "trading/portfolio/order_sync.h"

namespace everbit::trading {

// What the private WebSocket says, applied: at each connect the accounts, the open and our
// unfinished orders are read by REST, then messages come in their order.
//
// An order that its message leaves open to doubt is read by REST 2 s later: one without identifier
// that nobody knows (the answer to ours may be on its way), and one that ended before its fills
// came. A fill that came in two versions is read at once. A change that the database does not take
// is repeated until it does. One thread, but for stop(); blocks on the exchange and the database.
class PrivateMessages {
 public:
  struct Parts {
    ExchangeGateway& gateway;
    OrderSync& orders;
    OrderReader& reader;
    Balances& balances;
    ExchangeClock& exchange_clock;
    const Clock& clock;
    // The connection is of no use. Must not block.
    std::function<void(const std::string& reason)> reconnect;
    // After each connect, and when something was told that could not be kept. Must not block;
    // empty: nobody reconciles.
    std::function<void()> request_reconcile{};
  };

  explicit PrivateMessages(Parts parts) : parts_(std::move(parts)) {}

  // A new connection has subscribed.
  void connected();
  void apply(const plugins::Findings& found);
  // Reads what is due to be looked at again.
  void look_at_doubts();
  // Nothing is repeated any more. Any thread.
  void stop() { stopping_.store(true); }

 private:
  struct Doubt {
    std::string uuid;
    SteadyTime look_at;
    int tries = 0;
  };

  void apply_order(const plugins::Order& order, const std::vector<plugins::Fill>& fills);
  bool is_known(const std::string& uuid);
  void doubt(const std::string& uuid, int tries = 0);
  void read_order(const std::string& uuid, int tries);
  void request_reconcile() const;
  template <class Action>
  void until_stored(const char* what, Action&& action);

  Parts parts_;
  std::deque<Doubt> doubts_;
  std::atomic<bool> stopping_{false};
};

}  // namespace everbit::trading
