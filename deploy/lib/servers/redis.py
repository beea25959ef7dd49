"""A private Redis on a free loopback port. It keeps nothing on disk and evicts nothing."""

import pathlib
import signal

from servers.process import StartError, end_process, free_port, listens, start_process, wait_until


def start(folder, password=None, tied=False):
    """Starts a server in a folder; returns the process and its port. The caller stops it."""
    log = pathlib.Path(folder, "log")
    for attempt in range(5):
        port = free_port()
        # On standard input, where no list of processes shows the password.
        settings = [f"port {port}", "bind 127.0.0.1", f"dir {folder}",
                    f"unixsocket {folder}/redis.sock", 'save ""', "appendonly no",
                    "maxmemory-policy noeviction"]
        if password is not None:
            settings.append(f"requirepass {password}")
        process = start_process(["redis-server", "-"], log, cwd=folder,
                                text="\n".join(settings) + "\n",
                                tied_by=signal.SIGTERM if tied else None)
        try:
            wait_until(lambda p=process, n=port: listens(p.pid, n), process, 10, "Redis", log)
            return process, port
        except BaseException as error:
            end_process(process)
            if not isinstance(error, StartError) or attempt == 4:
                raise
    raise AssertionError("unreachable")
