#pragma once

#include <deque>
#include <string>

#include "upbit-sim/auth/keys.h"
#include "upbit-sim/exchange/exchange.h"
#include "upbit-sim/json/value.h"
#include "upbit-sim/market/market_place.h"
#include "upbit-sim/net/http.h"
#include "upbit-sim/rest/params.h"
#include "upbit-sim/rest/render.h"

namespace everbit::upbit_sim {

// An authenticated call.
struct Call {
  Account& account;
  const ApiKey& key;
  const Params& params;  // of the query
  const Json& body;      // an object, or null
  Spelling spelling;
};

// The exchange calls of reference §4, after authentication and scope. One thread.
class Trading {
 public:
  Trading(const Clock& clock, MarketPlace& markets, Exchange& exchange, const KeyRing& keys)
      : clock_(clock), markets_(markets), exchange_(exchange), keys_(keys) {}

  HttpResponse accounts(const Call& call);
  HttpResponse chance(const Call& call);
  HttpResponse create(const Call& call);
  HttpResponse test(const Call& call);
  HttpResponse order(const Call& call);
  HttpResponse orders_by_ids(const Call& call);
  HttpResponse open_orders(const Call& call);
  HttpResponse closed_orders(const Call& call);
  HttpResponse cancel(const Call& call);
  HttpResponse cancel_by_ids(const Call& call);
  HttpResponse cancel_open(const Call& call);
  HttpResponse cancel_and_new(const Call& call);
  HttpResponse api_keys(const Call& call);
  HttpResponse wallet_status(const Call& call);
  HttpResponse withdraw_coin(const Call& call);

 private:
  bool is_hidden(const Order& order) const;
  Order* find_order(const Call& call, std::optional<std::string> uuid,
                    std::optional<std::string> identifier);
  // The orders that `uuids[]` or `identifiers[]` name; an error for none, both or too many.
  std::variant<std::vector<Order*>, ApiError> named_orders(const Call& call, std::size_t most);
  HttpResponse list_response(const Call& call, std::vector<Order*> orders, std::size_t skip,
                             std::size_t limit) const;
  HttpResponse cancel_all(const std::vector<Order*>& orders);

  const Clock& clock_;
  MarketPlace& markets_;
  Exchange& exchange_;
  const KeyRing& keys_;
};

}  // namespace everbit::upbit_sim
