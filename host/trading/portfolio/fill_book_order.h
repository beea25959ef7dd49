#pragma once

#include "trading/portfolio/fill_book.h"

namespace everbit::trading {

// For the .cpp files of FillBook: an order as its fills find it.
struct FillBook::OrderRow {
  OrderId id;
  std::string uuid;
  std::string market;
  bool ours = false;
  bool final_state = false;
  bool closed = false;
  Decimal executed_volume;
  IntentId intent;
  IntentType intent_type = IntentType::kEntry;
  IntentId entry;
  std::string strategy_key;
  std::string trace_id;
};

}  // namespace everbit::trading
