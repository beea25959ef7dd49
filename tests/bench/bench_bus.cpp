// bus-postgres beside a plain queue table (the owner's first draft: one table, a status column,
// claims with SKIP LOCKED, finished rows stay), in the same database server, turn by turn.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "conformance/bus/under_test.h"
#include "store/bus_transaction.h"
#include "store/transaction.h"
#include "support/database.h"

namespace everbit::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kSingles = 500;
constexpr int kBatch = 1000;
constexpr int kDrain = 10'000;
constexpr int kClaim = 100;
constexpr int kHistory = 200'000;
const std::string kStream = "everbit.trade.event";
const std::string kPayload = std::string("{\"payload\":\"") + std::string(300, 'x') + "\"}";

constexpr const char* kDraft = R"(
CREATE TABLE draft (id bigserial PRIMARY KEY, event_id uuid NOT NULL UNIQUE, stream text NOT NULL,
  event_type text NOT NULL, partition_key text NOT NULL, payload_json jsonb NOT NULL,
  status text NOT NULL DEFAULT 'PENDING', attempt_count int NOT NULL DEFAULT 0,
  next_retry_at timestamptz, locked_by text, locked_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON draft (status, next_retry_at);
CREATE INDEX ON draft (created_at);
CREATE INDEX ON draft (stream, status);
CREATE INDEX ON draft (partition_key))";

constexpr store::Sql kDraftInsert{
    "INSERT INTO draft (event_id, stream, event_type, partition_key, payload_json) "
    "VALUES ($1, $2, 'Tested', $3, $4)"};
constexpr store::Sql kDraftClaim{
    "UPDATE draft SET status = 'PROCESSING', attempt_count = attempt_count + 1, locked_by = 'w', "
    "locked_until = now() + interval '30 s', updated_at = now() WHERE id IN (SELECT id FROM draft "
    "WHERE (status = 'PENDING' AND (next_retry_at IS NULL OR next_retry_at <= now())) "
    "OR (status = 'PROCESSING' AND locked_until < now()) ORDER BY created_at LIMIT 100 "
    "FOR UPDATE SKIP LOCKED) RETURNING id, payload_json"};
constexpr store::Sql kDraftDone{
    "UPDATE draft SET status = 'DONE', updated_at = now() WHERE id = ANY ($1::bigint[])"};

Deadline soon() { return Deadline::after(60s); }

class Bench {
 public:
  Bench() : pool_(database_.make_pool(2)) {
    database_.sql(kDraft);
    bus_ = std::make_unique<conformance::OpenBus>(conformance::plugin_path("bus-postgres.so"),
                                                  database_.dsn(), "bench");
    events::SubscribeOptions options;
    options.stream = kStream;
    options.group = "notification";
    options.prefetch = 1000;
    subscription_ = std::make_unique<events::Subscription>(std::move(*(*bus_)->subscribe(options)));
  }

  void run(int rounds) {
    for (const bool history : {false, true}) {
      if (history) add_history();
      const std::string suffix = history ? " with 200k finished" : "";
      for (int round = 0; round < rounds; ++round) {
        measure("publish single, bus" + suffix, kSingles, [&] { publish_bus(kSingles, 1); });
        measure("publish single, draft" + suffix, kSingles, [&] { publish_draft(kSingles, 1); });
        measure("publish batch, bus" + suffix, kDrain,
                [&] { publish_bus(kDrain / kBatch, kBatch); });
        measure("publish batch, draft" + suffix, kDrain,
                [&] { publish_draft(kDrain / kBatch, kBatch); });
        measure("drain, bus (ordered)" + suffix, kDrain + kSingles, [&] { drain_bus(); });
        measure("drain, draft (unordered)" + suffix, kDrain + kSingles, [&] { drain_draft(); });
      }
    }
  }

  void report() const {
    JsonWriter json;
    json.begin_array();
    std::printf("%-46s %10s %10s %10s %8s\n", "what", "median/s", "min/s", "max/s", "WAL B");
    for (const std::string& name : order_) {
      const Series& series = series_.at(name);
      auto rates = series.rates;
      auto wal = series.wal;
      std::sort(rates.begin(), rates.end());
      std::sort(wal.begin(), wal.end());
      const double median = rates[rates.size() / 2];
      std::printf("%-46s %10.0f %10.0f %10.0f %8.0f\n", name.c_str(), median, rates.front(),
                  rates.back(), wal[wal.size() / 2]);
      json.begin_object().field("what", name).field("median", median).field("min", rates.front());
      json.field("max", rates.back()).field("walBytesPerEvent", wal[wal.size() / 2]).end_object();
    }
    std::printf("out of order: %d\n%s\n", out_of_order_, json.end_array().str().c_str());
  }

