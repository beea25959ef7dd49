#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/decimal.h"
#include "base/json_writer.h"
#include "base/timestamp.h"
#include "base/uuid.h"
#include "store/pool.h"

namespace everbit::api {

// One item of the order list (spec: GET orders): an intent and its latest attempt.
struct OrderItem {
  Uuid intent;
  Timestamp created_at;
  std::string market;
  std::string side;
  std::string intent_type;  // EXIT_MANUAL shows as EXIT_STOPLOSS with manual
  bool manual = false;
  std::string mode;
  std::string status;
  std::optional<Decimal> requested_krw;
  std::optional<Decimal> requested_volume;
  std::optional<std::string> reason_code;
  struct Attempt {
    Uuid id;
    int number = 0;
    std::string status;
    std::optional<Uuid> upbit_uuid;
    std::optional<Timestamp> next_retry_at;
    std::optional<std::string> error_code;
    std::optional<std::string> error_message;
  } attempt;
};

// The newest first, only intents that have an attempt. An empty market means all.
Result<std::vector<OrderItem>> read_orders(store::Pool& pool, std::string_view mode,
                                           std::string_view market, int limit, Deadline deadline);

// A JSON array.
void write_json(JsonWriter& json, const std::vector<OrderItem>& orders);

}  // namespace everbit::api
