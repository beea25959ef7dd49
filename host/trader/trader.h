#pragma once

#include <memory>
#include <optional>

#include "base/result.h"
#include "store/trader_lock.h"
#include "trader/decision_path.h"
#include "trader/exchange_access.h"
#include "trader/order_path.h"
#include "trader/settlement_path.h"
#include "trader/supervisor.h"
#include "trader/trader_context.h"

namespace everbit {

// The trader role: strategies, executor, private WebSocket, every Exchange REST call. There is one
// in the world: it holds the trader lock, and every transaction that trades compares its instance.
//
// Built and stopped by the main thread; its parts are built in order of dependency, and stopped in
// the opposite one.
class Trader {
 public:
  // Codes: TRADER_LOCK_HELD, LEDGER_*, NET_*, those of the plugins.
  static Result<std::unique_ptr<Trader>> build(TraderParts parts);
  ~Trader();
  Trader(const Trader&) = delete;
  Trader& operator=(const Trader&) = delete;

  // Drains: takes no more candles and commands, finishes the calls under way.
  void stop(Deadline deadline);

  // The owner had the settings read again: strategies that are quarantined may try again.
  void end_quarantines() { decisions_->end_quarantines(); }

  // What API and admin socket ask for; any thread.
  trading::OwnerExits& owner_exits() { return decisions_->owner_exits(); }
  trading::Outbox& outbox() { return orders_->outbox(); }
  Result<Uuid> request_reconcile(trading::ReconcileScope scope, const std::string& by) {
    return orders_->request_reconcile(scope, by);
  }
  std::optional<Decimal> last_price(const std::string& market) const {
    return decisions_->last_price(market);
  }
  // For the candles of back-tests; any thread, until stop().
  const trading::ExchangeGateway& gateway() const { return exchange_->gateway(); }

 private:
  explicit Trader(TraderParts parts) : context_(std::move(parts)) {}
  Result<void> become_trader();
  Result<void> prepare_database();
  Result<void> build_paths();
  Result<void> start();

  TraderContext context_;
  std::optional<store::TraderLock> lock_;
  std::unique_ptr<AttemptMeter> attempts_;
  std::unique_ptr<ExchangeAccess> exchange_;
  std::unique_ptr<OrderPath> orders_;
  std::unique_ptr<SettlementPath> settlement_;
  std::unique_ptr<DecisionPath> decisions_;
  std::unique_ptr<Supervisor> supervisor_;
};

}  // namespace everbit
