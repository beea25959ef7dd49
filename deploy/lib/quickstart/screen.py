"""What the person in front sees: one line of progress that renews itself, and the story above it."""

import sys
import time

# Without a terminal a waiting line is repeated so seldom.
_QUIET_SECONDS = 20


class Screen:
    def __init__(self):
        self._terminal = sys.stdout.isatty()
        self._what = None
        self._since = 0.0
        self._shown_at = 0.0

    def paint(self, text, code):
        return f"\033[{code}m{text}\033[0m" if self._terminal else text

    def say(self, text):
        if text:
            self._erase()
            print(text, flush=True)

    def begin(self, what):
        """What is waited for from now on; tick() keeps it alive, done() ends it."""
        self._what = what
        self._since = time.monotonic()
        self._shown_at = 0.0
        self.tick()

    def tick(self, detail=""):
        now = time.monotonic()
        if self._what is None or now - self._shown_at < (0.2 if self._terminal else _QUIET_SECONDS):
            return
        self._shown_at = now
        text = f"· {self._what} … {now - self._since:.0f} s  {detail}".rstrip()
        if self._terminal:
            print(f"\r\033[K{text[:200]}", end="", flush=True)
        else:
            print(text, flush=True)

    def done(self, result=""):
        if self._what is not None:
            took = time.monotonic() - self._since
            self._erase()
            print(f"{self.paint('✓', 32)} {self._what}  {took:.1f} s", flush=True)
            self._what = None
        if result:
            print(self.paint(result, 1), flush=True)

    def fail(self, text):
        self.end()
        print(f"{self.paint('✗ 실패 failed:', 31)} {text}", file=sys.stderr, flush=True)

    def end(self):
        self._erase()
        self._what = None

    def _erase(self):
        if self._terminal and self._what is not None:
            print("\r\033[K", end="")
