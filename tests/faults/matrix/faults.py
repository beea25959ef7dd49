"""What goes wrong. A fault knows how to arm itself, what to do meanwhile, and whether it happened."""

import time

import tcp_proxy
from matrix.lane import MARKET
from tcp_proxy import commits, creates_order

_REACH_SECONDS = 30
_CREATE = {"on": "rest", "method": "POST", "path": "/v1/orders", "count": 1}
_ORDER_RECEIPT = {"on": "ws", "type": "myOrder"}


class NotReached(Exception):
    """The fault did not happen, so the cell has shown nothing."""


class Fault:
    """Does nothing; the others say what they do."""

    patience = 30  # seconds, for the end to be as it must be

    def arm(self, world):
        """Before the signal."""

    def happen(self, world):
        """After the signal."""


# An order that is nowhere, if it is not known that it never left, suspends its market after two
# minutes.
_NEVER_THERE = 175


class _Kill(Fault):
    patience = _NEVER_THERE

    def __init__(self, place):
        self._place = place

    def arm(self, world):
        world.daemon.tell(self._place)

    def happen(self, world):
        _wait(lambda: not world.daemon.is_running(), f"{self._place} was not reached")
        if not world.daemon.died_by_itself():
            raise NotReached(f"the daemon ended with {world.daemon.process.returncode}")


class _WhileStopped(Fault):
    """At the place the process stops; then something is done, and it goes on."""

    def __init__(self, place, act):
        self._place = place
        self._act = act

    def arm(self, world):
        world.daemon.tell(self._place + "=stop")

    def happen(self, world):
        daemon = world.daemon
        _wait(daemon.is_stopped, f"{self._place} was not reached")
        after = self._act(world)
        daemon.go_on()
        if after is not None:
            after()


class _Armed(Fault):
    def __init__(self, act, patience=30):
        self._act = act
        self.patience = patience

    def arm(self, world):
        world.armed[self] = self._act(world)

    def happen(self, world):
        _wait(world.armed[self], "the fault did not happen")


class _Both(Fault):
    def __init__(self, *parts):
        self._parts = parts
        self.patience = max(part.patience for part in parts)

    def arm(self, world):
        for part in self._parts:
            part.arm(world)

    def happen(self, world):
        for part in self._parts:
            part.happen(world)


def _wait(holds, otherwise, seconds=_REACH_SECONDS):
    give_up = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up:
            raise NotReached(otherwise)
        time.sleep(0.02)


def kill(place):
    return _Kill(place)


def while_stopped(place, act):
    return _WhileStopped(place, act)


def both(*parts):
    return _Both(*parts)


def stopped(place, seconds):
    """Past whatever limit is shorter than this."""
    return _WhileStopped(place, lambda _: time.sleep(seconds))


def replaced(place):
    """The trader lock is lost while the process stands still, and another trader takes over, as if on
    another machine: with a folder of its own."""

    def act(world):
        old = world.daemon
        world.lane.terminate_connections(world.database)
        world.start_daemon(elsewhere=True).wait_ready()

        def after():
            _wait(lambda: not old.is_running(), "the trader that was replaced goes on", 40)

        return after

    return _WhileStopped(place, act)


# The exchange's answers: what the simulator is told, and had it accepted the order?

def _rule(patience=30, **more):
    def act(world):
        rule = {**_CREATE, **more}
        number = world.ask("/faults", rule)["id"]
        return lambda: _hits(world, number) > 0

    return _Armed(act, patience)


def _hits(world, number):
    for rule in world.ask("/faults"):
        if rule["id"] == number:
            return rule["hits"]
    return 1  # used up and gone


def _says(status, name, after=False, **more):
    action = "respond_after" if after else "respond"
    error = {"error": {"name": name, "message": "the test says so"}} if name else {}
    return _rule(action=action, status=status, **error, **more)


def exchange_says(what):
    return EXCHANGE[what][0]


