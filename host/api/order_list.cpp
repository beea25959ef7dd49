#include "api/order_list.h"

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
  ORDER BY i.created_at DESC, i.id DESC
  LIMIT $3)"};

using OptionalText = std::optional<std::string>;

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
  item.attempt = {row.get<Uuid>(11),
                  row.get<int>(12),
                  row.get<std::string>(13),
                  row.get<std::optional<Uuid>>(14),
                  row.get<std::optional<Timestamp>>(15),
                  row.get<OptionalText>(16),
                  row.get<OptionalText>(17)};
  return item;
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
      .begin_object()
      .field("attemptPublicId", item.attempt.id)
      .field("attemptNo", item.attempt.number)
      .field("status", item.attempt.status)
      .field("upbitUuid", item.attempt.upbit_uuid)
      .field("nextRetryAt", item.attempt.next_retry_at)
      .field("errorCode", item.attempt.error_code)
      .field("errorMessage", item.attempt.error_message)
      .end_object()
      .end_object();
}

}  // namespace

Result<std::vector<OrderItem>> read_orders(store::Pool& pool, std::string_view mode,
                                           std::string_view market, int limit, Deadline deadline) {
  const auto rows = pool.exec(deadline, kRead, mode, market, limit);
  if (!rows) return rows.error();
  std::vector<OrderItem> items;
  for (const store::Row row : *rows) items.push_back(read_item(row));
  return items;
}

void write_json(JsonWriter& json, const std::vector<OrderItem>& orders) {
  json.begin_array();
  for (const OrderItem& item : orders) write_item(json, item);
  json.end_array();
}

}  // namespace everbit::api
