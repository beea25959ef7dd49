#include "trading/gateway/exchange_gateway.h"

#include <algorithm>
#include <utility>

#include "base/uuid.h"

namespace everbit::trading {
namespace {

using plugins::EncodedRequest;
using plugins::ExchangeOp;
using plugins::Field;

constexpr std::chrono::seconds kTokenWait{10};

std::vector<net::HttpHeader> to_headers(std::vector<Field> fields) {
  std::vector<net::HttpHeader> headers;
  headers.reserve(fields.size());
  for (Field& field : fields) headers.push_back({std::move(field.name), std::move(field.value)});
  return headers;
}

std::vector<Field> to_fields(const std::vector<net::HttpHeader>& headers) {
  std::vector<Field> fields;
  fields.reserve(headers.size());
  for (const net::HttpHeader& header : headers) fields.push_back({header.name, header.value});
  return fields;
}

// Calls of the account begin with ACCOUNTS.
net::RateSide side_of(ExchangeOp op) {
  return op < ExchangeOp::kAccounts ? net::RateSide::kQuotation : net::RateSide::kExchange;
}

GatewayAnswer not_sent(const Error& error) {
  GatewayAnswer answer;
  answer.wire.failure = net::CallFailure::kInvalidRequest;
  answer.wire.detail = to_string(error);
  return answer;
}

const std::vector<Field>& sample_order() {
  static const std::vector<Field> sample{
      {"market", "KRW-BTC"}, {"side", "ask"}, {"ord_type", "market"}, {"volume", "1"}};
  return sample;
}

}  // namespace

ExchangeGateway::ExchangeGateway(Parts parts) : parts_(std::move(parts)) {
  // Without a key nothing can be ordered, and the codec would only complain.
  if (!has_key()) return;
  auto request = encode(ExchangeOp::kOrderCreate, sample_order());
  if (request) create_group_ = request->group;
}

Result<EncodedRequest> ExchangeGateway::encode(ExchangeOp op,
                                               const std::vector<Field>& params) const {
  const plugins::Credentials credentials{parts_.key.access_key.reveal(),
                                         parts_.key.secret_key.reveal()};
  return parts_.codec.encode(op, params, has_key() ? &credentials : nullptr,
                             Uuid::make_v4().to_string());
}

net::HttpCaller& ExchangeGateway::http_for(ExchangeOp op) const {
  const bool elsewhere = parts_.account && side_of(op) == net::RateSide::kExchange;
  return elsewhere ? *parts_.account->http : parts_.http;
}

const net::Origin& ExchangeGateway::origin_for(ExchangeOp op) const {
  return side_of(op) == net::RateSide::kExchange ? account_origin() : parts_.origin;
}

Result<net::ReadCall> ExchangeGateway::read_call(ExchangeOp op, std::vector<Field> params,
                                                 net::RatePriority priority) const {
  auto first = encode(op, params);
  if (!first) return first.error();
  if (first->effect != plugins::Effect::kRead) {
    return Error("EXCHANGE_EFFECT", "only reads may take the path that repeats");
  }
  net::ReadCall call;
  call.make_on = parts_.io;
  call.rate = net::RateUse{&parts_.limiter, first->group, priority, kTokenWait};
  call.make = [this, op, params = std::move(params)]() -> Result<net::ReadRequest> {
    auto request = encode(op, params);
    if (!request) return request.error();
    return net::ReadRequest{origin_for(op), std::move(request->target),
                            to_headers(std::move(request->headers))};
  };
  return call;
}

GatewayAnswer ExchangeGateway::decode(ExchangeOp op, net::HttpResult wire) const {
  GatewayAnswer answer;
  if (wire.answered()) {
    answer.decoded = parts_.codec.decode(op, wire.response.status, to_fields(wire.response.headers),
                                         wire.response.body);
  }
  answer.wire = std::move(wire);
  const plugins::Answer& said = answer.decoded.answer;
  if (said.meaning != plugins::Meaning::kBlocked) return answer;
  const std::chrono::seconds named(said.blocked_s);
  if (said.blocked_s > 0) {
    parts_.limiter.block_side(side_of(op), parts_.clock.steady_now() + named);
  }
  if (op != ExchangeOp::kOrderCreate) {
    note_block({side_of(op), named, answer.wire.response.body});
  }
  return answer;
}

// Calls that were under way together meet one block.
void ExchangeGateway::note_block(SeenBlock block) const {
  const std::lock_guard lock(blocks_mutex_);
  for (SeenBlock& seen : blocks_) {
    if (seen.side != block.side) continue;
    seen.named = std::max(seen.named, block.named);
    return;
  }
  blocks_.push_back(std::move(block));
}

std::vector<SeenBlock> ExchangeGateway::take_blocks() {
  const std::lock_guard lock(blocks_mutex_);
  return std::exchange(blocks_, {});
}

GatewayAnswer ExchangeGateway::read(ExchangeOp op, std::vector<Field> params,
                                    net::RatePriority priority) const {
  auto call = read_call(op, std::move(params), priority);
  if (!call) return not_sent(call.error());
  return decode(op, http_for(op).read_blocking(std::move(*call)));
}

void ExchangeGateway::read_async(ExchangeOp op, std::vector<Field> params,
                                 net::RatePriority priority, boost::asio::any_io_executor executor,
                                 Handler handler) const {
  auto call = read_call(op, std::move(params), priority);
  if (!call) {
    handler(not_sent(call.error()));
    return;
  }
  http_for(op).send_read(std::move(*call), std::move(executor),
                         [this, op, handler = std::move(handler)](net::HttpResult wire) {
                           handler(decode(op, std::move(wire)));
                         });
}

GatewayAnswer ExchangeGateway::probe(ExchangeOp op, const std::vector<Field>& params) const {
  if (op != ExchangeOp::kOrderTest && op != ExchangeOp::kWithdrawProbe) {
    return not_sent(Error("EXCHANGE_EFFECT", "only a probe may take this path"));
  }
  auto request = encode(op, params);
  if (!request) return not_sent(request.error());
  net::HttpCall call;
  call.request = {net::HttpMethod::kPost, account_origin(), std::move(request->target),
                  to_headers(std::move(request->headers)), std::move(request->body)};
  call.rate =
      net::RateUse{&parts_.limiter, request->group, net::RatePriority::kBackground, kTokenWait};
  return decode(op, http_for(op).send_blocking(std::move(call)));
}

GatewayAnswer ExchangeGateway::cancel(const std::string& order_uuid) const {
  auto request = encode(ExchangeOp::kOrderCancel, {{"uuid", order_uuid}});
  if (!request) return not_sent(request.error());
  net::HttpCall call;
  call.request.method = net::HttpMethod::kDelete;
  call.request.origin = account_origin();
  call.request.target = std::move(request->target);
  call.request.headers = to_headers(std::move(request->headers));
  call.rate = net::RateUse{&parts_.limiter, request->group, net::RatePriority::kExit, kTokenWait};
  return decode(ExchangeOp::kOrderCancel,
                http_for(ExchangeOp::kOrderCancel).send_blocking(std::move(call)));
}

Result<net::HttpRequest> ExchangeGateway::sign_create(const std::vector<Field>& body) const {
  auto request = encode(ExchangeOp::kOrderCreate, body);
  if (!request) return request.error();
  return net::HttpRequest{net::HttpMethod::kPost, account_origin(), std::move(request->target),
                          to_headers(std::move(request->headers)), std::move(request->body)};
}

GatewayAnswer ExchangeGateway::decode_create(net::HttpResult wire) const {
  return decode(ExchangeOp::kOrderCreate, std::move(wire));
}

Result<plugins::Handshake> ExchangeGateway::ws_handshake(plugins::Channel channel) const {
  const plugins::Credentials credentials{parts_.key.access_key.reveal(),
                                         parts_.key.secret_key.reveal()};
  const bool sign = channel == plugins::Channel::kPrivate;
  return parts_.codec.ws_open(channel, sign ? &credentials : nullptr, Uuid::make_v4().to_string());
}

std::vector<std::string> harmless_targets(const plugins::ExchangeCodec& codec) {
  const plugins::Credentials nobody{"nobody", "not a secret"};
  const auto encode = [&](ExchangeOp op, const std::vector<Field>& params) {
    return codec.encode(op, params, &nobody, Uuid::make_v4().to_string());
  };
  const auto create = encode(ExchangeOp::kOrderCreate, sample_order());
  std::vector<std::string> targets;
  for (auto& request :
       {encode(ExchangeOp::kOrderTest, sample_order()), encode(ExchangeOp::kWithdrawProbe, {})}) {
    // A codec that mixes them up opens no way to a create-order.
    const bool is_safe = create && request && request->effect == plugins::Effect::kRead &&
                         request->target != create->target;
    if (is_safe) targets.push_back(request->target);
  }
  return targets;
}

}  // namespace everbit::trading
