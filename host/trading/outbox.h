#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/uuid.h"
#include "events/bus.h"
#include "store/transaction.h"
#include "trading/types.h"

namespace everbit::trading {

inline constexpr std::string_view kTradeCommands = "everbit.trade.command";
inline constexpr std::string_view kTradeEvents = "everbit.trade.event";
inline constexpr std::string_view kSystemEvents = "everbit.system.event";

// What the order pipeline tells the rest of the world.
struct TradeEvent {
  std::string_view stream;
  std::string_view type;            // "OrderAccepted"
  std::string_view aggregate_type;  // "order_attempt"
  std::int64_t aggregate_id = 0;
  std::string market;  // also the key by which order is kept; empty: the owner
  std::string strategy_key;
  std::string trace_id;
  std::string payload;                  // a JSON object
  std::optional<Timestamp> not_before;  // empty: at once
};

// Writes events in the transaction of the change they tell of. Any thread.
class Outbox {
 public:
  Outbox(events::Bus& bus, const Clock& clock, const Uuid& owner)
      : bus_(bus), clock_(clock), owner_(owner) {}

  // Part of `tx`: if this fails, so has the transaction.
  Result<void> add(store::Transaction& tx, const TradeEvent& event);

  // After the COMMIT: wakes whoever waits for events of our streams. Never blocks.
  void committed();

 private:
  events::Bus& bus_;
  const Clock& clock_;
  Uuid owner_;
};

}  // namespace everbit::trading
