"""The seeded run: one process a core, each with its share of the seeds, on one PostgreSQL."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from servers import postgres
from servers.process import end_process, last_lines

_END = re.compile(r"seeds (\d+) failed (\d+) deaths (\d+)")
_SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
             "shared_buffers": "16MB", "max_connections": "100", "checkpoint_timeout": "1h",
             "max_wal_size": "4GB", "wal_init_zero": "off", "autovacuum": "off", "jit": "off"}


def run(asked):
    program = asked.build_dir.resolve() / "tests/faults/faults-seeded"
    if not program.is_file():
        print(f"not built: {program}\nninja -C build/dev faults", file=sys.stderr)
        return 2
    with _server() as (folder, server):
        if asked.replay:
            return _replay(asked, program, folder, server)
        return _Shares(asked, program, folder, server, _wishes(asked)).run()


@contextlib.contextmanager
def _server():
    with tempfile.TemporaryDirectory(prefix="everbit-seeds-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        data = folder / "postgres"
        data.mkdir()
        postgres.create(data, ["-A", "trust", "--no-sync"])
        process, port = postgres.start(data, {"unix_socket_directories": data, **_SETTINGS}, tied=True)
        try:
            yield folder, f"host={data} port={port} user=everbit"
        finally:
            end_process(process, postgres.STOP_SIGNALS)


def _wishes(asked):
    return [wish for wish in ("trace", "journal", "digest", "stop") if getattr(asked, wish)]


def _replay(asked, program, folder, server):
    """The same seeds in one process, and then shared out to several: are they the same runs?"""
    asked.seeds, asked.jobs = asked.replay, 1
    together = _Shares(asked, program, folder, server, ["digest"])
    status = together.run()
    asked.jobs = max(2, min(4, asked.seeds // 3))
    alone = _Shares(asked, program, folder, server, ["digest"])
    status = max(status, alone.run())
    same = together.digests and together.digests == alone.digests
    print("the same digests" if same else "the digests differ: a run does not depend on its seed alone")
    return 0 if same and status == 0 else 1


class _Shares:
    def __init__(self, asked, program, folder, server, wishes):
        self._asked = asked
        self._program = program
        self._folder = folder
        self._server = server
        self._wishes = wishes
        self._workers = []
        self.digests = set()

    def run(self):
        asked = self._asked
        jobs = max(1, min(asked.jobs, asked.seeds))
        each = -(-asked.seeds // jobs)
        began = time.monotonic()
        print(f"seeds {asked.seed} to {asked.seed + asked.seeds - 1}, {jobs} processes", flush=True)
        end = asked.seed + asked.seeds
        for start in range(asked.seed, end, each):
            self._start(start, min(each, end - start))
        try:
            status = self._wait()
        finally:
            for _, worker in self._workers:
                if worker.poll() is None:
                    worker.kill()
        return self._tell(status, began)

    def _wait(self):
        """The worst status. With --stop the others end, too, once a seed does not hold."""
        left = [worker for _, worker in self._workers]
        worst = 0
        while left:
            ended = [worker for worker in left if worker.poll() is not None]
            left = [worker for worker in left if worker not in ended]
            worst = max([worst, *(abs(worker.returncode) for worker in ended)])
            if ended and worst and "stop" in self._wishes:
                for worker in left:
                    worker.terminate()
            time.sleep(0.05)
        return worst

    def _start(self, first, count):
        log = self._folder / f"seeds-{len(self.digests)}-{first}"
        with open(log, "wb") as output:
            self._workers.append((log, subprocess.Popen(
                [self._program, self._server, str(first), str(count), *self._wishes], stdout=output,
                stderr=None if self._asked.trace else subprocess.STDOUT,
                env={**os.environ, "EVERBIT_BUILD_DIR": str(self._asked.build_dir.resolve())})))

    def _tell(self, status, began):
        tried = failed = deaths = 0
        for log, _ in self._workers:
            text = log.read_text(errors="replace")
            for line in text.splitlines():
                if line.startswith("digest "):
                    self.digests.add(line)
                if self._asked.journal or line.startswith(("seed ", "digest ")):
                    print(line)
            if end := _END.search(text):
                tried, failed, deaths = (total + int(more) for total, more
                                         in zip((tried, failed, deaths), end.groups()))
            else:
                print(f"ended early:\n{last_lines(log)}")
                status = 1
        seconds = time.monotonic() - began
        print(f"{tried} seeds, {failed} do not hold, {deaths} processes died on the way; "
              f"{seconds:.0f} s, {tried / seconds:.1f} seeds/s")
        if failed:
            print("again: tests/faults/run --seeds 1 --seed N, with --journal for all that happened, "
                  "--trace for the log")
        return 1 if failed or status else 0
