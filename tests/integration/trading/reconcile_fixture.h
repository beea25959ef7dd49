#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "integration/trading/exchange_side.h"
#include "integration/trading/order_rows.h"
#include "trading/portfolio/private_feed.h"
#include "trading/reconcile/reconciler.h"

namespace everbit::trading {

// A real database beside the real simulator, with what books orders between them. Orders are made
// at the exchange by hand, past the executor: what is tried is what follows.
class ReconcileFixture : public testing::Test {
 protected:
  ReconcileFixture();
  ~ReconcileFixture() override;

  // The market's makers: the best ask first, the best bid first.
  void book(const std::string& asks, const std::string& bids,
            const std::string& market = "KRW-BTC");

  // An order at the exchange under that identifier (none if empty); its uuid.
  std::string order_at_exchange(const std::string& identifier,
                                const std::vector<plugins::Field>& body);
  // Buys for `krw`, sells `volume`, at whatever the makers offer.
  std::string buy(const std::string& identifier, const std::string& krw,
                  const std::string& market = "KRW-BTC");
  std::string sell(const std::string& identifier, const std::string& volume);
  // A resting one.
  std::string bid(const std::string& identifier, const std::string& price,
                  const std::string& volume);
  // An entry that was SENT, and its order at the exchange.
  test::OrderIds bought(const std::string& krw = "10000");

  // One reconcile of everything.
  void reconcile();
  // The clock of reconcile goes on.
  void wait(std::chrono::seconds time) { clock_.advance(time); }
  // Waits for what the feed or the exchange does by itself.
  template <class Condition>
  bool eventually(Condition&& condition);

  std::unique_ptr<PrivateFeed> start_feed();

  std::string position() const;
  std::string market(const std::string& code = "KRW-BTC") const;
  int fills() const { return rows_.count("fill"); }
  // Coins of the account, by the simulator's own ledger.
  Decimal coins(const std::string& currency = "BTC");

  test::OrderRows rows_;
  test::UpbitSim sim_;
  test::ExchangeClient exchange_{sim_.rest()};
  SystemClock system_clock_;
  ManualClock clock_{system_clock_.now()};
  ExchangeClock exchange_clock_{system_clock_};
  OrderRecorder recorder_;
  FillBook fills_;
  OrderSync sync_;
  OrderReader reader_;
  Balances balances_;
  std::atomic<int> asked_{0};  // how often the feed asked for a reconcile
  std::atomic<int> first_done_{0};
  std::atomic<int> fenced_{0};
  std::unique_ptr<Reconciler> reconciler_;

 private:
  net::IoThreads io_;
};

template <class Condition>
bool ReconcileFixture::eventually(Condition&& condition) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace everbit::trading
