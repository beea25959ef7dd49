#include "api/reconcile_endpoint.h"

#include "api/body.h"
#include "api/failure.h"
#include "api/reconcile_json.h"
#include "api/reply.h"

namespace everbit::api {
namespace {

using trading::ReconcileScope;

constexpr std::size_t kLongestScope = 32;

std::optional<ReconcileScope> scope_of(Body& body) {
  const auto word = body.text("scope", kLongestScope);
  if (!word) return ReconcileScope::kFull;
  for (const auto scope : {ReconcileScope::kFull, ReconcileScope::kOpenOrdersOnly}) {
    if (to_string(scope) == *word) return scope;
  }
  body.refuse("scope", "NOT_ALLOWED");
  return std::nullopt;
}

http::Response reconcile(const RequestReconcile& request, const trading::KillSwitch& kill_switch,
                         const Call& call) {
  Body body(call.request.body);
  const auto scope = scope_of(body);
  if (auto refusal = body.refusal()) return std::move(*refusal);
  // While Upbit blocks, nothing is read either.
  if (const auto until = kill_switch.view().blocked_until) return blocked(*until);
  const auto job = request(*scope, call.actor());
  if (!job) return failure(job.error());
  return reply(accepted_json(*job), 202);
}

}  // namespace

void add_reconcile_endpoint(Router& router, RequestReconcile request,
                            const trading::KillSwitch& kill_switch) {
  router.add("POST", "reconcile", [asked = std::move(request), &kill_switch](const Call& call) {
    return reconcile(asked, kill_switch, call);
  });
}

}  // namespace everbit::api
