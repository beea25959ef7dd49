#include "api/market_endpoints.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/query.h"
#include "api/reply.h"
#include "trading/portfolio/position_adjustment.h"
#include "trading/reconcile/market_release.h"

namespace everbit::api {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kLongestReason = 200;
constexpr std::size_t kLongestWord = 64;

// What every endpoint here works on.
struct Markets {
  store::Pool& pool;
  trading::OwnerId owner;
  trading::Mode mode;
  PriceOf price_of;

  Result<std::vector<MarketItem>> read(std::string_view mode_text,
                                       const std::string& market) const {
    auto items = read_markets(pool, mode_text, market, Deadline::after(kPatience));
    if (items) add_prices(*items, price_of);
    return items;
  }
};

Error no_market(const std::string& market) { return {"MARKET_UNKNOWN", "no such market", market}; }

http::Response list(const Markets& markets, const Call& call) {
  Query query(call.query);
  const auto mode = query.text("mode", kLongestWord).value_or(std::string(to_string(markets.mode)));
  if (!trading::parse_mode(mode)) query.refuse("mode", "NOT_ALLOWED");
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto items = markets.read(mode, "");
  return items ? reply_with(*items) : failure(items.error());
}

http::Response item(const Markets& markets, const std::string& market) {
  const auto items = markets.read(to_string(markets.mode), market);
  if (!items) return failure(items.error());
  return items->empty() ? failure(no_market(market)) : reply_with(items->front());
}

http::Response unsuspend(const Markets& markets, const Call& call) {
  Body body(call.request.body);
  const auto reason = body.text("reason", kLongestReason);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const std::string& market = call.parameters[0];
  if (!is_market(market)) return failure(no_market(market));
  const auto released = trading::release_market(
      markets.pool, markets.owner, markets.mode,
      {market, reason.value_or(""), call.actor(), static_cast<unsigned>(call.uid())},
      Deadline::after(kPatience));
  return released ? item(markets, market) : failure(released.error());
}

http::Response adjust(const Markets& markets, const Call& call) {
  Body body(call.request.body);
  trading::Adjustment wanted;
  const auto quantity = body.decimal("quantity");
  wanted.price = body.decimal("price");
  const auto reason = body.text("reason", kLongestReason);
  if (quantity && quantity->is_negative()) body.refuse("quantity", "OUT_OF_RANGE");
  if (wanted.price && !wanted.price->is_positive()) body.refuse("price", "OUT_OF_RANGE");
  if (reason && reason->empty()) body.refuse("reason", "REQUIRED");
  if (auto refusal = body.refusal()) return std::move(*refusal);
  if (!quantity) body.refuse("quantity", "REQUIRED");
  if (!reason) body.refuse("reason", "REQUIRED");
  if (auto refusal = body.refusal()) return std::move(*refusal);
  wanted.market = call.parameters[0];
  if (!is_market(wanted.market)) return failure(no_market(wanted.market));
  wanted.quantity = *quantity;
  wanted.reason = *reason;
  wanted.actor = call.actor();
  wanted.uid = static_cast<unsigned>(call.uid());
  const auto adjusted = trading::adjust_position(markets.pool, markets.owner, markets.mode, wanted,
                                                 Deadline::after(kPatience));
  return adjusted ? item(markets, wanted.market) : failure(adjusted.error());
}

}  // namespace

void add_market_endpoints(Router& router, store::Pool& pool, trading::OwnerId owner,
                          trading::Mode mode, PriceOf price_of) {
  const Markets markets{pool, owner, mode, std::move(price_of)};
  router.add("GET", "markets", [markets](const Call& call) { return list(markets, call); });
  router.add("POST", "markets/{market}/unsuspend",
             [markets](const Call& call) { return unsuspend(markets, call); });
  router.add("POST", "positions/{market}/adjust",
             [markets](const Call& call) { return adjust(markets, call); });
}

}  // namespace everbit::api
