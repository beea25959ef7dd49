#include "trading/portfolio/private_feed.h"

#include <algorithm>
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
constexpr std::size_t kMostDoubts = 256;
// After so many looks reconcile takes over.
constexpr int kMostTries = 5;
constexpr milliseconds kPoll{200};
constexpr milliseconds kRepeatAfter{200};
// How long an order without identifier may be one of ours whose answer is on its way, and a fill
// may come after its order's end.
constexpr seconds kDoubtFor{2};

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
    look_at_doubts();
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
    apply_order(order, fills);
  }
  if (!found.accounts.empty()) {
    until_stored("balances", [&] { return parts_.balances.store_changes(found.accounts); });
  }
}

void PrivateFeed::apply_order(const plugins::Order& order,
                              const std::vector<plugins::Fill>& fills) {
  if (order.identifier.empty() && !is_known(order.uuid)) {
    doubt(order.uuid);
    return;
  }
  OrderSync::Applied applied;
  until_stored("order", [&]() -> Result<void> {
    auto done = parts_.orders.apply(order, fills, FillSource::kWebSocket);
    if (!done) return done.error();
    applied = *done;
    return {};
  });
  if (applied.read_again) read_order(order.uuid, 0);
  if (applied.lacks_fills) doubt(order.uuid);
}

bool PrivateFeed::is_known(const std::string& uuid) {
  bool known = false;
  until_stored("order", [&]() -> Result<void> {
    auto answer = parts_.orders.knows(uuid);
    if (!answer) return answer.error();
    known = *answer;
    return {};
  });
  return known;
}

void PrivateFeed::read_everything() {
  const Timestamp began = parts_.exchange_clock.now_or_local();
  const GatewayAnswer accounts =
      parts_.gateway.read(ExchangeOp::kAccounts, {}, net::RatePriority::kLookup);
  if (!accounts.ok()) {
    log_error("accounts_not_read", {{"detail", accounts.wire.detail}});
    ws_->reconnect("accounts could not be read");
    return;
  }
  until_stored("balances", [&] {
    return parts_.balances.store_reading(accounts.decoded.found.accounts, began);
  });
  OrderReading read;
  until_stored("orders", [&]() -> Result<void> {
    auto open = parts_.reader.read_open("", net::RatePriority::kLookup);
    if (!open) return open.error();
    auto unfinished = parts_.reader.read_unfinished("", net::RatePriority::kLookup);
    if (!unfinished) return unfinished.error();
    read = *open += *unfinished;
    return {};
  });
  log_info("account_read", {{"repaired", read.repaired}, {"complete", read.complete}});
  request_reconcile();
}

void PrivateFeed::doubt(const std::string& uuid, int tries) {
  const bool there = std::any_of(doubts_.begin(), doubts_.end(),
                                 [&](const Doubt& doubt) { return doubt.uuid == uuid; });
  if (there) return;
  if (doubts_.size() >= kMostDoubts || tries >= kMostTries) {
    log_error("order_left_to_reconcile", {{"upbit_uuid", uuid}});
    request_reconcile();
    return;
  }
  doubts_.push_back({uuid, parts_.clock.steady_now() + kDoubtFor, tries});
}

void PrivateFeed::look_at_doubts() {
  const SteadyTime now = parts_.clock.steady_now();
  while (!doubts_.empty() && doubts_.front().look_at <= now && !stopping_.load()) {
    const Doubt doubt = std::move(doubts_.front());
    doubts_.pop_front();
    read_order(doubt.uuid, doubt.tries);
  }
}

void PrivateFeed::read_order(const std::string& uuid, int tries) {
  bool read = false;
  until_stored("order", [&]() -> Result<void> {
    auto reading = parts_.reader.read_order(uuid, net::RatePriority::kLookup);
    read = reading && reading->lacking.empty();
    if (reading || reading.error().code == "ORDER_NOT_FOUND" ||
        reading.error().code == "EXCHANGE_SILENT") {
      return {};
    }
    return reading.error();
  });
  if (!read) doubt(uuid, tries + 1);
}

void PrivateFeed::request_reconcile() const {
  if (parts_.request_reconcile) parts_.request_reconcile();
}

template <class Action>
void PrivateFeed::until_stored(const char* what, Action&& action) {
  while (!stopping_.load()) {
    auto stored = action();
    if (stored) return;
    if (!is_transient(stored.error())) {
      // Repeating cannot help; reconcile finds it again.
      log_critical("not_stored", {{"what", what}, {"error", to_string(stored.error())}});
      request_reconcile();
      return;
    }
    log_error("not_stored_yet", {{"what", what}, {"error", to_string(stored.error())}});
    std::this_thread::sleep_for(kRepeatAfter);
  }
}

}  // namespace everbit::trading
