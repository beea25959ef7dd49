#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/deadline.h"
#include "base/result.h"
#include "base/uuid.h"
#include "net/http_client.h"
#include "net/send_ledger.h"

namespace everbit::net {

// One create-order: move-only, and spent by being sent. It is a type of its own, so that no
// retrying call can take it, and it holds a rate permit, so that none can be made without a token.
struct CreateOrderCall {
  Uuid attempt;
  std::string sent_token;
  // SENT's commit + 2 s. Past it no first byte is written.
  Deadline send_by;
  RatePermit permit;
  Origin origin;
  // Asked directly before the first byte, on an I/O thread: must be quick and must not block (the
  // kill switches' flag in memory). False: the call ends as kNotSent, kGateClosed.
  std::function<bool()> gate;
  // Makes the signed request, on `sign_on`, once the connection stands. Its origin must be
  // `origin`. An error ends the call as kNotSent, kInvalidRequest.
  std::function<Result<HttpRequest>()> sign;
  boost::asio::any_io_executor sign_on;
};

// Whoever sends create-orders: SendOnce, or its place in the seeded fault run.
class OrderSender {
 public:
  virtual ~OrderSender() = default;
  // For a worker thread that may wait; never on an I/O thread or on the strand that `sign_on`
  // names.
  virtual HttpResult send_blocking(CreateOrderCall call) = 0;
};

struct SendOnceSettings {
  HttpTimeouts timeouts;
  // A kept connection that rested longer is not trusted with an order.
  std::chrono::milliseconds max_rest{5000};
  // Told of each attempt after its mark in the ledger and before its first byte, on an I/O thread:
  // must be quick. May be empty.
  std::function<void(const Uuid& attempt)> marked{};
};

// The only way to a create-order. In this order: a connection that stands (fresh, or used within
// the last 5 s and not closed by the peer), the signature, send-by time, gate, mark in the ledger,
// first byte. One write, never repeated. A call that ends without an answer resets its socket, so
// that nothing of it can arrive later.
//
// kNotSent is proof that no byte left. An attempt that the ledger already knows is not sent again
// and ends as kUnknownOutcome, kAlreadySent: its fate is the first call's.
//
// Any thread; the handler is posted to `executor` exactly once. Uses the client's threads and
// connections; both arguments outlive it.
class SendOnce final : public OrderSender {
 public:
  SendOnce(HttpClient& client, SendLedger& ledger, SendOnceSettings settings = {});

  void send(CreateOrderCall call, boost::asio::any_io_executor executor, HttpHandler handler);
  HttpResult send_blocking(CreateOrderCall call) override;

 private:
  const std::shared_ptr<HttpEngine> engine_;
  SendLedger& ledger_;
  const SendOnceSettings settings_;
};

}  // namespace everbit::net
