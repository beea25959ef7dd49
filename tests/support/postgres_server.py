#!/usr/bin/env python3
"""A private PostgreSQL for the tests: `postgres_server.py start | stop`.

Writes <EVERBIT_TEST_SERVICES>/postgres.env. Listens on a free loopback port and on a Unix socket, runs
as the user postgres when started by root (PostgreSQL refuses root), and keeps its data in a temporary
folder. EVERBIT_TEST_FSYNC=on makes commits durable; the default is off, because the data is thrown away.
"""

import os
import tempfile

import private_server as server
from servers import postgres

# The socket's path must fit into sockaddr_un (107 characters).
LONGEST_SOCKET_FOLDER = 80


def make_folder():
    """Beside the env file where the server's user can reach it, else in the system's temporary folder."""
    for parent in (str(server.services_folder()), None):
        folder = tempfile.mkdtemp(prefix="everbit-postgres-", dir=parent)
        if postgres.can_enter(os.path.dirname(folder)) and len(folder) <= LONGEST_SOCKET_FOLDER:
            return folder
        os.rmdir(folder)
    server.fail("no folder that the user postgres can use")
    return None


def start():
    folder = make_folder()
    fsync = os.environ.get("EVERBIT_TEST_FSYNC", "off")
    postgres.create(folder, ["-A", "trust", "--no-sync"])
    process, port = postgres.start(folder, {
        "unix_socket_directories": folder,
        "fsync": fsync,
        "full_page_writes": fsync,
        "max_connections": 200,
        "shared_buffers": "128MB",
        # Databases are copied all the time: no checkpoints in between, no zeroes written ahead.
        "checkpoint_timeout": "1h",
        "max_wal_size": "4GB",
        "wal_init_zero": "off",
        # Far from UTC: a session that forgets to ask for UTC is found out.
        "timezone": "Asia/Seoul",
        "log_timezone": "UTC",
    })
    return {
        "POSTGRES_DSN": f"host=127.0.0.1 port={port} user=everbit",
        "POSTGRES_SOCKET_DSN": f"host={folder} port={port} user=everbit",
        "POSTGRES_PORT": port,
        "POSTGRES_FOLDER": folder,
        "POSTGRES_PID": process.pid,
    }


if __name__ == "__main__":
    server.run("postgres", "POSTGRES", start, postgres.STOP_SIGNALS)
