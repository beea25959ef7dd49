#pragma once

#include <string>
#include <vector>

#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/json/writer.h"
#include "upbit-sim/market/market.h"

namespace everbit::upbit_sim {

// How one client wants its messages: short or long keys, and the spelling of numbers.
struct StreamStyle {
  bool simple = false;
  NumberStyle numbers = NumberStyle::kPlain;
};

// An event of an order as it was at that moment; orders change on.
struct OrderEvent {
  Order order;
  std::string state;  // wait, trade, prevented, done, cancel
  std::optional<Fill> fill;
  Millis time = 0;
};

struct AssetEvent {
  std::string uuid;
  std::vector<std::pair<std::string, Balance>> assets;
  Millis time = 0;
};

// The objects of reference §7.3–§7.8, field by field in the order of its tables.
std::string ticker_message(const Market& market, Millis now, bool snapshot, StreamStyle style);
std::string trade_message(const Market& market, const PublicTrade& trade, const Exchange& exchange,
                          Millis now, bool snapshot, StreamStyle style);
std::string orderbook_message(const Market& market, const Exchange& exchange, const Decimal& level,
                              std::size_t depth, Millis now, bool snapshot, StreamStyle style);
std::string candle_message(const Market& market, const std::string& type, const Candle& candle,
                           bool snapshot, StreamStyle style);
std::string my_order_message(const OrderEvent& event, StreamStyle style);
std::string my_asset_message(const AssetEvent& event, StreamStyle style);

// The same event, told with another price or balance: what a client must not take for a new one.
std::string with_another_number(std::string message);

}  // namespace everbit::upbit_sim
