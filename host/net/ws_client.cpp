#include "net/ws_client.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "base/gate.h"
#include "base/log.h"
#include "base/random.h"
#include "net/io_threads.h"
#include "net/one_shot.h"
#include "net/stage_timer.h"
#include "net/tls_context.h"
#include "net/ws_inbox.h"
#include "net/ws_session.h"

namespace everbit::net {

namespace asio = boost::asio;

namespace {

using Headers = Result<std::vector<HttpHeader>>;
using Shot = OneShot<Headers>;

constexpr std::chrono::seconds kStopPatience{10};

std::chrono::milliseconds with_jitter(std::chrono::milliseconds time) {
  std::uint8_t noise = 0;
  secure_random({&noise, 1});
  return time + time * noise / 255 / 5;
}

}  // namespace

std::string_view to_string(WsState state) {
  switch (state) {
    case WsState::kConnecting:
      return "connecting";
    case WsState::kConnected:
      return "connected";
    case WsState::kDisconnected:
      return "disconnected";
    case WsState::kStopped:
      return "stopped";
  }
  return "?";
}

class WsClient::Impl : public std::enable_shared_from_this<WsClient::Impl> {
 public:
  Impl(IoThreads& threads, std::shared_ptr<asio::ssl::context> tls, WsSettings settings,
       WsHandlers handlers, asio::any_io_executor owner)
      : threads_(threads),
        strand_(asio::make_strand(threads.context())),
        tls_(std::move(tls)),
        settings_(std::move(settings)),
        handlers_(std::move(handlers)),
        owner_(std::move(owner)),
        timer_(strand_) {}

  void start();
  void stop();
  bool send_text(std::string text);
  void reconnect(std::string reason);
  WsState state() const { return state_; }

 private:
  static asio::awaitable<void> run(std::shared_ptr<Impl> self);
  asio::awaitable<std::string> live_once();
  asio::awaitable<Headers> ask_headers();
  asio::awaitable<void> rest(std::chrono::milliseconds time);
  std::shared_ptr<WsSession> make_session();
  void set_state(WsState state, const std::string& reason);
  void deliver(std::function<void()> callback);
  void deliver_message(WsMessage message, std::shared_ptr<WsInbox> inbox);
  void set_session(std::shared_ptr<WsSession> session);
  std::shared_ptr<WsSession> session();

  IoThreads& threads_;
  const asio::any_io_executor strand_;
  const std::shared_ptr<asio::ssl::context> tls_;
  const WsSettings settings_;
  const WsHandlers handlers_;
  const asio::any_io_executor owner_;
  Gate gate_;
  std::atomic<WsState> state_{WsState::kDisconnected};

