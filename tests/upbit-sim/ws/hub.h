#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/base/scheduler.h"
#include "upbit-sim/control/faults.h"
#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/net/http.h"
#include "upbit-sim/rest/limiter.h"
#include "upbit-sim/ws/messages.h"
#include "upbit-sim/ws/request.h"

namespace everbit::upbit_sim {

// Every open WebSocket: what it subscribed to and what it is sent (reference §7). Faults are
// applied here, message by message. One thread.
class StreamHub {
 public:
  enum class Which { kPublic, kPrivate, kAll };

  StreamHub(const Clock& clock, Scheduler& scheduler, MarketPlace& markets, Exchange& exchange,
            KeyRing& keys, RateLimiter& limiter, Faults& faults, std::function<Millis()> monotonic);

  // The handshake: nullopt accepts it.
  std::optional<HttpResponse> check_upgrade(const HttpRequest& request);
  void accept(std::shared_ptr<WebSocket> socket, const HttpRequest& request);

  // Events of the exchange; the owner wires them to it.
  void on_order(const Order& order, std::string_view state, const Fill* fill);
  void on_assets(const Account& account, const std::vector<std::string>& currencies);
  void on_trade(Market& market, const PublicTrade& trade);
  void on_book(Market& market) { changed_books_.insert(market.code()); }

  void flush_books();   // every 100 ms: order books that changed
  void emit_candles();  // once a second
  void emit_status();   // every 10 s: {"status":"UP"} to those that asked with PING

  // From the control port; each returns how many sockets were meant.
  std::size_t reset(Which which);
  std::size_t close(Which which, unsigned short code);
  std::size_t mute(Which which);
  std::size_t send(Which which, const std::string& payload, bool binary);
  std::size_t send_raw(Which which, const std::string& bytes);
  std::size_t count(Which which) const;
  std::int64_t messages_sent() const { return messages_sent_; }

 private:
  struct CandleMark {
    Millis start = 0;
    E8 volume = 0;
    Millis last_trade = 0;
  };
  struct Session {
    std::shared_ptr<WebSocket> socket;
    bool is_private = false;
    std::string account;
    bool may_view_orders = false;
    bool may_view_assets = false;
    StreamFormat format = StreamFormat::kDefault;
    std::vector<StreamRequest> streams;
    bool wants_status = false;
    std::deque<Millis> message_times;
    std::map<std::string, CandleMark> candles;  // type + code
    std::optional<std::string> held_back;       // by a reorder fault, until the next of its type
    std::string held_type;
    bool open = true;
  };
  using Builder = std::function<std::string(StreamStyle)>;

  void on_message(const std::shared_ptr<Session>& session, const std::string& text);
  bool over_limit(Session& session);
  void subscribe(const std::shared_ptr<Session>& session, StreamMessage message);
  void mark_candles(Session& session, const StreamRequest& stream);
  void list_subscriptions(Session& session, const std::string& ticket);
  void send_snapshots(const std::shared_ptr<Session>& session, const StreamRequest& stream);
  void send_candles(const std::shared_ptr<Session>& session, const StreamRequest& stream,
                    const Market& market);
  static bool subscribed(const Session& session, std::string_view type, std::string_view code,
                         const StreamRequest** found);
  void deliver(const std::shared_ptr<Session>& session, const StreamEvent& event,
               const Builder& build);
  void release_held_back(Session& session);
  void write(Session& session, std::string message);
  static bool is_of(const Session& session, Which which);
  static void send_error(Session& session, const StreamError& error);

  const Clock& clock_;
  Scheduler& scheduler_;
  MarketPlace& markets_;
  Exchange& exchange_;
  KeyRing& keys_;
  RateLimiter& limiter_;
  Faults& faults_;
  std::function<Millis()> monotonic_;
  std::list<std::shared_ptr<Session>> sessions_;
  std::set<std::string> changed_books_;
  std::int64_t messages_sent_ = 0;
};

}  // namespace everbit::upbit_sim
