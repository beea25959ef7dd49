#include "trading/portfolio/private_feed.h"

#include <boost/asio/strand.hpp>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"
#include "base/uuid.h"
#include "net/io_threads.h"

namespace everbit::trading {
namespace {

using plugins::Channel;
using std::chrono::milliseconds;

constexpr std::size_t kQueue = 4096;
constexpr milliseconds kPoll{200};

}  // namespace

PrivateFeed::PrivateFeed(Parts parts)
    : parts_(std::move(parts)),
      messages_({parts_.gateway, parts_.orders, parts_.reader, parts_.balances,
                 parts_.exchange_clock, parts_.clock,
                 [this](const std::string& reason) { ws_->reconnect(reason); },
                 parts_.request_reconcile}),
      queue_(kQueue) {}

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
  auto link = make_link(std::move(handlers));
  if (!link) return link.error();
  ws_ = std::move(*link);
  thread_ = std::thread([this] { run(); });
  ws_->start();
  return {};
}

Result<std::unique_ptr<net::WsLink>> PrivateFeed::make_link(net::WsHandlers handlers) {
  if (parts_.link) return parts_.link(std::move(handlers));
  auto ws = net::WsClient::make(parts_.threads, parts_.ws, std::move(handlers),
                                boost::asio::make_strand(parts_.threads.executor()));
  if (!ws) return ws.error();
  return std::unique_ptr<net::WsLink>(std::move(*ws));
}

void PrivateFeed::stop() {
  if (!ws_) return;
  ws_->stop();
  stopping_.store(true);
  messages_.stop();
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
    messages_.look_at_doubts();
  }
}

void PrivateFeed::apply(const Item& item) {
  crash_point(item.connected ? CrashPoint::kFeedOpened : CrashPoint::kMessageTaken);
  if (item.connected) messages_.connected();
  messages_.apply(item.found);
}

}  // namespace everbit::trading
