#include "events/dispatcher.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "conformance/bus/fixture.h"
#include "events/inbox.h"

namespace everbit::conformance {
namespace {

using events::Dispatcher;
using events::DispatcherOptions;
using events::Handling;
using events::Verdict;

class BusDispatcherTest : public BusTest {
 protected:
  DispatcherOptions options(const std::string& stream = kOrdered) {
    DispatcherOptions own;
    own.subscribe.stream = stream;
    own.subscribe.group = stream == kCommand ? "order-executor" : kGroup;
    own.subscribe.ordered = stream == kOrdered || stream == kCommand;
    own.subscribe.prefetch = 200;
    own.subscribe.lease = 5s;
    own.subscribe.backoff_base = 20ms;
    own.subscribe.backoff_cap = 100ms;
    return own;
  }
  bool drained(const std::string& stream, std::chrono::milliseconds within) {
    const Deadline deadline = Deadline::after(within);
    while (!deadline.expired()) {
      const auto left = (*bus_)->lag(stream, stream == kCommand ? "order-executor" : kGroup);
      if (left && *left == 0) return true;
      std::this_thread::sleep_for(20ms);
    }
    return false;
  }
};

TEST_F(BusDispatcherTest,
       TenThousandEventsKeepTheOrderOfTheirKeysThroughFailuresAndLostConnections) {
  constexpr int kEvents = 10'000;
  constexpr int kKeys = 50;
  std::mutex mutex;
  std::map<std::string, int> next;
  std::set<std::string> failed;
  int out_of_order = 0;
  DispatcherOptions own = options();
  own.handle = [&](Handling& handling) {
    const auto& delivery = handling.delivery();
    const std::lock_guard lock(mutex);
    const int number = std::stoi(note_of(delivery));
    if (number % 100 == 7 && failed.insert(delivery.event.key + note_of(delivery)).second) {
      return Verdict::retry("AGAIN", "once");
    }
    int& expected = next[delivery.event.key];
    // One that is handled twice is a redelivery, one that is skipped is an accident.
    if (number > expected) ++out_of_order;
    if (number == expected) ++expected;
    return Verdict::done();
  };
  auto dispatcher = Dispatcher::start(**bus_, own);
  ASSERT_TRUE(dispatcher);
  for (int i = 0; i < kEvents / kKeys; i += 4) {
    std::vector<Event> batch;
    for (int n = i; n < i + 4; ++n) {
      for (int key = 0; key < kKeys; ++key) {
        batch.push_back(make_event(kOrdered, "K" + std::to_string(key), std::to_string(n)));
      }
    }
    ASSERT_TRUE(publish(batch));
    if (i == 100) {
      database_.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
          "WHERE application_name = 'everbit bus' AND datname = current_database()");
    }
  }
  EXPECT_TRUE(drained(kOrdered, 60s));
  EXPECT_TRUE((*dispatcher)->stop(Deadline::after(20s)));
  EXPECT_EQ(out_of_order, 0);
  for (const auto& [key, count] : next) EXPECT_EQ(count, kEvents / kKeys) << key;
  EXPECT_EQ(next.size(), static_cast<std::size_t>(kKeys));
}

TEST_F(BusDispatcherTest, ACommandWithoutAttemptsLeftIsSettledByItsConsumerBeforeItIsDead) {
  Event command = make_event(kCommand, "A", "x");
  command.max_attempts = 2;
  ASSERT_TRUE(publish({command}));
  std::atomic<int> handled{0};
  std::atomic<int> buried{0};
  DispatcherOptions own = options(kCommand);
  own.handle = [&](Handling&) {
    ++handled;
    return Verdict::retry("NO", "never works");
  };
  own.on_dead = [&](const Delivery&, const std::string&) {
    return ++buried > 1;  // the first time its consumer cannot
  };
  auto dispatcher = Dispatcher::start(**bus_, own);
  ASSERT_TRUE(dispatcher);
  EXPECT_TRUE(drained(kCommand, 30s));
  EXPECT_TRUE((*dispatcher)->stop(Deadline::after(20s)));
  EXPECT_EQ(handled, 2);
  EXPECT_GE(buried, 2);
  EXPECT_EQ(value("SELECT count(*) FROM outbox_dead"), "1");
}

TEST_F(BusDispatcherTest, EffectsInTheHandlersTransactionHappenOnce) {
  database_.sql("CREATE TABLE effect (event_id uuid)");
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(publish({make_event(kOrdered, "K" + std::to_string(i % 3), "x")}));
  }
  DispatcherOptions own = options();
  own.handle = [&](Handling& handling) {
    auto tx = store::Transaction::begin(*pool_, Deadline::after(20s));
    if (!tx) return Verdict::retry("DB", "no transaction");
    store::BusTransaction lent(*tx);
    const auto first = events::first_delivery(*lent.get(), kGroup, handling.delivery().event.id);
    if (!first) return Verdict::retry("DB", "inbox");
    if (*first) {
      (void)tx->exec(store::Sql{"INSERT INTO effect VALUES ($1)"}, handling.delivery().event.id);
    }
    if (!handling.settle_done(*lent.get())) return Verdict::release();
    return tx->commit().committed() ? Verdict::settled() : Verdict::release();
  };
  auto dispatcher = Dispatcher::start(**bus_, own);
  ASSERT_TRUE(dispatcher);
  EXPECT_TRUE(drained(kOrdered, 30s));
  EXPECT_TRUE((*dispatcher)->stop(Deadline::after(20s)));
  EXPECT_EQ(value("SELECT count(*) || '/' || count(DISTINCT event_id) FROM effect"), "50/50");
}

TEST_F(BusDispatcherTest, AHandlerLongerThanItsLeaseKeepsItsEvent) {
  ASSERT_TRUE(publish({make_event(kCompeting, "A", "long")}));
  std::atomic<int> handled{0};
  DispatcherOptions own = options(kCompeting);
  own.subscribe.lease = 2s;
  own.handle = [&](Handling&) {
    ++handled;
    std::this_thread::sleep_for(5s);
    return Verdict::done();
  };
  auto dispatcher = Dispatcher::start(**bus_, own);
  ASSERT_TRUE(dispatcher);
  EXPECT_TRUE(drained(kCompeting, 30s));
  EXPECT_TRUE((*dispatcher)->stop(Deadline::after(20s)));
  EXPECT_EQ(handled, 1);
}

}  // namespace
}  // namespace everbit::conformance
