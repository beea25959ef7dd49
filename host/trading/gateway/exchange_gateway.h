#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/http_client.h"
#include "net/send_once.h"
#include "plugins/exchange/exchange_codec.h"

namespace everbit::trading {

// The account at the exchange.
struct ExchangeKey {
  Secret access_key;
  Secret secret_key;
};

// What came of one call: what happened on the wire, and what the exchange said if it answered.
struct GatewayAnswer {
  net::HttpResult wire;
  plugins::Decoded decoded;  // meaning kUnknown without an answer

  bool ok() const { return wire.answered() && decoded.answer.meaning == plugins::Meaning::kOk; }
};

// A 418 that a call other than a create-order was answered with.
struct SeenBlock {
  net::RateSide side = net::RateSide::kExchange;
  std::chrono::seconds named{0};  // 0: nothing readable
  std::string body;
};

// The one entry point of every REST call to the exchange: encodes, waits for the rate-limit token,
// sends, decodes, and lets the limiter learn from the answer. Reads may be repeated by the HTTP
// client; a create-order is made of what prepare_create() gives and goes through net::SendOnce
// alone.
//
// Any thread. The blocking calls are for worker threads. Everything handed in outlives it.
class ExchangeGateway {
 public:
  struct Parts {
    const plugins::ExchangeCodec& codec;
    net::HttpCaller& http;
    net::RateLimiter& limiter;
    const Clock& clock;
    net::Origin origin;
    boost::asio::any_io_executor io;
    ExchangeKey key;  // empty: quotation only
    // Where the account is, when it is not where the market data comes from (mode PAPER): its
    // requests go there and nowhere else.
    struct Account {
      net::HttpCaller* http = nullptr;
      net::Origin origin;
    };
    std::optional<Account> account{};
  };

  using Handler = std::function<void(GatewayAnswer)>;

  explicit ExchangeGateway(Parts parts);

  GatewayAnswer read(plugins::ExchangeOp op, std::vector<plugins::Field> params,
                     net::RatePriority priority) const;
  // `handler` is posted to `executor` exactly once.
  void read_async(plugins::ExchangeOp op, std::vector<plugins::Field> params,
                  net::RatePriority priority, boost::asio::any_io_executor executor,
                  Handler handler) const;

  // A question that must be put as a POST and changes nothing: kOrderTest or kWithdrawProbe, tried
  // once.
  GatewayAnswer probe(plugins::ExchangeOp op, const std::vector<plugins::Field>& params) const;

  // A cancel request for an order; tried once. Its answer tells nothing about the order's end.
  GatewayAnswer cancel(const std::string& order_uuid) const;

  // Signs the order anew, with a fresh nonce. Error codes: those of ExchangeCodec::encode.
  Result<net::HttpRequest> sign_create(const std::vector<plugins::Field>& body) const;
  // The rate-limit group of create-orders.
  const std::string& create_group() const { return create_group_; }
  // What an answer to a create-order says.
  GatewayAnswer decode_create(net::HttpResult wire) const;

  // Where create-orders go.
  const net::Origin& account_origin() const {
    return parts_.account ? parts_.account->origin : parts_.origin;
  }
  net::RateLimiter& limiter() const { return parts_.limiter; }
  const boost::asio::any_io_executor& io() const { return parts_.io; }
  bool has_key() const { return !parts_.key.access_key.empty(); }

  // The blocks seen since the last call, one a side at most: somebody must store them. Those that
  // create-orders meet come with their answers.
  std::vector<SeenBlock> take_blocks();

  // The headers of a private WebSocket's next handshake.
  Result<plugins::Handshake> ws_handshake(plugins::Channel channel) const;

 private:
  Result<plugins::EncodedRequest> encode(plugins::ExchangeOp op,
                                         const std::vector<plugins::Field>& params) const;
  net::HttpCaller& http_for(plugins::ExchangeOp op) const;
  const net::Origin& origin_for(plugins::ExchangeOp op) const;
  Result<net::ReadCall> read_call(plugins::ExchangeOp op, std::vector<plugins::Field> params,
                                  net::RatePriority priority) const;
  GatewayAnswer decode(plugins::ExchangeOp op, net::HttpResult wire) const;
  void note_block(SeenBlock block) const;

  Parts parts_;
  std::string create_group_;
  mutable std::mutex blocks_mutex_;
  mutable std::vector<SeenBlock> blocks_;
};

// Where a POST changes nothing: the targets of probe(), for HttpClientSettings::harmless_targets.
std::vector<std::string> harmless_targets(const plugins::ExchangeCodec& codec);

}  // namespace everbit::trading
