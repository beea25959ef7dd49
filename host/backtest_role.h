#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "candles/quotation_access.h"
#include "config/settings.h"
#include "events/bus.h"
#include "jobs/backtest_worker.h"
#include "store/ids.h"
#include "store/pool.h"

namespace everbit {

// The role backtest: its jobs' table and its worker, and a way to the exchange's candles, which is
// the trader's where one runs in this process and is opened when it is first needed elsewhere.
// Owned by the application.
class BacktestRole {
 public:
  struct Parts {
    const config::Settings& settings;
    const Clock& clock;
    store::Pool& pool;
    store::OwnerId owner;
    Uuid owner_public_id;
    events::Bus& bus;
    const trading::ExchangeGateway* trader_gateway = nullptr;
  };

  // Codes: those of the bus.
  static Result<std::unique_ptr<BacktestRole>> start(Parts parts);
  // Gives back the job in hand; its child is killed.
  void stop(Deadline deadline) { worker_->stop(deadline); }

  jobs::JobTable& jobs() { return jobs_; }

 private:
  explicit BacktestRole(Parts parts);
  Result<const trading::ExchangeGateway*> gateway();

  const Parts parts_;
  trading::Outbox outbox_;
  jobs::JobTable jobs_;
  std::unique_ptr<candles::QuotationAccess> access_;
  std::unique_ptr<jobs::BacktestWorker> worker_;
};

}  // namespace everbit
