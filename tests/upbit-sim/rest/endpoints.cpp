#include "upbit-sim/rest/endpoints.h"

#include <vector>

namespace everbit::upbit_sim {
namespace {

using Q = Quotation;
using T = Trading;

Endpoint quotation(std::string_view path, Group group,
                   HttpResponse (Q::*handler)(const Params&, const Spelling&) const) {
  return {"GET", path, group, std::nullopt, handler, std::nullopt, nullptr};
}

Endpoint candles(std::string_view path, Unit unit) {
  return {"GET", path, Group::kCandle, std::nullopt, nullptr, unit, nullptr};
}

Endpoint exchange(std::string_view method, std::string_view path, std::optional<Scope> scope,
                  HttpResponse (T::*handler)(const Call&), Group group = Group::kDefault) {
  return {method, path, group, scope, nullptr, std::nullopt, handler};
}

const std::vector<Endpoint>& endpoints() {
  static const std::vector<Endpoint> all{
      quotation("/v1/market/all", Group::kMarket, &Q::market_all),
      candles("/v1/candles/seconds", Unit::k1s),
      candles("/v1/candles/minutes/1", Unit::k1m),
      candles("/v1/candles/minutes/3", Unit::k3m),
      candles("/v1/candles/minutes/5", Unit::k5m),
      candles("/v1/candles/minutes/10", Unit::k10m),
      candles("/v1/candles/minutes/15", Unit::k15m),
      candles("/v1/candles/minutes/30", Unit::k30m),
      candles("/v1/candles/minutes/60", Unit::k60m),
      candles("/v1/candles/minutes/240", Unit::k240m),
      candles("/v1/candles/days", Unit::k1d),
      candles("/v1/candles/weeks", Unit::kWeek),
      candles("/v1/candles/months", Unit::kMonth),
      candles("/v1/candles/years", Unit::kYear),
      quotation("/v1/trades/ticks", Group::kTrade, &Q::trades),
      quotation("/v1/ticker", Group::kTicker, &Q::tickers),
      quotation("/v1/ticker/all", Group::kTicker, &Q::tickers_of_quotes),
      quotation("/v1/orderbook", Group::kOrderbook, &Q::order_books),
      quotation("/v1/orderbook/instruments", Group::kOrderbook, &Q::instruments),
      quotation("/v1/orderbook/supported_levels", Group::kOrderbook, &Q::supported_level_numbers),
      exchange("GET", "/v1/accounts", Scope::kViewAssets, &T::accounts),
      exchange("GET", "/v1/orders/chance", Scope::kViewOrders, &T::chance),
      exchange("POST", "/v1/orders", Scope::kPlaceOrders, &T::create, Group::kOrder),
      exchange("POST", "/v1/orders/test", Scope::kPlaceOrders, &T::test, Group::kOrderTest),
      exchange("GET", "/v1/order", Scope::kViewOrders, &T::order),
      exchange("GET", "/v1/orders/uuids", Scope::kViewOrders, &T::orders_by_ids),
      exchange("GET", "/v1/orders/open", Scope::kViewOrders, &T::open_orders),
      exchange("GET", "/v1/orders/closed", Scope::kViewOrders, &T::closed_orders),
      exchange("DELETE", "/v1/order", Scope::kPlaceOrders, &T::cancel),
      exchange("DELETE", "/v1/orders/uuids", Scope::kPlaceOrders, &T::cancel_by_ids),
      exchange("DELETE", "/v1/orders/open", Scope::kPlaceOrders, &T::cancel_open,
               Group::kOrderCancelAll),
      exchange("POST", "/v1/orders/cancel_and_new", Scope::kPlaceOrders, &T::cancel_and_new,
               Group::kOrder),
      exchange("GET", "/v1/api_keys", std::nullopt, &T::api_keys),
      exchange("GET", "/v1/status/wallet", std::nullopt, &T::wallet_status),
      exchange("POST", "/v1/withdraws/coin", Scope::kWithdraw, &T::withdraw_coin)};
  return all;
}

}  // namespace

const Endpoint* find_endpoint(std::string_view method, std::string_view path) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.method == method && endpoint.path == path) return &endpoint;
  }
  return nullptr;
}

}  // namespace everbit::upbit_sim
