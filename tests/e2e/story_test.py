#!/usr/bin/env python3
"""How the quickstart tells the daemon's log."""

import os
import pathlib
import sys
import tempfile
import tomllib
import types
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["EVERBIT_SOURCE_DIR"], "deploy/lib")))

from quickstart import settings, story  # noqa: E402
from quickstart.screen import Screen  # noqa: E402


def told(**line):
    return story.tell({"time": "2026-11-22T15:00:01.250000Z", "level": "info", **line}, Screen())


class Story(unittest.TestCase):
    def test_money_and_volumes_are_not_rounded(self):
        self.assertEqual(story.won("100000000000000000"), "100,000,000,000,000,000원")
        self.assertEqual(story.number("0.00000001"), "0.00000001")
        self.assertEqual(story.number("4189.50"), "4,189.5")
        self.assertIn("0.00035 BTC × 148,111,000원",
                      told(event="order_filled", market="KRW-BTC", side="bid", price="148111000",
                           volume="0.00035"))

    def test_times_are_those_of_korea(self):
        self.assertTrue(told(event="order_accepted", market="KRW-BTC").startswith("00:00:01"))

    def test_a_buy_is_told_in_won_and_a_sell_in_coins(self):
        self.assertIn("ENTRY 53,210원",
                      told(event="intent_created", intent="ENTRY", krw="53210", volume="0"))
        self.assertIn("EXIT_TP 1.5 SOL", told(event="intent_created", market="KRW-SOL",
                                              intent="EXIT_TP", krw="0", volume="1.5"))

    def test_what_is_no_log_line_is_shown_and_not_swallowed(self):
        line = story.parse("terminate called after throwing")
        self.assertIn("terminate called", story.tell(line, Screen()))
        self.assertIn("오류", story.tell(story.parse("[1, 2]"), Screen()))

    def test_warnings_are_told_and_chatter_is_not(self):
        self.assertIn("code=429", told(event="no_rate_token", level="warn", code="429"))
        self.assertEqual(told(event="account_read"), "")

    def test_an_accepted_order_that_was_not_delivered_is_no_success(self):
        self.assertFalse(story.is_delivered_order({"event": "order_accepted"}))
        self.assertFalse(story.is_delivered_order({"event": "event_delivered", "type": "Filled"}))
        self.assertTrue(story.is_delivered_order({"event": "event_delivered",
                                                  "type": "OrderAccepted"}))

    def test_a_line_that_is_still_being_written_is_not_cut_in_two(self):
        with tempfile.NamedTemporaryFile("w+") as log:
            log.write('{"event":"a"}\n{"eve')
            log.flush()
            lines = story.follow(log.name, lambda: None)
            self.assertEqual(next(lines), {"event": "a"})
            self.assertIsNone(next(lines))
            log.write('nt":"b"}\n')
            log.flush()
            self.assertEqual(next(lines), {"event": "b"})

    def test_settings_are_toml_whatever_the_folder_is_called(self):
        with tempfile.TemporaryDirectory(prefix='q "uo\\te ') as name:
            simulator = types.SimpleNamespace(rest="https://127.0.0.1:1", certificate=name + "/c",
                                              markets=["KRW-BTC", "KRW-ETH"])
            file = settings.write_everbit_toml(pathlib.Path(name), simulator)
            read = tomllib.loads(file.read_text())
        self.assertEqual(read["data"]["dir"], name + "/everbit")
        self.assertEqual(read["exchange"]["wsPrivateUrl"],
                         "wss://127.0.0.1:1/websocket/v1/private")
        self.assertEqual([market["priority"] for market in read["strategy"]["markets"]], [0, 1])


if __name__ == "__main__":
    unittest.main()
