"""The command line of tests/faults/run."""

import argparse
import contextlib
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import time

from servers.process import StartError

from matrix import report, seeds, trial
from matrix.cells import all_cells
from matrix.lane import Lane, Programs

_ROOT = pathlib.Path(__file__).resolve().parents[3]
_EPILOG = """
Each cell has an exchange, a database and daemons of its own: a signal is given, the fault happens, what
died is started again, and then the database and the exchange's own ledger must agree: no order twice,
none lost, no step outside the table of transitions, no fill twice, positions and profit equal to the
last digit, everything resolved or the market suspended with a reason; and trading must go on.

exit status: 0 every cell holds, 1 one does not, 2 a mistake on the command line
"""


def _parse(arguments):
    parser = argparse.ArgumentParser(
        prog="tests/faults/run", description="The matrix of faults with real processes, or seeded runs in one process.",
        epilog=_EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every cell (the default: those of CI)")
    which.add_argument("--only", metavar="REGEX", help="cells whose name matches")
    which.add_argument("--seeds", type=int, metavar="N",
                       help="the seeded run: one process, no real time, N runs")
    which.add_argument("--replay", type=int, metavar="N",
                       help="N seeds twice: the same seed must give the same run")
    parser.add_argument("--seed", type=int, default=1, help="the first of them (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1,
                        help="processes of the seeded run (%(default)s)")
    parser.add_argument("--trace", action="store_true", help="the pipeline's log of a seeded run")
    parser.add_argument("--journal", action="store_true", help="all that happened in a seeded run")
    parser.add_argument("--digest", action="store_true",
                        help="a number for all that happened: the same seed gives the same")
    parser.add_argument("--stop", action="store_true", help="no more seeds after one that does not hold")
    parser.add_argument("--list", action="store_true", help="print the names and end")
    parser.add_argument("--json", metavar="FILE", help="write the results there")
    parser.add_argument("--again", metavar="FILE", type=pathlib.Path,
                        help="what held in that --json file of an earlier run is not tried again")
    parser.add_argument("--write-docs", action="store_true",
                        help="write docs/fault-matrix.md from this run (with --all)")
    parser.add_argument("--built-from", metavar="COMMIT", default="",
                        help="what the document names (default: the commit that is checked out)")
    parser.add_argument("--lanes", type=int, default=2 * (os.cpu_count() or 1),
                        help="how many cells at a time (%(default)s)")
    parser.add_argument("--build-dir", type=pathlib.Path,
                        default=os.environ.get("EVERBIT_BUILD_DIR", _ROOT / "build/dev"))
    parser.add_argument("--keep", action="store_true", help="leave the folders of failed cells")
    return parser.parse_args(arguments)


def _chosen(asked):
    cells = all_cells()
    if asked.only:
        return [cell for cell in cells if re.search(asked.only, cell.name)]
    return cells if asked.all else [cell for cell in cells if cell.quick]


def _held_before(asked, cells):
    """What an earlier run has shown already."""
    if asked.again is None:
        return []
    names = {cell.name: cell for cell in cells}
    return [report.Result(names[row["name"]], None, row["seconds"])
            for row in json.loads(asked.again.read_text()) if row["holds"] and row["name"] in names]


class _Run:
    def __init__(self, asked, cells, held, folder):
        self._asked = asked
        self._programs = Programs(asked.build_dir.resolve())
        self._cells = queue.SimpleQueue()
        # Those that wait longest first, so that no lane is left with one at the end.
        for cell in sorted(cells, key=lambda one: -one.fault.patience):
            self._cells.put(cell)
        self._held = held
        self._folder = folder
        self._lock = threading.Lock()
        self._screen = report.Screen(len(cells))
        self.results = []

    def work(self, number):
        try:
            with Lane(self._folder / f"lane-{number}", self._programs) as lane:
                while True:
                    try:
                        cell = self._cells.get_nowait()
                    except queue.Empty:
                        return
                    self._try(cell, lane)
        except (StartError, OSError) as error:
            with self._lock:
                self._screen.say(f"lane {number} does not start: {error}")

    def take_no_more(self):
        """The cells under way are the last."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._cells.get_nowait()

    def _try(self, cell, lane):
        began = time.monotonic()
        folder = lane.folder / re.sub(r"\W+", "-", cell.name)
        failure = trial.run(cell, lane, folder)
        if failure is None or not self._asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            result = report.Result(cell, failure, time.monotonic() - began)
            self.results.append(result)
            self._screen.show(result)
            if self._asked.json:
                _store(self._asked.json, self._held + self.results)


def _store(path, results):
    rows = [result.as_dict() for result in results]
    temporary = pathlib.Path(str(path) + ".new")
    temporary.write_text(json.dumps(rows, indent=1) + "\n")
    temporary.rename(path)


def _join(lanes):
    for lane in lanes:
        lane.join()


def _on_signal(_number, _frame):
    raise KeyboardInterrupt


def main(arguments):
    asked = _parse(arguments)
    if asked.seeds is not None or asked.replay is not None:
        return seeds.run(asked) if (asked.seeds or asked.replay) > 0 else 2
    try:
        cells = _chosen(asked)
    except re.error as error:
        print(f"--only: {error}", file=sys.stderr)
        return 2
    if asked.list:
        for cell in cells:
            print(cell.name)
        return 0
    if not cells:
        print("no such cell", file=sys.stderr)
        return 2
    if missing := Programs(asked.build_dir.resolve()).missing():
        print("not built: " + ", ".join(missing) + "\nninja -C build/dev faults", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _on_signal)
    began = time.monotonic()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="everbit-faults-"))
    folder.chmod(0o755)
    held = _held_before(asked, cells)
    known = {result.cell.name for result in held}
    left = [cell for cell in cells if cell.name not in known]
    run = _Run(asked, left, held, folder)
    # Lanes are processes' parents: they die with their thread, so each has one of its own.
    lanes = [threading.Thread(target=run.work, args=(number,))
             for number in range(min(asked.lanes, len(left)))]
    for lane in lanes:
        lane.start()
    try:
        _join(lanes)
    except KeyboardInterrupt:
        run.take_no_more()
        _join(lanes)
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if not (asked.keep and any(result.failure for result in run.results)):
        shutil.rmtree(folder, ignore_errors=True)
    return _end(asked, cells, held + run.results, len(held), time.monotonic() - began)


def _end(asked, cells, results, before, seconds):
    order = {cell.name: number for number, cell in enumerate(cells)}
    results.sort(key=lambda result: order[result.cell.name])
    if asked.json:
        _store(asked.json, results)
    if asked.write_docs:
        (_ROOT / "docs/fault-matrix.md").write_text(report.document(results, before, asked.built_from))
    failed = [result for result in results if result.failure]
    for result in failed:
        print(f"\n✗ {result.cell.name}\n{result.failure}")
    untried = len(cells) - len(results)
    print(f"\n{len(results) - len(failed)} of {len(cells)} cells hold, {len(failed)} do not, "
          f"{untried} were not tried; {seconds:.0f} s")
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    return 0 if not failed and not untried else 1
