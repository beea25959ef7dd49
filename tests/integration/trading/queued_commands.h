#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "events/dispatcher.h"
#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "net/send_ledger.h"
#include "trading/control/control_watcher.h"
#include "trading/pipeline/command_consumer.h"

namespace everbit::test {

// Commands of entries in as many markets, queued on the real bus, and the whole way from there to
// the simulator: consumer, executor, signed requests. Neither side limits the rate, so that nothing
// but the kill switch can stop it.
class QueuedCommands {
 public:
  explicit QueuedCommands(int count);
  ~QueuedCommands();

  void start();
  // Until so many requests have been let through to their first byte.
  bool wait_for_sent(int count);
  // Until no attempt waits or is on its way.
  bool wait_until_settled();
  // From `since` to the last moment at which a request was let through to its first byte; 0 if
  // there was none after it.
  std::chrono::nanoseconds silence_after(SteadyTime since) const;
  int sent_between(SteadyTime start, SteadyTime end) const;
  int sent() const;

  OrderRows& rows() { return rows_; }
  UpbitSim& sim() { return sim_; }
  trading::KillSwitch& kill_switch() { return kill_switch_; }
  const trading::TradingSwitch& flag() const { return flag_; }
  const trading::StateFolder& state_folder() const { return state_; }

 private:
  class NotingSender;

  void queue(int count);

  SystemClock clock_;
  ScratchFolder folder_;
  trading::StateFolder state_{folder_ / "."};
  OrderRows rows_;
  UpbitSim sim_;
  ExchangeClient exchange_{sim_.rest(), 100'000};
  trading::TradingSwitch flag_{clock_};
  trading::KillSwitch kill_switch_;
  std::unique_ptr<trading::ControlWatcher> watcher_;
  std::unique_ptr<net::SendLedger> ledger_;
  std::unique_ptr<NotingSender> sender_;
  trading::ExchangeClock exchange_clock_{clock_};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> key_usable_{true};
  trading::OrderRecorder recorder_;
  trading::OutcomeWriter outcomes_;
  std::unique_ptr<trading::Executor> executor_;
  std::unique_ptr<events::Dispatcher> consumer_;
};

}  // namespace everbit::test
