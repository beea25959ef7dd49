"""What must hold whatever happened: in the database and in the exchange's own ledger."""

import decimal
from decimal import ROUND_HALF_UP, Decimal

import books

# One statement, so that all of it is of one moment.
_ROWS = """
SELECT json_build_object(
  'attempts', (SELECT coalesce(json_agg(a ORDER BY a.id), '[]') FROM
     (SELECT id, order_intent_id AS intent, attempt_no, identifier, status, error_code, upbit_uuid,
             sent_at IS NOT NULL AS was_sent FROM order_attempt) a),
  'history', (SELECT coalesce(json_agg(h ORDER BY h.id), '[]') FROM
     (SELECT id, attempt_id, status, error_code FROM attempt_history) h),
  'intents', (SELECT coalesce(json_agg(i ORDER BY i.id), '[]') FROM
     (SELECT id, intent_type, status, reason_code, entry_intent_id FROM order_intent) i),
  'orders', (SELECT coalesce(json_agg(o ORDER BY o.id), '[]') FROM
     (SELECT o.id, upbit_uuid, identifier, origin, order_attempt_id, state, executed_volume, paid_fee,
             closed_at IS NOT NULL AS closed,
             (SELECT coalesce(sum(volume), 0) FROM fill WHERE upbit_order_id = o.id) AS filled,
             (SELECT sum(fee) FROM fill WHERE upbit_order_id = o.id) AS fill_fees
      FROM upbit_order o) o),
  'fills', (SELECT coalesce(json_agg(f ORDER BY f.id), '[]') FROM
     (SELECT f.id, trade_uuid, f.price, f.volume, f.fee, o.upbit_uuid FROM fill f
      JOIN upbit_order o ON o.id = f.upbit_order_id) f),
  'conflicts', (SELECT count(*) FROM fill_conflict),
  'positions', (SELECT coalesce(json_agg(p), '[]') FROM
     (SELECT market, status, quantity, dust_quantity, avg_price, entry_intent_id FROM position) p),
  'trades', (SELECT coalesce(json_agg(t ORDER BY t.id), '[]') FROM
     (SELECT id, entry_intent_id, profit, closed_at IS NOT NULL AS closed FROM trade) t),
  'markets', (SELECT coalesce(json_agg(m), '[]') FROM
     (SELECT market, trade_status, suspend_reason_code FROM market_state) m),
  'account', (SELECT account_position FROM kill_switch),
  'events', (SELECT coalesce(json_agg(e), '[]') FROM
     (SELECT event_type, payload_json -> 'payload' ->> 'upbitUuid' AS order_uuid,
             payload_json -> 'payload' ->> 'tradeUuid' AS trade_uuid FROM outbox_event) e),
  'commands', (SELECT count(*) FROM outbox_queue q JOIN outbox_event e USING (event_id)
               WHERE e.stream = 'everbit.trade.command')
            + (SELECT count(*) FROM outbox_delayed q JOIN outbox_event e USING (event_id)
               WHERE e.stream = 'everbit.trade.command'))
"""

_NEXT = {
    None: {"PREPARED"},
    "PREPARED": {"SENT", "SUSPENDED"},
    "SENT": {"ACKED", "REJECTED", "THROTTLED", "UNKNOWN", "SUSPENDED"},
    "UNKNOWN": {"ACKED", "REJECTED"},
    "REJECTED": {"ACKED"},
}
_ABSENCES = {"ABSENT", "NOT_FOUND_CONFIRMED"}
_FINAL = {"done", "cancel"}
_DIGITS = Decimal(10) ** -18
decimal.DefaultContext.prec = 80
decimal.setcontext(decimal.DefaultContext)


class Books:
    """Both accounts, read one after the other."""

    def __init__(self, database_url, control):
        # In this order: what was sent must have been stored before.
        ledger = books.ledger(control)
        self.rows = books.query_json(database_url, _ROWS)
        self.creates = [c for c in ledger["creates"] if c["identifier"].startswith("eb-")]
        self.orders = [o for o in ledger["orders"] if o.get("identifier", "").startswith("eb-")]
        self.attempts = {a["identifier"]: a for a in self.rows["attempts"]}

    def suspended(self):
        return {m["market"]: m["suspend_reason_code"] for m in self.rows["markets"]
                if m["trade_status"] == "SUSPENDED"}

    def held(self):
        return sum((p["quantity"] for p in self.rows["positions"]), Decimal(0))


