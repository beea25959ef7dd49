#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/clock.h"
#include "trading/gateway/exchange_gateway.h"
#include "trading/market/exchange_clock.h"
#include "trading/portfolio/balances.h"
#include "trading/portfolio/order_reader.h"
#include "trading/reconcile/position_check.h"
#include "trading/reconcile/run_log.h"

namespace everbit::trading {

// Compares what is recorded with what the exchange says: our unfinished orders with their missed
// fills, the open orders, those that were closed since the last comparison, the balances, and the
// positions against them. At start, after each reconnect of the private WebSocket, every interval,
// and when somebody asks. It repairs records and never trades: nothing is matched but by uuid or
// identifier, no fill is invented, an order of somebody else is recorded and never touched. What
// cannot be decided suspends its market.
//
// A thread of its own, between start() and stop(); a test calls turn() instead. Every reading is
// bounded, and goes behind entries and lookups for its rate tokens, except at start.
class Reconciler {
 public:
  struct Parts {
    store::Pool& pool;
    const ExchangeGateway& gateway;
    OrderReader& reader;
    Balances& balances;
    Outbox& outbox;
    const ExchangeClock& exchange_clock;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Uuid trader;
    std::chrono::seconds interval{60};
    // Attempts whose end is unknown are to be looked up now. Must not block; may be empty.
    std::function<void()> look_up_unknown{};
    // Once: our orders and the account were read for the first time. May be empty.
    std::function<void()> first_done{};
    // Another process is the trader. May be empty.
    std::function<void()> fenced{};
  };

  explicit Reconciler(Parts parts);
  ~Reconciler();
  Reconciler(const Reconciler&) = delete;
  Reconciler& operator=(const Reconciler&) = delete;

  void start();
  void stop();

  // Never block; any thread. What is asked for while it waits is done once.
  void request_market(const std::string& market);
  void request_all();
  // What was asked of the RunLog is taken up at once.
  void look_for_requests();

  // Does what is due.
  void turn();

 private:
  struct Due {
    std::optional<ReconcileRun> run;
    std::set<std::string> markets;
    bool look_at_positions = false;
  };

  void loop();
  Result<Due> what_is_due();
  void run(const ReconcileRun& run);
  Result<OrderReading> read_all(const ReconcileRun& run, std::optional<Timestamp>& closed_until);
  Result<OrderReading> read_closed(const std::string& market, std::optional<Timestamp>& until);
  Result<OrderReading> read_own(const std::string& market);
  Result<void> run_market(const std::string& market);
  Result<bool> read_account();
  Result<void> judge_lacking(const OrderReading& reading);
  void first_is_done();
  void note(std::string_view what, const Error& error);

  Parts parts_;
  RunLog log_;
  PositionCheck positions_;
  bool abandoned_old_ = false;
  bool open_orders_read_ = false;
  bool first_done_ = false;
  SteadyTime next_run_;
  SteadyTime next_demand_;
  std::optional<SteadyTime> look_at_positions_;
  // Ours that ended and whose fills do not sum up, since when.
  std::map<std::string, SteadyTime> lacking_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> markets_;
  bool all_ = false;
  bool requests_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace everbit::trading
