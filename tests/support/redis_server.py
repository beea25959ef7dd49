#!/usr/bin/env python3
"""A private Redis for the tests: `redis_server.py start | stop`.

Writes <EVERBIT_TEST_SERVICES>/redis.env. Listens on a free loopback port and on a Unix socket, keeps
nothing on disk, and evicts nothing, as in production.
"""

import socket
import subprocess
import tempfile
import time

import private_server as server


def ask(port, command):
    with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
        link.sendall(command.encode() + b"\r\n")
        return link.recv(65536).decode(errors="replace")


def answers(port, pid):
    """True once the process that we started answers on the port, not some other server."""
    try:
        return f"process_id:{pid}\r\n" in ask(port, "INFO server")
    except OSError:
        return False


def start():
    folder = tempfile.mkdtemp(prefix="everbit-redis-")
    for _ in range(5):
        port = server.free_port()
        with open(f"{folder}/log", "ab") as log:
            process = subprocess.Popen(
                ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--unixsocket",
                 f"{folder}/redis.sock", "--save", "", "--appendonly", "no", "--dir", folder,
                 "--maxmemory-policy", "noeviction"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd="/")
        give_up = time.monotonic() + 10
        while process.poll() is None and time.monotonic() < give_up:
            if answers(port, process.pid):
                return {"REDIS_URL": f"redis://127.0.0.1:{port}", "REDIS_PORT": port,
                        "REDIS_SOCKET": f"{folder}/redis.sock", "REDIS_FOLDER": folder,
                        "REDIS_PID": process.pid}
            time.sleep(0.02)
        process.kill()
        process.wait()
    server.fail(f"redis-server does not start; see {folder}/log")
    return None


if __name__ == "__main__":
    server.run("redis", "REDIS", start, server.QUIT_SIGNALS)