  // On the strand.
  StageTimer timer_;
  std::shared_ptr<Shot> asking_;
  std::shared_ptr<OneShot<bool>> resting_;
  SteadyTime connected_at_ = SteadyTime::max();
  bool stopping_ = false;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::shared_ptr<WsSession> session_;
  bool running_ = false;
  bool started_ = false;
};

void WsClient::Impl::deliver(std::function<void()> callback) {
  asio::post(owner_, [self = shared_from_this(), callback = std::move(callback)] {
    const auto pass = self->gate_.enter();
    if (pass) callback();
  });
}

void WsClient::Impl::deliver_message(WsMessage message, std::shared_ptr<WsInbox> inbox) {
  asio::post(owner_, [self = shared_from_this(), inbox = std::move(inbox),
                      message = std::move(message)]() mutable {
    const std::size_t bytes = message.data.size();
    if (const auto pass = self->gate_.enter(); pass && self->handlers_.message) {
      self->handlers_.message(std::move(message));
    }
    inbox->remove(bytes);
  });
}

void WsClient::Impl::set_state(WsState state, const std::string& reason) {
  state_ = state;
  if (!handlers_.state) return;
  deliver([this, state, reason] { handlers_.state(state, reason); });
}

void WsClient::Impl::set_session(std::shared_ptr<WsSession> session) {
  const std::lock_guard lock(mutex_);
  session_ = std::move(session);
}

std::shared_ptr<WsSession> WsClient::Impl::session() {
  const std::lock_guard lock(mutex_);
  return session_;
}

void WsClient::Impl::start() {
  {
    const std::lock_guard lock(mutex_);
    if (started_) return;
    started_ = running_ = true;
  }
  asio::co_spawn(strand_, run(shared_from_this()),
                 [self = shared_from_this()](const std::exception_ptr& error) {
                   if (error) std::rethrow_exception(error);
                   const std::lock_guard lock(self->mutex_);
                   self->running_ = false;
                   self->ended_.notify_all();
                 });
}

asio::awaitable<void> WsClient::Impl::run(std::shared_ptr<Impl> self) {
  std::size_t failures = 0;
  while (!self->stopping_) {
    self->set_state(WsState::kConnecting, "");
    self->connected_at_ = SteadyTime::max();
    const std::string reason = co_await self->live_once();
    self->set_session(nullptr);
    if (self->stopping_) break;
    const SteadyTime now = std::chrono::steady_clock::now();
    if (self->connected_at_ < now && now - self->connected_at_ >= self->settings_.stable_after) {
      failures = 0;
    }
    self->set_state(WsState::kDisconnected, reason);
    const auto& steps = self->settings_.backoff;
    const std::chrono::milliseconds wait =
        steps.empty() ? std::chrono::seconds(1) : steps[std::min(failures, steps.size() - 1)];
    ++failures;
    co_await self->rest(with_jitter(wait));
  }
}

asio::awaitable<std::string> WsClient::Impl::live_once() {
  Headers headers = co_await ask_headers();
  if (!headers) co_return "headers: " + to_string(headers.error());
  const std::shared_ptr<WsSession> session = make_session();
  set_session(session);
  std::string reason = "stopped";
  if (!stopping_) reason = co_await session->run(std::move(*headers));
  co_return reason;
}

asio::awaitable<Headers> WsClient::Impl::ask_headers() {
  Headers headers = std::vector<HttpHeader>();
  if (!handlers_.headers) co_return headers;
  const auto shot = std::make_shared<Shot>(strand_);
  asking_ = shot;
  timer_.arm(std::chrono::steady_clock::now() + settings_.connect, [shot] { shot->give_up(); });
  deliver([this, shot] { shot->set(handlers_.headers()); });
  std::optional<Headers> answer = co_await shot->wait();
  timer_.disarm();
  asking_.reset();
  if (answer) {
    headers = std::move(*answer);
  } else {
    headers = Error("WS_HEADERS", "no answer in time");
  }
  co_return headers;
}

asio::awaitable<void> WsClient::Impl::rest(std::chrono::milliseconds time) {
  const auto shot = std::make_shared<OneShot<bool>>(strand_);
  resting_ = shot;
  timer_.arm(std::chrono::steady_clock::now() + time, [shot] { shot->give_up(); });
  co_await shot->wait();
  timer_.disarm();
  resting_.reset();
}

std::shared_ptr<WsSession> WsClient::Impl::make_session() {
  const std::weak_ptr<Impl> weak = weak_from_this();
  const auto inbox = std::make_shared<WsInbox>(
      settings_.max_inbound, settings_.max_inbound_bytes, [weak, strand = strand_] {
        asio::post(strand, [weak] {
          const auto self = weak.lock();
          const auto current = self ? self->session() : nullptr;
          if (current) current->go_on_reading();
        });
      });
  WsSession::Events events;
  events.opened = [this] {
    connected_at_ = std::chrono::steady_clock::now();
    set_state(WsState::kConnected, "");
    if (handlers_.opened) deliver([this] { handlers_.opened(); });
  };
  events.message = [this, inbox](WsMessage message) { deliver_message(std::move(message), inbox); };
  auto stream = std::make_shared<Stream>(threads_.executor(), settings_.url.origin, tls_);
  return std::make_shared<WsSession>(strand_, std::move(stream), settings_, inbox,
                                     std::move(events));
}

bool WsClient::Impl::send_text(std::string text) {
  const auto current = session();
  return state_ == WsState::kConnected && current && current->send_text(std::move(text));
}

void WsClient::Impl::reconnect(std::string reason) {
  asio::post(strand_, [self = shared_from_this(), reason = std::move(reason)] {
    const auto current = self->session();
    if (current) current->drop(reason);
  });
}

void WsClient::Impl::stop() {
  if (state_ == WsState::kStopped) return;
  if (threads_.is_current_thread()) throw std::logic_error("WsClient::stop() on an I/O thread");
  asio::post(strand_, [self = shared_from_this()] {
    self->stopping_ = true;
    if (self->asking_) self->asking_->give_up();
    if (self->resting_) self->resting_->give_up();
    const auto current = self->session();
    if (current) current->drop("stopped");
  });
  bool quiet = gate_.close(Deadline::after(kStopPatience));
  std::unique_lock lock(mutex_);
  quiet = ended_.wait_for(lock, kStopPatience, [this] { return !running_; }) && quiet;
  started_ = true;
  state_ = WsState::kStopped;
  if (quiet) return;
  // A handler that never returns would touch what its owner is about to free.
  log_critical("websocket_did_not_stop", {{"host", settings_.url.origin.host}});
  std::abort();
}

WsClient::WsClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

WsClient::~WsClient() { stop(); }

Result<std::unique_ptr<WsClient>> WsClient::make(IoThreads& threads, WsSettings settings,
                                                 WsHandlers handlers,
                                                 asio::any_io_executor strand) {
  auto tls = make_tls_context(settings.ca_file);
  if (!tls) return tls.error();
  return make(threads, std::move(*tls), std::move(settings), std::move(handlers),
              std::move(strand));
}

std::unique_ptr<WsClient> WsClient::make(IoThreads& threads,
                                         std::shared_ptr<boost::asio::ssl::context> tls,
                                         WsSettings settings, WsHandlers handlers,
                                         asio::any_io_executor strand) {
  auto impl = std::make_shared<Impl>(threads, std::move(tls), std::move(settings),
                                     std::move(handlers), std::move(strand));
  return std::unique_ptr<WsClient>(new WsClient(std::move(impl)));
}

void WsClient::start() { impl_->start(); }

bool WsClient::send_text(std::string text) { return impl_->send_text(std::move(text)); }

void WsClient::reconnect(std::string reason) { impl_->reconnect(std::move(reason)); }

void WsClient::stop() { impl_->stop(); }

WsState WsClient::state() const { return impl_->state(); }

}  // namespace everbit::net
