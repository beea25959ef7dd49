#include "api/exit_endpoints.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/flatten_json.h"
#include "api/market_list.h"
#include "api/reply.h"

namespace everbit::api {
namespace {

// What a flatten may take over all its markets. What is left then is sold all the same.
constexpr std::chrono::seconds kPatience{10};

http::Response refused(const Error& error, const trading::KillSwitch& kill_switch) {
  const auto until = kill_switch.view().blocked_until;
  if (error.code == "UPBIT_BLOCKED_418" && until) return blocked(*until);
  return failure(error);
}

http::Response close(trading::OwnerExits& exits, const trading::KillSwitch& kill_switch,
                     const Call& call) {
  Body body(call.request.body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const std::string& market = call.parameters[0];
  if (!is_market(market)) return failure({"MARKET_UNKNOWN", "no market's name", market});
  const auto closed = exits.close(market, {call.actor(), call.uid()});
  if (!closed) return refused(closed.error(), kill_switch);
  JsonWriter json;
  json.begin_object()
      .field("intentPublicId", closed->intent_public_id)
      .field("created", closed->created)
      .end_object();
  return reply(json.take(), closed->created ? 202 : 200);
}

http::Response flatten(trading::OwnerExits& exits, const Call& call) {
  Body body(call.request.body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  const auto flattened = exits.flatten({call.actor(), call.uid()}, Deadline::after(kPatience));
  if (!flattened) return failure(flattened.error());
  return reply_with(*flattened, flattened->has_new() ? 202 : 200);
}

http::Response end_flatten(trading::OwnerExits& exits, const Call& call) {
  const auto ended = exits.end_flatten({call.actor(), call.uid()}, Deadline::after(kPatience));
  return ended ? reply("", 204) : failure(ended.error());
}

}  // namespace

void add_exit_endpoints(Router& router, trading::OwnerExits& exits,
                        const trading::KillSwitch& kill_switch) {
  router.add("POST", "positions/{market}/close",
             [&exits, &kill_switch](const Call& call) { return close(exits, kill_switch, call); });
  router.add("POST", "flatten", [&exits](const Call& call) { return flatten(exits, call); });
  router.add("DELETE", "flatten", [&exits](const Call& call) { return end_flatten(exits, call); });
}

}  // namespace everbit::api
