#include "trading/intent/host_exits.h"

#include "base/json_writer.h"
#include "base/log.h"
#include "base/trace_id.h"
#include "trading/intent/exit_events.h"

namespace everbit::trading {
namespace {

using store::Sql;
using store::TradingTransaction;

constexpr std::chrono::seconds kBudget{5};
constexpr std::string_view kManual = "MANUAL";

// The moment of the request; a second one of the same millisecond stands behind it.
constexpr Sql kInsertManualSignal{R"sql(
  INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, candle_close_time, side,
                      reason_code, signal_json)
  SELECT $1::uuid, $2::bigint, 'MANUAL', $3::text, $4::text, 'manual',
         greatest($5::timestamptz, coalesce((
           SELECT max(candle_close_time) + interval '1 ms' FROM signal
           WHERE owner_id = $2 AND strategy_key = 'MANUAL' AND mode = $3::text
             AND market = $4::text AND timeframe = 'manual'), $5::timestamptz)), 'SELL', 'MANUAL_CLOSE', $6::jsonb
  RETURNING id)sql"};

constexpr Sql kInsertGuardianSignal{R"sql(
  INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, candle_close_time, side,
                      reason_code, signal_json, config_version, generation, sha256)
  SELECT $1, $2, $3, $4, $5, $6, $7, 'SELL', 'GUARDIAN_STOP', $8::jsonb, config_version, generation,
         sha256
  FROM strategy_activation WHERE owner_id = $2 AND strategy_key = $3
  ON CONFLICT (owner_id, strategy_key, mode, market, timeframe, candle_close_time, side) DO NOTHING
  RETURNING id, generation)sql"};

constexpr Sql kUnknownAttempts{R"sql(
  SELECT string_agg(public_id::text, ',' ORDER BY id) FROM order_attempt
  WHERE owner_id = $1 AND market = $2 AND mode = $3 AND status IN ('SENT', 'UNKNOWN'))sql"};

std::string manual_json(const std::string& actor, const std::string& trace_id) {
  JsonWriter json;
  json.begin_object()
      .key("reasonCodes")
      .begin_array()
      .value("MANUAL_CLOSE")
      .end_array()
      .field("actor", actor)
      .field("traceId", trace_id);
  return json.end_object().take();
}

std::string guardian_json(const HostExits::Stop& stop, const std::vector<std::string>& refusals) {
  JsonWriter json;
  json.begin_object().key("reasonCodes").begin_array().value("GUARDIAN_STOP").end_array();
  json.key("refusals").begin_array();
  for (const std::string& refusal : refusals) json.value(refusal);
  json.end_array()
      .field("stop", stop.stop)
      .field("close", stop.close)
      .field("traceId", stop.trace_id);
  return json.end_object().take();
}

Error refused(RefusalReason reason, const std::string& market) {
  return Error(std::string(code_of(reason)), "the gate refuses to close " + market, market);
}

}  // namespace

HostExits::HostExits(Parts parts)
    : parts_(std::move(parts)),
      orders_({parts_.outbox, parts_.clock, parts_.installation_tag, parts_.account_switch}) {}

Result<TradingTransaction> HostExits::begin(const std::string& market) const {
  store::Locks locks;
  locks.markets = {market};
  locks.kill_switch = store::RowLock::kShare;
  locks.trader = parts_.trader_instance;
  return TradingTransaction::begin(parts_.pool, parts_.owner, locks, Deadline::after(kBudget));
}

GateFacts HostExits::facts_of_gate(const TradingTransaction& tx, const InstanceKey& key,
                                   const MarketFacts& facts) const {
  GateFacts gate = gate_facts(tx, key, facts, parts_.account_switch.restriction());
  gate.needs_key = parts_.needs_key;
  gate.key_present = parts_.key_present;
  gate.key_verified = parts_.key_usable.load();
  gate.replaces_open_intent = facts.open_intent && facts.open_intent->prepared;
  return gate;
}

Result<HostExits::Closed> HostExits::close(const std::string& market, By by,
                                           const std::string& actor) {
  auto tx = begin(market);
  if (!tx) return tx.error();
  auto closed = close_in(*tx, market, by, actor);
  if (!closed || !closed->created) return closed;
  const auto commit = tx->commit();
  // What an undecided COMMIT left is found by the next request: it is idempotent by state.
  if (!commit.committed()) return commit.error;
  parts_.outbox.committed();
  return closed;
}

Result<HostExits::Closed> HostExits::close_in(TradingTransaction& tx, const std::string& market,
                                              By by, const std::string& actor) {
  const InstanceKey key{parts_.owner, parts_.mode, std::string(kManual), market, "manual"};
  auto facts = load_market_facts(tx, key);
  if (!facts) return facts.error();
  if (auto allowed = may_close(tx, key, *facts, by); !allowed) return allowed.error();
  if (facts->open_intent) {
    const OpenIntent& open = *facts->open_intent;
    const bool partial = open.volume && *open.volume < facts->quantity;
    if (!partial || !open.prepared) return Closed{open.public_id, false};
  }
  const auto reasons = check_gate(Request::kManualExit, facts_of_gate(tx, key, *facts));
  if (!reasons.empty()) return refused(reasons.front(), market);
  const auto volume = exit_volume(*facts, std::nullopt, parts_.price(market), parts_.min_total);
  if (!volume) return refused(RefusalReason::kDust, market);

  const std::string trace_id = TraceId::make().hex();
  const Timestamp now = Timestamp::from_ms(parts_.clock.now().ns() / 1'000'000);
  auto signal = tx.exec(kInsertManualSignal, Uuid::make_v7(now), parts_.owner,
                        to_string(parts_.mode), market, now, manual_json(actor, trace_id));
  if (!signal) return signal.error();
  const OrderOrigin origin{parts_.owner,     parts_.mode,  market,
                           key.strategy_key, std::nullopt, signal->front().get<SignalId>(0),
                           trace_id};
  auto placed = place(tx, origin, *facts,
                      {IntentType::kExitManual, std::nullopt, *volume, facts->entry_intent});
  if (!placed) return placed.error();
  return Closed{*placed, true};
}

