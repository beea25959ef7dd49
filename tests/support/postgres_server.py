#!/usr/bin/env python3
"""A private PostgreSQL for the tests: `postgres_server.py start | stop`.

Writes <EVERBIT_TEST_SERVICES>/postgres.env. Listens on a free loopback port and on a Unix socket, runs
as the user postgres when started by root (PostgreSQL refuses root), and keeps its data in a temporary
folder. EVERBIT_TEST_FSYNC=on makes commits durable; the default is off, because the data is thrown away.
"""

import os
import pathlib
import pwd
import subprocess
import tempfile

import private_server as server

# The socket's path must fit into sockaddr_un (107 characters).
LONGEST_SOCKET_FOLDER = 80


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                   key=lambda path: int(path.parts[-3]))
    if not found:
        server.fail("no PostgreSQL server is installed (package postgresql-15)")
    return found[-1].parent


def as_server_user(command):
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def checked(command, what):
    # Output goes to a file: the server must not inherit a pipe that ctest waits for.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(as_server_user(command), stdout=output, stderr=output,
                              stdin=subprocess.DEVNULL, cwd="/", timeout=60)
        output.seek(0)
        text = output.read().decode(errors="replace").strip()
    if done.returncode != 0:
        raise RuntimeError(f"{what} failed:\n{text}")
    return text


def make_folder():
    """Beside the env file where the server's user can reach it, else in the system's temporary folder."""
    for parent in (str(server.services_folder()), None):
        folder = tempfile.mkdtemp(prefix="everbit-postgres-", dir=parent)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        reachable = subprocess.run(as_server_user(["test", "-w", folder]), cwd="/").returncode == 0
        if reachable and len(folder) <= LONGEST_SOCKET_FOLDER:
            return folder
        os.rmdir(folder)
    server.fail("no folder that the user postgres can use")
    return None


def write_settings(folder, port):
    fsync = os.environ.get("EVERBIT_TEST_FSYNC", "off")
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
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
        "logging_collector": "off",
    }
    lines = "".join(f"{key} = '{value}'\n" for key, value in settings.items())
    with open(f"{folder}/data/postgresql.auto.conf", "a") as handle:
        handle.write(lines)


def start_on(folder, port, bindir):
    write_settings(folder, port)
    checked([f"{bindir}/pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-w", "-t", "50", "start"],
            "pg_ctl start")
    # Another server may have taken the port first: ask who answers.
    shown = checked([f"{bindir}/psql", "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(port), "-U", "everbit",
                     "-d", "postgres", "-c", "show data_directory"], "psql")
    if os.path.realpath(shown) != os.path.realpath(f"{folder}/data"):
        raise RuntimeError(f"another server answers on port {port}: {shown}")


def start():
    bindir = binaries()
    folder = make_folder()
    checked([f"{bindir}/initdb", "-D", f"{folder}/data", "-U", "everbit", "-A", "trust", "--no-sync",
             "-E", "UTF8", "--locale=C.UTF-8"], "initdb")
    for attempt in range(5):
        port = server.free_port()
        try:
            start_on(folder, port, bindir)
            break
        except RuntimeError as error:
            if attempt == 4:
                log = pathlib.Path(folder, "log")
                server.fail(f"{error}\n{log.read_text() if log.exists() else ''}")
    pid = pathlib.Path(folder, "data/postmaster.pid").read_text().split("\n", 1)[0].strip()
    return {
        "POSTGRES_DSN": f"host=127.0.0.1 port={port} user=everbit",
        "POSTGRES_SOCKET_DSN": f"host={folder} port={port} user=everbit",
        "POSTGRES_PORT": port,
        "POSTGRES_FOLDER": folder,
        "POSTGRES_PID": pid,
    }


if __name__ == "__main__":
    server.run("postgres", "POSTGRES", start, server.QUIT_SIGNALS)
