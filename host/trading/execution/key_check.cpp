#include "trading/execution/key_check.h"

#include <algorithm>
#include <vector>

#include "base/log.h"
#include "trading/execution/key_refusal.h"

namespace everbit::trading {
namespace {

using plugins::ExchangeOp;
using plugins::Field;
using plugins::Meaning;
using Verdict = KeyCheck::Verdict;

constexpr store::Sql kGood{R"sql(
  UPDATE upbit_key
  SET verified_at = now(), verify_error = NULL, verify_error_final = false,
      expires_at = coalesce($2::timestamptz, expires_at)
  WHERE owner_id = $1)sql"};

constexpr store::Sql kRefused{R"sql(
  UPDATE upbit_key SET verify_error = $2, verify_error_final = true WHERE owner_id = $1)sql"};

KeyCheck refused(std::string_view code, const GatewayAnswer& answer) {
  return {Verdict::kRefused, std::string(code), answer.decoded.answer.name, std::nullopt};
}

KeyCheck unclear(const GatewayAnswer& answer) {
  KeyCheck check;
  check.name = answer.wire.answered() ? answer.decoded.answer.name
                                      : std::string(net::to_string(answer.wire.failure));
  return check;
}

// Good if it was answered, refused if the key was.
KeyCheck judge_read(const GatewayAnswer& answer) {
  if (answer.ok()) return {Verdict::kGood, {}, {}, std::nullopt};
  if (answer.wire.answered() && answer.decoded.answer.meaning == Meaning::kAuth) {
    return refused(key_error_of(answer.decoded.answer.name), answer);
  }
  return unclear(answer);
}

// Whoever is told that the order itself is wrong, or the market closed, may place orders.
KeyCheck judge_order_test(const GatewayAnswer& answer) {
  const Meaning meaning = answer.decoded.answer.meaning;
  const bool about_the_order = meaning == Meaning::kRejected || meaning == Meaning::kOffline ||
                               meaning == Meaning::kDuplicateIdentifier;
  if (answer.wire.answered() && about_the_order) return {Verdict::kGood, {}, {}, std::nullopt};
  return judge_read(answer);
}

// A key that may withdraw is told what is wrong with the request. An answer of neither kind is no
// reason to refuse.
KeyCheck judge_withdrawal(const GatewayAnswer& answer) {
  const Meaning meaning = answer.decoded.answer.meaning;
  const bool may = answer.ok() || (answer.wire.answered() && meaning == Meaning::kRejected);
  if (may) return refused("KEY_CAN_WITHDRAW", answer);
  if (answer.decoded.answer.name != "out_of_scope") {
    log_warn("withdrawal_not_ruled_out", {{"name", unclear(answer).name}});
  }
  return {Verdict::kGood, {}, {}, std::nullopt};
}

std::optional<Timestamp> expiry_of(const GatewayAnswer& answer) {
  const auto& keys = answer.decoded.found.api_keys;
  // The one in use is among them; which it is need not be told apart when there is one.
  if (keys.size() != 1) return std::nullopt;
  return keys[0].expires_at;
}

}  // namespace

KeyCheck check_key(ExchangeGateway& gateway, const std::string& market) {
  const auto read = [&](ExchangeOp op) {
    return gateway.read(op, {}, net::RatePriority::kBackground);
  };
  const GatewayAnswer keys = read(ExchangeOp::kApiKeys);
  KeyCheck check = judge_read(keys);
  const auto expires_at = expiry_of(keys);
  const std::vector<Field> order{
      {"market", market}, {"side", "bid"}, {"ord_type", "price"}, {"price", "10000"}};
  if (check.verdict == Verdict::kGood) check = judge_read(read(ExchangeOp::kAccounts));
  if (check.verdict == Verdict::kGood) check = judge_read(read(ExchangeOp::kOrdersOpen));
  if (check.verdict == Verdict::kGood) {
    check = judge_order_test(gateway.probe(ExchangeOp::kOrderTest, order));
  }
  if (check.verdict == Verdict::kGood) {
    check = judge_withdrawal(gateway.probe(ExchangeOp::kWithdrawProbe, {}));
  }
  check.expires_at = expires_at;
  return check;
}

Result<void> store_key_check(store::Pool& pool, OwnerId owner, const KeyCheck& check,
                             Deadline deadline) {
  if (check.verdict == Verdict::kUnclear) return {};
  auto stored = check.verdict == Verdict::kGood
                    ? pool.exec(deadline, kGood, owner, check.expires_at)
                    : pool.exec(deadline, kRefused, owner, check.code);
  if (!stored) return stored.error();
  return {};
}

}  // namespace everbit::trading
