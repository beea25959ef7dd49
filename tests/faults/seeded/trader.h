#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "events/bus.h"
#include "faults/seeded/command_taker.h"
#include "faults/seeded/exchange_model.h"
#include "faults/seeded/owner_switch.h"
#include "faults/seeded/run_database.h"
#include "faults/seeded/scheduler.h"
#include "faults/seeded/wire.h"
#include "net/io_threads.h"
#include "store/trader_lock.h"
#include "trading/execution/executor.h"
#include "trading/intent/intent_writer.h"
#include "trading/portfolio/order_sync.h"

namespace everbit::faults {

// What all processes of a run share.
struct Surroundings {
  Scheduler& scheduler;
  Choices& choices;
  const ManualClock& clock;
  RunDatabase& database;
  ExchangeModel& exchange;
  events::Bus& bus;
  const plugins::ExchangeCodec& codec;
  net::IoThreads& io;
  const bool& chaos;
  const Claims& claims;
  const OwnerSwitch& owner_switch;
  LeftBehind& left_behind;
  Journal& journal;
  std::vector<std::string>& broken;
  Timestamp first_close;
  int candles = 3;
};

// One process of the trader: the real pipeline, each of its threads an actor. What the daemon does
// on threads of its own (the bus, the feed's socket, the close loop's candles) is done here by
// small loops; what they call is the daemon's.
class Trader {
 public:
  // The lock must be free, or be taken from whoever has it; the ledger is the machine's.
  static std::unique_ptr<Trader> start(Surroundings& around, Scheduler::Process process,
                                       const std::filesystem::path& machine);
  ~Trader();
  Trader(const Trader&) = delete;
  Trader& operator=(const Trader&) = delete;

  const Uuid& instance() const { return instance_; }
  // The control watcher's: a new reading of the switch.
  void refresh();

 private:
  struct Body;
  Trader(Surroundings& around, Scheduler::Process process, Uuid instance, store::TraderLock lock,
         std::unique_ptr<net::SendLedger> ledger);

  void trade_candles();
  void execute_commands();
  void follow_feed();
  void settle();
  void reconcile();
  void supervise();

  bool write_candle(Timestamp from);
  bool open_stream();
  void follow_stream();
  void pause(std::chrono::milliseconds quick);

  Surroundings& around_;
  const Scheduler::Process process_;
  const Uuid instance_;
  std::unique_ptr<store::TraderLock> lock_;
  std::unique_ptr<net::SendLedger> ledger_;
  Wire wire_;
  net::RateLimiter limiter_;
  trading::ExchangeGateway gateway_;
  trading::TradingSwitch account_switch_;
  trading::ExchangeClock exchange_clock_;
  std::atomic<bool> key_usable_{true};
  std::atomic<bool> stopping_{false};
  bool reconciled_ = false;
  bool stream_refused_ = false;
  std::unique_ptr<Body> body_;
};

}  // namespace everbit::faults
