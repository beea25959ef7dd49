#include "trading/intent/intent_writer.h"

#include <algorithm>

#include "base/crash_point.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "everbit/ext/strategy.h"
#include "store/errors.h"
#include "store/strategy_state.h"
#include "trading/intent/decision_row.h"
#include "trading/intent/exit_events.h"

namespace everbit::trading {
namespace {

using plugins::Decision;
using store::Sql;

constexpr std::chrono::seconds kBudgetOfTransaction{5};

constexpr Sql kStorePlan{R"sql(
  INSERT INTO position (owner_id, market, mode, plan_json) VALUES ($1, $2, $3, $4::jsonb)
  ON CONFLICT (owner_id, market, mode) DO UPDATE SET plan_json = excluded.plan_json)sql"};

constexpr Sql kInsertSignal{R"sql(
  INSERT INTO signal (public_id, owner_id, strategy_key, mode, market, timeframe, candle_close_time, side,
                      strength, reason_code, signal_json, config_version, generation, sha256)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, round($9::numeric, 8), left($10, 64), $11::jsonb, $12, $13, $14)
  ON CONFLICT (owner_id, strategy_key, mode, market, timeframe, candle_close_time, side) DO NOTHING
  RETURNING id)sql"};

constexpr Sql kTouchMarket{R"sql(
  UPDATE market_state SET last_signal_at = $3 WHERE owner_id = $1 AND market = $2)sql"};

constexpr Sql kCoolDown{R"sql(
  UPDATE market_state SET cooldown_until = $3
  WHERE owner_id = $1 AND market = $2 AND cooldown_until IS DISTINCT FROM $3)sql"};

constexpr Sql kAsOf{R"sql(
  SELECT as_of FROM strategy_state
  WHERE owner_id = $1 AND strategy_key = $2 AND market = $3 AND timeframe = $4 AND mode = $5)sql"};

std::vector<std::string> codes_of(const StrategyRunner& runner,
                                  const std::vector<std::int32_t>& reasons) {
  std::vector<std::string> codes;
  codes.reserve(reasons.size());
  for (const std::int32_t reason : reasons) codes.emplace_back(runner.reason_code(reason));
  return codes;
}

std::string numbers_json(const std::vector<std::pair<std::string, double>>& numbers) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : numbers) json.field(name, value);
  json.end_object();
  return json.take();
}

void put_list(JsonWriter& json, std::string_view key, const std::vector<std::string>& items) {
  json.key(key).begin_array();
  for (const std::string& item : items) json.value(item);
  json.end_array();
}

std::string signal_json(const CandleJob& job, const std::vector<std::string>& reasons,
                        const std::vector<std::string>& refusals) {
  const Decision& decision = job.evaluation.decision;
  JsonWriter json;
  json.begin_object();
  put_list(json, "reasonCodes", reasons);
  put_list(json, "refusals", refusals);
  json.field("regime", decision.regime).field("entryRegime", decision.entry_regime);
  json.key("values").raw(numbers_json(decision.figures));
  json.field("traceId", job.trace_id);
  return json.end_object().take();
}

Request request_of(const Decision& decision) {
  return decision.action == EB_ACTION_BUY ? Request::kEntry : Request::kStrategyExit;
}

GateFacts gate_facts_of(const store::TradingTransaction& tx, const CandleJob& job,
                        const MarketFacts& facts, const Restriction& told, bool needs_key) {
  const InstanceKey& key = job.runner.key();
  GateFacts gate = gate_facts(tx, key, facts, told);
  gate.needs_key = needs_key;
  gate.key_present = job.key_present;
  gate.key_verified = job.key_verified;
  gate.replaces_open_intent = facts.open_intent && facts.open_intent->prepared &&
                              job.evaluation.decision.intent == EB_INTENT_EXIT_STOPLOSS;
  gate.strategy_healthy = job.healthy;
  const store::MarketState* market = tx.market(key.market);
  gate.market_cooling_down =
      market != nullptr && market->cooldown_until && *market->cooldown_until > job.evaluation.to;
  gate.signal_fresh = job.fresh;
  gate.candle_verified = job.verified;
  gate.daily_loss_reached = job.daily_loss_reached;
  return gate;
}

plugins::Gate gate_of(std::string name, Decimal value, std::int32_t relation, Decimal threshold) {
  const bool passed = relation == EB_GATE_BELOW ? value < threshold : value >= threshold;
  return {std::move(name), value.to_double(), threshold.to_double(), relation, passed};
}

