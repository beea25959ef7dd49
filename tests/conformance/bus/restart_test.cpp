#include <atomic>
#include <map>
#include <thread>

#include "conformance/bus/fixture.h"
#include "events/dispatcher.h"
#include "events/inbox.h"
#include "store/migrations.h"
#include "support/own_postgres.h"

namespace everbit::conformance {
namespace {

using events::Dispatcher;
using events::DispatcherOptions;
using events::Handling;
using events::Verdict;

constexpr int kEvents = 400;
constexpr int kKeys = 7;
constexpr auto kPause = 20ms;  // before what failed is tried again

// The server goes and comes back while events are published and handled.
class BusRestartTest : public ::testing::Test {
 protected:
  BusRestartTest() {
    settings_.dsn = server_.dsn();
    store::apply_migrations(settings_, Deadline::after(60s)).value();
    pool_ = std::make_unique<store::Pool>(store::PoolSettings{settings_, 8});
    bus_ = std::make_unique<OpenBus>(plugin_path(bus_under_test().plugin), server_.dsn(), "first",
                                     bus_under_test().config);
    sql("CREATE TABLE effect (id bigserial, key text, number int)");
  }

  store::Rows sql(const char* text) {
    return pool_->exec(Deadline::after(20s), store::Sql{text}).value();
  }

  events::SubscribeOptions subscribe_options(const std::string& stream) {
    events::SubscribeOptions own;
    own.stream = stream;
    own.group = kGroup;
    own.ordered = stream == kOrdered;
    own.lease = 5s;
    own.backoff_base = 20ms;
    own.backoff_cap = 100ms;
    return own;
  }

  // As a domain transaction that is repeated until its COMMIT is known to have worked.
  void publish(const Event& event) {
    while (!is_stored(event)) {
      auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
      if (tx && try_publish(*tx, event)) return;
      std::this_thread::sleep_for(kPause);
    }
  }

  // Everything is published and handled; `outage` comes once a third and once two thirds are out.
  void run(const DispatcherOptions& options, const std::function<void()>& outage) {
    auto dispatcher = Dispatcher::start(**bus_, options);
    ASSERT_TRUE(dispatcher) << to_string(dispatcher.error());
    std::atomic<int> published{0};
    std::thread publisher([&] {
      for (; published < kEvents; ++published) {
        const int i = published;
        publish(make_event(options.subscribe.stream, "K" + std::to_string(i % kKeys),
                           std::to_string(i / kKeys)));
      }
    });
    for (const int at : {kEvents / 3, kEvents * 2 / 3}) {
      while (published < at) std::this_thread::sleep_for(kPause);
      outage();
    }
    publisher.join();
    EXPECT_TRUE(drained(options.subscribe.stream));
    EXPECT_TRUE((*dispatcher)->stop(Deadline::after(20s)));
  }

  bool drained(const std::string& stream) {
    for (const Deadline deadline = Deadline::after(60s); !deadline.expired();) {
      const auto left = (*bus_)->lag(stream, kGroup);
      if (left && *left == 0) return true;
      std::this_thread::sleep_for(kPause);
    }
    return false;
  }

  static bool note_effect(store::Transaction& tx, const Delivery& delivery) {
    return tx
        .exec(store::Sql{"INSERT INTO effect (key, number) VALUES ($1, $2)"}, delivery.event.key,
              std::stoi(note_of(delivery)))
        .has_value();
  }

  // What was handled, in the order in which it was, by key.
  std::map<std::string, std::vector<int>> effects() {
    std::map<std::string, std::vector<int>> all;
    for (const auto& row : sql("SELECT key, number FROM effect ORDER BY id")) {
      all[std::string(row.text(0))].push_back(row.get<int>(1));
    }
    return all;
  }

  static std::map<std::string, std::vector<int>> everything_once() {
    std::map<std::string, std::vector<int>> all;
    for (int i = 0; i < kEvents; ++i) all["K" + std::to_string(i % kKeys)].push_back(i / kKeys);
    return all;
  }

