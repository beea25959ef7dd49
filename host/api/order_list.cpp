#include "api/order_list.h"

#include <simdjson.h>

#include "api/json_reading.h"

namespace everbit::api {
namespace {

constexpr store::Sql kRead{R"(
  SELECT i.public_id, i.created_at, i.market, i.side,
         CASE i.intent_type WHEN 'EXIT_MANUAL' THEN 'EXIT_STOPLOSS' ELSE i.intent_type END,
         i.intent_type = 'EXIT_MANUAL', i.mode, i.status, i.requested_krw, i.requested_volume,
         i.reason_code,
         a.public_id, a.attempt_no, a.status, a.upbit_uuid, a.next_retry_at, a.error_code,
         a.error_message
  FROM order_intent i
  JOIN LATERAL (SELECT * FROM order_attempt WHERE order_intent_id = i.id
                ORDER BY attempt_no DESC LIMIT 1) a ON true
  WHERE i.mode = $1 AND ($2 = '' OR i.market = $2)
    AND ($3::uuid IS NULL
         OR (i.created_at, i.id) < (SELECT created_at, id FROM order_intent WHERE public_id = $3))
  ORDER BY i.created_at DESC, i.id DESC
  LIMIT $4)"};

constexpr store::Sql kReadAttempt{R"(
  SELECT public_id, attempt_no, status, upbit_uuid, next_retry_at, error_code, error_message,
         created_at
  FROM order_attempt WHERE public_id = $1)"};

using OptionalText = std::optional<std::string>;

// Seven columns from `first` on.
OrderItem::Attempt read_attempt(const store::Row& row, int first) {
  return {row.get<Uuid>(first),
          row.get<int>(first + 1),
          row.get<std::string>(first + 2),
          row.get<std::optional<Uuid>>(first + 3),
          row.get<std::optional<Timestamp>>(first + 4),
          row.get<OptionalText>(first + 5),
          row.get<OptionalText>(first + 6)};
}

OrderItem read_item(const store::Row& row) {
  OrderItem item;
  item.intent = row.get<Uuid>(0);
  item.created_at = row.get<Timestamp>(1);
  item.market = row.get<std::string>(2);
  item.side = row.get<std::string>(3);
  item.intent_type = row.get<std::string>(4);
  item.manual = row.get<bool>(5);
  item.mode = row.get<std::string>(6);
  item.status = row.get<std::string>(7);
  item.requested_krw = row.get<std::optional<Decimal>>(8);
  item.requested_volume = row.get<std::optional<Decimal>>(9);
  item.reason_code = row.get<OptionalText>(10);
  item.attempt = read_attempt(row, 11);
  return item;
}

void write_fields(JsonWriter& json, const OrderItem::Attempt& attempt) {
  json.field("attemptPublicId", attempt.id)
      .field("attemptNo", attempt.number)
      .field("status", attempt.status)
      .field("upbitUuid", attempt.upbit_uuid)
      .field("nextRetryAt", attempt.next_retry_at)
      .field("errorCode", attempt.error_code)
      .field("errorMessage", attempt.error_message);
}

void write_item(JsonWriter& json, const OrderItem& item) {
  json.begin_object()
      .field("intentPublicId", item.intent)
      .field("createdAt", item.created_at)
      .field("market", item.market)
      .field("side", item.side)
      .field("intentType", item.intent_type)
      .field("manual", item.manual)
      .field("mode", item.mode)
      .field("status", item.status)
      .field("requestedKrw", item.requested_krw)
      .field("requestedVolume", item.requested_volume)
      .field("reasonCode", item.reason_code)
      .key("latestAttempt")
      .begin_object();
  write_fields(json, item.attempt);
  json.end_object().end_object();
}

// Throws what simdjson throws for a value of another type.
OrderItem parse_item(const simdjson::dom::element& json) {
  OrderItem item;
  item.intent = required<Uuid>(json["intentPublicId"]);
  item.created_at = required<Timestamp>(json["createdAt"]);
  item.market = required<std::string>(json["market"]);
  item.side = required<std::string>(json["side"]);
  item.intent_type = required<std::string>(json["intentType"]);
  item.manual = json["manual"].get_bool().value();
  item.mode = required<std::string>(json["mode"]);
  item.status = required<std::string>(json["status"]);
  item.requested_krw = optional<Decimal>(json["requestedKrw"]);
  item.requested_volume = optional<Decimal>(json["requestedVolume"]);
  item.reason_code = optional<std::string>(json["reasonCode"]);
  const simdjson::dom::element attempt = json["latestAttempt"];
  item.attempt = {required<Uuid>(attempt["attemptPublicId"]),
                  static_cast<int>(attempt["attemptNo"].get_int64().value()),
                  required<std::string>(attempt["status"]),
                  optional<Uuid>(attempt["upbitUuid"]),
                  optional<Timestamp>(attempt["nextRetryAt"]),
                  optional<std::string>(attempt["errorCode"]),
                  optional<std::string>(attempt["errorMessage"])};
  return item;
}

}  // namespace

// One more than is asked for tells whether there are more.
Result<OrderPage> read_orders(store::Pool& pool, const OrderQuery& query, Deadline deadline) {
  const auto rows =
      pool.exec(deadline, kRead, query.mode, query.market, query.after, query.limit + 1);
  if (!rows) return rows.error();
  OrderPage page;
  for (const store::Row row : *rows) page.items.push_back(read_item(row));
  if (page.items.size() > static_cast<std::size_t>(query.limit)) {
    page.items.pop_back();
    page.next = page.items.back().intent;
  }
  return page;
}

Result<std::optional<std::string>> read_attempt(store::Pool& pool, const Uuid& attempt,
                                                Deadline deadline) {
  const auto rows = pool.exec(deadline, kReadAttempt, attempt);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>();
  JsonWriter json;
  json.begin_object();
  write_fields(json, read_attempt(rows->front(), 0));
  json.field("createdAt", rows->front().get<Timestamp>(7)).end_object();
  return std::optional(json.take());
}

void write_json(JsonWriter& json, const std::vector<OrderItem>& orders) {
  json.begin_array();
  for (const OrderItem& item : orders) write_item(json, item);
  json.end_array();
}

std::string to_json(const OrderPage& page) {
  JsonWriter json;
  json.begin_object().key("items");
  write_json(json, page.items);
  return json.field("nextCursor", page.next).end_object().take();
}

std::optional<OrderPage> parse_orders(std::string_view json) {
  try {
    simdjson::dom::parser parser;
    const simdjson::dom::element whole = parser.parse(simdjson::padded_string(json));
    OrderPage page;
    for (const simdjson::dom::element item : whole["items"].get_array()) {
      page.items.push_back(parse_item(item));
    }
    page.next = optional<Uuid>(whole["nextCursor"]);
    return page;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace everbit::api