// What judge_entry() compares, for the ledger.
std::vector<plugins::Gate> gates_of(const EntryCandidate& entry, const EntryBudget& budget) {
  std::vector<plugins::Gate> gates;
  if (entry.max_open_markets > 0) {
    gates.push_back(gate_of("SLOTS", Decimal::from_int(budget.open_markets), EB_GATE_BELOW,
                            Decimal::from_int(entry.max_open_markets)));
  }
  if (budget.orders) {
    gates.push_back(gate_of("ENTRIES_LEFT", Decimal::from_int(*budget.orders), EB_GATE_AT_LEAST,
                            Decimal::from_int(1)));
  }
  if (budget.exposure) {
    gates.push_back(gate_of("EXPOSURE_LEFT", *budget.exposure, EB_GATE_AT_LEAST, entry.minimum));
  }
  gates.push_back(gate_of("CASH", affordable(entry.wanted, budget.free_cash, budget.fee_rate),
                          EB_GATE_AT_LEAST, entry.minimum));
  return gates;
}

std::string first_or(const std::vector<std::string>& codes, std::string_view otherwise) {
  return codes.empty() ? std::string(otherwise) : codes.front();
}

// The end of the market's cooldown, if the strategy is in one.
std::optional<Timestamp> cooldown_of(const Decision& decision) {
  constexpr double kYear2100 = 4'102'444'800;
  for (const auto& [name, value] : decision.values) {
    if (name != EB_VALUE_COOLDOWN_UNTIL || value <= 0 || value > kYear2100) continue;
    return Timestamp::from_seconds(static_cast<std::int64_t>(value));
  }
  return std::nullopt;
}

Decimal exact(eb_dec value) { return *from_abi(value); }

}  // namespace

IntentWriter::IntentWriter(Parts parts)
    : parts_(std::move(parts)),
      orders_({parts_.outbox, parts_.clock, parts_.installation_tag, parts_.account_switch}) {}

Result<CandleResult> IntentWriter::write(const CandleJob& job) {
  crash_point(CrashPoint::kCandleDecided);
  const InstanceKey& key = job.runner.key();
  store::Locks locks;
  locks.account = job.evaluation.decision.wants_entry();
  locks.markets = {key.market};
  locks.kill_switch = store::RowLock::kShare;
  locks.activations = {key.strategy_key};
  locks.trader = parts_.trader_instance;
  auto tx = store::TradingTransaction::begin(parts_.pool, key.owner, locks,
                                             Deadline::after(kBudgetOfTransaction));
  if (!tx) return tx.error();
  auto result = write_in(*tx, job);
  if (!result) return result.error();
  crash_point(CrashPoint::kCandleCommit);
  const auto commit = tx->commit();
  if (commit.undecided()) {
    auto written = is_written(job);
    if (!written) return written.error();
    if (!*written) return commit.error;
  } else if (!commit.committed()) {
    return commit.error;
  }
  crash_point(CrashPoint::kCandleCommitted);
  parts_.outbox.committed();
  return result;
}

Result<bool> IntentWriter::is_written(const CandleJob& job) {
  const InstanceKey& key = job.runner.key();
  auto rows = parts_.pool.exec(Deadline::after(kBudgetOfTransaction), kAsOf, key.owner,
                               key.strategy_key, key.market, key.timeframe, to_string(key.mode));
  if (!rows) return rows.error();
  return !rows->empty() && rows->front().get<Timestamp>(0) >= job.evaluation.to;
}

Result<CandleResult> IntentWriter::write_in(store::TradingTransaction& tx, const CandleJob& job) {
  const InstanceKey& key = job.runner.key();
  const Evaluation& evaluation = job.evaluation;
  const Decision& decision = evaluation.decision;
  const std::vector<std::uint8_t> blob(evaluation.state.blob.begin(), evaluation.state.blob.end());
  store::StateStep step;
  step.trader_instance = parts_.trader_instance;
  step.strategy_key = key.strategy_key;
  step.market = key.market;
  step.timeframe = key.timeframe;
  step.mode = to_string(key.mode);
  step.generation = job.runner.active().generation;
  step.from = evaluation.from;
  step.to = evaluation.to;
  step.state_schema = evaluation.state.schema;
  step.state_version = static_cast<std::int32_t>(evaluation.state.version);
  step.state = blob;
  if (auto advanced = store::advance_strategy_state(tx, step); !advanced) return advanced.error();
  crash_point(CrashPoint::kStateAdvanced);
  if (const auto until = cooldown_of(decision)) {
    auto cooled = tx.exec(kCoolDown, key.owner, key.market, *until);
    if (!cooled) return cooled.error();
  }

  CandleResult result;
  if (decision.action != EB_ACTION_NONE) {
    auto written = write_signal(tx, job);
    if (!written) return written.error();
    result = std::move(*written);
  }
  if (auto told = tell_of_stop(tx, job); !told) return told.error();
  // The plan of an entry counts only if its order is on its way.
  if (decision.plan && (decision.action != EB_ACTION_BUY || result.intent)) {
    auto stored = tx.exec(kStorePlan, key.owner, key.market, to_string(key.mode),
                          plan_to_json(*decision.plan));
    if (!stored) return stored.error();
  }
  std::vector<std::string> codes = codes_of(job.runner, decision.reasons);
  if (!job.verified) codes.emplace_back("CANDLE_UNVERIFIED");
  if (job.gap) {
    auto kept = record_gap(tx.transaction(),
                           {key.market, key.timeframe, evaluation.from, evaluation.to, *job.gap});
    if (!kept) return kept.error();
  }
  auto stored =
      write_decision(tx, {key, evaluation.to, decision, std::move(codes), result.refusals,
                          std::move(result.host_gates), evaluation.candle, parts_.clock.now()});
  if (!stored) return stored.error();
  return result;
}

