"""A private PostgreSQL: a cluster of its own in a folder, on a free loopback port."""

import os
import pathlib
import pwd
import signal
import subprocess

from servers.process import StartError, end_process, free_port, listens, start_process, wait_until

# A fast shutdown, then an immediate one, then force.
STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def binaries():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                   key=lambda path: int(path.parts[-3]))
    if not found:
        raise StartError("no PostgreSQL server is installed (package postgresql)")
    return found[-1].parent


def server_user():
    """Whom the server runs as: PostgreSQL refuses root. None: whoever we are."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def _run(command, what, folder):
    # Output goes to a file: nothing may inherit a pipe that somebody waits for.
    log = pathlib.Path(folder, "command.log")
    process = start_process(command, log, env=_ENVIRONMENT, user=server_user())
    try:
        status = process.wait(120)
    except subprocess.TimeoutExpired:
        raise StartError(f"{what} does not end") from None
    finally:
        end_process(process)
    if status != 0:
        raise StartError(f"{what} failed:\n{log.read_text(errors='replace').strip()}")


def can_enter(folder):
    """Whether the server's user may pass through this folder and all above it."""
    user = server_user()
    if user is None:
        return os.access(folder, os.X_OK)
    return subprocess.run(["test", "-x", str(folder)], cwd="/", user=user.pw_uid, group=user.pw_gid,
                          extra_groups=[]).returncode == 0


def create(folder, extra=()):
    """Makes a cluster with the superuser everbit in <folder>/data, which the server's user then owns."""
    folder = pathlib.Path(folder)
    user = server_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    _run([binaries() / "initdb", "-D", folder / "data", "-U", "everbit", "-E", "UTF8",
          "--locale=C.UTF-8", *extra], "initdb", folder)


def start(folder, settings, tied=False, environment=None):
    """Starts the cluster of a folder; returns the process and its port. The caller stops it."""
    folder = pathlib.Path(folder)
    for attempt in range(5):
        port = free_port()
        written = {"listen_addresses": "127.0.0.1", "port": port, "logging_collector": "off",
                   **settings}
        with open(folder / "data/postgresql.auto.conf", "a") as handle:
            handle.writelines(f"{key} = '{value}'\n" for key, value in written.items())
        try:
            return start_again(folder, port, tied, environment), port
        except BaseException as error:
            # Another server may have taken the port first: another port then.
            if not isinstance(error, StartError) or attempt == 4:
                raise
    raise AssertionError("unreachable")


def start_again(folder, port, tied=False, environment=None):
    """Starts the cluster with the settings and on the port that it had; returns the process."""
    folder = pathlib.Path(folder)
    bindir = binaries()
    process = start_process([bindir / "postgres", "-D", folder / "data"], folder / "log",
                            env={**_ENVIRONMENT, **(environment or {})}, user=server_user(),
                            tied_by=signal.SIGINT if tied else None)
    probe = [bindir / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "everbit",
             "-d", "postgres"]

    def answers():
        return (listens(process.pid, port)
                and subprocess.run(probe, env=_ENVIRONMENT).returncode == 0)

    try:
        wait_until(answers, process, 60, "PostgreSQL", folder / "log")
        return process
    except BaseException:
        end_process(process, STOP_SIGNALS)
        raise
