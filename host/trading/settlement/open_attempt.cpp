#include "trading/settlement/open_attempt.h"

#include <string_view>

namespace everbit::trading {
namespace {

using std::chrono::milliseconds;
using store::Row;
using store::Sql;

constexpr Sql kOpen{R"sql(
  SELECT a.public_id, a.status, a.market, a.identifier, a.sent_token, a.sent_at,
         (extract(epoch FROM clock_timestamp() - a.sent_at) * 1000)::bigint,
         (extract(epoch FROM clock_timestamp() - coalesce(a.unknown_at, a.sent_at)) * 1000)::bigint,
         a.lookups_not_found, m.trade_status = 'SUSPENDED', s.signal_json ->> 'traceId'
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  JOIN market_state m ON m.owner_id = a.owner_id AND m.market = a.market
  WHERE a.owner_id = $1 AND a.mode = $2 AND a.status IN ('SENT', 'UNKNOWN')
  ORDER BY a.sent_at, a.id)sql"};

constexpr Sql kAbsent{R"sql(
  SELECT a.public_id, a.status, a.market, a.identifier, a.sent_token, a.sent_at,
         (extract(epoch FROM clock_timestamp() - a.sent_at) * 1000)::bigint,
         (extract(epoch FROM clock_timestamp() - coalesce(a.unknown_at, a.sent_at)) * 1000)::bigint,
         a.lookups_not_found, m.trade_status = 'SUSPENDED', s.signal_json ->> 'traceId'
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  JOIN market_state m ON m.owner_id = a.owner_id AND m.market = a.market
  WHERE a.owner_id = $1 AND a.mode = $2 AND a.status = 'REJECTED'
    AND a.error_code IN ('ABSENT', 'NOT_FOUND_CONFIRMED')
    AND a.sent_at > now() - interval '7 days'
    AND coalesce(a.last_lookup_at, a.sent_at) < now() - interval '1 hour'
  ORDER BY a.sent_at, a.id)sql"};

OpenAttempt read(const Row& row) {
  OpenAttempt attempt;
  attempt.public_id = row.get<Uuid>(0);
  attempt.status = parse_attempt_status(row.text(1)).value_or(AttemptStatus::kUnknown);
  attempt.market = row.get<std::string>(2);
  attempt.identifier = row.get<std::string>(3);
  attempt.sent_token = row.get<std::string>(4);
  attempt.sent_at = row.get<Timestamp>(5);
  attempt.since_sent = milliseconds(row.get<std::int64_t>(6));
  attempt.since_unknown = milliseconds(row.get<std::int64_t>(7));
  attempt.lookups_not_found = row.get<int>(8);
  attempt.market_suspended = row.get<bool>(9);
  attempt.trace_id = row.text(10);
  return attempt;
}

Result<std::vector<OpenAttempt>> find(store::Pool& pool, Sql sql, OwnerId owner, Mode mode,
                                      Deadline deadline) {
  auto rows = pool.exec(deadline, sql, owner, to_string(mode));
  if (!rows) return rows.error();
  std::vector<OpenAttempt> attempts;
  for (const Row row : *rows) attempts.push_back(read(row));
  return attempts;
}

}  // namespace

std::optional<Uuid> OpenAttempt::sender() const {
  const std::string_view token = sent_token;
  const auto instance = Uuid::parse(token.substr(0, token.find(':')));
  if (!instance) return std::nullopt;
  return *instance;
}

Result<std::vector<OpenAttempt>> find_open_attempts(store::Pool& pool, OwnerId owner, Mode mode,
                                                    Deadline deadline) {
  return find(pool, kOpen, owner, mode, deadline);
}

Result<std::vector<OpenAttempt>> find_absent_attempts(store::Pool& pool, OwnerId owner, Mode mode,
                                                      Deadline deadline) {
  return find(pool, kAbsent, owner, mode, deadline);
}

}  // namespace everbit::trading
