"""Public clients, which nobody here wrote, trade on upbit-sim: one class a client, one life of orders each.

The libraries are as their authors publish them. What they are told here is where the exchange is and whom to
trust; where an address is written into their code, the transport below them carries it to the simulator.
"""

import asyncio
import os
import ssl
import threading
import unittest

import simulator

UPBIT = "api.upbit.com"


class Client(unittest.TestCase):
    def setUp(self):
        self.sim = simulator.Simulator()
        self.addCleanup(self.sim.stop)
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.sim.ca)
        self.trust = ssl.create_default_context(cafile=str(self.sim.ca))

    def send_to_simulator(self):
        """requests and websockets reach the simulator where a library has Upbit's address built in."""
        import requests
        import websockets

        send, connect = requests.Session.request, websockets.connect
        host, trust = self.sim.host, self.trust

        def sends(session, method, url, *rest, **named):
            if url.startswith("https://pypi.org/"):  # upbit-client asks for its own newest version
                answer = requests.Response()
                answer._content = b'{"releases": {"1.3.4.1": []}}'
                return answer
            return send(session, method, url.replace(UPBIT, host), *rest, **named)

        def connects(uri, *rest, **named):
            return connect(uri.replace(UPBIT, host), *rest, ssl=trust, **named)

        requests.Session.request, websockets.connect = sends, connects
        self.addCleanup(setattr, requests.Session, "request", send)
        self.addCleanup(setattr, websockets, "connect", connect)

    def traded(self):
        """The simulator's own book of it: (side, state, executed volume) of every order."""
        return [(order["side"], order["state"], float(order["executed_volume"]))
                for order in self.sim.orders()]

    def keep_trading(self):
        """Others trade until the test is over, so that whoever listens hears something."""
        over = threading.Event()

        def trade():
            while not over.wait(0.1):
                self.sim.trade("150000000")

        thread = threading.Thread(target=trade)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(over.set)


class PyUpbit(Client):
    def setUp(self):
        super().setUp()
        self.send_to_simulator()
        import pyupbit
        self.library = pyupbit
        self.upbit = pyupbit.Upbit(simulator.ACCESS, simulator.SECRET)

    def test_lives_through_orders(self):
        # It looks up and cancels with parameters in the body, which the documentation refuses.
        refused = self.upbit.cancel_order("00000000-0000-0000-0000-000000000000")
        self.assertEqual(refused["error"]["name"], "QUERY_PARAMETER_NOT_SUPPORTED")
        self.sim.control("/settings", {"old_bodies": True})

        self.assertEqual(self.upbit.get_balance("KRW"), 10_000_000)
        self.assertEqual(self.upbit.get_chance("KRW-BTC")["market"]["id"], "KRW-BTC")
        bought = self.upbit.buy_market_order("KRW-BTC", 150_001)
        self.assertEqual(bought["state"], "wait")
        order = simulator.wait_for("the fill", lambda: self.final(bought["uuid"]))
        self.assertEqual((order["state"], order["executed_volume"]), ("done", "0.001"))
        self.assertEqual(order["trades"][0]["price"], "150001000")
        self.assertEqual(self.upbit.get_balance("KRW-BTC"), 0.001)
        self.assertEqual(self.upbit.get_avg_buy_price("KRW-BTC"), 150_001_000)

        sold = self.upbit.sell_market_order("KRW-BTC", 0.0005)
        simulator.wait_for("the sale", lambda: self.final(sold["uuid"]))
        resting = self.upbit.buy_limit_order("KRW-BTC", 140_000_000, 0.001)
        self.assertEqual(self.upbit.get_individual_order(resting["uuid"])["state"], "wait")
        self.assertEqual(self.upbit.cancel_order(resting["uuid"])["uuid"], resting["uuid"])
        simulator.wait_for("the cancel", lambda: self.final(resting["uuid"]))
        filled = self.upbit.sell_limit_order("KRW-BTC", 150_000_000, 0.0005)
        simulator.wait_for("the last fill", lambda: self.final(filled["uuid"]))
        self.assertEqual(self.upbit.get_balance("KRW-BTC"), 0)
        self.assertEqual(self.traded(), [("bid", "done", 0.001), ("ask", "done", 0.0005),
                                         ("bid", "cancel", 0.0), ("ask", "done", 0.0005)])

    def final(self, uuid):
        order = self.upbit.get_order(uuid)
        return order if order["state"] in ("done", "cancel") else None

    def test_reads_markets_and_candles(self):
        self.assertEqual(sorted(self.library.get_tickers("KRW")), ["KRW-BTC", "KRW-ETH"])
        self.assertEqual(self.library.get_current_price("KRW-BTC"), 150_000_000)
        self.assertEqual(self.library.get_orderbook("KRW-BTC")["orderbook_units"][0]["ask_price"],
                         150_001_000)
        for interval, most in (("minute1", 250), ("minute15", 200), ("day", 2)):
            with self.subTest(interval):
                candles = self.library.get_ohlcv("KRW-BTC", interval=interval, count=most)
                self.assertEqual(len(candles), most)
                self.assertTrue(candles.index.is_monotonic_increasing)
                self.assertTrue((candles["high"] >= candles["low"]).all())
                self.assertEqual(candles["close"].iloc[-1], 150_000_000)

    def test_hears_the_public_socket(self):
        self.keep_trading()
        for kind in ("ticker", "trade"):
            with self.subTest(kind):
                listener = self.library.WebSocketManager(kind, ["KRW-BTC"])  # a process of its own
                try:
                    heard = listener.get()
                finally:
                    listener.terminate()
                    listener.join()
                self.assertEqual((heard["type"], heard["code"]), (kind, "KRW-BTC"))
                self.assertEqual((heard["trade_price"], heard["stream_type"]), (150_000_000, "REALTIME"))


