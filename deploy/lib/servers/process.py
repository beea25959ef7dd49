"""Starting a program, knowing that it is ours, and ending it by its id."""

import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import time

_PR_SET_PDEATHSIG = 1
_LISTENING = "0A"


class StartError(Exception):
    """A server that does not come up; the text says why and ends with its last log lines."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_start(pid):
    """When a process began, in ticks since boot; None if it is gone. Tells a reused id apart."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return None if fields[0] == "Z" else fields[19]


def listens(pid, port):
    """Whether this very process holds the listening socket of a loopback port: a port that was free a
    moment ago may have been taken by another server, which a client would then talk to."""
    held = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            try:
                held.add(os.readlink(entry.path))
            except OSError:
                continue
        rows = pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    except OSError:
        return False
    for fields in (row.split() for row in rows):
        address, state, inode = fields[1], fields[3], fields[9]
        if state == _LISTENING and int(address.rsplit(":", 1)[1], 16) == port:
            return f"socket:[{inode}]" in held
    return False


def last_lines(log, count=20):
    try:
        with open(log, "rb") as handle:
            handle.seek(max(0, os.fstat(handle.fileno()).st_size - 16384))
            text = handle.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-count:])


def _die_with(starter, sign):
    """Runs in the child: the kernel sends it this signal when whoever started it is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, sign, 0, 0, 0)
    if os.getppid() != starter:
        os.kill(os.getpid(), sign)


def start_process(command, log, *, cwd="/", env=None, user=None, text=None, tied_by=None):
    """Starts a program in a session of its own, its output in a log file.

    user: run as that user (a passwd entry). text: its standard input. tied_by: the signal it gets when
    this process dies, even by SIGKILL; None lets it live on.
    """
    identity = {}
    if user is not None:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    if tied_by is not None:
        starter = os.getpid()
        identity["preexec_fn"] = lambda: _die_with(starter, tied_by)
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, env=env, stdout=output, stderr=output,
            stdin=subprocess.DEVNULL if text is None else subprocess.PIPE,
            start_new_session=True, **identity)
    if text is not None:
        process.stdin.write(text.encode())
        process.stdin.close()
    return process


def wait_until(ready, process, seconds, what, log):
    """Until ready() is true; StartError when the process ends first or the time is over."""
    give_up = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise StartError(f"{what} ended (status {process.returncode})\n{last_lines(log)}")
        if time.monotonic() > give_up:
            raise StartError(f"{what} is not ready after {seconds} s\n{last_lines(log)}")
        time.sleep(0.05)


def end_process(process, signals=(signal.SIGTERM, signal.SIGKILL), seconds=20):
    """Sign by sign until it is gone. True if the first sign was enough."""
    for number, sign in enumerate(signals):
        if process.poll() is not None:
            return True
        process.send_signal(sign)
        try:
            process.wait(seconds)
            return number == 0
        except subprocess.TimeoutExpired:
            continue
    return False
