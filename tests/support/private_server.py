"""What the private test servers have in common.

A server belongs to the ctest runs that use it: each run's process id is kept in <name>.owners, the
last one to leave stops the server, and a run that was killed no longer counts. So a second ctest in
the same build folder shares the server, and nothing is left running after a crash for longer than
until the next start.
"""

import contextlib
import fcntl
import os
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy/lib"))

from servers.process import StartError, process_start  # noqa: E402


def fail(message):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def services_folder():
    folder = os.environ.get("EVERBIT_TEST_SERVICES")
    if not folder:
        fail("EVERBIT_TEST_SERVICES must name a folder")
    path = pathlib.Path(folder).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name):
    """One start or stop at a time."""
    with open(services_folder() / f"{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read_env(name):
    path = services_folder() / f"{name}.env"
    if not path.exists():
        return {}
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_env(name, values):
    path = services_folder() / f"{name}.env"
    temporary = path.with_suffix(".tmp")
    temporary.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    temporary.rename(path)


def _owners_path(name):
    return services_folder() / f"{name}.owners"


def _live_owners(name):
    path = _owners_path(name)
    if not path.exists():
        return []
    entries = [tuple(line.split()) for line in path.read_text().splitlines()]
    return [e for e in entries if len(e) == 2 and process_start(e[0]) == e[1]]


def _write_owners(name, owners):
    _owners_path(name).write_text("".join(f"{pid} {start}\n" for pid, start in owners))


def add_owner(name):
    me = (str(os.getppid()), process_start(os.getppid()) or "0")
    _write_owners(name, sorted(set(_live_owners(name)) | {me}))


def remove_owner(name):
    """True when nobody is left."""
    owners = [e for e in _live_owners(name) if e[0] != str(os.getppid())]
    _write_owners(name, owners)
    return not owners


def has_owners(name):
    return bool(_live_owners(name))


def is_ours(env, prefix):
    """Whether the server of an env file still runs: same id, same start."""
    pid = env.get(f"{prefix}_PID")
    return bool(pid) and process_start(pid) == env.get(f"{prefix}_START")


def stop_and_remove(name, prefix, signals):
    """Ends the server of the env file by its id, sign by sign, and removes its folder."""
    env = read_env(name)
    for sign in signals:
        if not is_ours(env, prefix):
            break
        os.kill(int(env[f"{prefix}_PID"]), sign)
        give_up = time.monotonic() + 10
        while is_ours(env, prefix) and time.monotonic() < give_up:
            time.sleep(0.02)
    folder = env.get(f"{prefix}_FOLDER")
    # Only what mktemp made for us, never a path that a damaged file may name.
    if folder and pathlib.Path(folder).name.startswith(f"everbit-{name}-"):
        shutil.rmtree(folder, ignore_errors=True)
    (services_folder() / f"{name}.env").unlink(missing_ok=True)


def run(name, prefix, start, signals):
    """The command line: start or stop."""
    if len(sys.argv) != 2 or sys.argv[1] not in ("start", "stop"):
        fail("usage: start | stop")
    with locked(name):
        if sys.argv[1] == "stop":
            if remove_owner(name):
                stop_and_remove(name, prefix, signals)
            return
        if not (has_owners(name) and is_ours(read_env(name), prefix)):
            stop_and_remove(name, prefix, signals)
            try:
                values = start()
            except StartError as error:
                fail(error)
            values[f"{prefix}_START"] = process_start(values[f"{prefix}_PID"])
            write_env(name, values)
        add_owner(name)
