#pragma once

#include "base/metrics.h"
#include "net/http_client.h"
#include "net/send_once.h"

namespace everbit {

// Counts the calls of the exchange's REST API that pass through: by endpoint (the path), method and
// status when they were answered, by endpoint and class when not. A read that was tried again
// counts as one call, each try before its last one as an error of class "tried again". Any thread;
// what it stands before outlives it.
class MeteredHttp final : public net::HttpCaller {
 public:
  MeteredHttp(net::HttpCaller& http, Metrics& metrics) : http_(http), metrics_(metrics) {}

  net::HttpCallHandle send_read(net::ReadCall call, boost::asio::any_io_executor executor,
                                net::HttpHandler handler) override;
  net::HttpResult send_blocking(net::HttpCall call) override;
  net::HttpResult read_blocking(net::ReadCall call) override;

 private:
  net::HttpCaller& http_;
  Metrics& metrics_;
};

// The same for create-orders.
class MeteredOrders final : public net::OrderSender {
 public:
  MeteredOrders(net::OrderSender& sender, Metrics& metrics) : sender_(sender), metrics_(metrics) {}

  net::HttpResult send_blocking(net::CreateOrderCall call) override;

 private:
  net::OrderSender& sender_;
  Metrics& metrics_;
};

}  // namespace everbit
