#!/usr/bin/env python3
"""A private Redis for the tests: `redis_server.py start | stop`.

Writes <EVERBIT_TEST_SERVICES>/redis.env. Listens on a free loopback port and on a Unix socket, keeps
nothing on disk, and evicts nothing, as in production.
"""

import signal
import tempfile

import private_server as server
from servers import redis


def start():
    folder = tempfile.mkdtemp(prefix="everbit-redis-")
    process, port = redis.start(folder)
    return {
        "REDIS_URL": f"redis://127.0.0.1:{port}",
        "REDIS_PORT": port,
        "REDIS_SOCKET": f"{folder}/redis.sock",
        "REDIS_FOLDER": folder,
        "REDIS_PID": process.pid,
    }


if __name__ == "__main__":
    server.run("redis", "REDIS", start, (signal.SIGTERM, signal.SIGKILL))