def number(value):
    return Decimal(str(value))


def unsettled(found):
    """Why it is not over yet; None when it is. What may be waited for, and nothing else."""
    rows = found.rows
    waiting = [a for a in rows["attempts"] if a["status"] in ("PREPARED", "SENT")]
    if waiting:
        return f"attempt {waiting[0]['id']} is {waiting[0]['status']}"
    unknown = [a for a in rows["attempts"] if a["status"] == "UNKNOWN"]
    if unknown and not found.suspended():
        return f"attempt {unknown[0]['id']} is UNKNOWN and its market is not suspended"
    undecided = {a["intent"] for a in unknown}
    for intent in rows["intents"]:
        if intent["status"] == "CREATED" and intent["id"] not in undecided:
            return f"intent {intent['id']} ({intent['intent_type']}) is open"
    known = {o["upbit_uuid"] for o in rows["orders"]}
    lost = [o for o in found.orders if o["uuid"] not in known]
    if lost:
        return f"order {lost[0]['uuid']} of the exchange is not in the database"
    for order in rows["orders"]:
        if order["origin"] == "OURS" and not order["closed"]:
            return f"order {order['upbit_uuid']} is {order['state']} and not closed"
    if rows["commands"]:
        return f"{rows['commands']} commands are queued"
    return None


def broken(found):
    """What can never be right, at no moment."""
    return [*_of_sending(found), *_of_history(found)]


def wrong(found):
    """What must not be so in the end, besides."""
    return [*broken(found), *_of_orders(found), *_of_fills(found), *_of_positions(found),
            *_of_events(found)]


def _of_sending(found):
    for identifier in books.doubled(c["identifier"] for c in found.creates):
        yield f"{identifier} was sent more than once"
    for create in found.creates:
        attempt = found.attempts.get(create["identifier"])
        if attempt is None:
            yield f"{create['identifier']} was sent, and the database knows no such attempt"
        elif not attempt["was_sent"]:
            yield f"{create['identifier']} was sent from {attempt['status']}, never from SENT"
    intents = [found.attempts[o["identifier"]]["intent"] for o in found.orders
               if o["identifier"] in found.attempts]
    for intent in books.doubled(intents):
        yield f"intent {intent} has more than one order at the exchange"
    for uuid in books.doubled(a["upbit_uuid"] for a in found.rows["attempts"] if a["upbit_uuid"]):
        yield f"order {uuid} belongs to several attempts"


def _of_history(found):
    last = {}
    for step in found.rows["history"]:
        before, reason = last.get(step["attempt_id"], (None, None))
        allowed = _NEXT.get(before, set())
        if step["status"] not in allowed or before == "REJECTED" and reason not in _ABSENCES:
            yield f"attempt {step['attempt_id']} went from {before} to {step['status']}"
        last[step["attempt_id"]] = (step["status"], step["error_code"])
    open_intents = [i for i in found.rows["intents"] if i["status"] == "CREATED"]
    if len(open_intents) > 1:
        yield f"{len(open_intents)} intents of one market are open"


def _of_orders(found):
    stored = {o["upbit_uuid"]: o for o in found.rows["orders"]}
    accepted = {o["uuid"] for o in found.orders}
    for attempt in found.rows["attempts"]:
        if attempt["status"] == "ACKED" and attempt["upbit_uuid"] not in accepted:
            yield f"attempt {attempt['id']} is ACKED by an order that the exchange does not have"
    for order in found.orders:
        row = stored.get(order["uuid"])
        if row is None:
            yield f"order {order['uuid']} of the exchange is lost"
            continue
        attempt = found.attempts.get(order["identifier"])
        if row["origin"] == "OURS" and (attempt is None or attempt["status"] != "ACKED"):
            yield f"order {order['uuid']} is recorded, its attempt is not ACKED"
        if row["origin"] != "OURS" and not found.suspended():
            yield f"order {order['uuid']} is {row['origin']}, and its market goes on"
        if order["state"] in _FINAL and row["state"] not in _FINAL:
            yield f"order {order['uuid']} is {order['state']} and stored as {row['state']}"
        if number(order["executed_volume"]) != row["executed_volume"]:
            yield f"order {order['uuid']} executed {order['executed_volume']}, stored is " \
                  f"{row['executed_volume']}"
        if row["origin"] == "OURS" and number(order["paid_fee"]) != (row["fill_fees"] or 0):
            yield f"order {order['uuid']} paid {order['paid_fee']}, its fills {row['fill_fees']}"


