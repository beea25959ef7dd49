#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/market/scenario.h"

namespace everbit::upbit_sim {

// Steps what the exchange has put off, by hand and in order of time.
class ManualScheduler : public Scheduler {
 public:
  void after(Millis delay, std::function<void()> action) override {
    queue_.emplace_back(now_ + delay, std::move(action));
  }
  void run_all() {
    while (!queue_.empty()) {
      auto next = queue_.begin();
      for (auto it = queue_.begin(); it != queue_.end(); ++it) {
        if (it->first < next->first) next = it;
      }
      now_ = next->first;
      const auto action = std::move(next->second);
      queue_.erase(next);
      action();
    }
  }

 private:
  Millis now_ = 0;
  std::deque<std::pair<Millis, std::function<void()>>> queue_;
};

// A frozen market, an exchange on it, and a record of what it announced.
struct World {
  static constexpr Millis kNow = 1795388015000;  // 2026-11-22T22:53:35Z

  World() {
    exchange.events().on_order = [this](const Order& order, std::string_view state, const Fill*) {
      events.push_back(order.uuid.substr(0, 4) + ':' + std::string(state));
      states.emplace_back(state);
    };
    account.set_balance("KRW", Decimal(1'000'000'000));
    exchange.path_trade(market, {kNow, to_e8(Decimal(30'000)), to_e8(Decimal(1)), true, 0});
  }

  // One market maker's book; the price is 30,000.
  void book(const std::vector<Level>& asks, const std::vector<Level>& bids) {
    market.makers().pin(asks, bids);
  }
  static Level level(const char* price, const char* size) {
    return {Decimal::of(price), Decimal::of(size)};
  }

  OrderRequest request(const char* side, const char* type, const char* volume, const char* price,
                       const char* tif = nullptr, const char* smp = "none") {
    const auto text = [](const char* value) {
      return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
    OrderRequest order;
    order.market = "KRW-TEST";
    order.side = side;
    order.ord_type = type;
    order.volume = text(volume);
    order.price = text(price);
    order.time_in_force = text(tif);
    order.smp_type = text(smp);
    return order;
  }

  // The order after matching; a refusal fails the test by throwing.
  const Order& place(const OrderRequest& order) {
    const std::string uuid = std::get<Order>(exchange.create(account, order)).uuid;
    scheduler.run_all();
    return *exchange.find(uuid);
  }
  std::string refusal(const OrderRequest& order) {
    const auto result = exchange.create(account, order);
    const auto* error = std::get_if<ApiError>(&result);
    return error == nullptr ? "accepted" : error->name;
  }
  std::string available(const char* currency) {
    return account.balance(currency).available.to_string();
  }
  std::string locked(const char* currency) { return account.balance(currency).locked.to_string(); }

  Clock clock = Clock::held_at(kNow);
  ManualScheduler scheduler;
  MarketPlace markets{scenario_markets(*find_scenario("still"), 1, {"KRW-TEST"}, kNow, 1),
                      Decimal(30'000'000), 30, 1, kNow};
  Exchange exchange{clock, scheduler, markets, Rules{}, 1};
  Account& account = exchange.add_account("main");
  Market& market = *markets.find("KRW-TEST");
  std::vector<std::string> events;
  std::vector<std::string> states;
};

}  // namespace everbit::upbit_sim
