#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "net/ws_client.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/market/exchange_clock.h"
#include "trading/portfolio/balances.h"
#include "trading/portfolio/order_reader.h"
#include "trading/portfolio/order_sync.h"

namespace everbit::trading {

// The private WebSocket: our orders, fills and balances. At each connect it subscribes first, keeps
// what arrives, reads the accounts, the open and our unfinished orders by REST, and only then
// applies what it kept, so that nothing is missed between two connections. There is one connection
// at a time: the next is opened after the last was dropped.
//
// An order that its message leaves open to doubt is read by REST 2 s later: one without identifier
// that nobody knows (the answer to ours may be on its way), and one that ended before its fills
// came. A fill that came in two versions is read at once.
//
// Frames are decoded on the I/O strand and applied by one thread of its own, in order of arrival; a
// change that the database does not take is repeated until it does. When the queue is full the
// connection is dropped, and the next one reads everything anew. Owned by the application; stopped
// before its I/O threads.
class PrivateFeed {
 public:
  struct Parts {
    net::IoThreads& threads;
    net::WsSettings ws;
    const plugins::ExchangeCodec& codec;
    ExchangeGateway& gateway;
    OrderSync& orders;
    OrderReader& reader;
    Balances& balances;
    ExchangeClock& exchange_clock;
    const Clock& clock;
    // After each connect, and when something was told that could not be kept. Must not block;
    // empty: nobody reconciles.
    std::function<void()> request_reconcile{};
  };

  explicit PrivateFeed(Parts parts);
  ~PrivateFeed();
  PrivateFeed(const PrivateFeed&) = delete;
  PrivateFeed& operator=(const PrivateFeed&) = delete;

  // Code NET_CA_FILE.
  Result<void> start();
  void stop();

  bool is_connected() const { return connected_.load(); }

 private:
  struct Item {
    bool connected = false;  // a new connection stands: read everything
    plugins::Findings found;
  };
  struct Doubt {
    std::string uuid;
    SteadyTime look_at;
    int tries = 0;
  };

  void opened();
  void message(const net::WsMessage& message);
  void state(net::WsState state, const std::string& reason);
  void push(Item item);

  void run();
  void apply(const Item& item);
  void apply_order(const plugins::Order& order, const std::vector<plugins::Fill>& fills);
  bool is_known(const std::string& uuid);
  void read_everything();
  void doubt(const std::string& uuid, int tries = 0);
  void look_at_doubts();
  void read_order(const std::string& uuid, int tries);
  void request_reconcile() const;
  template <class Action>
  void until_stored(const char* what, Action&& action);

  Parts parts_;
  BoundedQueue<Item> queue_;
  std::unique_ptr<net::WsClient> ws_;
  std::thread thread_;
  std::deque<Doubt> doubts_;
  std::atomic<bool> connected_{false};
  std::atomic<bool> stopping_{false};
};

}  // namespace everbit::trading
