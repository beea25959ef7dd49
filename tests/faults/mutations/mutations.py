"""What is broken on purpose: a text of the source and what stands in its place."""

import dataclasses

_OUTCOME = "host/trading/execution/attempt_outcome.cpp"
_EXECUTOR = "host/trading/execution/executor.cpp"
_SETTLEMENT = "host/trading/settlement/attempt_settlement.cpp"
_FILLS = "host/trading/portfolio/fill_book.cpp"
_CLOSING = "host/trading/portfolio/order_closing.cpp"
_ATTEMPT = "host/trading/execution/attempt.cpp"
_ORDERS = "host/trading/intent/order_writer.cpp"
_INTENTS = "host/trading/intent/intent_writer.cpp"
_BUS = "plugins/bus-postgres/ordered_settle.cpp"


@dataclasses.dataclass(frozen=True)
class Edit:
    path: str
    old: str
    new: str


@dataclasses.dataclass(frozen=True)
class Mutation:
    name: str
    rule: str
    edits: tuple
    # Program and name of the tests that must see it, where the seeded run cannot: what is broken has a
    # double there, or the database refuses it.
    test: str = ""


def _one(name, rule, path, old, new):
    return Mutation(name, rule, (Edit(path, old, new),))


MUTATIONS = [
    _one("retry-on-timeout", "a create-order without an answer is UNKNOWN, and no second one follows", _OUTCOME,
         'return ended(AttemptStatus::kUnknown, timeout ? "TIMEOUT" : "NO_ANSWER", wire.detail);',
         'AttemptOutcome again = ended(AttemptStatus::kRejected, timeout ? "TIMEOUT" : "NO_ANSWER");\n'
         '  again.may_try_again = true;\n  return again;'),
    _one("5xx-as-rejected", "an answer that is not Upbit's says nothing about the order", _OUTCOME,
         'return ended(AttemptStatus::kUnknown, "UNREADABLE_ANSWER",\n               "status "',
         'return ended(AttemptStatus::kRejected, "UNREADABLE_ANSWER",\n               "status "'),
    _one("duplicate-as-rejected", "`duplicated_identifier` means that an earlier send arrived", _OUTCOME,
         "return ended(AttemptStatus::kUnknown, said.name, said.message);",
         "return ended(AttemptStatus::kRejected, said.name, said.message);"),
    _one("forget-unknown", "404 proves absence only after the quarantine, and UNKNOWN is never given up", _SETTLEMENT,
         "  if (plan_.made(attempt.public_id) < kListsFrom) return;",
         '  if (plan_.made(attempt.public_id) >= 2) {\n'
         '    (void)end(attempt, outcome_of(AttemptStatus::kRejected, "ABSENT", ""));\n    return;\n  }\n'
         "  if (plan_.made(attempt.public_id) < kListsFrom) return;"),
    _one("stale-sent-ignored", "SENT of a process that died is settled by the next one", _SETTLEMENT,
         "      settle_sent(attempt);", "      if (attempt.sender() == parts_.instance) settle_sent(attempt);"),
    _one("not-sent-unproven", "only an attempt without its mark in send.ledger was provably not sent", _SETTLEMENT,
         "if (evidence != net::SendEvidence::kNotSent) {",
         "if (evidence != net::SendEvidence::kNotSent && attempt.sent_token.empty()) {"),
    _one("switch-from-cache", "the transaction of SENT reads the kill switch's row", _EXECUTOR,
         "facts->account = std::max(facts->account, told.position);", "facts->account = told.position;"),
    _one("no-last-gate", "the switch is asked directly before the first byte", _EXECUTOR,
         "return parts_.account_switch.permits(type, key);",
         "return parts_.account_switch.permits(type, key) || true;"),
    _one("send-by-ignored", "no first byte later than 2 s after SENT", _EXECUTOR,
         "Deadline::after(parts_.settings.send_by, parts_.clock)};",
         "Deadline::after(std::chrono::hours(1), parts_.clock)};"),
    _one("undecided-sent-goes-on", "after an undecided COMMIT of SENT only the row's own token may send", _EXECUTOR,
         "commit.committed() ? SentFate::kOursInTime : decide_commit(attempt, sent);",
         "commit.committed() ? SentFate::kOursInTime : SentFate::kOursInTime;"),
    _one("no-trader-fence", "a trader that was replaced changes nothing", "host/store/trading_transaction.cpp",
         "if (rows->empty() || rows->front().get<Uuid>(0) != instance) {",
         "if (rows->empty() || rows->front().get<Uuid>(0).to_string() == instance.to_string() + \"-\") {"),
    _one("fill-without-dedupe", "a fill is booked once, by its trade_uuid", _FILLS,
         "if (inserted->affected() == 0) {", "if (inserted->affected() > 1) {"),
    _one("closed-before-its-fills", "an order is closed only when its fills sum up", _CLOSING,
         "if (sums.get<Decimal>(0) != order.executed_volume) return Closing::kLacksFills;",
         "if (sums.get<Decimal>(0) > order.executed_volume) return Closing::kLacksFills;"),
    Mutation("order-goes-backwards", "a late, weaker message changes nothing", (
        Edit("host/trading/execution/order_recorder.cpp",
             "SET state = CASE WHEN state IN ('done', 'cancel') THEN state ELSE $2 END,", "SET state = $2,"),),
        r"trading_fills_test ^FillsTest\."),
    _one("identifier-reused", "each attempt has an identifier of its own", _ATTEMPT,
         "auto inserted = tx.exec(kNextAttempt, attempt.id, next, make_identifier(installation_tag, next));",
         "auto inserted = tx.exec(kNextAttempt, attempt.id, next,\n"
         "                          installation_tag.empty() ? installation_tag : attempt.identifier);"),
    Mutation("claim-by-id-alone", "PREPARED becomes SENT by a conditional update, and only once", (
        Edit(_EXECUTOR, "if (!attempt || attempt->status != AttemptStatus::kPrepared) return result;",
             "if (!attempt) return result;"),
        Edit(_EXECUTOR, "if (facts->status != AttemptStatus::kPrepared) {\n    result = Result::kDone;",
             "if (facts->status == AttemptStatus::kSuspended) {\n    result = Result::kDone;"),
        Edit(_ATTEMPT, "WHERE a.id = $1 AND a.status = 'PREPARED')sql\"};", "WHERE a.id = $1)sql\"};"))),
    Mutation("command-after-commit", "attempt and command are of one transaction", (
        Edit("host/trading/intent/order_writer.h", "class OrderWriter {",
             "inline thread_local std::optional<TradeEvent> command_for_later;\n\nclass OrderWriter {"),
        Edit(_ORDERS, "  return parts_.outbox.add(\n      tx.transaction(), {kTradeCommands,",
             "  command_for_later.emplace(TradeEvent{kTradeCommands,"),
        Edit(_ORDERS, "origin.trace_id, payload.take(), std::nullopt});\n}\n\n}",
             "origin.trace_id, payload.take(), std::nullopt});\n  return {};\n}\n\n}"),
        Edit(_INTENTS, "  crash_point(CrashPoint::kCandleCommitted);\n",
             "  crash_point(CrashPoint::kCandleCommitted);\n"
             "  if (const auto command = std::exchange(command_for_later, std::nullopt)) {\n"
             "    auto later = store::Transaction::begin(parts_.pool, Deadline::after(kBudgetOfTransaction));\n"
             "    if (later && parts_.outbox.add(*later, *command)) (void)later->commit();\n  }\n"))),
    _one("state-outside-transaction", "the strategy's state moves with the candle's decision", _INTENTS,
         "  if (auto advanced = store::advance_strategy_state(tx, step); !advanced) return advanced.error();",
         "  auto own = store::TradingTransaction::begin(parts_.pool, key.owner, {},\n"
         "                                              Deadline::after(kBudgetOfTransaction));\n"
         "  if (!own) return own.error();\n"
         "  if (auto advanced = store::advance_strategy_state(*own, step); !advanced) return advanced.error();\n"
         "  if (const auto done = own->commit(); !done.committed()) return done.error;"),
    Mutation("complete-without-fence", "a verdict counts only in the epoch of the lane it was handed over in", (
        Edit(_BUS, "WHERE f.lane = x.lane AND f.epoch = x.epoch AND q.lane", "WHERE f.lane = x.lane AND q.lane"),
        Edit(_BUS, "WHERE lane = $1::int AND epoch = $3::bigint \" \\", "WHERE lane = $1::int AND $3::bigint > 0 \" \\"))),
    Mutation("http-sends-again", "the HTTP layer writes a create-order once, whatever becomes of its answer", (
        Edit("host/net/send_once.cpp",
             "  result = co_await engine->exchange(context, wire, engine->settings().limits, until);\n",
             "  result = co_await engine->exchange(context, wire, engine->settings().limits, until);\n"
             "  if (!result.answered()) {\n"
             "    const auto again = engine->make_context();\n"
             "    const auto stream_again = co_await engine->connect(\n"
             "        again, call->origin, settings.max_rest, SteadyClock::now() + settings.timeouts.connect, failure);\n"
             "    if (stream_again) {\n"
             "      result = co_await engine->exchange(again, wire, engine->settings().limits,\n"
             "                                         SteadyClock::now() + settings.timeouts.read);\n"
             "    }\n"
             "  }\n"),), r"net_test ^CreateOrder\."),
]
