#!/usr/bin/env python3
"""Every indicator of the SDK beside TA-Lib on real candles: the same first value, the same numbers.

    indicators_talib.py INDICATOR_VALUES FOLDER

FOLDER keeps an environment with TA-Lib from PyPI. Exit 77 (skipped) without the package or the shared
candles. Pivots, which TA-Lib lacks, are compared with their definition.
"""

import gzip
import importlib.util
import math
import os
import pathlib
import subprocess
import sys
import venv

SKIP = 77
FILES = ("upbit-KRW-BTC-60m-2022-2025.csv.gz", "binance-DOGEUSDT-15m-2022h1.csv.gz", "upbit-KRW-ETH-1d-2022-2025.csv.gz")
WING, REACH = 3, 60


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def with_talib(folder):
    """Runs this file again by a Python that has TA-Lib."""
    python = folder / "bin/python"
    if not (folder / "ready").exists():
        try:
            venv.create(folder, with_pip=True, clear=True)
            subprocess.run([python, "-m", "pip", "install", "--quiet", "TA-Lib"], check=True, timeout=240,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            (folder / "ready").touch()
        except (OSError, subprocess.SubprocessError) as failed:
            skip(f"TA-Lib cannot be installed: {failed}")
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def read(file):
    rows = gzip.open(file, "rt").read().split()[1:]
    columns = list(zip(*(row.split(",") for row in rows)))
    return [[float(x) for x in columns[i]] for i in (2, 3, 4)]


def expected(high, low, close):
    import numpy
    import talib
    h, l, c = (numpy.array(x) for x in (high, low, close))
    up, middle, down = talib.BBANDS(c, 20, 2, 2)
    return {"ema20": talib.EMA(c, 20), "ema200": talib.EMA(c, 200), "rsi": talib.RSI(c, 14),
            "atr": talib.ATR(h, l, c, 14), "down": down, "middle": middle, "up": up, "sma": talib.SMA(c, 20),
            "highest": talib.MAX(h, 20), "lowest": talib.MIN(l, 20)}


def pivots(low, t):
    found = [i for i in range(max(t - REACH, WING), t - WING + 1)
             if all(low[i] < low[i - k] and low[i] < low[i + k] for k in range(1, WING + 1))]
    return (t - found[-2], t - found[-1]) if len(found) >= 2 else (-1, -1)


def compare(program, file):
    high, low, close = read(file)
    text = "".join(f"{h!r} {l!r} {c!r}\n" for h, l, c in zip(high, low, close))
    lines = subprocess.run([program], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    ours = [line.split() for line in lines]
    assert len(ours) == len(close), f"{len(ours)} lines for {len(close)} candles"
    # A deviation is the root of a difference that nearly cancels in TA-Lib: it is compared on the price's scale.
    for column, (name, theirs) in enumerate(expected(high, low, close).items()):
        for t, value in enumerate(theirs):
            mine = float(ours[t][column])
            if math.isnan(value) or math.isnan(mine):
                assert math.isnan(value) and math.isnan(mine), f"{name} begins elsewhere: {t}"
                continue
            scale = close[t] if name in ("down", "up") else abs(value)
            allowed = 1e-6 if name in ("down", "up") else 1e-9
            assert abs(mine - value) <= allowed * scale, f"{name} at {t}: {mine!r} for {value!r}"
    for t in range(len(low)):
        assert tuple(map(int, ours[t][10:12])) == pivots(low, t), f"pivots at {t}"
    print(f"{file.name}: {len(close)} candles agree")


def main():
    shared = pathlib.Path(os.environ.get("EVERBIT_SHARED_DIR")
                          or pathlib.Path(os.environ.get("EVERBIT_SOURCE_DIR", ".")) / "../shared")
    files = [shared / "data/candles" / name for name in FILES]
    if not all(file.exists() for file in files):
        skip("no shared candles on this machine")
    if importlib.util.find_spec("talib") is None:
        with_talib(pathlib.Path(sys.argv[2]).absolute())
    for file in files:
        compare(sys.argv[1], file)


if __name__ == "__main__":
    main()
