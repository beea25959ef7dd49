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

struct OrderQuery {
  std::string mode;
  std::string market;           // empty: all
  std::optional<Uuid> after{};  // the intent that ended the page before
  int limit = 20;
};

struct OrderPage {
  std::vector<OrderItem> items;  // the newest first
  std::optional<Uuid> next;      // there are older ones
};

// Only intents that have an attempt.
Result<OrderPage> read_orders(store::Pool& pool, const OrderQuery& query, Deadline deadline);

// A JSON array.
void write_json(JsonWriter& json, const std::vector<OrderItem>& orders);
// `{items, nextCursor}`, and that read back; empty: it is not that.
std::string to_json(const OrderPage& page);
std::optional<OrderPage> parse_orders(std::string_view json);

// One attempt with the time it was made, as JSON; empty: there is none of that id.
Result<std::optional<std::string>> read_attempt(store::Pool& pool, const Uuid& attempt,
                                                Deadline deadline);

}  // namespace everbit::api
