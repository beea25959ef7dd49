#!/usr/bin/env python3
"""Compares what the exchange did with what the database says, while everything still runs.

Trading goes on meanwhile, so a difference counts only when it does not go away; what can never be
right (an order twice) counts at once.
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import books  # noqa: E402
import processes  # noqa: E402
from books import doubled  # noqa: E402

PATIENCE_SECONDS = 60
PARTS = {"postgres", "redis-server", "upbit-sim", "everbitd"}


def query(sql):
    try:
        return books.query(os.environ["DATABASE_URL"], sql)
    except books.DatabaseSilent as silent:
        sys.exit(f"psql: {silent}")


def ledger():
    return books.ledger(os.environ["UPBIT_SIM_CONTROL"])


def require_never_doubled(book, attempts):
    twice = doubled(create["identifier"] for create in book["creates"])
    if twice:
        sys.exit(f"sent more than once: {twice}")
    twice = doubled(uuid for _, status, uuid in attempts if status == "ACKED")
    if twice:
        sys.exit(f"one order, several ACKED attempts: {twice}")


def difference():
    """What is not (yet) as it must be; None when all is well."""
    before = query("SELECT identifier, status, upbit_uuid FROM order_attempt ORDER BY id")
    book = ledger()
    attempts = query("SELECT identifier, status, upbit_uuid FROM order_attempt ORDER BY id")
    require_never_doubled(book, attempts)
    if before != attempts:
        return "attempts are changing"
    accepted = sorted((order.get("identifier", ""), order["uuid"]) for order in book["orders"])
    acked = sorted((name, uuid) for name, status, uuid in attempts if status == "ACKED")
    if not accepted:
        return "the exchange has no order"
    if accepted != acked:
        return f"the exchange accepted {accepted}, ACKED are {acked}"
    told = query("SELECT count(*) FROM outbox_event WHERE event_type = 'OrderAccepted'")
    if told != [[str(len(acked))]]:
        return f"{told} OrderAccepted events for {len(acked)} accepted orders"
    waiting = query("SELECT (SELECT count(*) FROM outbox_queue), (SELECT count(*) FROM outbox_delayed), "
                    "(SELECT count(*) FROM outbox_dead)")
    if waiting != [["0", "0", "0"]]:
        return f"the outbox is not empty: queue, delayed, dead = {waiting}"
    return None


def main():
    # Without this, "no process is left" would also hold if nobody could see them.
    running = set(processes.of_folder(os.environ["QUICKSTART_DATA"]).values())
    if not PARTS <= running:
        sys.exit(f"of the folder run only {running}")
    give_up = time.monotonic() + PATIENCE_SECONDS
    while (what := difference()) is not None:
        if time.monotonic() > give_up:
            sys.exit(what)
        time.sleep(1)
    print(f"orders at the exchange and in the database agree: {len(ledger()['orders'])}; outbox empty")


if __name__ == "__main__":
    main()