  int out_of_order() const { return out_of_order_; }

 private:
  struct Series {
    std::vector<double> rates;
    std::vector<double> wal;
  };

  void measure(const std::string& name, int events, const std::function<void()>& work) {
    const double wal_before = wal();
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    if (!series_.contains(name)) order_.push_back(name);
    series_[name].rates.push_back(events / took.count());
    series_[name].wal.push_back((wal() - wal_before) / events);
    std::fprintf(stderr, "%-46s %10.0f/s\n", name.c_str(), series_[name].rates.back());
  }

  double wal() {
    return std::stod(database_.value("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"));
  }

  void publish_bus(int transactions, int each) {
    for (int t = 0; t < transactions; ++t) {
      std::vector<events::Event> events(static_cast<std::size_t>(each));
      for (auto& event : events) {
        event.id = Uuid::make_v7(clock_.now());
        event.stream = kStream;
        event.type = "Tested";
        event.key = "K" + std::to_string(number_++ % 100);
        event.aggregate_type = "test";
        event.payload = kPayload;
      }
      auto tx = store::Transaction::begin(*pool_, soon());
      store::BusTransaction lent(*tx);
      (*bus_)->publish(*lent.get(), events).value();
      if (!tx->commit().committed()) std::abort();
    }
  }

  void publish_draft(int transactions, int each) {
    for (int t = 0; t < transactions; ++t) {
      auto tx = store::Transaction::begin(*pool_, soon());
      for (int i = 0; i < each; ++i) {
        (void)tx
            ->exec(kDraftInsert, Uuid::make_v7(clock_.now()), kStream,
                   "K" + std::to_string(i % 100), kPayload)
            .value();
      }
      if (!tx->commit().committed()) std::abort();
    }
  }

  void drain_bus() {
    std::map<std::string, std::uint64_t> last;
    for (int left = kDrain + kSingles; left > 0;) {
      std::vector<events::Delivery> got;
      subscription_
          ->fetch(kClaim, 1s, [&](events::Delivery&& item) { got.push_back(std::move(item)); })
          .value();
      std::vector<events::Settlement> done;
      for (const auto& item : got) {
        if (item.seq <= last[item.event.key]) ++out_of_order_;
        last[item.event.key] = item.seq;
        done.push_back({&item, events::Outcome::kDone, {}, {}, {}});
      }
      if (!done.empty()) subscription_->settle(nullptr, done).value();
      left -= static_cast<int>(got.size());
    }
  }

  void drain_draft() {
    for (int left = kDrain + kSingles; left > 0;) {
      const auto rows = pool_->exec(soon(), kDraftClaim).value();
      std::vector<std::int64_t> ids;
      for (const auto& row : rows) ids.push_back(row.get<std::int64_t>(0));
      (void)pool_->exec(soon(), kDraftDone, ids).value();
      left -= static_cast<int>(ids.size());
    }
  }

  void add_history() {
    const std::string n = std::to_string(kHistory);
    database_.sql(
        "INSERT INTO draft (event_id, stream, event_type, partition_key, payload_json, status) "
        "SELECT gen_random_uuid(), 's', 't', 'k', '{}', 'DONE' FROM generate_series(1, " +
        n +
        "); INSERT INTO outbox_event (event_id, stream, event_type, aggregate_type, partition_key, "
        "payload_json) SELECT (left(uuid_v7_floor(now())::text, 14) || "
        "right(gen_random_uuid()::text,"
        " 22))::uuid, '" +
        kStream + "', 't', 'a', 'k', '{}' FROM generate_series(1, " + n +
        "); ANALYZE draft; ANALYZE outbox_event");
  }

  test::TestDatabase database_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<conformance::OpenBus> bus_;
  std::unique_ptr<events::Subscription> subscription_;
  SystemClock clock_;
  std::uint64_t number_ = 0;
  int out_of_order_ = 0;
  std::vector<std::string> order_;
  std::map<std::string, Series> series_;
};

}  // namespace
}  // namespace everbit::bench

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(std::atoi(argv[1]), 1) : 5;
  everbit::bench::Bench bench;
  bench.run(rounds);
  bench.report();
  return bench.out_of_order() == 0 ? 0 : 1;
}
