#pragma once

#include <functional>

#include "base/clock.h"
#include "net/http_client.h"
#include "net/send_ledger.h"
#include "net/send_once.h"
#include "paper/paper_exchange.h"

namespace everbit::paper {

// Where the requests of mode PAPER go: no such host can exist (RFC 2606), so what takes another way
// than this wire arrives nowhere.
const net::Origin& paper_origin();

// The wire between the order path and the simulated exchange. It takes the steps of net::SendOnce
// in the same order, so that the executor, send.ledger and settlement see nothing new; a request
// for any other origin is refused. No rate limits: there is nobody to spare. Any thread.
class PaperWire final : public net::HttpCaller, public net::OrderSender {
 public:
  struct Parts {
    PaperExchange& exchange;
    net::SendLedger& ledger;
    // As SendOnceSettings::marked.
    std::function<void(const Uuid& attempt)> marked{};
  };

  explicit PaperWire(Parts parts) : parts_(std::move(parts)) {}

  net::HttpCallHandle send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                net::HttpHandler handler) override;
  net::HttpResult send_blocking(net::HttpCall call) override;
  net::HttpResult read_blocking(net::ReadCall call) override;
  net::HttpResult send_blocking(net::CreateOrderCall call) override;

 private:
  net::HttpResult exchange(net::HttpRequest request);

  Parts parts_;
};

}  // namespace everbit::paper
