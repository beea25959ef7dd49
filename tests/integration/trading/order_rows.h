#pragma once

#include <memory>
#include <string>

#include "conformance/bus/under_test.h"
#include "integration/store/rows_fixture.h"
#include "store/pool.h"
#include "trading/outbox.h"
#include "trading/types.h"

namespace everbit::test {

// Keys of one intent with its first attempt, PREPARED.
struct OrderIds {
  trading::IntentId intent;
  trading::AttemptId attempt;
  Uuid public_id;
  std::string identifier;
};

// A database with an owner who trades, the real bus on it, and what it takes to write intents and
// attempts as a candle's transaction does.
class OrderRows {
 public:
  static constexpr const char* kTag = "abc123";

  OrderRows();

  store::Pool& pool() { return *pool_; }
  events::Bus& bus() { return **bus_; }
  trading::Outbox& outbox() { return outbox_; }
  const TestDatabase& database() const { return rows_.database(); }
  store::OwnerId owner() const { return rows_.owner(); }
  const Uuid& instance() const { return rows_.instance(); }

  // Entry for `krw`, decided on a candle that closed `age_s` ago.
  OrderIds entry(const std::string& krw = "10000", int age_s = 1,
                 const std::string& market = "KRW-BTC");
  // An exit of `volume` of the entry's position.
  OrderIds exit(const OrderIds& entry, const std::string& volume,
                trading::IntentType type = trading::IntentType::kExitStoploss);
  // The position that the entry's fills would have made.
  void hold(const OrderIds& entry, const std::string& quantity);
  // Everything about all attempts happened so much earlier.
  void age_attempts(int seconds) const;
  // PREPARED -> SENT, by hand.
  void mark_sent(const OrderIds& order);

  void sql(const std::string& text) const { (void)database().sql(text); }
  std::string value(const std::string& query) const { return database().value(query); }
  int count(const std::string& from) const {
    return std::stoi(value("SELECT count(*) FROM " + from));
  }
  // "ACKED", "REJECTED insufficient_funds_bid"
  std::string attempt(const OrderIds& order) const;
  // "CREATED", "CANCELED UNFILLED"
  std::string intent(const OrderIds& order) const;
  int events(const std::string& type) const {
    return count("outbox_event WHERE event_type = '" + type + "'");
  }

 private:
  OrderIds insert(trading::IntentType type, const std::string& krw, const std::string& volume,
                  const OrderIds* entry, int age_s, const std::string& market);

  SystemClock clock_;
  TradingRows rows_;
  std::unique_ptr<store::Pool> pool_;
  std::unique_ptr<conformance::OpenBus> bus_;
  trading::Outbox outbox_;
  int signals_ = 0;
};

}  // namespace everbit::test
