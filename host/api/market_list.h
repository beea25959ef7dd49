#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/timestamp.h"
#include "store/pool.h"

namespace everbit::api {

// One market (spec: GET markets) with what Everbit holds there and what the account said last.
struct MarketItem {
  std::string market;
  bool enabled = false;
  int priority = 0;
  std::string position_status;
  std::string trade_status;
  std::optional<std::string> suspend_reason_code;
  std::optional<Timestamp> last_signal_at;
  std::optional<Timestamp> cooldown_until;
  std::optional<std::string> regime;  // of the newest decision, as is the state
  std::optional<std::string> state;
  Decimal quantity;
  Decimal avg_price;
  std::optional<Decimal> last_price;
  std::optional<Decimal> unrealized;
  std::string mode;
  Decimal dust;
  std::optional<Decimal> at_exchange;       // balance and locked; none: never read
  std::optional<Timestamp> mismatch_since;  // position and account disagree
};

// "KRW-BTC".
bool is_market(std::string_view text);

// In code order. An empty market means all.
Result<std::vector<MarketItem>> read_markets(store::Pool& pool, std::string_view mode,
                                             std::string_view market, Deadline deadline);

// The market's last price; nothing: not known.
using PriceOf = std::function<std::optional<Decimal>(const std::string& market)>;
void add_prices(std::vector<MarketItem>& markets, const PriceOf& price_of);

// A JSON object, an array of them, and either read back; empty: it is neither.
void write_json(JsonWriter& json, const MarketItem& item);
void write_json(JsonWriter& json, const std::vector<MarketItem>& markets);
std::optional<std::vector<MarketItem>> parse_markets(std::string_view json);

}  // namespace everbit::api
