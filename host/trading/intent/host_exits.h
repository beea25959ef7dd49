#pragma once

#include <functional>
#include <optional>
#include <string>

#include "store/pool.h"
#include "trading/intent/market_facts.h"
#include "trading/intent/order_writer.h"

namespace everbit::trading {

// Exits that no strategy decides: the owner's EXIT_MANUAL, and the guardian's stop for a position
// whose strategy cannot run. Each in one transaction of its market, behind the same gate as every
// other exit. Any thread; blocks for the database.
class HostExits {
 public:
  struct Parts {
    store::Pool& pool;
    Outbox& outbox;
    const Clock& clock;
    OwnerId owner;
    Mode mode = Mode::kReal;
    Uuid trader_instance;
    std::string installation_tag;
    const TradingSwitch& account_switch;
    bool needs_key = true;
    bool key_present = false;
    const std::atomic<bool>& key_usable;
    Decimal min_total;
    // The market's last price; nothing: not known, then nothing counts as dust.
    std::function<std::optional<Decimal>(const std::string& market)> price;
  };

  explicit HostExits(Parts parts);

  struct Closed {
    Uuid intent_public_id;
    bool created = false;  // false: the exit that is under way already
  };

  // Who closes: the owner one market, or a flatten, which never touches a suspended one.
  enum class By { kOwner, kFlatten };

  // Idempotent by state (page 50, section 7). Codes: KILL_SWITCH_OFF, MARKET_SUSPENDED (kFlatten
  // alone), MARKET_HAS_UNKNOWN, INTENT_OPEN (an entry), NO_POSITION, DUST, MARKET_UNKNOWN, FENCED,
  // those of the gate and of the store. Of MARKET_HAS_UNKNOWN the error's field lists the attempts'
  // public ids, with commas.
  Result<Closed> close(const std::string& market, By by, const std::string& actor);

  // A signal candle closed at or below the stored stop of a position without a strategy.
  struct Stop {
    InstanceKey key;  // the position's strategy
    Timestamp close_time;
    Decimal close;
    Decimal stop;
    std::string trace_id;
  };
  // EXIT_STOPLOSS, GUARDIAN_STOP; or, refused, its signal with the reasons. Nothing to do for a
  // candle that has an exit's signal already. Returns the refusals, or "STORED_ALREADY".
  Result<std::vector<std::string>> guard(const Stop& stop);

 private:
  Result<store::TradingTransaction> begin(const std::string& market) const;
  Result<Closed> close_in(store::TradingTransaction& tx, const std::string& market, By by,
                          const std::string& actor);
  Result<void> may_close(store::TradingTransaction& tx, const InstanceKey& key,
                         const MarketFacts& facts, By by) const;
  GateFacts facts_of_gate(const store::TradingTransaction& tx, const InstanceKey& key,
                          const MarketFacts& facts) const;
  Result<std::vector<std::string>> guard_in(store::TradingTransaction& tx, const Stop& stop);
  Result<Uuid> place(store::TradingTransaction& tx, const OrderOrigin& origin,
                     const MarketFacts& facts, const NewOrder& order) const;

  const Parts parts_;
  const OrderWriter orders_;
};

}  // namespace everbit::trading
