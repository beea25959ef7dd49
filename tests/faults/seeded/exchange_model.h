#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "faults/seeded/scheduler.h"
#include "net/http_types.h"
#include "upbit-sim/auth/keys.h"
#include "upbit-sim/control/faults.h"
#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/rest/rest_api.h"
#include "upbit-sim/ws/hub.h"

namespace everbit::faults {

inline constexpr const char* kAccessKey = "upbit-sim-access-key";
inline constexpr const char* kSecretKey = "upbit-sim-secret-key-0123456789abcdef";
inline constexpr const char* kMarket = "KRW-BTC";

// The simulated exchange within the process: the same code as upbit-sim's, on the run's clock.
class ExchangeModel {
 public:
  ExchangeModel(Scheduler& scheduler, Choices& choices, const ManualClock& clock);
  ~ExchangeModel();

  // Handled now, answered now.
  net::HttpResponse handle(net::HttpMethod method, const std::string& target,
                           const std::vector<net::HttpHeader>& headers, const std::string& body);

  // A private WebSocket that has subscribed; messages gather in `inbox` until it is let go.
  class Stream {
   public:
    virtual ~Stream() = default;
    std::deque<std::string> inbox;
  };
  std::shared_ptr<Stream> connect(const std::vector<net::HttpHeader>& handshake,
                                  const std::string& subscription);

  // The market moves by so many won.
  void move_price(int won);
  std::int64_t price() const { return price_; }
  // Call whenever the clock moved.
  void tick();

  const std::vector<std::unique_ptr<upbit_sim::Order>>& orders() const {
    return exchange_.orders();
  }
  const std::deque<upbit_sim::CreateRecord>& creates() const { return rest_.creates(); }

 private:
  class Timers;
  class Socket;

  const ManualClock& clock_;
  upbit_sim::Clock exchange_clock_;
  std::unique_ptr<Timers> timers_;
  upbit_sim::MarketPlace markets_;
  upbit_sim::Exchange exchange_;
  upbit_sim::KeyRing keys_;
  upbit_sim::RateLimiter limiter_;
  upbit_sim::Faults faults_;
  upbit_sim::RestApi rest_;
  upbit_sim::StreamHub streams_;
  std::int64_t price_ = 150'000'000;
};

}  // namespace everbit::faults
