#include "notify/order_facts.h"

namespace everbit::notify {
namespace {

constexpr store::Sql kFacts{R"sql(
  SELECT i.strategy_key, i.side, i.intent_type, i.mode, trim_scale(i.requested_krw)::text,
         trim_scale(i.requested_volume)::text
  FROM order_attempt a JOIN order_intent i ON i.id = a.order_intent_id
  WHERE a.owner_id = $1 AND a.upbit_uuid = $2)sql"};

}  // namespace

Result<std::optional<OrderFacts>> read_order(store::Pool& pool, store::OwnerId owner,
                                             const std::string& upbit_uuid, Deadline deadline) {
  const auto uuid = Uuid::parse(upbit_uuid);
  if (!uuid) return std::optional<OrderFacts>();
  auto rows = pool.exec(deadline, kFacts, owner, *uuid);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<OrderFacts>();
  const store::Row row = rows->front();
  return std::optional(OrderFacts{row.get<std::string>(0), row.get<std::string>(1),
                                  row.get<std::string>(2), row.get<std::string>(3),
                                  row.get<std::optional<std::string>>(4),
                                  row.get<std::optional<std::string>>(5)});
}

}  // namespace everbit::notify
