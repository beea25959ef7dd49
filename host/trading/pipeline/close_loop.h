#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "trading/intent/intent_writer.h"
#include "trading/market/candle_reader.h"
#include "trading/market/exchange_clock.h"
#include "trading/market/market_feed.h"
#include "trading/pipeline/guardian.h"
#include "trading/strategy/strategy_runner.h"

namespace everbit::trading {

struct CloseSettings {
  std::chrono::milliseconds grace{1000};         // after the period's end, before REST is asked
  std::chrono::seconds rest_deadline{10};        // then the candle counts as unverified
  std::chrono::seconds exits_before_entries{5};  // how long entries wait for the close's exits
};

// Drives every market from one closed candle to the next: decides that a candle is closed (exchange
// time, grace, REST), lets the strategies decide, and has the intent writer store what they said.
// At one close: markets with a position first, in code order; then the others; then the entries by
// rank, after the exits of this close are closed. After a stop the missed candles are fed in order;
// the first exit they ask for is executed at once, and the market's later ones wait for its end.
// Positions whose strategy is not ready are the guardian's. An instance that could not be made
// ready is tried again; one that is quarantined stays down until the owner says otherwise.
//
// One thread of its own, which is the only caller of the runners and of the writer. Owned by the
// application.
class CloseLoop {
 public:
  struct Parts {
    store::Pool& pool;
    const CandleReader& reader;
    const MarketFeed& feed;
    const ExchangeClock& exchange_clock;
    IntentWriter& writer;
    Guardian& guardian;
    std::vector<std::unique_ptr<StrategyRunner>> runners;  // in code order
    std::map<std::string, double> priorities;
    const std::atomic<bool>& key_usable;
    bool key_present = false;
    CloseSettings settings;
    // The daily loss is beyond the owner's limit.
    std::function<bool()> loss_reached;
    // Called on each turn, also while waiting, for the watchdog.
    std::function<void()> beat;
    // Another trader or generation has taken over: the process must end.
    std::function<void()> fenced;
    // Whether every market is ready to be traded.
    std::function<void(bool ready)> ready;
    // A period of a market without a candle, once its decision is stored.
    std::function<void(const std::string& market, GapCause cause)> gap;
  };

  explicit CloseLoop(Parts parts);
  ~CloseLoop();
  CloseLoop(const CloseLoop&) = delete;
  CloseLoop& operator=(const CloseLoop&) = delete;

  void start();
  // Ends after the candle in hand.
  void stop();
  // The owner's word: an instance that is quarantined now is made anew. Any thread.
  void end_quarantines() { ended_.store(true); }

 private:
  struct Market;

  void run();
  void look_for_ended_quarantines();
  bool prepare_all();
  bool prepare(Market& market);
  void turn();
  std::vector<Market*> due(Timestamp now);
  void fetch(const std::vector<Market*>& markets, Timestamp close);
  void confirm(Market& market, const std::vector<Candle>& told);
  void round(const std::vector<Market*>& markets, Timestamp close);
  bool evaluate(Market& market, Timestamp close);
  void write(Market& market);
  void write_entries(std::vector<Market*> candidates);
  void wait_for_exits();
  void record(const std::vector<Market*>& markets, Timestamp close);
  bool is_open(IntentId intent);
  bool waits_for_exit(Market& market, Timestamp now);
  bool runs(const std::string& market, const std::string& strategy_key) const;
  std::optional<Decimal> price_now(const std::string& market) const;
  void pause(std::chrono::milliseconds time);

  Parts parts_;
  std::vector<std::unique_ptr<Market>> markets_;
  std::vector<IntentId> exits_of_close_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace everbit::trading
