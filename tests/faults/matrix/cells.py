"""Which cells there are: a place, what happens there, and what goes wrong around it."""

import dataclasses
import pathlib
import re

from matrix import faults

_SOURCE = pathlib.Path(__file__).resolve().parents[3] / "host/base/crash_point.cpp"


def crash_points():
    """The names in the daemon's own list, in the order in which a trade passes them."""
    text = _SOURCE.read_text()
    names = text[text.index("kNames{"):text.index("};", text.index("kNames{"))]
    return re.findall(r'"([a-z_]+)"', names)


@dataclasses.dataclass(frozen=True)
class Cell:
    side: str  # of the order it happens to: entry, exit
    place: str  # crash point; "": none
    group: str  # of what goes wrong: process, exchange, network, database, redis, feed
    what: str
    fault: faults.Fault
    accepted: str = "-"  # had Upbit accepted the order: before, after; "-": as it comes
    quick: bool = False  # in CI

    @property
    def name(self):
        return "/".join(filter(None, (self.side, self.group, self.what, self.place)))


# Of the candle's transaction, of the claim, of the call, of the answer, of the feed.
_CANDLE = ("candle_decided", "state_advanced", "signal_inserted", "intent_inserted",
           "attempt_inserted", "candle_commit", "candle_committed")
_CLAIM = ("command_received", "attempt_loaded", "token_taken", "sent_marked")
_CALL = ("sent_committed", "connected", "signed", "ledger_marked")
_ANSWER = ("request_written", "answer_read", "outcome_known", "order_accepted", "outcome_commit",
           "outcome_committed", "event_settled")
_FEED = ("message_taken", "fill_inserted", "position_changed", "order_closed", "fills_commit",
         "fills_committed")
_PLAIN = _CANDLE + _CLAIM + _CALL + _ANSWER + _FEED
# Only passed when something went wrong before, or at a connect.
_SPECIAL = {"retry_prepared": faults.exchange_says("429"), "feed_opened": faults.socket_reset()}
# Passed by who settles an order of unknown fate; here only if the feed does not tell first.
_SETTLES = ("settlement_commit", "settlement_committed")
# Passed after a connect, among others.
_RECONCILE = ("reconcile_begun", "account_read", "reconcile_finish")
_COMMITS = {"candle_commit": b"strategy_state", "sent_marked": b"status = 'SENT'",
            "outcome_commit": b"upbit_order", "fills_commit": b"upbit_order"}
# In the middle of a transaction, and between two.
_TOUCHED = ("candle_decided", "candle_commit", "attempt_loaded", "sent_marked", "sent_committed",
            "request_written", "outcome_known", "outcome_commit", "event_settled", "message_taken",
            "fills_commit")
_REPLACED = ("candle_decided", "candle_commit", "command_received", "attempt_loaded", "token_taken",
             "sent_marked", "sent_committed", "connected", "signed", "ledger_marked",
             "request_written", "outcome_known", "outcome_commit", "message_taken", "fills_commit")
_QUICK_KILLS = {"candle_committed", "sent_marked", "answer_read", "outcome_commit", "fill_inserted"}


def _kills():
    for side in ("entry", "exit"):
        for place in _PLAIN:
            before = place in _CANDLE + _CLAIM + _CALL
            yield Cell(side, place, "process", "kill", faults.kill(place),
                       "before" if before else "after",
                       side == "entry" and place in _QUICK_KILLS)
        for place, fault in _SPECIAL.items():
            yield Cell(side, place, "process", "kill", faults.both(fault, faults.kill(place)))


def _settlement():
    unknown, nowhere = faults.EXCHANGE["cut-after"][0], faults.EXCHANGE["cut-before"][0]
    for side in ("entry", "exit"):
        yield Cell(side, "lookup_answered", "process", "kill-unknown",
                   faults.both(unknown, faults.FEED["drop-all"], faults.kill("lookup_answered")), "after")
        for place in _SETTLES:
            yield Cell(side, place, "process", "kill-unknown", faults.both(nowhere, faults.kill(place)),
                       "before")
        for place in _RECONCILE:
            yield Cell(side, place, "process", "kill-reconcile",
                       faults.both(faults.socket_reset(), faults.kill(place)))


def _exchange():
    for what, (fault, accepted) in faults.EXCHANGE.items():
        for side in ("entry", "exit"):
            yield Cell(side, "", "exchange", what, fault, accepted,
                       what in ("429", "409-funds", "cut-after", "duplicate-id"))
            for place in ("request_written", "outcome_known", "outcome_commit"):
                if place == "request_written" or faults.gives_outcome(what):
                    # The feed must not have settled the attempt before its executor can.
                    waits = accepted == "after" and place != "request_written"
                    feed = [faults.late_feed()] if waits else []
                    yield Cell(side, place, "exchange", what,
                               faults.both(fault, *feed, faults.kill(place)), accepted)


def _network():
    for what, (fault, accepted) in faults.NETWORK.items():
        for side in ("entry", "exit"):
            yield Cell(side, "", "network", what, fault, accepted, what in ("slow",))
            yield Cell(side, "outcome_known", "network", what,
                       faults.both(fault, faults.kill("outcome_known")), accepted)


def _database():
    for what, fault in faults.DATABASE.items():
        for place in _TOUCHED:
            for side in ("entry", "exit"):
                yield Cell(side, place, "database", what, faults.while_stopped(place, fault), "-",
                           side == "entry" and (what, place) in
                           {("restart", "sent_committed"), ("terminate", "candle_commit"),
                            ("full-disk", "fills_commit")})
    for what, fault in faults.COMMIT.items():
        for place, marker in _COMMITS.items():
            for side in ("entry", "exit"):
                yield Cell(side, place, "database", what,
                           faults.while_stopped(place, fault(marker)), "-",
                           side == "entry" and (what, place) in
                           {("commit-unanswered", "candle_commit"), ("commit-dropped", "sent_marked"),
                            ("commit-unanswered", "sent_marked"), ("commit-slow", "sent_marked")})


def _process():
    for place in _REPLACED:
        for side in ("entry", "exit"):
            yield Cell(side, place, "process", "replaced", faults.replaced(place), "-",
                       side == "entry" and place in ("attempt_loaded", "ledger_marked"))
    for place in _CLAIM + _CALL + ("request_written", "outcome_known"):
        for side in ("entry", "exit"):
            yield Cell(side, place, "process", "stopped-past-send-by", faults.stopped(place, 3), "-",
                       side == "entry" and place in ("sent_committed", "signed"))
    for place in ("command_received", "attempt_loaded", "token_taken", "sent_committed",
                  "outcome_known"):
        yield Cell("entry", place, "process", "stopped-past-lease", faults.stopped(place, 35))


def _redis():
    for what, fault in faults.REDIS.items():
        for place in ("candle_decided", "token_taken", "request_written"):
            yield Cell("entry", place, "redis", what, faults.while_stopped(place, fault), "-",
                       place == "token_taken" and what == "gone")


def _feed():
    for what, fault in faults.FEED.items():
        for side in ("entry", "exit"):
            # A buy for an amount ends as cancel, a sell of a volume as done.
            if (side, what) in {("entry", "drop-done"), ("exit", "drop-cancel")}:
                continue
            yield Cell(side, "", "feed", what, fault, "after",
                       side == "entry" and what in ("duplicate", "reorder", "reset"))


def all_cells():
    return [*_kills(), *_settlement(), *_exchange(), *_network(), *_database(), *_process(), *_redis(),
            *_feed()]
