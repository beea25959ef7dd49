#!/usr/bin/env python3
"""deploy/quickstart, run as a person would run it."""

import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import processes

HERE = pathlib.Path(__file__).resolve().parent
QUICKSTART = pathlib.Path(os.environ["EVERBIT_SOURCE_DIR"], "deploy/quickstart")
BUILD = os.environ["EVERBIT_BUILD_DIR"]


def gone(folder, seconds=10):
    """What still runs of a folder, after a moment in which the kernel may clear it away."""
    give_up = time.monotonic() + seconds
    while (left := processes.of_folder(folder)) and time.monotonic() < give_up:
        time.sleep(0.1)
    return left


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="everbit-e2e-"))
        self.output = tempfile.TemporaryFile()
        self.run = None

    def tearDown(self):
        if self.run is not None and self.run.poll() is None:
            self.run.terminate()
            self.run.wait(90)
        # Only where an assertion failed is anything left here.
        for pid in gone(self.folder, 0 if self.folder.exists() else 1):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.output.seek(0)
        sys.stderr.write(self.output.read().decode(errors="replace"))
        self.output.close()

    def start(self, *options):
        self.run = subprocess.Popen(
            [QUICKSTART, "--build-dir", BUILD, "--data", self.folder, *options],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT)

    def said(self):
        return os.pread(self.output.fileno(), 10_000_000, 0).decode(errors="replace")

    def wait_for(self, pattern, seconds):
        give_up = time.monotonic() + seconds
        while not re.search(pattern, self.said()):
            self.assertIsNone(self.run.poll(), "it ended before it said " + pattern)
            self.assertLess(time.monotonic(), give_up, "it never said " + pattern)
            time.sleep(0.1)

    def pid_of(self, program):
        pids = [pid for pid, name in processes.of_folder(self.folder).items() if name == program]
        self.assertEqual(len(pids), 1, program)
        return pids[0]

    def test_no_order_is_doubled_and_no_event_is_lost_on_the_way(self):
        check = f"{shlex.quote(sys.executable)} -B {shlex.quote(str(HERE / 'check_orders.py'))}"
        self.start("--until-order", "--timeout", "900", "--then", check)
        self.assertEqual(self.run.wait(990), 0)
        self.assertIn("outbox empty", self.said())
        self.assertEqual(gone(self.folder), {})
        self.assertFalse(self.folder.exists(), "it did not clear its data away")

    def test_a_dead_daemon_is_not_shown_as_running(self):
        self.start()
        self.wait_for("실행 중 running", 330)
        os.kill(self.pid_of("everbitd"), signal.SIGKILL)
        self.assertEqual(self.run.wait(60), 1)
        self.assertIn("everbitd ended (status -9)", self.said())
        self.assertEqual(gone(self.folder), {})

    def test_killed_early_it_leaves_nothing_behind(self):
        self.start()
        self.wait_for("PostgreSQL 시작", 30)
        time.sleep(0.3)
        self.run.terminate()
        self.assertEqual(self.run.wait(60), 128 + signal.SIGTERM)
        self.assertEqual(gone(self.folder), {})
        self.assertFalse(self.folder.exists())

    def test_killed_hard_it_leaves_no_process_behind(self):
        self.start("--keep")
        self.wait_for("실행 중 running", 330)
        self.run.kill()
        self.run.wait(10)
        # The daemon drains for up to 20 s.
        self.assertEqual(gone(self.folder, 30), {})

    def test_a_folder_of_somebody_else_is_not_emptied(self):
        precious = self.folder / "thesis.txt"
        precious.write_text("four years")
        self.start()
        self.assertEqual(self.run.wait(30), 1)
        self.assertIn("not empty", self.said())
        self.assertEqual(precious.read_text(), "four years")


if __name__ == "__main__":
    unittest.main()