  test::OwnPostgres server_;
  store::ConnectSettings settings_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<OpenBus> bus_;

 private:
  bool try_publish(store::Transaction& tx, const Event& event) {
    store::BusTransaction lent(tx);
    if (!(*bus_)->publish(*lent.get(), std::span(&event, 1))) return false;
    if (!tx.commit().committed()) return false;
    (*bus_)->committed(std::span(&event.stream, 1));
    return true;
  }

  // Waits for an answer: after a COMMIT without one only the row can tell.
  bool is_stored(const Event& event) {
    for (;;) {
      auto row = pool_->exec(Deadline::after(20s),
                             store::Sql{"SELECT FROM outbox_event WHERE event_id = $1"}, event.id);
      if (row) return !row->empty();
      std::this_thread::sleep_for(kPause);
    }
  }
};

TEST_F(BusRestartTest, NoEventIsLostDoubledOrOvertakenWhenThePostgresRestartsOrCrashes) {
  DispatcherOptions options;
  options.subscribe = subscribe_options(kOrdered);
  options.handle = [&](Handling& handling) {
    auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
    if (!tx) return Verdict::release();
    store::BusTransaction lent(*tx);
    if (!note_effect(*tx, handling.delivery())) return Verdict::release();
    if (!handling.settle_done(*lent.get())) return Verdict::release();
    return tx->commit().committed() ? Verdict::settled() : Verdict::release();
  };
  bool crash = false;
  run(options, [&] {
    crash ? server_.crash() : server_.stop();
    crash = true;
    server_.start();
  });
  EXPECT_EQ(effects(), everything_once());
}

TEST_F(BusRestartTest, ADoneThatWasLostInACrashComesAgainAndTheInboxKnowsIt) {
  DispatcherOptions options;
  options.subscribe = subscribe_options(kCompeting);
  options.handle = [&](Handling& handling) {
    const Delivery& delivery = handling.delivery();
    auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
    if (!tx) return Verdict::release();
    store::BusTransaction lent(*tx);
    const auto first = events::first_delivery(*lent.get(), kGroup, delivery.event.id);
    if (!first) return Verdict::release();
    if (!*first) return Verdict::done();
    if (!note_effect(*tx, delivery)) return Verdict::release();
    return tx->commit().committed() ? Verdict::done() : Verdict::release();
  };
  run(options, [&] {
    server_.crash();
    server_.start();
  });
  auto handled = effects();
  for (auto& [key, numbers] : handled) std::sort(numbers.begin(), numbers.end());
  EXPECT_EQ(handled, everything_once());
}

TEST_F(BusRestartTest, WhatWasHeldThroughACrashIsSettledOnceAndOnlyOnce) {
  for (const std::string& stream : {kOrdered, kCompeting}) {
    publish(make_event(stream, "A", "held"));
    auto subscription = (*bus_)->subscribe(subscribe_options(stream)).value();
    int settled = 0;
    bool outage = true;
    for (const Deadline deadline = Deadline::after(60s); settled == 0 && !deadline.expired();) {
      std::vector<Delivery> got;
      (void)subscription.fetch(1, 1s, [&](Delivery&& one) { got.push_back(std::move(one)); });
      if (got.empty()) continue;
      if (std::exchange(outage, false)) {
        server_.crash();
        server_.start();
      }
      Settlement settlement{&got[0], Outcome::kDone, {}, {}, {}};
      (void)subscription.settle(nullptr, std::span(&settlement, 1));
      if (settlement.result == SettleResult::kSettled) ++settled;
      // Not settled: given back, so that it comes again.
      settlement.outcome = Outcome::kRelease;
      if (settled == 0) (void)subscription.settle(nullptr, std::span(&settlement, 1));
    }
    EXPECT_EQ(settled, 1) << stream;
    EXPECT_TRUE(drained(stream)) << stream;
    int more = 0;
    (void)subscription.fetch(1, 500ms, [&](Delivery&&) { ++more; });
    EXPECT_EQ(more, 0) << stream;
  }
}

}  // namespace
}  // namespace everbit::conformance
