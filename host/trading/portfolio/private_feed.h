#pragma once

#include <atomic>
#include <chrono>
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
#include "trading/portfolio/private_messages.h"

namespace everbit::trading {

// The private WebSocket: our orders, fills and balances. At each connect it subscribes first, keeps
// what arrives, and only when everything was read by REST applies what it kept, so that nothing is
// missed between two connections. There is one connection at a time: the next is opened after the
// last was dropped.
//
// Frames are decoded on the I/O strand and applied by one thread of its own, in order of arrival;
// private_messages.h says how. When the queue is full the connection is dropped, and the next one
// reads everything anew. Owned by the application; stopped before its I/O threads.
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
    // Another channel in the place of the WebSocket; empty: none.
    std::function<std::unique_ptr<net::WsLink>(net::WsHandlers)> link{};
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

  Result<std::unique_ptr<net::WsLink>> make_link(net::WsHandlers handlers);
  void opened();
  void message(const net::WsMessage& message);
  void state(net::WsState state, const std::string& reason);
  void push(Item item);

  void run();
  void apply(const Item& item);

  Parts parts_;
  PrivateMessages messages_;
  BoundedQueue<Item> queue_;
  std::unique_ptr<net::WsLink> ws_;
  std::thread thread_;
  std::atomic<bool> connected_{false};
  std::atomic<bool> stopping_{false};
};

}  // namespace everbit::trading