def _of_fills(found):
    stored = {f["trade_uuid"]: f for f in found.rows["fills"]}
    known = {o["upbit_uuid"] for o in found.rows["orders"] if o["origin"] == "OURS"}
    real = {}
    for order in found.orders:
        if order["uuid"] in known:
            real.update({fill["uuid"]: (order, fill) for fill in order["fills"]})
    for uuid in stored.keys() - real.keys():
        yield f"fill {uuid} is invented"
    for uuid, (order, fill) in real.items():
        row = stored.get(uuid)
        if row is None:
            yield f"fill {uuid} of order {order['uuid']} is lost"
        elif (row["price"], row["volume"]) != (number(fill["price"]), number(fill["volume"])):
            yield f"fill {uuid} is stored as {row['volume']} at {row['price']}"
    if found.rows["conflicts"]:
        yield f"{found.rows['conflicts']} fills in conflict"


def _of_positions(found):
    sign = {"bid": 1, "ask": -1}
    bought = sum((sign[o["side"]] * number(o["executed_volume"]) for o in found.orders), Decimal(0))
    stored = sum((p["quantity"] + p["dust_quantity"] for p in found.rows["positions"]), Decimal(0))
    if bought != stored:
        yield f"the exchange gave us {bought}, the positions say {stored}"
    for position in found.rows["positions"]:
        entry = _order_of_intent(found, position["entry_intent_id"])
        if entry is None or position["status"] != "OPEN":
            continue
        if not number(entry["executed_volume"]):
            yield "a position of an order that nothing was executed of"
            continue
        cost = sum((number(f["price"]) * number(f["volume"]) for f in entry["fills"]), Decimal(0))
        average = (cost / number(entry["executed_volume"])).quantize(_DIGITS, ROUND_HALF_UP)
        if position["avg_price"] != average:
            yield f"the average price is {average}, stored is {position['avg_price']}"
    for trade in found.rows["trades"]:
        if trade["closed"]:
            yield from _of_profit(found, trade)


def _of_profit(found, trade):
    intents = {i["id"] for i in found.rows["intents"]
               if trade["entry_intent_id"] in (i["id"], i["entry_intent_id"])}
    profit = Decimal(0)
    for order in found.orders:
        attempt = found.attempts.get(order["identifier"])
        if attempt is None or attempt["intent"] not in intents:
            continue
        value = sum((number(f["price"]) * number(f["volume"]) for f in order["fills"]), Decimal(0))
        profit += (value if order["side"] == "ask" else -value) - number(order["paid_fee"])
    if trade["profit"] is None or abs(trade["profit"] - profit) >= _DIGITS:
        yield f"trade {trade['id']} made {profit}, stored is {trade['profit']}"


def _order_of_intent(found, intent):
    for order in found.orders:
        attempt = found.attempts.get(order["identifier"])
        if attempt is not None and attempt["intent"] == intent:
            return order
    return None


def _of_events(found):
    accepted = [e["order_uuid"] for e in found.rows["events"] if e["event_type"] == "OrderAccepted"]
    acked = [a["upbit_uuid"] for a in found.rows["attempts"] if a["status"] == "ACKED"]
    if sorted(accepted) != sorted(acked):
        yield f"OrderAccepted was told of {accepted}, ACKED are {acked}"
    filled = [e["trade_uuid"] for e in found.rows["events"] if e["event_type"] == "OrderFilled"]
    if sorted(filled) != sorted(f["trade_uuid"] for f in found.rows["fills"]):
        yield "OrderFilled and the stored fills differ"
    for market, reason in found.suspended().items():
        if not reason:
            yield f"{market} is suspended without a reason"
        told = [e for e in found.rows["events"] if e["event_type"] == "MarketSuspended"]
        if not told:
            yield f"{market} is suspended, and nobody was told"
