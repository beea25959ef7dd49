#include "trading/execution/key_refusal.h"

#include "base/json_writer.h"
#include "base/log.h"

namespace everbit::trading {
namespace {

constexpr store::Sql kRefused{R"sql(
  UPDATE upbit_key SET verify_error = $2, verify_error_final = true WHERE owner_id = $1)sql"};

// A signature or a nonce that Upbit does not take is a fault of this program.
bool is_our_fault(std::string_view name) {
  return name == "nonce_used" || name == "jwt_verification" || name == "invalid_query_payload" ||
         name == "no_authorization_token";
}

}  // namespace

std::string_view key_error_of(std::string_view name) {
  if (name == "invalid_access_key") return "KEY_INVALID";
  if (name == "expired_access_key") return "KEY_EXPIRED";
  if (name.starts_with("no_authorization_i")) return "IP_NOT_ALLOWED";
  if (name == "out_of_scope") return "SCOPE_MISSING";
  return "VERIFICATION_FAILED";
}

Result<void> store_key_refusal(store::Transaction& tx, Outbox& outbox, const KeyRefusal& refusal) {
  const std::string_view code = key_error_of(refusal.name);
  auto stored = tx.exec(kRefused, refusal.owner, code);
  if (!stored) return stored.error();
  log_critical("key_refused", {{"name", refusal.name},
                               {"code", code},
                               {"fault", is_our_fault(refusal.name) ? "everbit" : "key"},
                               {"trace_id", refusal.trace_id}});
  JsonWriter payload;
  payload.begin_object().field("code", code).field("name", refusal.name).end_object();
  return outbox.add(tx, {kSystemEvents, "KeyRefused", "owner", refusal.owner.value(), "", "",
                         refusal.trace_id, payload.take(), std::nullopt});
}

}  // namespace everbit::trading
