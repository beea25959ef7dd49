"""One cell: build its world, let it happen, start again what died, and see what is left."""

import contextlib
import time
import traceback

import books
from servers.process import StartError

from matrix import verdict
from matrix.faults import NotReached
from matrix.world import World

_ORDER_SECONDS = 40
_LOOK_SECONDS = 0.2


class Failed(Exception):
    """An invariant does not hold, or the end did not come."""


def run(cell, lane, folder):
    """None when all of it holds, else a text that says what does not."""
    try:
        with World(lane, folder, cell.name) as world:
            try:
                _play(cell, world)
            except (Failed, NotReached, StartError, OSError, books.DatabaseSilent) as error:
                return f"{type(error).__name__}: {error}\n{world.tails()}"
    except Exception:  # pylint: disable=broad-except
        return traceback.format_exc()
    return None


def _play(cell, world):
    world.start_daemon().wait_ready()
    if cell.side == "exit":
        _trade(world, up=True)
    before = len(_read(world).rows["intents"])
    cell.fault.arm(world)
    world.signal(up=cell.side == "entry")
    cell.fault.happen(world)
    found = _wait_for_end(world, cell.fault.patience, before)
    _end_of_faults(world)
    _go_on(world, found)


def _end_of_faults(world):
    world.ask("/faults", method="DELETE")
    world.exchange_proxy.put(None)
    world.lane.heal()


def _read(world):
    found = verdict.Books(world.lane.url(world.database), world.control)
    if violations := verdict.broken(found):
        raise Failed("; ".join(violations))
    return found


def _wait_for_end(world, patience, intents_before):
    """Until the signal became an intent, nothing is open and all accounts agree, twice in a row."""
    give_up = time.monotonic() + patience
    calm = 0
    while True:
        world.revive()
        why = "the daemon is not ready"
        with contextlib.suppress(books.DatabaseSilent):
            found = _read(world)
            why = verdict.unsettled(found) or "; ".join(verdict.wrong(found)) or None
            if why is None and len(found.rows["intents"]) == intents_before:
                why = "the signal was lost"
            if why is None and not world.daemon.is_ready():
                why = "the daemon is not ready"
            calm = calm + 1 if why is None else 0
            if calm == 2:
                return found
        if time.monotonic() > give_up:
            raise Failed(why)
        time.sleep(_LOOK_SECONDS)


def _go_on(world, found):
    """What ended well trades again; what did not has a reason that the owner can read."""
    if found.suspended() or found.rows["account"] != "ON":
        return
    _trade(world, up=not found.held())


def _trade(world, up):
    """One order from signal to end."""
    orders = len(_read(world).orders)
    world.signal(up)
    give_up = time.monotonic() + _ORDER_SECONDS
    while True:
        found = _read(world)
        why = verdict.unsettled(found) or "; ".join(verdict.wrong(found)) or None
        if why is None and len(found.orders) == orders:
            why = "no order came of the signal"
        if why is None:
            return
        if time.monotonic() > give_up:
            raise Failed(f"trading does not go on: {why}")
        time.sleep(_LOOK_SECONDS)
