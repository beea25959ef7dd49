"""The parts of a running Everbit, started in the order they need each other, stopped in the reverse."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import time
import urllib.error
import urllib.request

from quickstart import settings, simulator, story
from servers import postgres, redis
from servers.process import StartError, end_process, last_lines, start_process, wait_until

_SIMULATOR_SECONDS = 180
_READY_SECONDS = 300
# The daemon drains for at most 20 s.
_DRAIN_SECONDS = 25


class Stack:
    """A context: leaving it stops whatever was started, by its process ids."""

    def __init__(self, asked, programs, folder, screen):
        self._asked = asked
        self._programs = programs
        self._screen = screen
        self._at_end = contextlib.ExitStack()
        self._parts = []
        self.folder = folder
        self.daemon_log = folder / "everbitd.log"
        self.database_url = None
        self.simulator = None
        self.started_at = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A second Ctrl-C must not leave half of them running; every wait below is bounded.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._screen.begin("정리 중 stopping")
        self._at_end.close()
        self._screen.done()

    def start(self):
        self._start_postgres()
        self._start_redis()
        self._start_simulator()
        self._start_daemon()

    def require_alive(self):
        for name, process, log in self._parts:
            if process.poll() is not None:
                raise StartError(f"{name} ended (status {process.returncode})\n{last_lines(log)}")

    def daemon_tail(self):
        return last_lines(self.daemon_log)

    def _add(self, name, process, log, signals, seconds=20):
        self._parts.append((name, process, log))

        def end():
            # The kill is reported: whoever must be killed would not have stopped in production either.
            if not end_process(process, signals, seconds):
                raise StartError(f"{name} did not stop by itself\n{last_lines(log)}")

        self._at_end.callback(end)

    def _make_folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _start_postgres(self):
        self._screen.begin("PostgreSQL 시작 starting")
        folder = self._make_folder("postgres")
        password = secrets.token_hex(24)
        password_file = settings.write_secret(folder, "password", password)
        if postgres.server_user() is not None:
            os.chown(password_file, postgres.server_user().pw_uid, -1)
        postgres.create(folder, ["-A", "scram-sha-256", "--pwfile", password_file])
        process, port = postgres.start(folder, {"unix_socket_directories": "", "fsync": "on"}, tied=True)
        self._add("PostgreSQL", process, folder / "log", postgres.STOP_SIGNALS)
        self.database_url = f"postgresql://everbit:{password}@127.0.0.1:{port}/postgres"
        self._screen.done()

    def _start_redis(self):
        self._screen.begin("Redis 시작 starting")
        folder = self._make_folder("redis")
        password = secrets.token_hex(24)
        process, port = redis.start(folder, password, tied=True)
        self._add("Redis", process, folder / "log", (signal.SIGTERM, signal.SIGKILL))
        self._redis_url = f"redis://:{password}@127.0.0.1:{port}/0"
        self._screen.done()

    def _start_simulator(self):
        self._screen.begin("모의 거래소 시작 starting upbit-sim")
        folder = self._make_folder("upbit-sim")
        self.simulator = simulator.Simulator(self._asked, self._programs.program("upbit-sim"), folder)
        self._add("upbit-sim", self.simulator.process, self.simulator.log,
                  (signal.SIGTERM, signal.SIGKILL))
        give_up = time.monotonic() + _SIMULATOR_SECONDS
        while not self.simulator.ready():
            if time.monotonic() > give_up:
                raise StartError(f"upbit-sim is not ready\n{last_lines(self.simulator.log)}")
            self._screen.tick("시세 만드는 중 making the market's history")
            time.sleep(0.1)
        self._screen.done()

    def _start_daemon(self):
        settings.install_plugins(self._programs, self.folder)
        config = settings.write_everbit_toml(self.folder, self.simulator)
        files = self._make_folder("secrets")
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
        for name, value in (("DATABASE_URL", self.database_url), ("REDIS_URL", self._redis_url),
                            ("UPBIT_ACCESS_KEY", simulator.ACCESS_KEY),
                            ("UPBIT_SECRET_KEY", simulator.SECRET_KEY)):
            environment[f"{name}_FILE"] = str(settings.write_secret(files, name, value))

        self._screen.begin("데이터베이스 준비 preparing the database")
        self._everbit(config, environment, "migrate")
        self._everbit(config, environment, "kill", "on", "--strategy", "EXTREME_FLIP", "on")
        self._screen.done()

        self._screen.begin("everbitd 시작 starting")
        self.started_at = time.monotonic()
        daemon = start_process([self._programs.program("everbitd"), "--config", config],
                               self.daemon_log, cwd=self.folder, env=environment,
                               tied_by=signal.SIGTERM)
        self._add("everbitd", daemon, self.daemon_log, (signal.SIGTERM, signal.SIGKILL),
                  _DRAIN_SECONDS)
        wait_until(self._is_ready, daemon, _READY_SECONDS, "everbitd", self.daemon_log)
        self._screen.done()

    def _everbit(self, config, environment, *arguments):
        done = subprocess.run([self._programs.program("everbit"), *arguments, "--config", config],
                              env=environment, capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise StartError(f"everbit {' '.join(arguments)}\n{done.stdout}{done.stderr}")

    def _is_ready(self):
        """Asks the port that the daemon itself says it got, so that nobody else can answer."""
        port = story.field(self.daemon_log, "ops_listening", "port")
        if port is None:
            self._screen.tick()
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                return answer.status == 200
        except urllib.error.HTTPError as waiting:
            self._screen.tick("기다리는 중 waiting for " + _not_yet(waiting.read()))
        except OSError:
            self._screen.tick()
        return False


def _not_yet(body):
    try:
        checks = json.loads(body).get("checks", [])
        return ", ".join(f"{c['name']} {c.get('detail', '')}".strip() for c in checks if not c["good"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return "an answer"
