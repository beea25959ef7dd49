"""A lane: a PostgreSQL and a Redis of its own, in which one cell after another is tried."""

import contextlib
import os
import signal
import subprocess
import time

import books
from quickstart import settings
from servers import postgres, redis
from servers.process import StartError, end_process
from tcp_proxy import Proxy

MARKET = "KRW-BTC"
STRATEGY = "FOLLOWER"
PLUGINS = (
    ("kr.everbit.follower", "strategy", "strategy-follower", ["eb.decimal/1"], "follower:1:1"),
    ("kr.everbit.exchange-upbit", "exchange", "exchange-upbit", ["eb.decimal/1"], None),
    ("kr.everbit.bus-postgres", "event_bus", "bus-postgres", [], None),
)
_TEMPLATE = "everbit_template"
# Every step of every attempt, which the product does not keep.
_HISTORY = """
CREATE TABLE attempt_history (id bigint GENERATED ALWAYS AS IDENTITY, attempt_id bigint,
                              status text, error_code text, at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION keep_attempt_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attempt_history (attempt_id, status, error_code) VALUES (NEW.id, NEW.status, NEW.error_code);
  RETURN NULL;
END $$;
CREATE TRIGGER z_history AFTER INSERT OR UPDATE OF status ON order_attempt
  FOR EACH ROW EXECUTE FUNCTION keep_attempt_history();
"""


class Programs:
    """What the build folder holds."""

    def __init__(self, build):
        self._build = build

    def program(self, name):
        return self._build / "bin" / name

    def plugin(self, name):
        own = self._build / "tests/faults" / f"{name}.so"
        return own if own.is_file() else self._build / "plugins" / f"{name}.so"

    def missing(self):
        wanted = [self.program(name) for name in ("everbitd", "everbit", "upbit-sim")]
        wanted += [self.plugin(plugin[2]) for plugin in PLUGINS] + [self.plugin("full-disk")]
        return [str(path) for path in wanted if not path.is_file()]


class Lane:
    """A context: leaving it stops its servers by their ids."""

    def __init__(self, folder, programs, settings=None):
        """`settings`: PostgreSQL's, besides those that make it quick."""
        self._settings = settings or {}
        self.folder = folder
        self.programs = programs
        self.full_disk = folder / "disk-is-full"
        self._at_end = contextlib.ExitStack()

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self._at_end.close()
            raise
        return self

    def __exit__(self, *_):
        self._at_end.close()

    def _start(self):
        self.folder.mkdir()
        # PostgreSQL's user must get through, and look for the mark of a full disk.
        self.folder.chmod(0o755)
        self._postgres_folder = self.folder / "postgres"
        self._postgres_folder.mkdir()
        postgres.create(self._postgres_folder, ["-A", "trust", "--no-sync"])
        self._environment = {"LD_PRELOAD": str(self.programs.plugin("full-disk")),
                             "EVERBIT_FULL_DISK": str(self.full_disk)}
        self._postgres, self.port = postgres.start(
            self._postgres_folder,
            {"unix_socket_directories": "", "fsync": "off", "full_page_writes": "off",
             "shared_buffers": "32MB", "max_connections": "100", "checkpoint_timeout": "1h",
             "max_wal_size": "2GB", "wal_init_zero": "off", "autovacuum": "off", **self._settings},
            tied=True, environment=self._environment)
        self._at_end.callback(self._end_postgres)
        redis_folder = self.folder / "redis"
        redis_folder.mkdir()
        self._redis_folder = redis_folder
        self._redis, self.redis_port = redis.start(redis_folder, tied=True)
        self._at_end.callback(lambda: self._end(self._redis))
        self.database_proxy = Proxy(self.port)
        self._at_end.callback(self.database_proxy.close)
        self._make_template()

    @staticmethod
    def _end(process):
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        end_process(process)

    def _end_postgres(self):
        self.full_disk.unlink(missing_ok=True)
        end_process(self._postgres, postgres.STOP_SIGNALS)

    def url(self, database="postgres"):
        return f"postgresql://everbit@127.0.0.1:{self.port}/{database}"

    def proxied_url(self, database):
        return f"postgresql://everbit@127.0.0.1:{self.database_proxy.port}/{database}"

    def redis_url(self):
        return f"redis://127.0.0.1:{self.redis_port}/0"

    def _make_template(self):
        books.query(self.url(), f"CREATE DATABASE {_TEMPLATE}")
        folder = self.folder / "template"
        folder.mkdir()
        settings.install_plugins(self.programs, self.folder, PLUGINS)
        config = folder / "everbit.toml"
        config.write_text(f'mode = "REAL"\n[data]\ndir = "{folder}"\n'
                          f'[strategy]\nkey = "{STRATEGY}"\nplugin = "kr.everbit.follower"\n')
        for arguments in (["migrate"], ["kill", "on", "--strategy", STRATEGY, "on"]):
            done = subprocess.run(
                [self.programs.program("everbit"), *arguments, "--config", config],
                env={"PATH": "/usr/bin:/bin", "DATABASE_URL": self.url(_TEMPLATE)},
                capture_output=True, text=True, timeout=120)
            if done.returncode != 0:
                raise StartError(f"everbit {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        books.query(self.url(_TEMPLATE), _HISTORY)

    def make_database(self, name):
        self.heal()
        books.query(self.url(), f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")

    def drop_database(self, name):
        self.heal()
        with contextlib.suppress(books.DatabaseSilent):
            books.query(self.url(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def heal(self):
        """Whatever a cell did to the servers is over."""
        self.full_disk.unlink(missing_ok=True)
        self.database_proxy.put(None)
        if self._postgres.poll() is not None:
            self.start_postgres()
        with contextlib.suppress(ProcessLookupError):
            self._redis.send_signal(signal.SIGCONT)
        if self._redis.poll() is not None:
            self._redis, self.redis_port = redis.start(self._redis_folder, tied=True)
        self._wait_for_postgres()

    # After a PANIC the server recovers by itself, which takes a moment.
    def _wait_for_postgres(self, seconds=30):
        give_up = time.monotonic() + seconds
        while True:
            try:
                books.query(self.url(), "SELECT 1", 5)
                return
            except books.DatabaseSilent:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)

    def stop_postgres(self):
        """As a crash: no checkpoint, every connection cut."""
        self._postgres.send_signal(signal.SIGQUIT)
        self._postgres.wait(30)

    def start_postgres(self):
        self._postgres = postgres.start_again(self._postgres_folder, self.port, True,
                                              self._environment)

    def terminate_connections(self, database, only=""):
        books.query(self.url(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                f"WHERE datname = '{database}' {only}")

    def stop_redis(self):
        self._end(self._redis)

    def freeze_redis(self):
        os.kill(self._redis.pid, signal.SIGSTOP)
