#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/timestamp.h"
#include "store/pool.h"

namespace everbit::cli {

// One market with what Everbit holds there and what the account said last.
struct MarketItem {
  std::string market;
  bool enabled = false;
  std::string trade_status;
  std::optional<std::string> suspend_reason_code;
  std::string position_status;
  Decimal quantity;
  Decimal avg_price;
  Decimal dust;
  std::optional<Decimal> at_exchange;       // balance and locked; none: never read
  std::optional<Timestamp> mismatch_since;  // position and account disagree
};

bool is_market(std::string_view text);

// In code order. An empty market means all.
Result<std::vector<MarketItem>> read_markets(store::Pool& pool, std::string_view mode,
                                             std::string_view market, Deadline deadline);

// A JSON array.
void write_json(JsonWriter& json, const std::vector<MarketItem>& markets);
// How they stand: enabled, suspended.
void print_markets(std::ostream& out, const std::vector<MarketItem>& markets);
// What is held, against the account.
void print_positions(std::ostream& out, const std::vector<MarketItem>& markets);

}  // namespace everbit::cli
