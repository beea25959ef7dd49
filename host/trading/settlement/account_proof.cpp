#include "trading/settlement/account_proof.h"

#include "base/log.h"

namespace everbit::trading {
namespace {

constexpr std::chrono::seconds kBudget{5};
constexpr std::chrono::minutes kAskEvery{1};

constexpr store::Sql kNewest{R"sql(
  SELECT upbit_uuid::text FROM order_attempt
  WHERE owner_id = $1 AND mode = $2 AND status = 'ACKED'
  ORDER BY sent_at DESC, id DESC LIMIT 1)sql"};

}  // namespace

bool AccountProof::is_same_account() {
  if (proven_ || parts_.clock.steady_now() < ask_at_) return proven_;
  proven_ = ask();
  ask_at_ = parts_.clock.steady_now() + kAskEvery;
  return proven_;
}

bool AccountProof::ask() {
  auto rows =
      parts_.pool.exec(Deadline::after(kBudget), kNewest, parts_.owner, to_string(parts_.mode));
  if (!rows) return false;
  if (rows->empty()) return true;
  const auto uuid = rows->front().get<std::string>(0);
  const GatewayAnswer answer = parts_.gateway.read(plugins::ExchangeOp::kOrderGet, {{"uuid", uuid}},
                                                   net::RatePriority::kLookup);
  if (answer.ok()) return true;
  if (answer.decoded.answer.meaning == plugins::Meaning::kNotFound) {
    log_critical("key_of_another_account", {{"upbit_uuid", uuid}});
  }
  return false;
}

}  // namespace everbit::trading
