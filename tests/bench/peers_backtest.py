#!/usr/bin/env python3
"""Runs one crossing rule over one CSV in other back-testers and prints a JSON line for each.

    python3 peers_backtest.py FILE.csv FAST SLOW REPEATS

The rule: at the close where the simple mean of FAST closes first lies above that of SLOW, one coin is
bought at that close; at the first close where it does not, the coin is sold. The first 2 * SLOW
candles only warm up, because each begins to trade at another of them. No costs. Each line
holds the trades as [entry time, exit time, entry price, exit price] and the CPU seconds of every
repetition: of `all` from the file's text to the trades, and of `run` with the candles in memory.
"""

import csv
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
FILE, FAST, SLOW, REPEATS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
START = 2 * SLOW


def timed(function, *args):
    began = time.process_time()
    value = function(*args)
    return value, time.process_time() - began


def report(name, version, load, run):
    whole, alone, trades = [], [], None
    for _ in range(REPEATS):
        data, loading = timed(load)
        found, running = timed(run, data)
        trades = found
        whole.append(loading + running)
        alone.append(running)
    print(json.dumps({"name": name, "version": version, "all": whole, "run": alone, "trades": trades}), flush=True)


def frame():
    import pandas as pd
    data = pd.read_csv(FILE, parse_dates=["candle_time_utc"], index_col="candle_time_utc")
    data.index = data.index.tz_localize(None)
    data.columns = [c.capitalize() for c in data.columns]
    return data


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def backtesting_py():
    import backtesting
    import pandas as pd

    def mean(values, n):
        return pd.Series(values).rolling(n).mean()

    class Crossing(backtesting.Strategy):
        def init(self):
            self.fast = self.I(mean, self.data.Close, FAST)
            self.slow = self.I(mean, self.data.Close, SLOW)

        def next(self):
            if len(self.data) <= START:
                return
            above = self.fast[-1] > self.slow[-1]
            if above and not self.position:
                self.buy(size=1)
            elif not above and self.position:
                self.position.close()

    def run(data):
        test = backtesting.Backtest(data, Crossing, cash=1e12, commission=0, trade_on_close=True,
                                    finalize_trades=False)
        trades = test.run()["_trades"]
        # It names the candle after the close it fills at.
        return [[stamp(data.index[t.EntryBar]), stamp(data.index[t.ExitBar]), t.EntryPrice, t.ExitPrice]
                for t in trades.itertuples()]

    report("backtesting.py", backtesting.__version__, frame, run)


def backtrader_py():
    import backtrader as bt

    class Crossing(bt.Strategy):
        def __init__(self):
            self.fast = bt.indicators.SimpleMovingAverage(self.data.close, period=FAST)
            self.slow = bt.indicators.SimpleMovingAverage(self.data.close, period=SLOW)
            self.fills = []

        def next(self):
            if len(self) <= START:
                return
            above = self.fast[0] > self.slow[0]
            if above and not self.position:
                self.buy(size=1)
            elif not above and self.position:
                self.sell(size=1)

        def notify_order(self, order):
            if order.status == order.Completed:
                self.fills.append((stamp(bt.num2date(order.executed.dt)), order.executed.price))

    def run(data):
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.adddata(bt.feeds.PandasData(dataname=data))
        cerebro.addstrategy(Crossing)
        cerebro.broker.setcash(1e12)
        cerebro.broker.set_coc(True)
        fills = cerebro.run()[0].fills
        return [[a[0], b[0], a[1], b[1]] for a, b in zip(fills[::2], fills[1::2])]

    report("backtrader", bt.__version__, frame, run)


def vectorbt_py():
    import vectorbt as vbt

    def run(data):
        fast = vbt.MA.run(data.Close, FAST).ma
        slow = vbt.MA.run(data.Close, SLOW).ma
        above = fast > slow
        above.iloc[:START] = False
        found = vbt.Portfolio.from_signals(data.Close, above, ~above, size=1, init_cash=1e12, freq="1h")
        trades = found.trades.records
        trades = trades[trades["status"] == 1]
        return [[stamp(data.index[t.entry_idx]), stamp(data.index[t.exit_idx]), t.entry_price, t.exit_price]
                for t in trades.itertuples()]

    report("vectorbt", vbt.__version__, frame, run)


for peer in (backtesting_py, backtrader_py, vectorbt_py):
    try:
        peer()
    except ImportError as missing:
        print(f"{peer.__name__}: {missing}", file=sys.stderr)
