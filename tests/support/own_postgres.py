#!/usr/bin/env python3
"""A PostgreSQL of one test, which may stop and crash it; own_postgres.h talks with it.

Prints the connection string once the server answers. Then takes one order a line from standard input
and answers "done": "stop" is an operator's fast shutdown; "crash" an immediate one, by which commits
that nobody waited for may be lost; "start" starts it again on the same port. When standard input ends,
the server and its folder go.
"""

import pathlib
import shutil
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy/lib"))

from servers import postgres  # noqa: E402
from servers.process import end_process  # noqa: E402


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="everbit-own-postgres-"))
    process = None
    try:
        postgres.create(folder, ["-A", "trust", "--no-sync"])
        # The machine itself does not crash: what reached the kernel stays.
        process, port = postgres.start(
            folder, {"unix_socket_directories": "", "fsync": "off", "timezone": "Asia/Seoul"}, tied=True)
        print(f"host=127.0.0.1 port={port} user=everbit dbname=postgres", flush=True)
        for order in sys.stdin:
            if order == "start\n":
                process = postgres.start_again(folder, port, tied=True)
            else:
                first = signal.SIGQUIT if order == "crash\n" else signal.SIGINT
                if not end_process(process, (first, signal.SIGKILL)):
                    sys.exit(f"PostgreSQL does not take the order {order.strip()}")
            print("done", flush=True)
    finally:
        if process is not None:
            end_process(process, postgres.STOP_SIGNALS)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
