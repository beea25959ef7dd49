#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "upbit-sim/base/random.h"
#include "upbit-sim/base/scheduler.h"
#include "upbit-sim/exchange/account.h"
#include "upbit-sim/exchange/order.h"
#include "upbit-sim/exchange/rules.h"
#include "upbit-sim/market/market_place.h"

namespace everbit::upbit_sim {

// What the exchange tells the world while it works; called on its thread, in order.
struct ExchangeEvents {
  // `state` is the wire's: wait, trade, prevented, done, cancel. `fill` is set for trade.
  std::function<void(const Order&, std::string_view state, const Fill* fill)> on_order;
  std::function<void(const Account&, const std::vector<std::string>& currencies)> on_assets;
  std::function<void(Market&, const PublicTrade&)> on_trade;
  std::function<void(Market&)> on_book;
};

struct ReplaceRequest {
  OrderRequest order;        // market and side are taken from the previous order
  bool remain_only = false;  // new_volume = remain_only
};

// Accounts, orders and their matching. A create is checked and locked at once and answered with the
// order as it is before matching; matching follows after `matching_delay`. A cancel is accepted at
// once and done after the same delay, so that a fill may win the race. Matching order: price, then
// accounts' orders by time, then the market makers. One thread; deterministic for a seed.
class Exchange {
 public:
  using Result = std::variant<Order, ApiError>;
  struct Replaced {
    Order previous;
    std::string new_uuid;
  };

  Exchange(const Clock& clock, Scheduler& scheduler, MarketPlace& markets, Rules rules,
           std::uint64_t seed);

  Account& add_account(const std::string& name);
  Account* find_account(std::string_view name);
  const std::map<std::string, Account, std::less<>>& accounts() const { return accounts_; }

  Result create(Account& account, const OrderRequest& request);
  // All of create's checks, nothing of its effects.
  Result test(Account& account, const OrderRequest& request);
  Result cancel(Order& order);
  std::variant<Replaced, ApiError> replace(Account& account, Order& previous,
                                           ReplaceRequest request);

  Order* find(std::string_view uuid);
  Order* find_by_identifier(std::string_view account, std::string_view identifier);
  const std::vector<std::unique_ptr<Order>>& orders() const { return orders_; }  // by creation

  // A trade of the rest of the world: fills the accounts' resting orders it reaches, moves the
  // makers' quotes around it, and is recorded.
  void path_trade(Market& market, const PublicTrade& trade);
  // The public book of one side: makers' levels and resting orders, best first.
  std::vector<Level> depth(const Market& market, Side side) const;
  // What an outside hand did to balances or book (the control port).
  void announce_assets(const Account& account, const std::vector<std::string>& currencies);
  void announce_book(Market& market);

  ExchangeEvents& events() { return events_; }
  Rules& rules() { return rules_; }
  const Rules& rules() const { return rules_; }
  void set_matching_delay(Millis low, Millis high);

 private:
  struct Resting {
    std::vector<Order*> bids;  // best first, then by time
    std::vector<Order*> asks;
  };

  // exchange.cpp: the life of an order around its matching
  std::optional<ApiError> check(Account& account, const OrderRequest& request, OrderTerms& terms);
  Order draft(const Account& account, const OrderRequest& request, const OrderTerms& terms);
  std::optional<ApiError> check_funds(const Account& account, const Order& order) const;
  Order& admit(Account& account, Order order);
  void finish_replace(Account& account, const std::string& previous_uuid, ReplaceRequest request,
                      const std::string& new_uuid);
  MarketFacts facts_of(const Market& market) const;
  Millis delay();
  std::string held_currency(const Order& order) const;

  // matching.cpp: everything that moves quantity
  void match(Order& order);
  void take_liquidity(Order& order, Market& market, Resting& resting);
  bool would_take(const Order& order, const Market& market) const;
  bool can_fill_whole(const Order& order, const Market& market) const;
  Order* best_resting(const Order& taker, const Market& market) const;
  // True: the taker is finished.
  bool prevent_self_match(Order& taker, Order& maker, Market& market);
  void reduce(Order& order, const Decimal& volume, const Decimal& price);
  void trade(Order* taker, Order* maker, Market& market, const Decimal& price,
             const Decimal& volume, bool taker_bid);
  void apply_fill(Order& order, const Fill& fill, const Market& market);
  void fill_resting(Market& market, Order& order, const Decimal& volume);
  void rest(Order& order);
  void unrest(const Order& order);
  void close(Order& order, OrderState state);
  void announce(const Order& order, std::string_view state, const Fill* fill = nullptr);

  const Clock& clock_;
  Scheduler& scheduler_;
  MarketPlace& markets_;
  Rules rules_;
  Random random_;
  Millis delay_low_ = 5;
  Millis delay_high_ = 50;
  ExchangeEvents events_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::vector<std::unique_ptr<Order>> orders_;
  std::unordered_map<std::string, Order*> by_uuid_;
  std::map<std::string, Order*, std::less<>> by_identifier_;  // account + '\n' + identifier
  std::map<std::string, Resting, std::less<>> resting_;
};

}  // namespace everbit::upbit_sim
