"""The seeded run: one process a core, each with its share of the seeds, on one PostgreSQL."""

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
    with tempfile.TemporaryDirectory(prefix="everbit-seeds-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        server = folder / "postgres"
        server.mkdir()
        postgres.create(server, ["-A", "trust", "--no-sync"])
        process, port = postgres.start(server, {"unix_socket_directories": server, **_SETTINGS},
                                       tied=True)
        try:
            return _share(asked, program, folder, f"host={server} port={port} user=everbit")
        finally:
            end_process(process, postgres.STOP_SIGNALS)


def _share(asked, program, folder, dsn):
    first = asked.seed
    jobs = max(1, min(asked.jobs, asked.seeds))
    each = -(-asked.seeds // jobs)
    began = time.monotonic()
    print(f"seeds {first} to {first + asked.seeds - 1}, {jobs} processes")
    workers = []
    for start in range(first, first + asked.seeds, each):
        log = folder / f"seeds-{start}"
        command = [program, dsn, str(start), str(min(each, first + asked.seeds - start))]
        with open(log, "wb") as output:
            workers.append((log, subprocess.Popen(
                command + (["trace"] if asked.trace else []), stdout=output,
                stderr=None if asked.trace else subprocess.STDOUT,
                env={**os.environ, "EVERBIT_BUILD_DIR": str(asked.build_dir.resolve())})))
    try:
        status = max(worker.wait() for _, worker in workers)
    finally:
        for _, worker in workers:
            if worker.poll() is None:
                worker.kill()
    tried = failed = deaths = 0
    for log, _ in workers:
        text = log.read_text(errors="replace")
        for line in text.splitlines():
            if line.startswith("seed "):
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
        print("again: tests/faults/run --seeds 1 --seed N, with --trace for the log")
    return 1 if failed or status else 0