EXCHANGE = {
    "delay": (_rule(delay_before_ms=3000), "after"),
    "answer-late": (_rule(60, delay_after_ms=9000), "after"),
    "cut-before": (_rule(_NEVER_THERE, action="cut_before"), "before"),
    "cut-after": (_rule(60, action="cut_after"), "after"),
    "hang-before": (_rule(_NEVER_THERE, action="hang_before"), "before"),
    "hang-after": (_rule(60, action="hang_after"), "after"),
    "500-before": (_says(500, "server_error"), "before"),
    "500-after": (_says(500, "server_error", after=True), "after"),
    "html-after": (_rule(60, action="respond_after", status=200, body="<html>hello</html>",
                         content_type="text/html"), "after"),
    "truncate": (_rule(60, action="truncate"), "after"),
    "429": (_says(429, "too_many_requests"), "before"),
    "418": (_rule(action="respond", status=418, seconds=3), "before"),
    "409-funds": (_says(400, "insufficient_funds_bid"), "before"),
    "duplicate-id": (_says(400, "duplicated_identifier", after=True), "after"),
    "401": (_says(401, "jwt_verification"), "before"),
}
EXCHANGE["500-before"][0].patience = _NEVER_THERE
EXCHANGE["500-after"][0].patience = 60
EXCHANGE["duplicate-id"][0].patience = 60


def gives_outcome(what):
    """Whether the daemon has an outcome to write within a few seconds."""
    return not what.startswith(("hang", "answer-late"))


def socket_reset():
    """Both WebSockets break, and connect anew."""

    def act(world):
        return lambda: world.ask("/ws/reset", {"which": "all"}) is not None

    return _Armed(act)


def _proxied(happen, patience=60):
    def act(world):
        return world.exchange_proxy.put(tcp_proxy.Fault(creates_order, happen)).hit.is_set

    return _Armed(act, patience)


NETWORK = {
    "cut-before": (_proxied(tcp_proxy.drop, _NEVER_THERE), "before"),
    "cut-inside": (_proxied(tcp_proxy.cut_inside, _NEVER_THERE), "before"),
    "cut-after": (_proxied(tcp_proxy.answer_lost), "after"),
    "half-open-before": (_proxied(tcp_proxy.swallow, _NEVER_THERE), "before"),
    "half-open-after": (_proxied(tcp_proxy.silence), "after"),
    "slow": (_proxied(tcp_proxy.drip(2.0)), "after"),
    "late-bytes": (_proxied(tcp_proxy.late(12.0), 90), "after"),
}


def _restart(world):
    world.lane.stop_postgres()
    world.lane.start_postgres()


def _down_for_a_while(world):
    world.lane.stop_postgres()

    def after():
        time.sleep(3)
        world.lane.start_postgres()

    return after


def _terminate(world):
    world.lane.terminate_connections(world.database)


def _fill_disk(world):
    world.lane.full_disk.touch()

    def after():
        time.sleep(2)
        world.lane.full_disk.unlink(missing_ok=True)

    return after


DATABASE = {"restart": _restart, "down": _down_for_a_while, "terminate": _terminate,
            "full-disk": _fill_disk}


def _commit(happen):
    def of(marker):
        def act(world):
            fault = world.lane.database_proxy.put(tcp_proxy.Fault(commits(marker), happen))
            return lambda: _wait(fault.hit.is_set, "no such COMMIT came")

        return act

    return of


COMMIT = {
    "commit-dropped": _commit(tcp_proxy.drop),
    "commit-unanswered": _commit(tcp_proxy.answer_lost),
    "commit-silent": _commit(tcp_proxy.silence),
    "commit-slow": _commit(tcp_proxy.late(3.0)),
}


REDIS = {"gone": lambda world: world.lane.stop_redis(),
         "slow": lambda world: world.lane.freeze_redis()}


def _feed(**more):
    def act(world):
        number = world.ask("/faults", {**_ORDER_RECEIPT, **more})["id"]
        return lambda: _hits(world, number) > 0

    return _Armed(act, 90)


def late_feed():
    return FEED["delay"]


FEED = {
    "duplicate": _feed(action="duplicate", repeat=2),
    "reorder": _feed(action="reorder", count=1),
    "delay": _feed(action="delay", delay_after_ms=1500),
    "drop-trade": _feed(action="drop", state="trade"),
    "drop-done": _feed(action="drop", state="done"),
    "drop-cancel": _feed(action="drop", state="cancel"),
    "drop-all": _feed(action="drop"),
    "malformed": _feed(action="malformed", count=1),
    "wrong-type": _feed(action="wrong_type", count=1),
    "reset": _feed(action="reset", count=1),
    "close": _feed(action="close", count=1),
}

__all__ = ["COMMIT", "DATABASE", "EXCHANGE", "FEED", "MARKET", "NETWORK", "REDIS", "Fault",
           "NotReached"]
