#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/bus/under_test.h"
#include "events/bus.h"
#include "store/bus_transaction.h"
#include "store/transaction.h"
#include "support/database.h"

namespace everbit::conformance {

using namespace std::chrono_literals;
using events::Delivery;
using events::Event;
using events::Outcome;
using events::Settlement;
using events::SettleResult;

inline const std::string kOrdered = "everbit.trade.event";
inline const std::string kCompeting = "everbit.system.event";
inline const std::string kCommand = "everbit.trade.command";
inline const std::string kGroup = "notification";

Event make_event(const std::string& stream, const std::string& key, const std::string& note);
// What make_event was given.
std::string note_of(const Delivery& delivery);

// A database and a bus for each test.
class BusTest : public ::testing::Test {
 protected:
  BusTest();

  std::unique_ptr<OpenBus> open_bus(const std::string& instance);
  events::Subscription subscribe(OpenBus& bus, const std::string& stream,
                                 std::chrono::milliseconds lease = 30s, int prefetch = 64,
                                 const std::string& group = kGroup);

  // In a transaction of its own.
  Result<void> publish(const std::vector<Event>& events);
  // What comes until `n` have come or the time is over.
  std::vector<Delivery> take(events::Subscription& from, std::size_t n,
                             std::chrono::milliseconds within = 20s);
  SettleResult settle(events::Subscription& from, const Delivery& delivery, Outcome outcome,
                      std::optional<Timestamp> retry_at = {});
  std::string value(const std::string& query) { return database_.value(query); }
  std::uint64_t lag(const std::string& stream) { return *(*bus_)->lag(stream, kGroup); }

  test::TestDatabase database_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<OpenBus> bus_;
  SystemClock clock_;
};

}  // namespace everbit::conformance