class Ccxt(Client):
    def exchange(self, module):
        exchange = module.upbit({"apiKey": simulator.ACCESS, "secret": simulator.SECRET,
                                 "hostname": self.sim.host, "cafile": str(self.sim.ca),
                                 "requests_trust_env": True})
        exchange.options["createMarketBuyOrderRequiresPrice"] = False
        return exchange

    def test_lives_through_orders(self):
        import ccxt
        upbit = self.exchange(ccxt)
        self.assertEqual(sorted(upbit.load_markets()), ["BTC/KRW", "ETH/KRW"])
        self.assertEqual(upbit.fetch_balance()["KRW"]["free"], 10_000_000)
        self.assertEqual(upbit.fetch_trading_fee("BTC/KRW")["taker"], 0.0005)

        resting = upbit.create_order("BTC/KRW", "limit", "buy", 0.001, 140_000_000)
        self.assertEqual([order["id"] for order in upbit.fetch_open_orders("BTC/KRW")],
                         [resting["id"]])
        self.assertEqual(upbit.fetch_balance()["KRW"]["used"], 140_070)
        upbit.cancel_order(resting["id"])
        simulator.wait_for("the cancel", lambda: self.is_final(upbit, resting["id"]))

        bought = upbit.create_order("BTC/KRW", "market", "buy", 150_001)
        order = simulator.wait_for("the fill", lambda: self.is_final(upbit, bought["id"]))
        self.assertEqual((order["filled"], order["average"]), (0.001, 150_001_000))
        self.assertAlmostEqual(float(order["fee"]["cost"]), 75.0005)
        sold = upbit.create_order("BTC/KRW", "market", "sell", 0.001)
        simulator.wait_for("the sale", lambda: self.is_final(upbit, sold["id"]))
        self.assertEqual(len(upbit.fetch_closed_orders("BTC/KRW")), 2)
        self.assertEqual(len(upbit.fetch_canceled_orders("BTC/KRW")), 1)
        with self.assertRaises(ccxt.InsufficientFunds):
            upbit.create_order("BTC/KRW", "limit", "buy", 1, 140_000_000)
        with self.assertRaises(ccxt.OrderNotFound):
            upbit.fetch_order("00000000-0000-0000-0000-000000000000")
        self.assertEqual(self.traded(), [("bid", "cancel", 0.0), ("bid", "done", 0.001),
                                         ("ask", "done", 0.001)])

    @staticmethod
    def is_final(upbit, uuid):
        order = upbit.fetch_order(uuid)
        return order if order["status"] in ("closed", "canceled") else None

    def test_reads_markets_and_candles(self):
        import ccxt
        upbit = self.exchange(ccxt)
        for timeframe, most in (("1m", 200), ("15m", 200), ("1d", 2)):
            with self.subTest(timeframe):
                candles = upbit.fetch_ohlcv("BTC/KRW", timeframe, limit=most)
                self.assertEqual(len(candles), most)
                self.assertEqual(candles, sorted(candles))
                self.assertEqual(candles[-1][4], 150_000_000)
        self.assertEqual(upbit.fetch_ticker("BTC/KRW")["last"], 150_000_000)
        self.assertEqual(upbit.fetch_order_book("BTC/KRW")["asks"][0], [150_001_000, 1])
        self.assertGreater(len(upbit.fetch_trades("BTC/KRW", limit=20)), 0)

    def test_hears_both_sockets(self):
        asyncio.run(asyncio.wait_for(self.listen(), simulator.DEADLINE_S))

    async def listen(self):
        import ccxt.pro
        upbit = self.exchange(ccxt.pro)
        try:
            await upbit.load_markets()
            self.keep_trading()
            self.assertEqual((await upbit.watch_ticker("BTC/KRW"))["last"], 150_000_000)
            self.assertEqual((await upbit.watch_trades("BTC/KRW"))[-1]["price"], 150_000_000)
            self.assertEqual((await upbit.watch_order_book("BTC/KRW"))["asks"][0][0], 150_001_000)

            orders = asyncio.ensure_future(upbit.watch_orders("BTC/KRW"))
            fills = asyncio.ensure_future(upbit.watch_my_trades("BTC/KRW"))
            balance = asyncio.ensure_future(upbit.watch_balance())
            await asyncio.to_thread(simulator.wait_for, "the private socket", self.is_private_open)
            # A subscription is heard of by its effect only; myAsset tells of this one.
            nudge = 10_000_000
            while not balance.done():
                nudge += 1
                await asyncio.to_thread(self.sim.control, "/balance/main",
                                        {"currency": "KRW", "balance": str(nudge)})
                await asyncio.sleep(0.05)
            self.assertGreater((await balance)["KRW"]["free"], 10_000_000)
            bought = await upbit.create_order("BTC/KRW", "market", "buy", 150_001)
            self.assertEqual((await orders)[-1]["id"], bought["id"])
            fill = (await fills)[-1]
            self.assertEqual((fill["order"], fill["price"], fill["amount"]),
                             (bought["id"], 150_001_000, 0.001))
        finally:
            await upbit.close()

    def is_private_open(self):
        return self.sim.control("/state")["private_sockets"] > 0


