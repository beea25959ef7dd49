#include "bus-postgres/stats.h"

#include <array>

namespace everbit::bus_postgres {
namespace {

// Counted in the small tables only; the log is read for the head of each lane.
constexpr Statement kStreams{90, R"(
WITH q AS (
  SELECT g.stream, g.grp, q.lane, q.id, q.event_id,
         CASE WHEN g.ordered
              THEN l.lease_until > now() AND q.id <= l.inflight_hi AND q.ready_at <= now()
              ELSE q.lease_token > 0 AND q.ready_at > now() END AS processing
  FROM outbox_group g
  JOIN outbox_queue q ON q.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1
  LEFT JOIN outbox_lane l ON l.lane = q.lane),
heads AS (SELECT DISTINCT ON (lane) stream, event_id FROM q WHERE NOT processing ORDER BY lane, id)
SELECT s.stream,
       (SELECT count(*) FROM q WHERE q.stream = s.stream AND NOT q.processing)
         + (SELECT count(*) FROM outbox_delayed d JOIN outbox_group g
            ON d.lane BETWEEN g.group_base AND g.group_base + g.lanes - 1
            WHERE g.stream = s.stream),
       (SELECT count(*) FROM q WHERE q.stream = s.stream AND q.processing),
       (SELECT count(*) FROM outbox_dead d WHERE d."row" ->> 'stream' = s.stream),
       coalesce((SELECT extract(epoch FROM now() - min(e.created_at)) FROM heads h
                 JOIN outbox_event e ON e.event_id = h.event_id WHERE h.stream = s.stream), 0)
FROM (SELECT DISTINCT stream FROM outbox_group) s)"};

// What kills every queue in PostgreSQL: dead rows that an old snapshot keeps.
constexpr Statement kHealth{91, R"(
SELECT coalesce((SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'outbox_queue'), 0),
       coalesce((SELECT max(extract(epoch FROM clock_timestamp() - xact_start))
                 FROM pg_stat_activity
                 WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()), 0))"};

class Reporter {
 public:
  explicit Reporter(const eb_stat_sink& sink) : sink_(sink) {}

  void of_stream(std::string_view name, std::string_view stream, double value) {
    const eb_field label{borrow("stream"), borrow(stream)};
    keep(sink_.stat(sink_.ctx_host, borrow(name), &label, 1, value));
  }
  void plain(std::string_view name, double value) {
    keep(sink_.stat(sink_.ctx_host, borrow(name), nullptr, 0, value));
  }
  eb_status status() const { return status_; }

 private:
  void keep(eb_status status) {
    if (status_ == EB_OK) status_ = status;
  }
  const eb_stat_sink& sink_;
  eb_status status_ = EB_OK;
};

}  // namespace

eb_status report_stats(Shared& shared, const eb_stat_sink& sink) {
  eb_status status = EB_OK;
  const Pool::Lease connection = shared.relaxed.take(&status);
  if (!connection) return status;
  Rows streams;
  status = connection->query(kStreams, {}, &streams);
  if (status != EB_OK) return status;
  Rows health;
  status = connection->query(kHealth, {}, &health);
  if (status != EB_OK) return status;

  Reporter report(sink);
  for (int row = 0; row < streams.size(); ++row) {
    const std::string_view stream = streams.text(row, 0);
    report.of_stream("everbit_outbox_pending", stream, streams.real(row, 1));
    report.of_stream("everbit_outbox_processing", stream, streams.real(row, 2));
    report.of_stream("everbit_outbox_dead", stream, streams.real(row, 3));
    report.of_stream("everbit_outbox_oldest_pending_seconds", stream, streams.real(row, 4));
  }
  report.plain("everbit_outbox_dead_tuples", health.real(0, 0));
  report.plain("everbit_outbox_xmin_age_seconds", health.real(0, 1));
  report.plain("everbit_outbox_lost_lease_total", static_cast<double>(shared.lost_leases.load()));
  report.plain("everbit_outbox_claim_seconds_count", static_cast<double>(shared.fetches.load()));
  report.plain("everbit_outbox_claim_seconds_sum",
               static_cast<double>(shared.fetch_nanoseconds.load()) / 1e9);
  return report.status();
}

}  // namespace everbit::bus_postgres
