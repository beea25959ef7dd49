#include "trader/attempt_meter.h"

#include <algorithm>

#include "base/metric_names.h"

namespace everbit {
namespace {

// Attempts that may still move when the process begins are at most so old (page 10: an absent one
// may show up for seven days).
constexpr store::Sql kStart{R"sql(
  SELECT (clock_timestamp() - interval '8 days')::text)sql"};

constexpr store::Sql kCount{R"sql(
  SELECT s.status, count(*) FILTER (WHERE CASE s.status
           WHEN 'PREPARED' THEN true
           WHEN 'SENT' THEN a.sent_at IS NOT NULL
           WHEN 'UNKNOWN' THEN a.unknown_at IS NOT NULL
           ELSE a.status = s.status END)
  FROM (VALUES ('PREPARED'), ('SENT'), ('ACKED'), ('REJECTED'), ('THROTTLED'), ('UNKNOWN'),
               ('SUSPENDED')) s (status)
  LEFT JOIN order_attempt a ON a.owner_id = $1 AND a.created_at >= $2::timestamptz
  GROUP BY s.status)sql"};

}  // namespace

Result<void> AttemptMeter::look(Deadline deadline) {
  if (since_.empty()) {
    auto start = pool_.exec(deadline, kStart);
    if (!start) return start.error();
    since_ = start->front().get<std::string>(0);
  }
  auto rows = pool_.exec(deadline, kCount, owner_, since_);
  if (!rows) return rows.error();
  Counts now;
  for (const store::Row row : *rows) {
    const auto status = row.get<std::string>(0);
    now[status] = row.get<std::int64_t>(1);
    const std::int64_t before = counted_ ? (*counted_)[status] : now[status];
    // An absence that evidence overruled takes one from REJECTED; a counter never goes back.
    metrics_.counter(metric::kOrderAttempts, {{"status", status}})
        .add(static_cast<double>(std::max<std::int64_t>(now[status] - before, 0)));
  }
  counted_ = std::move(now);
  return {};
}

}  // namespace everbit
