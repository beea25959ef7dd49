#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "net/send_ledger.h"
#include "trading/execution/executor.h"

namespace everbit::test {

// An executor with a ledger of its own, as two processes would have.
struct OneExecutor {
  OneExecutor(OrderRows& rows, store::Pool& pool, ExchangeClient& exchange,
              const trading::TradingSwitch& account_switch, std::atomic<bool>& key_usable,
              const std::filesystem::path& ledger_file, trading::ExecutionSettings settings = {})
      : ledger(net::SendLedger::open(ledger_file, rows.instance(), clock).value()),
        send_once(exchange.http(), *ledger),
        recorder({rows.outbox(), rows.owner(), trading::Mode::kReal, OrderRows::kTag}),
        outcomes(
            {recorder, rows.outbox(), exchange_clock, clock, rows.owner(), OrderRows::kTag, {}}),
        executor({pool, exchange.gateway(), send_once, outcomes, rows.outbox(), account_switch,
                  exchange_clock, clock, rows.owner(), rows.instance(), key_usable, stopping,
                  settings, [this](const std::string& market) { reconciles.push_back(market); }}) {}

  SystemClock clock;
  trading::ExchangeClock exchange_clock{clock};
  std::atomic<bool> stopping{false};
  std::unique_ptr<net::SendLedger> ledger;
  net::SendOnce send_once;
  trading::OrderRecorder recorder;
  trading::OutcomeWriter outcomes;
  std::vector<std::string> reconciles;
  trading::Executor executor;
};

}  // namespace everbit::test