// What stands before the state of the exits: page 50's table, top down.
Result<void> HostExits::may_close(TradingTransaction& tx, const InstanceKey& key,
                                  const MarketFacts& facts, By by) const {
  const GateFacts gate = facts_of_gate(tx, key, facts);
  if (gate.account == AccountPosition::kOff) {
    return refused(RefusalReason::kAccountOff, key.market);
  }
  if (gate.market_suspended && by == By::kFlatten) {
    return refused(RefusalReason::kMarketSuspended, key.market);
  }
  if (gate.market_suspended && facts.attempt_in_flight) {
    auto attempts = tx.exec(kUnknownAttempts, parts_.owner, key.market, to_string(parts_.mode));
    if (!attempts) return attempts.error();
    return Error("MARKET_HAS_UNKNOWN", "an order of unknown fate is there",
                 attempts->front().get<std::optional<std::string>>(0).value_or(""));
  }
  if (facts.open_intent && facts.open_intent->type == IntentType::kEntry) {
    return refused(RefusalReason::kIntentOpen, key.market);
  }
  if (!facts.is_held()) return refused(RefusalReason::kNoPosition, key.market);
  return {};
}

Result<Uuid> HostExits::place(TradingTransaction& tx, const OrderOrigin& origin,
                              const MarketFacts& facts, const NewOrder& order) const {
  if (facts.open_intent) {
    auto ended = orders_.supersede(tx, facts.open_intent->id, *facts.open_intent->attempt);
    if (!ended) return ended.error();
  }
  auto placed = orders_.place(tx, origin, order);
  if (!placed) return placed.error();
  if (!*placed) return refused(RefusalReason::kAccountOff, origin.market);
  return (*placed)->public_id;
}

Result<std::vector<std::string>> HostExits::guard(const Stop& stop) {
  auto tx = begin(stop.key.market);
  if (!tx) return tx.error();
  auto refusals = guard_in(*tx, stop);
  if (!refusals) return refusals;
  const auto commit = tx->commit();
  // Undecided: the next look finds the candle's signal, or writes it.
  if (!commit.committed()) return commit.error;
  parts_.outbox.committed();
  return refusals;
}

Result<std::vector<std::string>> HostExits::guard_in(TradingTransaction& tx, const Stop& stop) {
  auto facts = load_market_facts(tx, stop.key);
  if (!facts) return facts.error();
  const GateFacts gate = facts_of_gate(tx, stop.key, *facts);
  std::vector<std::string> refusals;
  for (const RefusalReason reason : check_gate(Request::kGuardianExit, gate)) {
    refusals.emplace_back(code_of(reason));
  }
  const auto volume = exit_volume(*facts, std::nullopt, stop.close, parts_.min_total);
  if (refusals.empty() && !volume) refusals.emplace_back(code_of(RefusalReason::kDust));
  auto signal = tx.exec(kInsertGuardianSignal, Uuid::make_v7(parts_.clock.now()), parts_.owner,
                        stop.key.strategy_key, to_string(parts_.mode), stop.key.market,
                        stop.key.timeframe, stop.close_time, guardian_json(stop, refusals));
  if (!signal) return signal.error();
  if (signal->empty()) return std::vector<std::string>{"STORED_ALREADY"};
  log_critical("guardian_stop", {{"market", stop.key.market},
                                 {"stop", stop.stop},
                                 {"close", stop.close},
                                 {"refused", refusals.empty() ? "" : refusals.front()},
                                 {"trace_id", stop.trace_id}});
  const AskedExit asked{stop.key, "EXIT_STOPLOSS", stop.close_time, stop.trace_id};
  if (gate.account == AccountPosition::kOff) {
    auto told = tell_of_stop_while_off(tx, parts_.outbox, asked, stop.stop, stop.close);
    if (!told) return told.error();
    return refusals;
  }
  if (!refusals.empty()) {
    auto told = tell_of_refused_exit(tx, parts_.outbox, asked, refusals);
    if (!told) return told.error();
    return refusals;
  }
  const OrderOrigin origin{parts_.owner,
                           parts_.mode,
                           stop.key.market,
                           stop.key.strategy_key,
                           signal->front().get<std::int64_t>(1),
                           signal->front().get<SignalId>(0),
                           stop.trace_id};
  auto placed = place(tx, origin, *facts,
                      {IntentType::kExitStoploss, std::nullopt, *volume, facts->entry_intent});
  if (!placed) return placed.error();
  return refusals;
}

}  // namespace everbit::trading
