#include "trading/execution/attempt.h"

#include <algorithm>

#include "trading/intent/order_request.h"
#include "trading/risk/risk_gate.h"

namespace everbit::trading {
namespace {

using store::Row;
using store::Sql;

constexpr Sql kFind{R"sql(
  SELECT a.id, a.attempt_no, a.status, a.market, a.identifier, i.id, i.public_id, i.intent_type,
         i.strategy_key, i.entry_intent_id, i.requested_volume, s.candle_close_time,
         s.signal_json ->> 'traceId', a.mode
  FROM order_attempt a
  JOIN order_intent i ON i.id = a.order_intent_id
  JOIN signal s ON s.id = i.signal_id
  WHERE a.public_id = $1)sql"};

constexpr Sql kRequest{R"sql(
  SELECT key, value FROM order_attempt, jsonb_each_text(request_json) WHERE id = $1)sql"};

constexpr Sql kFacts{R"sql(
  SELECT a.status,
         EXISTS (SELECT FROM order_attempt o
                 WHERE o.owner_id = a.owner_id AND o.market = a.market AND o.mode = a.mode
                   AND o.id <> a.id AND o.status IN ('SENT', 'UNKNOWN')),
         EXISTS (SELECT FROM exchange_block b
                 WHERE b.owner_id = a.owner_id AND b.side = 'exchange' AND b.blocked_until > now()),
         p.entry_intent_id, coalesce(p.quantity, 0) + coalesce(p.dust_quantity, 0),
         coalesce(p.status, 'FLAT'),
         EXISTS (SELECT FROM upbit_key k WHERE k.owner_id = a.owner_id AND a.mode = 'REAL'
                   AND k.verify_error IS NOT NULL)
  FROM order_attempt a
  LEFT JOIN position p ON p.owner_id = a.owner_id AND p.market = a.market AND p.mode = a.mode
  WHERE a.id = $1)sql"};

// With what the account held of the coin, by the newest reading: what is not named is not held.
constexpr Sql kMarkSent{R"sql(
  UPDATE order_attempt a
  SET status = 'SENT', sent_token = $2, sent_at = now(),
      base_before = (
        SELECT coalesce(sum(b.balance + b.locked)
                          FILTER (WHERE b.currency = split_part(a.market, '-', 2)), 0)
        FROM account_balance b WHERE b.owner_id = a.owner_id AND b.mode = a.mode
        HAVING count(*) > 0)
  WHERE a.id = $1 AND a.status = 'PREPARED')sql"};

constexpr Sql kEndAttempt{R"sql(
  UPDATE order_attempt SET status = $2, error_code = $3, error_message = left($4, 1024),
                           next_retry_at = $5
  WHERE id = $1)sql"};

constexpr Sql kCancelIntent{R"sql(
  UPDATE order_intent SET status = 'CANCELED', reason_code = left($2, 64)
  WHERE id = $1 AND status = 'CREATED')sql"};

constexpr Sql kNextAttempt{R"sql(
  INSERT INTO order_attempt (public_id, owner_id, mode, market, order_intent_id, attempt_no, identifier,
                             request_json)
  SELECT $2, owner_id, mode, market, order_intent_id, attempt_no + 1, $3::text,
         request_json || jsonb_build_object('identifier', $3::text)
  FROM order_attempt WHERE id = $1
  RETURNING id)sql"};

constexpr Sql kSentToken{R"sql(SELECT sent_token FROM order_attempt WHERE id = $1)sql"};

Result<void> write_end(store::Transaction& tx, const Attempt& attempt, AttemptStatus status,
                       const std::string& code, const std::string& message,
                       std::optional<Timestamp> retry_at) {
  auto ended =
      tx.exec(kEndAttempt, attempt.id, to_string(status), code.substr(0, 64), message, retry_at);
  if (!ended) return ended.error();
  return {};
}

Request request_of(IntentType type) {
  if (type == IntentType::kEntry) return Request::kEntry;
  return type == IntentType::kExitManual ? Request::kManualExit : Request::kStrategyExit;
}

bool is_stale(const Attempt& attempt, const SendRules& rules) {
  return rules.now - attempt.signal_close > rules.signal_period;
}

bool position_is_the_one(const Attempt& attempt, const SendFacts& facts) {
  return facts.position_entry == attempt.entry_intent && attempt.requested_volume &&
         facts.position_quantity >= *attempt.requested_volume;
}

}  // namespace

Result<std::optional<Attempt>> find_attempt(store::Transaction& tx, const Uuid& public_id) {
  auto rows = tx.exec(kFind, public_id);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<Attempt>();
  const Row row = rows->front();
  Attempt attempt;
  attempt.id = row.get<AttemptId>(0);
  attempt.public_id = public_id;
  attempt.number = row.get<int>(1);
  attempt.status = parse_attempt_status(row.text(2)).value_or(AttemptStatus::kUnknown);
  attempt.market = row.get<std::string>(3);
  attempt.identifier = row.get<std::string>(4);
  attempt.intent = row.get<IntentId>(5);
  attempt.intent_public_id = row.get<Uuid>(6);
  attempt.type = parse_intent_type(row.text(7)).value_or(IntentType::kExitManual);
  attempt.strategy_key = row.get<std::string>(8);
  attempt.entry_intent = row.get<std::optional<IntentId>>(9);
  attempt.requested_volume = row.get<std::optional<Decimal>>(10);
  attempt.signal_close = row.get<Timestamp>(11);
  attempt.trace_id = row.text(12);
  attempt.mode = parse_mode(row.text(13)).value_or(Mode::kReal);
  auto fields = tx.exec(kRequest, attempt.id);
  if (!fields) return fields.error();
  for (const Row field : *fields) {
    attempt.request.push_back({field.get<std::string>(0), field.get<std::string>(1)});
  }
  return std::optional<Attempt>(std::move(attempt));
}

Result<SendFacts> load_send_facts(store::TradingTransaction& tx, const Attempt& attempt) {
  SendFacts facts;
  auto rows = tx.exec(kFacts, attempt.id);
  if (!rows) return rows.error();
  if (rows->empty()) return Error("ATTEMPT_NOT_FOUND", "no such attempt");
  const Row row = rows->front();
  facts.status = parse_attempt_status(row.text(0)).value_or(AttemptStatus::kUnknown);
  facts.other_attempt_unsettled = row.get<bool>(1);
  facts.exchange_blocked = row.get<bool>(2);
  if (row.text(5) == "OPEN") facts.position_entry = row.get<std::optional<IntentId>>(3);
  facts.position_quantity = row.get<Decimal>(4);
  facts.key_refused = row.get<bool>(6);
  const store::MarketState* market = tx.market(attempt.market);
  facts.market_suspended = market == nullptr || market->suspended;
  facts.account = tx.kill_switch().account;
  facts.strategy_enabled = tx.kill_switch().strategy_enabled(attempt.strategy_key);
  return facts;
}

std::optional<std::string> refusal(const Attempt& attempt, const SendFacts& facts,
                                   const SendRules& rules) {
  if (attempt.mode != rules.mode) return "OTHER_MODE";
  GateFacts gate;
  gate.needs_key = true;
  gate.key_verified = rules.key_usable && !facts.key_refused;
  gate.exchange_blocked = facts.exchange_blocked || rules.exchange_blocked;
  gate.strategy_switch_on = facts.strategy_enabled;
  gate.account = facts.account;
  gate.market_suspended = facts.market_suspended;
  gate.attempt_in_flight = facts.other_attempt_unsettled;
  gate.signal_fresh = !is_stale(attempt, rules);
  gate.position_open = attempt.is_exit();
  const auto reasons = check_gate(request_of(attempt.type), gate);
  if (!reasons.empty()) return std::string(code_of(reasons.front()));
  if (facts.other_attempt_unsettled) return "MARKET_HAS_UNKNOWN";
  if (attempt.is_exit() && !position_is_the_one(attempt, facts)) return "STALE_POSITION";
  return std::nullopt;
}

Result<bool> mark_sent(store::Transaction& tx, const Attempt& attempt,
                       const std::string& sent_token) {
  auto marked = tx.exec(kMarkSent, attempt.id, sent_token);
  if (!marked) return marked.error();
  return marked->affected() == 1;
}

Result<void> end_attempt(store::Transaction& tx, const Attempt& attempt, AttemptStatus status,
                         const std::string& code, const std::string& message) {
  if (auto ended = write_end(tx, attempt, status, code, message, std::nullopt); !ended) {
    return ended.error();
  }
  auto cancelled = tx.exec(kCancelIntent, attempt.intent, code);
  if (!cancelled) return cancelled.error();
  return {};
}

Result<NewAttempt> replace_attempt(store::Transaction& tx, const Attempt& attempt,
                                   AttemptStatus status, const std::string& code,
                                   const std::string& message, Timestamp retry_at,
                                   const std::string& installation_tag, Timestamp now) {
  if (auto ended = write_end(tx, attempt, status, code, message, retry_at); !ended) {
    return ended.error();
  }
  const Uuid next = Uuid::make_v7(now);
  auto inserted = tx.exec(kNextAttempt, attempt.id, next, make_identifier(installation_tag, next));
  if (!inserted) return inserted.error();
  return NewAttempt{inserted->front().get<AttemptId>(0), next};
}

Result<void> throttle_without_successor(store::Transaction& tx, const Attempt& attempt,
                                        const std::string& code, const std::string& message,
                                        Timestamp now) {
  auto ended = write_end(tx, attempt, AttemptStatus::kThrottled, code, message, now);
  if (!ended) return ended.error();
  auto cancelled = tx.exec(kCancelIntent, attempt.intent, code);
  if (!cancelled) return cancelled.error();
  return {};
}

Result<void> mark_unknown(store::Transaction& tx, const Attempt& attempt, const std::string& code,
                          const std::string& message) {
  return write_end(tx, attempt, AttemptStatus::kUnknown, code, message, std::nullopt);
}

Result<std::optional<std::string>> read_sent_token(store::Transaction& tx, const Attempt& attempt) {
  auto rows = tx.exec(kSentToken, attempt.id);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<std::string>();
  return rows->front().get<std::optional<std::string>>(0);
}

}  // namespace everbit::trading
