#pragma once

#include <memory>

#include "base/result.h"
#include "trader/exchange_access.h"
#include "trader/trader_context.h"
#include "trading/intent/intent_writer.h"
#include "trading/market/candle_reader.h"
#include "trading/market/market_feed.h"
#include "trading/outbox.h"
#include "trading/pipeline/close_loop.h"
#include "trading/pipeline/owner_exits.h"
#include "trading/pipeline/profit_watch.h"
#include "trading/strategy/state_store.h"

namespace everbit {

// From market data to intents: the public WebSocket, the candles, a strategy instance a market, the
// writer of what they decide, and the exits that no strategy decides. Owned by the trader.
class DecisionPath {
 public:
  // Codes: CONFIG_URL, DB_*.
  static Result<std::unique_ptr<DecisionPath>> build(TraderContext& context,
                                                     ExchangeAccess& exchange,
                                                     trading::Outbox& outbox,
                                                     const AccountRules& rules);

  // Codes: NET_*.
  Result<void> start_feed() { return feed_->start(); }
  void start_decisions() {
    owner_exits_->start();
    loop_->start();
  }
  // After the candle in hand.
  void stop_decisions() {
    owner_exits_->stop();
    loop_->stop();
  }
  // See CloseLoop. Any thread.
  void end_quarantines() { loop_->end_quarantines(); }
  void stop_feed() { feed_->stop(); }

  bool is_feed_connected() const { return feed_->is_connected(); }
  // By the public WebSocket; nothing until it said one. Any thread.
  std::optional<Decimal> last_price(const std::string& market) const;
  trading::OwnerExits& owner_exits() { return *owner_exits_; }
  trading::ProfitWatch& profit() { return *profit_; }

 private:
  DecisionPath(TraderContext& context, ExchangeAccess& exchange);
  Result<void> build_feed();
  void build_writer(trading::Outbox& outbox, const AccountRules& rules);
  void build_loop(const trading::ActiveStrategy& active);
  std::unique_ptr<trading::StrategyRunner> make_runner(const std::string& market,
                                                       const trading::ActiveStrategy& active,
                                                       bool is_held);
  bool must_hold_strategy() const;

  TraderContext& context_;
  ExchangeAccess& exchange_;
  trading::CandleReader reader_;
  std::unique_ptr<trading::MarketFeed> feed_;
  std::unique_ptr<trading::IntentWriter> writer_;
  std::unique_ptr<trading::HostExits> exits_;
  std::unique_ptr<trading::OwnerExits> owner_exits_;
  std::unique_ptr<trading::ProfitWatch> profit_;
  std::unique_ptr<trading::Guardian> guardian_;
  std::unique_ptr<trading::CloseLoop> loop_;
};

}  // namespace everbit
