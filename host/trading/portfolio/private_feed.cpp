#include "trading/portfolio/private_feed.h"

#include <boost/asio/strand.hpp>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"
#include "base/uuid.h"
#include "net/io_threads.h"
#include "trading/transient.h"

namespace everbit::trading {
namespace {

using plugins::Channel;
using plugins::ExchangeOp;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kQueue = 4096;
constexpr std::size_t kMostUnclear = 256;
constexpr milliseconds kPoll{200};
constexpr milliseconds kRepeatAfter{200};
// How long an order without identifier may be one of ours whose answer is on its way.
constexpr seconds kUnclearFor{2};

}  // namespace

PrivateFeed::PrivateFeed(Parts parts) : parts_(std::move(parts)), queue_(kQueue) {}

PrivateFeed::~PrivateFeed() { stop(); }

Result<void> PrivateFeed::start() {
  net::WsHandlers handlers;
  handlers.headers = [this]() -> Result<std::vector<net::HttpHeader>> {
    auto handshake = parts_.gateway.ws_handshake(Channel::kPrivate);
    if (!handshake) return handshake.error();
    std::vector<net::HttpHeader> headers;
    for (plugins::Field& field : handshake->headers) {
      headers.push_back({std::move(field.name), std::move(field.value)});
    }
    return headers;
  };
  handlers.opened = [this] { opened(); };
  handlers.message = [this](const net::WsMessage& text) { message(text); };
  handlers.state = [this](net::WsState now, const std::string& reason) { state(now, reason); };
  auto ws = net::WsClient::make(parts_.threads, parts_.ws, std::move(handlers),
                                boost::asio::make_strand(parts_.threads.executor()));
  if (!ws) return ws.error();
  ws_ = std::move(*ws);
  thread_ = std::thread([this] { run(); });
  ws_->start();
  return {};
}

void PrivateFeed::stop() {
  if (!ws_) return;
  ws_->stop();
  stopping_.store(true);
  queue_.close();
  thread_.join();
  ws_.reset();
}

void PrivateFeed::opened() {
  plugins::Subscription subscription;
  subscription.streams = EB_STREAM_ORDER | EB_STREAM_ASSET;
  subscription.ticket = Uuid::make_v4().to_string();
  auto frame = parts_.codec.ws_subscribe(Channel::kPrivate, subscription);
  if (!frame || !ws_->send_text(*frame)) {
    ws_->reconnect("could not subscribe");
    return;
  }
  push({true, {}});
}

void PrivateFeed::message(const net::WsMessage& message) {
  auto frame = parts_.codec.ws_decode(Channel::kPrivate, message.data);
  if (!frame) {
    log_error("private_frame_broken", {{"error", to_string(frame.error())}});
    ws_->reconnect("broken frame");
    return;
  }
  if (frame->error) {
    log_error("private_feed_refused", {{"name", frame->error->name}});
    ws_->reconnect("refused: " + frame->error->name);
    return;
  }
  push({false, std::move(frame->found)});
}

void PrivateFeed::state(net::WsState state, const std::string& reason) {
  connected_.store(state == net::WsState::kConnected);
  log_info("private_feed", {{"state", net::to_string(state)}, {"reason", reason}});
}

void PrivateFeed::push(Item item) {
  if (queue_.try_push(std::move(item)) == QueueStatus::kFull) {
    log_error("private_feed_overrun");
    ws_->reconnect("queue full");
  }
}

void PrivateFeed::run() {
  while (!stopping_.load()) {
    if (auto item = queue_.pop(Deadline::after(kPoll))) apply(*item);
    look_at_unclear();
  }
}

void PrivateFeed::apply(const Item& item) {
  crash_point(item.connected ? CrashPoint::kFeedOpened : CrashPoint::kMessageTaken);
  if (item.connected) read_everything();
  const plugins::Findings& found = item.found;
  for (const plugins::Order& order : found.orders) {
    std::vector<plugins::Fill> fills;
    for (const plugins::Fill& fill : found.fills) {
      if (fill.order_uuid == order.uuid) fills.push_back(fill);
    }
    apply_order(order, fills, FillSource::kWebSocket);
  }
  if (!found.accounts.empty()) {
    until_stored("balances", [&] { return parts_.balances.store_changes(found.accounts); });
  }
}

void PrivateFeed::apply_order(const plugins::Order& order, const std::vector<plugins::Fill>& fills,
                              FillSource source) {
  if (order.identifier.empty() && source == FillSource::kWebSocket) {
    bool known = false;
    until_stored("order", [&]() -> Result<void> {
      auto answer = parts_.orders.knows(order.uuid);
      if (!answer) return answer.error();
      known = *answer;
      return {};
    });
    if (!known) {
      if (unclear_.size() < kMostUnclear) {
        unclear_.push_back({order.uuid, parts_.clock.steady_now() + kUnclearFor});
      }
      return;
    }
  }
  until_stored("order", [&] { return parts_.orders.apply(order, fills, source); });
}

void PrivateFeed::read_everything() {
  const Timestamp began = parts_.exchange_clock.now_or_local();
  const GatewayAnswer accounts =
      parts_.gateway.read(ExchangeOp::kAccounts, {}, net::RatePriority::kLookup);
  if (accounts.ok()) {
    until_stored("balances", [&] {
      return parts_.balances.store_reading(accounts.decoded.found.accounts, began);
    });
  } else {
    log_error("accounts_not_read", {{"detail", accounts.wire.detail}});
    ws_->reconnect("accounts could not be read");
    return;
  }
  std::vector<std::string> unfinished;
  until_stored("orders", [&]() -> Result<void> {
    auto uuids = parts_.orders.unfinished();
    if (!uuids) return uuids.error();
    unfinished = std::move(*uuids);
    return {};
  });
  for (const std::string& uuid : unfinished) read_order(uuid);
  log_info("account_read", {{"unfinished_orders", unfinished.size()}});
}

void PrivateFeed::read_order(const std::string& uuid) {
  const GatewayAnswer answer =
      parts_.gateway.read(ExchangeOp::kOrderGet, {{"uuid", uuid}}, net::RatePriority::kLookup);
  if (!answer.ok() || answer.decoded.found.orders.empty()) {
    log_error("order_not_read", {{"upbit_uuid", uuid}, {"detail", answer.wire.detail}});
    return;
  }
  apply_order(answer.decoded.found.orders[0], answer.decoded.found.fills, FillSource::kRest);
}

void PrivateFeed::look_at_unclear() {
  const SteadyTime now = parts_.clock.steady_now();
  while (!unclear_.empty() && unclear_.front().look_at <= now && !stopping_.load()) {
    const std::string uuid = unclear_.front().uuid;
    unclear_.pop_front();
    read_order(uuid);
  }
}

template <class Action>
void PrivateFeed::until_stored(const char* what, Action&& action) {
  while (!stopping_.load()) {
    auto stored = action();
    if (stored) return;
    if (!is_transient(stored.error())) {
      // Repeating cannot help; the next reading of the account finds it again.
      log_critical("not_stored", {{"what", what}, {"error", to_string(stored.error())}});
      return;
    }
    log_error("not_stored_yet", {{"what", what}, {"error", to_string(stored.error())}});
    std::this_thread::sleep_for(kRepeatAfter);
  }
}

}  // namespace everbit::trading
