"""The world of one cell: a new exchange, a new database, and daemons that die and start again."""

import contextlib
import os
import pathlib
import re
import signal
import threading
import types
import urllib.error
import urllib.request

import books
from quickstart import settings, story
from servers.process import StartError, end_process, last_lines, start_process, wait_until
from tcp_proxy import Proxy

from matrix.lane import MARKET, PLUGINS, STRATEGY

_READY = re.compile(r"listening rest=http://127.0.0.1:(\d+) control=(\S+)")
_START_SECONDS = 60
_PACE_SECONDS = 0.15
_STEP = 2000  # the candle of a signal closes so many won away from its open
_MINUTE_MS = 60_000


class Gone(Exception):
    """The daemon ended when it should have lived."""


class Daemon:
    """One everbitd; its log is its own."""

    def __init__(self, world, number, config):
        self.log = world.folder / f"everbitd-{number}.log"
        self.crash_file = world.folder / f"crash-{number}"
        self.process = start_process(
            [world.lane.programs.program("everbitd"), "--config", config], self.log,
            cwd=world.folder, tied_by=signal.SIGKILL,
            env={**world.environment, "EVERBIT_CRASH_AT": str(self.crash_file)})

    def is_running(self):
        return self.process.poll() is None

    def tell(self, order):
        """A text as EVERBIT_CRASH_AT takes it, from now on."""
        temporary = self.crash_file.with_suffix(".tmp")
        temporary.write_text(order + "\n")
        temporary.rename(self.crash_file)

    def is_ready(self):
        port = story.field(self.log, "ops_listening", "port")
        if port is None:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def wait_ready(self):
        wait_until(self.is_ready, self.process, _START_SECONDS, "everbitd", self.log)

    def is_stopped(self):
        try:
            stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        except OSError:
            return False
        return stat.rsplit(")", 1)[1].split()[0] == "T"

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def died_by_itself(self):
        return self.process.poll() == -signal.SIGKILL


class World:
    """A context. `daemon` is the one that trades, or should."""

    def __init__(self, lane, folder, name, changes=None, more_markets=()):
        """`changes`: to the settings. `more_markets`: traded at the exchange, and not by the strategy."""
        self.lane = lane
        self._markets = [MARKET, *more_markets]
        self.folder = folder
        self.database = "cell_" + re.sub(r"\W", "_", name)[:40].lower()
        self._changes = changes or {}
        self._at_end = contextlib.ExitStack()
        self._started = 0
        self._price = 150_000_000
        self._pacing = threading.Event()
        # A price that was read before the signal's must not be told after it.
        self._pricing = threading.RLock()
        self.daemon = None
        self.armed = {}  # by fault: whether it has happened

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self._at_end.close()
            raise
        return self

    def __exit__(self, *_):
        self._at_end.close()

    def _build(self):
        self.folder.mkdir()
        self.folder.chmod(0o755)
        self.lane.make_database(self.database)
        self._at_end.callback(self.lane.drop_database, self.database)
        self._start_simulator()
        self.exchange_proxy = Proxy(self._rest_port)
        self._at_end.callback(self.exchange_proxy.close)
        self._write_settings()
        thread = threading.Thread(target=self._pace, daemon=True)
        thread.start()
        self._at_end.callback(thread.join)
        self._at_end.callback(self._pacing.set)

    def _start_simulator(self):
        ready = self.folder / "simulator-ready"
        log = self.folder / "simulator.log"
        process = start_process(
            [self.lane.programs.program("upbit-sim"), "--scenario", "still", "--markets", ",".join(self._markets),
             "--history-days", "2", "--ready-file", ready, "--matching-delay", "1", "5"], log,
            cwd=self.folder, tied_by=signal.SIGKILL)
        self._at_end.callback(end_process, process)
        wait_until(ready.exists, process, _START_SECONDS, "upbit-sim", log)
        port, self.control = _READY.search(ready.read_text()).groups()
        self._rest_port = int(port)

    def _write_settings(self):
        exchange = types.SimpleNamespace(rest=f"http://127.0.0.1:{self.exchange_proxy.port}",
                                         certificate="", markets=[MARKET])
        streams = f"ws://127.0.0.1:{self._rest_port}/websocket/v1"
        self.config = settings.write_everbit_toml(self.folder, exchange, {
            # Past the proxy, which is for requests.
            "exchange": {"wsUrl": streams, "wsPrivateUrl": streams + "/private"},
            "strategy": {"key": STRATEGY, "plugin": PLUGINS[0][0]},
            "plugins": {"dir": str(self.lane.folder / "plugins"),
                        "lock": str(self.lane.folder / "plugins.lock")},
            "candles": {"graceMs": 100},
            **self._changes})
        self.environment = {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "DATABASE_URL": self.lane.proxied_url(self.database),
            "REDIS_URL": self.lane.redis_url(),
            "UPBIT_ACCESS_KEY": "upbit-sim-access-key",
            "UPBIT_SECRET_KEY": "upbit-sim-secret-key-0123456789abcdef"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    # Trades of others at the current price: they carry the exchange's time to the daemon.
    def _pace(self):
        while not self._pacing.wait(_PACE_SECONDS):
            with contextlib.suppress(OSError, ValueError):
                self.trade()

    def trade(self):
        with self._pricing:
            self.ask(f"/price/{MARKET}", {"price": str(self._price)})

    def ask(self, path, body=None, method=None):
        return books.ask(self.control, path, body, method)

    def now_ms(self):
        return int(self.ask("/health")["now"])

    def start_daemon(self, elsewhere=False):
        """Another one, which is then the one that trades."""
        self._started += 1
        if elsewhere:
            self.config = self._move(self.config)
        daemon = Daemon(self, self._started, self.config)
        self._at_end.callback(end_process, daemon.process, (signal.SIGKILL,))
        self.daemon = daemon
        return daemon

    def _move(self, config):
        folder = self.folder / f"everbit-{self._started}"
        folder.mkdir()
        moved = self.folder / f"everbit-{self._started}.toml"
        text = config.read_text()
        moved.write_text(re.sub(r'(?m)^dir = ".*/everbit[^"]*"$', f'dir = "{folder}"', text, count=1))
        return moved

    def revive(self):
        """What systemd does: whoever has died is started again."""
        if not self.daemon.is_running():
            self.start_daemon()

    def signal(self, up):
        """Lets a candle close that the strategy buys or sells on, at once."""
        with self._pricing:
            left = _MINUTE_MS - self.now_ms() % _MINUTE_MS
            if left < 2000:
                self.ask("/clock", {"advance_ms": left + 10})
            self.trade()
            self._price += _STEP if up else -_STEP
            self.trade()
            left = _MINUTE_MS - self.now_ms() % _MINUTE_MS
            self.ask("/clock", {"advance_ms": left + 10})
            self.trade()

    def rows(self, sql):
        return books.query(self.lane.url(self.database), sql)

    def tails(self):
        logs = sorted(self.folder.glob("everbitd-*.log"))
        return "\n".join(f"--- {log.name}\n{last_lines(log, 25)}" for log in logs)


__all__ = ["Daemon", "Gone", "StartError", "World"]
