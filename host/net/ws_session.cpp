#include "net/ws_session.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace everbit::net {

namespace asio = boost::asio;

namespace {

constexpr auto kAwaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadChunk = 16 * 1024;
// A peer that makes us answer more than it reads (a flood of pings) is dropped.
constexpr std::size_t kMaxOutput = 4 * 1024 * 1024;

}  // namespace

WsSession::WsSession(asio::any_io_executor strand, std::shared_ptr<Stream> stream,
                     const WsSettings& settings, std::shared_ptr<WsInbox> inbox, Events events)
    : strand_(strand),
      stream_(std::move(stream)),
      settings_(settings),
      inbox_(std::move(inbox)),
      events_(std::move(events)),
      limit_(strand),
      wake_writer_(strand),
      wake_reader_(strand) {}

WsSession::~WsSession() = default;

void WsSession::drop(std::string reason) {
  if (over_) return;
  stream_->reset();
  note_end(std::move(reason));
}

void WsSession::note_end(std::string reason) {
  over_ = true;
  reason_ = std::move(reason);
  limit_.disarm();
  wake_writer_.cancel();
  wake_reader_.cancel();
}

void WsSession::go_on_reading() { wake_reader_.cancel(); }

bool WsSession::send_text(std::string text) {
  if (frames_waiting_.fetch_add(1) >= settings_.max_outbound) {
    --frames_waiting_;
    return false;
  }
  asio::post(strand_, [self = shared_from_this(), text = std::move(text)]() mutable {
    self->frames_.push_back(std::move(text));
    self->wake_writer_.cancel();
  });
  return true;
}

asio::awaitable<std::string> WsSession::run(std::vector<HttpHeader> headers) {
  const auto self = shared_from_this();
  limit_.arm(std::chrono::steady_clock::now() + settings_.connect,
             [this] { drop("connect timeout"); });
  StreamStatus status = co_await stream_->connect();
  if (!status.ok()) drop(status.detail);
  if (over_) co_return reason_;
  WsCodec::Options options;
  options.url = settings_.url;
  options.headers = std::move(headers);
  options.user_agent = settings_.user_agent;
  options.max_message_bytes = settings_.max_message_bytes;
  WsCodec::Events events;
  events.opened = [this] { on_opened(); };
  events.message = [this](bool binary, std::string data) { on_message(binary, std::move(data)); };
  events.pong = [this](const std::string& payload) { on_pong(payload); };
  auto codec = WsCodec::make(options, std::move(events));
  if (!codec) {
    drop(codec.error().message);
    co_return reason_;
  }
  codec_ = std::move(*codec);
  collect_output();
  status = co_await stream_->write(std::exchange(output_, {}));
  if (!status.ok()) drop(status.detail);
  if (!over_) co_await read();
  co_return reason_;
}

asio::awaitable<void> WsSession::read() {
  std::vector<char> chunk(kReadChunk);
  while (!over_) {
    reader_waits_ = inbox_->must_wait();
    if (reader_waits_) {
      wake_reader_.expires_at(asio::steady_timer::time_point::max());
      co_await wake_reader_.async_wait(kAwaitable);
      continue;
    }
    StreamStatus status = co_await stream_->read_some(chunk);
    if (status.end_of_data) {
      drop("closed without a close frame");
    } else if (!status.ok()) {
      drop(status.detail);
    } else {
      codec_->feed(std::string_view(chunk.data(), status.bytes));
      wake_writer_.cancel();
    }
    if (!over_ && codec_->is_over()) co_await part();
  }
}

// Lets the writer end what it writes and then our close frame, and closes in order: a reset could
// take both from the peer. The writer has its time limit.
asio::awaitable<void> WsSession::part() {
  while (writer_runs_ && !over_) {
    wake_reader_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_reader_.async_wait(kAwaitable);
  }
  if (over_) co_return;
  stream_->close();
  note_end(codec_->reason());
}

void WsSession::on_opened() {
  opened_ = true;
  last_ping_ = last_data_ = std::chrono::steady_clock::now();
  limit_.disarm();
  writer_runs_ = true;
  asio::co_spawn(
      strand_, [self = shared_from_this()] { return self->write(); }, asio::detached);
  events_.opened();
}

void WsSession::on_message(bool binary, std::string data) {
  WsMessage message;
  message.binary = binary;
  message.data = std::move(data);
  message.received = last_data_ = std::chrono::steady_clock::now();
  inbox_->add(message.data.size());
  events_.message(std::move(message));
}

void WsSession::on_pong(const std::string& payload) {
  if (payload == std::to_string(pings_)) pong_due_ = false;
}

void WsSession::collect_output() {
  output_ += codec_->take_output();
  if (output_.size() > kMaxOutput) drop("too much to answer");
}

// Pings when it is time, and ends a connection that is silent though it should not be.
void WsSession::check_health() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (pong_due_ && now - last_ping_ >= settings_.pong_timeout) {
    drop(reader_waits_ ? "the owner reads too slowly" : "pong timeout");
  } else if (settings_.data_idle.count() > 0 && now - last_data_ >= settings_.data_idle) {
    drop("no data");
  } else if (!pong_due_ && now - last_ping_ >= settings_.ping_every) {
    last_ping_ = now;
    pong_due_ = codec_->ping(std::to_string(++pings_));
  }
}

SteadyTime WsSession::next_check() const {
  SteadyTime next = last_ping_ + (pong_due_ ? settings_.pong_timeout : settings_.ping_every);
  if (settings_.data_idle.count() > 0) next = std::min(next, last_data_ + settings_.data_idle);
  return next;
}

asio::awaitable<void> WsSession::write() {
  while (!over_) {
    if (!codec_->is_over()) check_health();
    if (over_) break;
    const std::size_t taken = frames_.size();
    for (const std::string& frame : frames_) codec_->send_text(frame);
    frames_.clear();
    collect_output();
    if (output_.empty()) {
      if (codec_->is_over()) break;
      wake_writer_.expires_at(next_check());
      co_await wake_writer_.async_wait(kAwaitable);
      continue;
    }
    StreamStatus status = co_await write_out();
    frames_waiting_ -= taken;
    if (status.ok()) continue;
    // A peer that has said goodbye need not read ours.
    if (codec_->is_over()) break;
    drop(status.detail);
  }
  writer_runs_ = false;
  wake_reader_.cancel();
}

asio::awaitable<StreamStatus> WsSession::write_out() {
  const std::string bytes = std::exchange(output_, {});
  limit_.arm(std::chrono::steady_clock::now() + settings_.pong_timeout,
             [this] { drop(codec_->is_over() ? codec_->reason() : "write timeout"); });
  StreamStatus status = co_await stream_->write(bytes);
  limit_.disarm();
  co_return status;
}

}  // namespace everbit::net
