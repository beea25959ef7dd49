"""Build, start the parts in the order they need each other, follow the story, stop the parts."""

import contextlib
import os
import signal
import subprocess
import sys
import time

from quickstart import build, options, stack, story
from quickstart.data_folder import DataFolder
from quickstart.screen import Screen
from servers.process import StartError


class Interrupted(BaseException):
    """A signal asks us to end. No Exception, so that nothing on the way swallows it."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def _interrupt(number, _frame):
    raise Interrupted(number)


def _run_then(command, parts):
    environment = {**os.environ, "DATABASE_URL": parts.database_url,
                   "UPBIT_SIM_CONTROL": parts.simulator.control, "QUICKSTART_DATA": str(parts.folder)}
    return subprocess.run(["/bin/sh", "-c", command], env=environment).returncode


def _follow(asked, parts, screen):
    """The story, until the order that was asked for or for ever. Returns the exit status."""
    give_up = parts.started_at + asked.timeout if asked.until_order else None
    if asked.until_order:
        screen.begin("첫 주문 기다리는 중 waiting for the first order")
    for line in story.follow(parts.daemon_log, parts.require_alive):
        if line is None:
            screen.tick()
        else:
            screen.say(story.tell(line, screen))
            if asked.until_order and story.is_delivered_order(line):
                waited = time.monotonic() - parts.started_at
                screen.done(f"첫 주문이 접수되고 알림까지 전달되었습니다 OrderAccepted delivered "
                            f"({waited:.0f} s after the start)")
                return _run_then(asked.then, parts) if asked.then else 0
        if give_up is not None and time.monotonic() > give_up:
            raise StartError(f"no OrderAccepted was delivered within {asked.timeout} s\n"
                             + parts.daemon_tail())
    return 0


def _run(asked, screen):
    with contextlib.ExitStack() as at_end:
        at_end.callback(screen.end)
        # Before the build: a folder that will not do should be known now, not in ten minutes.
        folder = at_end.enter_context(DataFolder(asked, screen))
        programs = build.programs(asked, screen)
        parts = at_end.enter_context(stack.Stack(asked, programs, folder.path, screen))
        parts.start()
        screen.done(f"실행 중 running. Ctrl-C 로 끝냅니다 (Ctrl-C ends it). Logs: {folder.path}")
        try:
            return _follow(asked, parts, screen)
        except Interrupted as interrupted:
            if asked.until_order or interrupted.number != signal.SIGINT:
                raise
            return 0


def main():
    asked = options.parse(sys.argv[1:])
    screen = Screen()
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        return _run(asked, screen)
    except Interrupted as interrupted:
        return 128 + interrupted.number
    except (StartError, OSError) as error:
        screen.fail(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