Result<CandleResult> IntentWriter::write_signal(store::TradingTransaction& tx,
                                                const CandleJob& job) {
  const InstanceKey& key = job.runner.key();
  const Decision& decision = job.evaluation.decision;
  const bool buy = decision.action == EB_ACTION_BUY;
  const std::vector<std::string> reasons = codes_of(job.runner, decision.reasons);
  CandleResult result;
  std::optional<NewOrder> order;
  auto facts = load_market_facts(tx, key);
  if (!facts) return facts.error();
  if (decision.refused) {
    result.refusals = reasons;
  } else {
    auto judged = judge(tx, job, *facts, result);
    if (!judged) return judged.error();
    order = std::move(*judged);
  }

  std::optional<double> strength;
  if (buy) strength = decision.strength;
  auto signal =
      tx.exec(kInsertSignal, Uuid::make_v7(parts_.clock.now()), key.owner, key.strategy_key,
              to_string(key.mode), key.market, key.timeframe, job.evaluation.to,
              buy ? "BUY" : "SELL", strength, first_or(reasons, "UNNAMED"),
              signal_json(job, reasons, result.refusals), job.runner.active().config_version,
              job.runner.active().generation, job.runner.active().sha256);
  if (!signal) return signal.error();
  // The guardian was here while the strategy could not run: the candle has its exit.
  if (signal->empty()) {
    result.refusals = {"GUARDIAN_STOP"};
    return result;
  }
  crash_point(CrashPoint::kSignalInserted);
  log_info("signal", {{"market", key.market},
                      {"side", buy ? "BUY" : "SELL"},
                      {"reason", first_or(reasons, "UNNAMED")},
                      {"strength", strength.value_or(0)},
                      {"refused", first_or(result.refusals, "")},
                      {"trace_id", job.trace_id}});
  auto touched = tx.exec(kTouchMarket, key.owner, key.market, job.evaluation.to);
  if (!touched) return touched.error();
  if (auto told = tell_of_refusal(tx, job, result.refusals); !told) return told.error();
  if (!order) return result;

  const OrderOrigin origin{key.owner,
                           key.mode,
                           key.market,
                           key.strategy_key,
                           job.runner.active().generation,
                           signal->front().get<SignalId>(0),
                           job.trace_id};
  if (!result.refusals.empty()) {
    auto cancelled = orders_.refuse(tx, origin, *order, result.refusals.front());
    if (!cancelled) return cancelled.error();
    return result;
  }
  if (facts->open_intent) {
    auto ended = orders_.supersede(tx, facts->open_intent->id, *facts->open_intent->attempt);
    if (!ended) return ended.error();
  }
  auto placed = orders_.place(tx, origin, *order);
  if (!placed) return placed.error();
  if (!*placed) {
    result.refusals.emplace_back(code_of(RefusalReason::kAccountOff));
  } else {
    result.intent = (*placed)->id;
  }
  return result;
}

// A strategy's exit that a switch or a suspended market refused is told at each candle that asks
// for it. What OFF refuses at the stop is told as that.
Result<void> IntentWriter::tell_of_refusal(store::TradingTransaction& tx, const CandleJob& job,
                                           const std::vector<std::string>& refusals) {
  const InstanceKey& key = job.runner.key();
  const Decision& decision = job.evaluation.decision;
  if (!decision.wants_exit() || is_beyond_stop_while_off(tx, job)) return {};
  return tell_of_refused_exit(
      tx, parts_.outbox,
      {key, std::string(plugins::intent_name(decision.intent)), job.evaluation.to, job.trace_id},
      refusals);
}

