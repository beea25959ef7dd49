// The outbox tables themselves: months, lanes, the owner's view. Buses are tested elsewhere.

#include <gtest/gtest.h>

#include "base/clock.h"
#include "store/errors.h"
#include "store/maintenance.h"
#include "support/database.h"

namespace everbit::store {
namespace {

using test::TestDatabase;

Deadline soon() { return Deadline::after(std::chrono::seconds(20)); }

// What any bus writes at publish: one log row, one queue row a group.
Uuid publish(const TestDatabase& database, const std::string& stream, Timestamp at) {
  const Uuid id = Uuid::make_v7(at);
  database.sql(
      "WITH e AS (INSERT INTO outbox_event (event_id, stream, event_type, aggregate_type, "
      "partition_key, payload_json) VALUES ('" +
      id.to_string() + "', '" + stream +
      "', 'T', 'A', 'KRW-BTC', '{\"b\":1, \"a\":2}') RETURNING id, event_id, stream) "
      "INSERT INTO outbox_queue (lane, id, event_id, key_hash) "
      "SELECT g.group_base, e.id, e.event_id, 0 FROM e JOIN outbox_group g USING (stream)");
  return id;
}

std::string state(const TestDatabase& database) {
  return database.value("SELECT string_agg(status, ',') FROM outbox_event_state");
}

Timestamp now() { return SystemClock().now(); }

TEST(Outbox, AnEventGoesIntoTheMonthOfItsIdAndKeepsItsText) {
  const TestDatabase database;
  publish(database, "everbit.trade.command", now());
  EXPECT_EQ(
      database.value("SELECT tableoid::regclass = ('outbox_event_' || to_char(now() AT TIME ZONE "
                     "'UTC', 'YYYYMM'))::regclass FROM outbox_event"),
      "t");
  EXPECT_EQ(database.value("SELECT payload_json FROM outbox_event"), "{\"b\":1, \"a\":2}");
}

TEST(Outbox, AnEventIdIsStoredOnceAndTheLogNeverChanges) {
  const TestDatabase database;
  const Uuid id = publish(database, "everbit.trade.command", now());
  const auto twice = database.error_of(
      "INSERT INTO outbox_event (event_id, stream, event_type, aggregate_type, partition_key, "
      "payload_json) VALUES ('" +
      id.to_string() + "', 's', 'T', 'A', 'k', '{}')");
  EXPECT_EQ(twice.code, kUniqueViolation);
  EXPECT_EQ(database.error_of("UPDATE outbox_event SET event_type = 'X'").code, kRefused);
}

TEST(Outbox, MonthsAreMadeAheadAndAgainIsANoOp) {
  const TestDatabase database;
  EXPECT_EQ(database.value("SELECT outbox_ensure_partitions()"), "0");
  EXPECT_EQ(database.value("SELECT outbox_ensure_partitions('2031-12-31 23:59Z')"), "2");
  EXPECT_EQ(database.value("SELECT outbox_ensure_partitions('2032-01-01 00:00Z')"), "1");
  publish(database, "everbit.trade.command", Timestamp::parse("2032-01-01T00:00:00Z").value());
  EXPECT_EQ(database.value("SELECT tableoid::regclass FROM outbox_event"), "outbox_event_203201");
}

TEST(Outbox, RowsThatFoundNoMonthAreMovedIntoItOnceItIsMade) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  publish(database, "everbit.trade.command", Timestamp::parse("2031-06-15T00:00:00Z").value());
  EXPECT_EQ(maintain(*pool, 30, soon())->rows_in_default_partition, 1);
  EXPECT_EQ(database.value("SELECT outbox_ensure_partitions('2031-06-20Z')"), "2");
  EXPECT_EQ(maintain(*pool, 30, soon())->rows_in_default_partition, 0);
  EXPECT_EQ(database.value("SELECT tableoid::regclass FROM outbox_event"), "outbox_event_203106");
}

TEST(Outbox, AnOldMonthIsDroppedUnlessARowStillWaits) {
  const TestDatabase database;
  auto pool = database.make_pool(1);
  database.sql("SELECT outbox_ensure_partitions('2024-01-15Z')");
  publish(database, "everbit.trade.command", Timestamp::parse("2024-02-10T00:00:00Z").value());
  database.sql(
      "INSERT INTO consumer_inbox VALUES ('g', gen_random_uuid(), now() - interval '40 days')");
  // January holds nothing, February a row that no consumer has settled.
  EXPECT_EQ(maintain(*pool, 30, soon())->partitions_dropped, 1);
  EXPECT_EQ(state(database), "PENDING");
  database.sql("DELETE FROM outbox_queue");
  EXPECT_EQ(maintain(*pool, 30, soon())->partitions_dropped, 1);
  EXPECT_EQ(database.value("SELECT count(*) FROM outbox_event"), "0");
  EXPECT_EQ(database.value("SELECT count(*) FROM consumer_inbox"), "0");
  EXPECT_EQ(database.value("SELECT outbox_ensure_partitions()"), "0") << "the present is kept";
}

TEST(Outbox, EveryStreamOfTheTradersHasItsGroupsAndTheirLanes) {
  const TestDatabase database;
  EXPECT_EQ(database.value(
                "SELECT string_agg(stream || '/' || grp || '/' || lanes, ' ' ORDER BY group_base) "
                "FROM outbox_group"),
            "everbit.trade.command/order-executor/8 everbit.trade.event/notification/8 "
            "everbit.system.event/notification/1 everbit.backtest.event/notification/1 "
            "everbit.backtest.command/backtest/1");
  EXPECT_EQ(database.value("SELECT count(*) FROM outbox_lane WHERE lease_until < now()"), "19");
  EXPECT_EQ(database.error_of("INSERT INTO outbox_group VALUES ('s', 'g', true, 18, 2)").code,
            kUniqueViolation)
      << "two groups never share a lane";
  database.sql("INSERT INTO outbox_group VALUES ('s', 'g', true, 100, 4)");
  EXPECT_EQ(database.value("SELECT count(*) FROM outbox_lane WHERE lane BETWEEN 100 AND 103"), "4");
}

TEST(Outbox, TheViewTellsTheStateOfAnOrderedEvent) {
  const TestDatabase database;
  publish(database, "everbit.trade.command", now());
  EXPECT_EQ(state(database), "PENDING");
  database.sql(
      "UPDATE outbox_lane SET owner = 'o', epoch = 1, lease_until = now() + interval '1 min', "
      "inflight_hi = (SELECT max(id) FROM outbox_queue) WHERE lane = 0");
  EXPECT_EQ(state(database), "PROCESSING");
  database.sql("UPDATE outbox_queue SET ready_at = now() + interval '1 min', attempt_count = 1");
  EXPECT_EQ(state(database), "PENDING");
  EXPECT_EQ(
      database.value("SELECT next_retry_at > now() AND attempt_count = 1 FROM outbox_event_state"),
      "t");
  database.sql(
      "INSERT INTO outbox_dead SELECT e.event_id, 'order-executor', row_to_json(e), 10, 'X', 'm' "
      "FROM outbox_event e; DELETE FROM outbox_queue");
  EXPECT_EQ(state(database), "DEAD");
  database.sql("DELETE FROM outbox_dead");
  EXPECT_EQ(state(database), "DONE");
}

TEST(Outbox, TheViewTellsTheStateOfACompetingEvent) {
  const TestDatabase database;
  publish(database, "everbit.backtest.command", now());
  EXPECT_EQ(state(database), "PENDING");
  database.sql(
      "UPDATE outbox_queue SET lease_token = nextval('outbox_lease_token'), "
      "ready_at = now() + interval '1 min'");
  EXPECT_EQ(state(database), "PROCESSING");
  database.sql("UPDATE outbox_queue SET lease_token = -nextval('outbox_lease_token')");
  EXPECT_EQ(state(database), "PENDING");
  database.sql(
      "WITH q AS (DELETE FROM outbox_queue RETURNING *) INSERT INTO outbox_delayed SELECT * FROM "
      "q");
  EXPECT_EQ(state(database), "PENDING");
}

}  // namespace
}  // namespace everbit::store
