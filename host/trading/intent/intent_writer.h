#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "store/trading_transaction.h"
#include "trading/intent/market_facts.h"
#include "trading/intent/order_writer.h"
#include "trading/market/gap_ledger.h"
#include "trading/outbox.h"
#include "trading/strategy/strategy_runner.h"

namespace everbit::trading {

struct WriterSettings {
  bool needs_key = true;  // REAL
  Decimal fee_rate;
  Decimal min_total;         // the exchange refuses orders below it
  Decimal min_order_krw;     // the owner's, for entries; 0: none
  Decimal max_order_krw;     // likewise
  int max_open_markets = 0;  // the owner's; the strategy may be stricter; 0: none
  EntryLimits limits;        // likewise
};

// What a candle's transaction is made of besides the evaluation.
struct CandleJob {
  const StrategyRunner& runner;
  const Evaluation& evaluation;
  bool verified = true;  // the candle was confirmed by REST
  bool fresh = true;     // at most one signal candle past its close
  bool healthy = true;
  bool key_present = false;
  bool key_verified = false;
  std::string trace_id;
  bool daily_loss_reached = false;
  // Today's, for an exit of a missed candle; nothing: the candle's close.
  std::optional<Decimal> price{};
  // Why the exchange's own candle is not there; nothing: it is.
  std::optional<GapCause> gap{};
};

// What came of it.
struct CandleResult {
  std::optional<IntentId> intent;         // an order is on its way
  std::vector<std::string> refusals;      // why none is, if one was asked for
  std::vector<plugins::Gate> host_gates;  // what an entry's cash and slots were compared with
};

// The one transaction of a market and a closed candle: strategy state from the candle before to
// this one, plan, decision, and, if something is to be ordered, signal, intent, attempt no. 1 and
// its command. Either all of it is there or nothing. Fenced: error code FENCED means that another
// trader or generation has taken over, and this one must stop. Blocks; one thread a market.
class IntentWriter {
 public:
  struct Parts {
    store::Pool& pool;
    Outbox& outbox;
    const Clock& clock;
    Uuid trader_instance;
    std::string installation_tag;
    const TradingSwitch& account_switch;
    WriterSettings settings;
  };

  explicit IntentWriter(Parts parts);

  // Repeats an undecided COMMIT's work only if it is missing. Codes: FENCED, those of
  // store/errors.h.
  Result<CandleResult> write(const CandleJob& job);

 private:
  Result<CandleResult> write_in(store::TradingTransaction& tx, const CandleJob& job);
  Result<CandleResult> write_signal(store::TradingTransaction& tx, const CandleJob& job);
  Result<std::optional<NewOrder>> judge(store::TradingTransaction& tx, const CandleJob& job,
                                        const MarketFacts& facts, CandleResult& result);
  Result<std::optional<NewOrder>> size_entry(store::TradingTransaction& tx, const CandleJob& job,
                                             CandleResult& result) const;
  std::optional<NewOrder> size_exit(const CandleJob& job, const MarketFacts& facts,
                                    std::vector<std::string>& refusals) const;
  bool is_beyond_stop_while_off(const store::TradingTransaction& tx, const CandleJob& job) const;
  Result<void> tell_of_stop(store::TradingTransaction& tx, const CandleJob& job);
  Result<void> tell_of_refusal(store::TradingTransaction& tx, const CandleJob& job,
                               const std::vector<std::string>& refusals);
  Result<bool> is_written(const CandleJob& job);

  const Parts parts_;
  const OrderWriter orders_;
};

}  // namespace everbit::trading
