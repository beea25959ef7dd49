"""The programs and plugins: built by the preset release, or those of a build folder."""

import dataclasses
import os
import pathlib
import re
import select
import signal
import subprocess

from servers.process import StartError, last_lines

_PROGRAMS = ("everbitd", "everbit", "everbit-plugin-probe", "upbit-sim")
_PLUGINS = ("strategy-extreme-flip", "exchange-upbit", "bus-postgres")
_PROGRESS = re.compile(rb"\[(\d+)/(\d+)\]")


@dataclasses.dataclass
class Programs:
    folder: pathlib.Path

    def program(self, name):
        return self.folder / "bin" / name

    def plugin(self, name):
        return self.folder / "plugins" / f"{name}.so"

    def missing(self):
        wanted = [self.program(name) for name in _PROGRAMS] + [self.plugin(name) for name in _PLUGINS]
        return [str(path) for path in wanted if not path.is_file()]


def _run(command, root, log, screen):
    """Runs a build step with the progress that Ninja prints; an interruption ends its whole group."""
    environment = {**os.environ, "NINJA_STATUS": "[%f/%t] "}
    process = subprocess.Popen(command, cwd=root, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    detail = ""
    try:
        with open(log, "ab") as output:
            while True:
                if select.select([process.stdout], [], [], 0.5)[0]:
                    chunk = os.read(process.stdout.fileno(), 65536)
                    if not chunk:
                        break
                    output.write(chunk)
                    for done, total in _PROGRESS.findall(chunk)[-1:]:
                        detail = f"{int(done)} / {int(total)}"
                screen.tick(detail)
        if process.wait() != 0:
            raise StartError(f"{' '.join(command)}\n{last_lines(log, 40)}\n(all of it: {log})")
    except BaseException:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        raise


def programs(asked, screen):
    if asked.build_dir:
        built = Programs(asked.build_dir)
    else:
        built = Programs(asked.root / "build/release")
        built.folder.mkdir(parents=True, exist_ok=True)
        log = built.folder / "quickstart.log"
        log.write_bytes(b"")
        screen.begin("빌드 building (the first time takes several minutes)")
        _run(["cmake", "--preset", "release"], asked.root, log, screen)
        _run(["cmake", "--build", "--preset", "release", "--parallel", str(os.cpu_count() or 1),
              "--target", *_PROGRAMS, *_PLUGINS], asked.root, log, screen)
        screen.done()
    missing = built.missing()
    if missing:
        raise StartError("not built: " + ", ".join(missing))
    return built
