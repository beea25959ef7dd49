#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/http_types.h"
#include "net/origin.h"

namespace boost::asio::ssl {
class context;
}

namespace everbit::net {

class IoThreads;

struct WsSettings {
  Url url;
  std::string ca_file;                             // PEM; empty: the system's authorities
  std::chrono::milliseconds connect{8000};         // DNS, TCP, TLS and upgrade together
  std::chrono::milliseconds ping_every{30'000};    // Upbit closes after 120 s of silence
  std::chrono::milliseconds pong_timeout{10'000};  // a ping without a pong: dropped
  std::chrono::milliseconds data_idle{0};          // no message for so long: dropped; 0: never
  std::chrono::milliseconds stable_after{60'000};  // lived so long: the backoff starts anew
  // Before each reconnect, plus up to a fifth at random; the last one repeats.
  std::vector<std::chrono::milliseconds> backoff = {
      std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(5),
      std::chrono::seconds(10), std::chrono::seconds(30)};
  std::size_t max_message_bytes = 1024 * 1024;  // a longer one drops the connection
  // Messages on their way to the owner; when there are more the socket is not read.
  std::size_t max_inbound = 1024;
  std::size_t max_inbound_bytes = 8 * 1024 * 1024;
  std::size_t max_outbound = 64;  // frames waiting for the socket; one more is refused
  std::string user_agent = "everbit/2";
};

struct WsMessage {
  bool binary = false;
  std::string data;
  std::chrono::steady_clock::time_point received;
};

enum class WsState {
  kConnecting,
  kConnected,
  kDisconnected,  // and waiting to connect again
  kStopped,       // never told, only asked for
};
std::string_view to_string(WsState state);

// What the owner is told; all of it runs on the owner's executor, never two at a time if that is a
// strand, and nothing after stop() has returned.
struct WsHandlers {
  // Headers of the next handshake (a fresh token); asked before every connect. An error counts as a
  // failed connect. Empty: no headers.
  std::function<Result<std::vector<HttpHeader>>()> headers;
  // The connection stands: send the subscriptions here.
  std::function<void()> opened;
  std::function<void(WsMessage)> message;
  // `reason` is for the log: "pong timeout", "closed by peer 1001", "tls: certificate verify
  // failed" …
  std::function<void(WsState, const std::string& reason)> state;
};

// What the reader of a channel holds: a WsClient, or, for mode PAPER, a channel within the process.
class WsLink {
 public:
  // Stops.
  virtual ~WsLink() = default;
  virtual void start() = 0;
  // Queues a text frame. False if not connected or the queue is full; a frame queued when the
  // connection ends is lost.
  virtual bool send_text(std::string text) = 0;
  // Drops the connection and connects again, for an owner that no longer trusts it.
  virtual void reconnect(std::string reason) = 0;
  // Ends for good. When it returns no handler runs or will run. Not from a handler, not from an I/O
  // thread.
  virtual void stop() = 0;
};

// A WebSocket that comes back by itself: it connects, pings, notices a dead peer, and reconnects
// with a backoff. It keeps nothing over a reconnect: what was missed is the owner's to fetch. An
// owner that reads too slowly stops the socket from being read, and, if it goes on, loses the
// connection to the pong timeout rather than any single message.
//
// Any thread. Owned by whoever reads it; stopped before its IoThreads.
class WsClient final : public WsLink {
 public:
  // Code NET_CA_FILE when the authorities cannot be read.
  static Result<std::unique_ptr<WsClient>> make(IoThreads& threads, WsSettings settings,
                                                WsHandlers handlers,
                                                boost::asio::any_io_executor strand);
  // With what make_tls_context (tls_context.h) gave before: reads no file, ca_file neither, so it
  // may be called where nothing may block.
  static std::unique_ptr<WsClient> make(IoThreads& threads,
                                        std::shared_ptr<boost::asio::ssl::context> tls,
                                        WsSettings settings, WsHandlers handlers,
                                        boost::asio::any_io_executor strand);
  ~WsClient() override;
  WsClient(const WsClient&) = delete;
  WsClient& operator=(const WsClient&) = delete;

  void start() override;
  bool send_text(std::string text) override;
  // Reset, no handshake; then after the backoff.
  void reconnect(std::string reason) override;
  void stop() override;

  WsState state() const;

 private:
  class Impl;
  explicit WsClient(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace everbit::net