class UpbitClient(Client):
    """upbit-client reads its list of calls from a file of its author's repository; that place is its
    setting `spec_uri`, and here it names calls.py, which was written from Upbit's documentation."""

    def setUp(self):
        super().setUp()
        self.send_to_simulator()
        import calls
        from upbit.client import Upbit
        self.upbit = Upbit(simulator.ACCESS, simulator.SECRET, spec_uri=calls.write(self.sim))

    def test_lives_through_orders(self):
        # It sends orders as forms, which the exchange has not taken since 2022-03-01.
        refused = self.new_order(side="bid", volume="0.001", price="140000000", ord_type="limit")
        self.assertIn("error", refused)
        self.sim.control("/settings", {"old_bodies": True})

        accounts = self.upbit.Account.Account_info()
        self.assertEqual(accounts["result"][0]["balance"], "10000000")
        self.assertEqual(accounts["remaining_request"]["group"], "default")
        chance = self.upbit.Order.Order_chance(market="KRW-BTC")["result"]
        self.assertEqual(chance["bid_fee"], "0.0005")

        resting = self.new_order(side="bid", volume="0.001", price="140000000", ord_type="limit",
                                 identifier="upbit-client-1")
        found = self.upbit.Order.Order_info(identifier="upbit-client-1")["result"]
        self.assertEqual((found["uuid"], found["state"]), (resting["uuid"], "wait"))
        self.upbit.Order.Order_cancel(uuid=resting["uuid"])
        simulator.wait_for("the cancel", lambda: self.final(resting["uuid"]))
        bought = self.new_order(side="bid", price="150001", ord_type="price")
        order = simulator.wait_for("the fill", lambda: self.final(bought["uuid"]))
        self.assertEqual(order["executed_volume"], "0.001")
        sold = self.new_order(side="ask", volume="0.001", ord_type="market")
        simulator.wait_for("the sale", lambda: self.final(sold["uuid"]))
        self.assertEqual(self.traded(), [("bid", "cancel", 0.0), ("bid", "done", 0.001),
                                         ("ask", "done", 0.001)])

    def new_order(self, **fields):
        return self.upbit.Order.Order_new(market="KRW-BTC", **fields)["result"]

    def final(self, uuid):
        order = self.upbit.Order.Order_info(uuid=uuid)["result"]
        return order if order["state"] in ("done", "cancel") else None

    def test_reads_markets_and_candles(self):
        markets = self.upbit.Market.Market_info_all()["result"]
        self.assertEqual([market["market"] for market in markets], ["KRW-BTC", "KRW-ETH"])
        candles = self.upbit.Candle.Candle_minutes(unit=15, market="KRW-BTC", count=200)["result"]
        self.assertEqual(len(candles), 200)
        self.assertEqual(candles[0]["trade_price"], 150_000_000)
        ticker = self.upbit.Trade.Trade_ticker(markets="KRW-BTC")["result"]
        self.assertEqual(ticker[0]["trade_price"], 150_000_000)

    def test_hears_the_public_socket(self):
        self.keep_trading()
        asyncio.run(asyncio.wait_for(self.listen(), simulator.DEADLINE_S))

    async def listen(self):
        import json
        from upbit.websocket import UpbitWebSocket
        wanted = {"ticker", "trade"}
        socket = UpbitWebSocket(uri=f"wss://{self.sim.host}/websocket/v1")
        async with socket as connection:
            fields = [socket.generate_type_field(kind, ["KRW-BTC"], isOnlyRealtime=True)
                      for kind in sorted(wanted)]
            await connection.send(socket.generate_payload(fields))
            while wanted:
                heard = json.loads(await connection.recv())
                self.assertEqual((heard["code"], heard["stream_type"]), ("KRW-BTC", "REALTIME"))
                wanted.discard(heard["type"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
