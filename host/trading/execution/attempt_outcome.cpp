#include "trading/execution/attempt_outcome.h"

namespace everbit::trading {
namespace {

using net::CallFailure;
using net::CallOutcome;
using plugins::Meaning;

AttemptOutcome ended(AttemptStatus status, std::string code, std::string message = {}) {
  AttemptOutcome outcome;
  outcome.status = status;
  outcome.error_code = std::move(code);
  outcome.error_message = std::move(message);
  return outcome;
}

AttemptOutcome not_sent(const net::HttpResult& wire) {
  if (wire.failure == CallFailure::kGateClosed) {
    return ended(AttemptStatus::kSuspended, "KILL_SWITCH_OFF", "closed before the first byte");
  }
  AttemptOutcome outcome = ended(AttemptStatus::kRejected, "NOT_SENT", wire.detail);
  // A request that cannot be made today cannot be made a second later.
  outcome.may_try_again = wire.failure != CallFailure::kInvalidRequest;
  return outcome;
}

AttemptOutcome unknown(const net::HttpResult& wire) {
  const bool timeout = wire.failure == CallFailure::kTimeout;
  return ended(AttemptStatus::kUnknown, timeout ? "TIMEOUT" : "NO_ANSWER", wire.detail);
}

// The exchange need not repeat the identifier, but what it repeats must be ours.
bool is_order_of(const plugins::Order& order, const Attempt& attempt) {
  return order.market == attempt.market && order.side == side_of(attempt.type) &&
         (order.identifier.empty() || order.identifier == attempt.identifier);
}

AttemptOutcome accepted(const GatewayAnswer& answer, const Attempt& attempt) {
  const auto& orders = answer.decoded.found.orders;
  if (orders.size() != 1 || orders[0].uuid.empty()) {
    return ended(AttemptStatus::kUnknown, "UNREADABLE_ANSWER", "2xx without a uuid");
  }
  if (!is_order_of(orders[0], attempt)) {
    return ended(AttemptStatus::kUnknown, "UNREADABLE_ANSWER", "2xx about another order");
  }
  AttemptOutcome outcome = ended(AttemptStatus::kAcked, {});
  outcome.order = orders[0];
  return outcome;
}

}  // namespace

AttemptOutcome judge(const GatewayAnswer& answer, const Attempt& attempt) {
  if (answer.wire.outcome == CallOutcome::kNotSent) return not_sent(answer.wire);
  if (answer.wire.outcome == CallOutcome::kUnknownOutcome) return unknown(answer.wire);
  const plugins::Answer& said = answer.decoded.answer;
  AttemptOutcome outcome;
  switch (said.meaning) {
    case Meaning::kOk:
      return accepted(answer, attempt);
    case Meaning::kDuplicateIdentifier:
      return ended(AttemptStatus::kUnknown, said.name, said.message);
    case Meaning::kAuth:
      outcome = ended(AttemptStatus::kRejected, said.name, said.message);
      outcome.key_refused = true;
      return outcome;
    case Meaning::kRateLimited:
      outcome = ended(AttemptStatus::kThrottled, "RATE_LIMIT_429", said.message);
      outcome.may_try_again = true;
      return outcome;
    case Meaning::kBlocked:
      outcome = ended(AttemptStatus::kSuspended, "UPBIT_BLOCKED_418", said.message);
      outcome.blocked = true;
      outcome.blocked_s = said.blocked_s;
      outcome.block_body = answer.wire.response.body;
      return outcome;
    case Meaning::kRejected:
    case Meaning::kNotFound:
      return ended(AttemptStatus::kRejected, said.name, said.message);
    case Meaning::kOffline:
      outcome = ended(AttemptStatus::kRejected, said.name, said.message);
      outcome.may_try_again = attempt.is_exit();
      return outcome;
    case Meaning::kUnknown:
      break;
  }
  return ended(AttemptStatus::kUnknown, "UNREADABLE_ANSWER",
               "status " + std::to_string(answer.wire.response.status));
}

}  // namespace everbit::trading
