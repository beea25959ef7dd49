#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/stage_timer.h"
#include "net/stream.h"
#include "net/ws_client.h"
#include "net/ws_codec.h"
#include "net/ws_inbox.h"

namespace everbit::net {

// One WebSocket connection from its connect to its end; WsClient makes a new one for every try.
// Everything runs on `strand` unless it says otherwise.
class WsSession : public std::enable_shared_from_this<WsSession> {
 public:
  struct Events {
    std::function<void()> opened;
    std::function<void(WsMessage)> message;
  };

  WsSession(boost::asio::any_io_executor strand, std::shared_ptr<Stream> stream,
            const WsSettings& settings, std::shared_ptr<WsInbox> inbox, Events events);
  ~WsSession();

  // Lives through the connection and returns why it ended. Once.
  boost::asio::awaitable<std::string> run(std::vector<HttpHeader> headers);
  // Ends it by a reset.
  void drop(std::string reason);
  // There is room for messages again.
  void go_on_reading();

  // Any thread. False when too many frames wait.
  bool send_text(std::string text);

 private:
  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> write();
  boost::asio::awaitable<StreamStatus> write_out();
  boost::asio::awaitable<void> part();
  void note_end(std::string reason);
  void check_health();
  [[nodiscard]] SteadyTime next_check() const;
  void on_opened();
  void on_message(bool binary, std::string data);
  void on_pong(const std::string& payload);
  void collect_output();

  const boost::asio::any_io_executor strand_;
  const std::shared_ptr<Stream> stream_;
  const WsSettings settings_;
  const std::shared_ptr<WsInbox> inbox_;
  const Events events_;
  std::unique_ptr<WsCodec> codec_;
  StageTimer limit_;  // of the connect, then of each write
  boost::asio::steady_timer wake_writer_;
  boost::asio::steady_timer wake_reader_;
  std::atomic<std::size_t> frames_waiting_{0};
  std::deque<std::string> frames_;
  std::string output_;
  std::string reason_;
  bool over_ = false;
  bool opened_ = false;
  bool reader_waits_ = false;
  bool writer_runs_ = false;
  bool pong_due_ = false;
  unsigned pings_ = 0;
  SteadyTime last_ping_{};
  SteadyTime last_data_{};
};

}  // namespace everbit::net