bool IntentWriter::is_beyond_stop_while_off(const store::TradingTransaction& tx,
                                            const CandleJob& job) const {
  const plugins::PositionView& position = job.evaluation.position;
  if (!job.fresh || !position.quantity.is_positive() || !position.plan) return false;
  const AccountPosition account =
      std::max(tx.kill_switch().account, parts_.account_switch.restriction().position);
  if (account != AccountPosition::kOff) return false;
  const auto stop = position.plan->stop_price(position.average_price);
  return stop && exact(job.evaluation.candle.close) <= *stop;
}

Result<void> IntentWriter::tell_of_stop(store::TradingTransaction& tx, const CandleJob& job) {
  if (!is_beyond_stop_while_off(tx, job)) return {};
  const plugins::PositionView& position = job.evaluation.position;
  return tell_of_stop_while_off(
      tx, parts_.outbox, {job.runner.key(), "EXIT_STOPLOSS", job.evaluation.to, job.trace_id},
      *position.plan->stop_price(position.average_price), exact(job.evaluation.candle.close));
}

// An order to be placed, or, with refusals, one that the account switch alone stopped: its intent
// is stored cancelled. Nothing: no intent at all.
Result<std::optional<NewOrder>> IntentWriter::judge(store::TradingTransaction& tx,
                                                    const CandleJob& job, const MarketFacts& facts,
                                                    CandleResult& result) {
  const Decision& decision = job.evaluation.decision;
  const auto reasons = check_gate(request_of(decision),
                                  gate_facts_of(tx, job, facts, parts_.account_switch.restriction(),
                                                parts_.settings.needs_key));
  const bool only_switch = !reasons.empty() && only_account_switch(reasons);
  for (const RefusalReason reason : reasons) result.refusals.emplace_back(code_of(reason));
  if (!reasons.empty() && !only_switch) return std::optional<NewOrder>();

  std::optional<NewOrder> order;
  if (decision.action == EB_ACTION_BUY) {
    auto sized = size_entry(tx, job, result);
    if (!sized) return sized.error();
    order = std::move(*sized);
  } else {
    order = size_exit(job, facts, result.refusals);
  }
  return order;
}

Result<std::optional<NewOrder>> IntentWriter::size_entry(store::TradingTransaction& tx,
                                                         const CandleJob& job,
                                                         CandleResult& result) const {
  const Decision& decision = job.evaluation.decision;
  auto budget =
      load_entry_budget(tx, job.runner.key(), parts_.settings.fee_rate, parts_.settings.limits);
  if (!budget) return budget.error();
  EntryCandidate entry;
  entry.market = job.runner.key().market;
  entry.strength = decision.strength;
  entry.wanted = decision.amount;
  if (parts_.settings.max_order_krw.is_positive()) {
    entry.wanted = std::min(entry.wanted, parts_.settings.max_order_krw);
  }
  entry.minimum =
      std::max({decision.min_amount, parts_.settings.min_order_krw, parts_.settings.min_total});
  entry.max_open_markets = decision.max_open_markets;
  const int owners = parts_.settings.max_open_markets;
  if (owners > 0 && (entry.max_open_markets == 0 || owners < entry.max_open_markets)) {
    entry.max_open_markets = owners;
  }
  const EntryVerdict verdict = judge_entry(entry, *budget);
  result.host_gates = gates_of(entry, *budget);
  if (verdict.refusal) {
    result.refusals.emplace_back(code_of(*verdict.refusal));
    return std::optional<NewOrder>();
  }
  return std::optional<NewOrder>(
      NewOrder{IntentType::kEntry, verdict.amount, std::nullopt, std::nullopt});
}

std::optional<NewOrder> IntentWriter::size_exit(const CandleJob& job, const MarketFacts& facts,
                                                std::vector<std::string>& refusals) const {
  const Decision& decision = job.evaluation.decision;
  std::optional<Decimal> part;
  if (!decision.all) part = decision.volume;
  const Decimal price = job.price.value_or(exact(job.evaluation.candle.close));
  const auto volume = exit_volume(facts, part, price, parts_.settings.min_total);
  if (!volume) {
    refusals.emplace_back(code_of(RefusalReason::kDust));
    return std::nullopt;
  }
  return NewOrder{static_cast<IntentType>(decision.intent), std::nullopt, *volume,
                  facts.entry_intent};
}

}  // namespace everbit::trading
