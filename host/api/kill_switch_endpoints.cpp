#include "api/kill_switch_endpoints.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/switch_json.h"
#include "base/deadline.h"

namespace everbit::api {
namespace {

using trading::SwitchChange;
using trading::SwitchView;

// The switch itself moves at once; this is how long a client waits for the database.
constexpr std::chrono::seconds kPatience{3};
constexpr std::size_t kLongestPosition = 16;
constexpr std::size_t kLongestKey = 64;

http::Response shown(const SwitchView& view) {
  JsonWriter json;
  write_json(json, view);
  http::Response response;
  response.body = json.take();
  return response;
}

// `position`, or `accountEnabled` in its place; together they must say the same.
std::optional<AccountPosition> account_of(Body& body) {
  std::optional<AccountPosition> account;
  if (const auto word = body.text("position", kLongestPosition)) {
    for (const auto position :
         {AccountPosition::kOn, AccountPosition::kExitsOnly, AccountPosition::kOff}) {
      if (to_string(position) == *word) account = position;
    }
    if (!account) body.refuse("position", "NOT_ALLOWED");
  }
  const auto enabled = body.boolean("accountEnabled");
  if (!enabled) return account;
  const auto same = *enabled ? AccountPosition::kOn : AccountPosition::kOff;
  if (account && *account != same) body.refuse("accountEnabled", "NOT_ALLOWED");
  return same;
}

std::optional<SwitchChange::Strategy> strategy_of(Body& body) {
  auto key = body.text("strategyKey", kLongestKey);
  const auto enabled = body.boolean("enabled");
  if (key && enabled) return SwitchChange::Strategy{std::move(*key), *enabled};
  if (key) body.refuse("enabled", "REQUIRED");
  if (enabled) body.refuse("strategyKey", "REQUIRED");
  return std::nullopt;
}

http::Response change(trading::KillSwitch& kill_switch, const Call& call) {
  Body body(call.request.body);
  SwitchChange wanted;
  wanted.account = account_of(body);
  wanted.strategy = strategy_of(body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  if (!wanted.account && !wanted.strategy) {
    body.refuse("position", "REQUIRED");
    return *body.refusal();
  }
  const auto view =
      kill_switch.change(wanted, {call.actor(), call.uid()}, Deadline::after(kPatience));
  return view ? shown(*view) : failure(view.error());
}

}  // namespace

void add_kill_switch_endpoints(Router& router, trading::KillSwitch& kill_switch) {
  router.add("GET", "kill-switch",
             [&kill_switch](const Call&) { return shown(kill_switch.view()); });
  router.add("PUT", "kill-switch",
             [&kill_switch](const Call& call) { return change(kill_switch, call); });
}

}  // namespace everbit::api
