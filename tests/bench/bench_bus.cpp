// bus-postgres beside a plain queue table (the owner's first draft: one table, a status column,
// claims with SKIP LOCKED, finished rows stay), in the same database server, turn by turn. Which of
// the two goes first changes from round to round.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench_figures.h"
#include "conformance/bus/under_test.h"
#include "store/bus_transaction.h"
#include "store/transaction.h"
#include "support/database.h"

namespace everbit::bench {
namespace {

using namespace std::chrono_literals;

constexpr int kBatch = 1000;
constexpr int kClaim = 100;
constexpr int kConnections = 8;

struct Sizes {
  int rounds = 5;
  int singles = 800;  // by each way of publishing one at a time
  int batches = 10;
  int history = 200'000;
};
constexpr Sizes kQuick{5, 160, 2, 50'000};

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
constexpr store::Sql kDraftInsertMany{
    "INSERT INTO draft (event_id, stream, event_type, partition_key, payload_json) "
    "SELECT id, $2::text, 'Tested', key, payload::jsonb "
    "FROM unnest($1::uuid[], $3::text[], $4::text[]) AS u(id, key, payload)"};
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
  explicit Bench(const Sizes& sizes)
      : sizes_(sizes),
        events_(2 * sizes.singles + sizes.batches * kBatch),
        pool_(database_.make_pool(kConnections)) {
    database_.sql(kDraft);
    bus_ = std::make_unique<conformance::OpenBus>(conformance::plugin_path("bus-postgres.so"),
                                                  database_.dsn(), "bench");
    events::SubscribeOptions options;
    options.stream = kStream;
    options.group = "notification";
    options.prefetch = 1000;
    subscription_ = std::make_unique<events::Subscription>(std::move(*(*bus_)->subscribe(options)));
  }

  void run() {
    for (const bool history : {false, true}) {
      if (history) add_history();
      const std::string suffix =
          history ? ", " + std::to_string(sizes_.history / 1000) + "k finished" : "";
      // The first round opens connections and prepares statements; it does not count.
      if (!history) {
        one_round(suffix, 0);
        figures_ = {};
      }
      for (int round = 0; round < sizes_.rounds; ++round) one_round(suffix, round);
    }
  }

  const Figures& figures() const { return figures_; }
  int out_of_order() const { return out_of_order_; }

 private:
  struct Turn {
    std::string what;
    int round;
  };

  void one_round(const std::string& suffix, int round) {
    const auto at = [&](const std::string& what) { return Turn{what + suffix, round}; };
    turn(
        at("publish single, 1 connection"), sizes_.singles, [&] { publish_bus(sizes_.singles, 1); },
        [&] { publish_draft(sizes_.singles, 1); });
    turn(
        at("publish single, 8 connections"), sizes_.singles,
        [&] { at_once([&](int n) { publish_bus(n, 1); }); },
        [&] { at_once([&](int n) { publish_draft(n, 1); }); });
    turn(
        at("publish 1000 a transaction"), sizes_.batches * kBatch,
        [&] { publish_bus(sizes_.batches, kBatch); },
        [&] { publish_draft(sizes_.batches, kBatch); });
    turn(
        at("drain"), events_, [&] { drain_bus(); }, [&] { drain_draft(); });
  }

  // Both once, and how they compare in this round: the machine is nearly the same for the two.
  void turn(const Turn& turn, int events, const std::function<void()>& bus,
            const std::function<void()>& draft) {
    double draft_rate = 0;
    const auto run_draft = [&] { draft_rate = measure(turn.what + ", draft", events, draft); };
    const bool draft_first = turn.round % 2 != 0;
    if (draft_first) run_draft();
    const double bus_rate = measure(turn.what + ", bus", events, bus);
    if (!draft_first) run_draft();
    figures_.add(turn.what + ", bus / draft", "x", bus_rate / draft_rate);
  }

  double measure(const std::string& name, int events, const std::function<void()>& work) {
    const double wal_before = wal();
    const auto began = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const double rate = events / took.count();
    figures_.add(name, "1/s", rate, (wal() - wal_before) / events);
    return rate;
  }

  void at_once(const std::function<void(int)>& publish) const {
    std::vector<std::thread> threads;
    for (int i = 0; i < kConnections; ++i) {
      threads.emplace_back([&] { publish(sizes_.singles / kConnections); });
    }
    for (auto& thread : threads) thread.join();
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

  // Many in one statement too, so that the bus does not win by its round trips.
  void publish_draft(int transactions, int each) {
    for (int t = 0; t < transactions; ++t) {
      std::vector<Uuid> ids;
      std::vector<std::string> keys;
      for (int i = 0; i < each; ++i) {
        ids.push_back(Uuid::make_v7(clock_.now()));
        keys.push_back("K" + std::to_string(number_++ % 100));
      }
      const std::vector<std::string> payloads(ids.size(), kPayload);
      auto tx = store::Transaction::begin(*pool_, soon());
      const auto done = each == 1 ? tx->exec(kDraftInsert, ids[0], kStream, keys[0], kPayload)
                                  : tx->exec(kDraftInsertMany, ids, kStream, keys, payloads);
      if (!done || !tx->commit().committed()) std::abort();
    }
  }

  void drain_bus() {
    std::map<std::string, std::uint64_t> last;
    for (int left = events_; left > 0;) {
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
    for (int left = events_; left > 0;) {
      const auto rows = pool_->exec(soon(), kDraftClaim).value();
      std::vector<std::int64_t> ids;
      for (const auto& row : rows) ids.push_back(row.get<std::int64_t>(0));
      (void)pool_->exec(soon(), kDraftDone, ids).value();
      left -= static_cast<int>(ids.size());
    }
  }

  void add_history() {
    const std::string n = std::to_string(sizes_.history);
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

  const Sizes sizes_;
  const int events_;
  test::TestDatabase database_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<conformance::OpenBus> bus_;
  std::unique_ptr<events::Subscription> subscription_;
  SystemClock clock_;
  std::atomic<std::uint64_t> number_{0};
  int out_of_order_ = 0;
  Figures figures_;
};

}  // namespace
}  // namespace everbit::bench

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  everbit::bench::Bench bench(quick ? everbit::bench::kQuick : everbit::bench::Sizes{});
  bench.run();
  bench.figures().print();
  std::fprintf(stderr, "out of order: %d\n", bench.out_of_order());
  return bench.out_of_order() == 0 ? 0 : 1;
}
