#include "api/order_endpoints.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/market_list.h"
#include "api/order_list.h"
#include "api/query.h"
#include "api/reply.h"
#include "trading/settlement/owner_acts.h"

namespace everbit::api {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr int kMostOrders = 100;
constexpr int kUsualOrders = 20;
constexpr std::size_t kLongestWord = 64;

Deadline patience() { return Deadline::after(kPatience); }

Error no_such(const char* code, const std::string& id) {
  return {code, "there is none of that id", id};
}

http::Response list(store::Pool& pool, trading::Mode mode, const Call& call) {
  Query query(call.query);
  OrderQuery wanted;
  wanted.limit = query.integer("limit", 1, kMostOrders, kUsualOrders);
  wanted.mode = query.text("mode", kLongestWord).value_or(std::string(to_string(mode)));
  if (!trading::parse_mode(wanted.mode)) query.refuse("mode", "NOT_ALLOWED");
  wanted.market = query.text("market", kLongestWord).value_or("");
  if (!wanted.market.empty() && !is_market(wanted.market)) query.refuse("market", "NOT_ALLOWED");
  if (const auto cursor = query.text("cursor", kLongestWord)) {
    const auto after = Uuid::parse(*cursor);
    if (after) wanted.after = *after;
    if (!after) query.refuse("cursor", "NOT_ALLOWED");
  }
  if (auto refusal = query.refusal()) return std::move(*refusal);
  const auto page = read_orders(pool, wanted, patience());
  return page ? reply(to_json(*page)) : failure(page.error());
}

// When and after how many look-ups it will be over; nothing of an attempt that changed meanwhile.
std::string details_of_quarantine(store::Pool& pool, trading::OwnerId owner, const Uuid& attempt) {
  const auto quarantine = trading::read_quarantine(pool, owner, attempt, patience());
  if (!quarantine) return {};
  JsonWriter json;
  json.begin_object()
      .field("until", quarantine->until)
      .field("lookups", quarantine->lookups)
      .end_object();
  return json.take();
}

http::Response resolve(store::Pool& pool, trading::Outbox& outbox, trading::OwnerId owner,
                       const Call& call) {
  Body body(call.request.body);
  const auto outcome = body.text("outcome", kLongestWord);
  if (outcome && *outcome != "ABSENT") body.refuse("outcome", "NOT_ALLOWED");
  auto refusal = body.refusal();
  if (refusal) return std::move(*refusal);
  if (!outcome) {
    body.refuse("outcome", "REQUIRED");
    return *body.refusal();
  }
  const auto attempt = Uuid::parse(call.parameters[0]);
  if (!attempt) return failure(no_such("ATTEMPT_NOT_FOUND", call.parameters[0]));
  const auto resolved = trading::resolve_absent(pool, owner, *attempt, {call.actor(), call.uid()},
                                                &outbox, patience());
  if (!resolved) {
    const Error& error = resolved.error();
    const bool waits = error.code == "QUARANTINE";
    return failure(error, waits ? details_of_quarantine(pool, owner, *attempt) : "");
  }
  const auto now = read_attempt(pool, *attempt, patience());
  if (!now) return failure(now.error());
  return *now ? reply(**now) : failure(no_such("ATTEMPT_NOT_FOUND", call.parameters[0]));
}

http::Response cancel(store::Pool& pool, trading::OwnerId owner, const Call& call) {
  Body body(call.request.body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const auto order = Uuid::parse(call.parameters[0]);
  if (!order) return failure(no_such("ORDER_NOT_FOUND", call.parameters[0]));
  const auto requested =
      trading::request_cancel(pool, owner, *order, {call.actor(), call.uid()}, patience());
  if (!requested) return failure(requested.error());
  JsonWriter json;
  json.begin_object().field("upbitUuid", *order).field("status", "REQUESTED").end_object();
  return reply(json.take(), 202);
}

}  // namespace

void add_order_endpoints(Router& router, store::Pool& pool, trading::Outbox& outbox,
                         trading::OwnerId owner, trading::Mode mode) {
  router.add("GET", "orders", [&pool, mode](const Call& call) { return list(pool, mode, call); });
  router.add("POST", "attempts/{publicId}/resolve", [&pool, &outbox, owner](const Call& call) {
    return resolve(pool, outbox, owner, call);
  });
  router.add("POST", "orders/{upbitUuid}/cancel",
             [&pool, owner](const Call& call) { return cancel(pool, owner, call); });
}

}  // namespace everbit::api
