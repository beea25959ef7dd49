#!/usr/bin/env python3
"""A back-test's HTML report in a real browser: nothing to complain about, nothing fetched."""

import math
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
BUILD = pathlib.Path(os.environ["EVERBIT_BUILD_DIR"])
DAY = 24


def candles():
    """Two years of hours in waves."""
    rows = ["candle_time_utc,open,high,low,close,volume"]
    before = 50_000_000
    for hour in range(2 * 365 * DAY):
        wave = 8e6 * math.sin(hour / 700) + 15e5 * math.sin(hour / 23) + 4e5 * math.sin(hour * 1.7)
        close = 50_000_000 + int(wave)
        rows.append(f"{2022 + hour // (365 * DAY)}-" + time_of(hour) +
                    f",{before},{max(before, close) + 9000},{min(before, close) - 9000},{close},50")
        before = close
    return "\n".join(rows) + "\n"


def time_of(hour):
    months = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    day = hour // DAY % 365
    month = 0
    while day >= months[month]:
        day -= months[month]
        month += 1
    return f"{month + 1:02}-{day + 1:02}T{hour % DAY:02}:00:00Z"


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Report(unittest.TestCase):
    def test_a_browser_shows_it_without_a_word(self):
        with tempfile.TemporaryDirectory(prefix="everbit-report-") as name:
            folder = pathlib.Path(name)
            (folder / "btc.csv").write_text(candles())
            subprocess.run([BUILD / "bin/everbit", "backtest", "run", "--timeframe", "60m",
                            "--candles", f"KRW-BTC={folder}/btc.csv", "--html", folder / "r.html"],
                           check=True, stdout=subprocess.DEVNULL)
            for size in ("1280,1600", "390,2400"):
                shown = subprocess.run(
                    [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                     f"--user-data-dir={folder}/profile", "--enable-logging=stderr",
                     f"--window-size={size}", f"file://{folder}/r.html"],
                    capture_output=True, text=True, timeout=120, check=True)
                self.assertEqual(shown.stdout.count("<svg"), 3)
                self.assertIn('class="line"', shown.stdout)
                self.assertNotIn("CONSOLE", shown.stderr)


if __name__ == "__main__":
    unittest.main()
