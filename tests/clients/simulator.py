"""upbit-sim for one test: over TLS with a certificate made for it, on free ports, ended by id."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.request

ACCESS = "upbit-sim-access-key"
SECRET = "upbit-sim-secret-key-0123456789abcdef"
DEADLINE_S = 60


def wait_for(what, looked_for, seconds=DEADLINE_S):
    """The first true value of looked_for()."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = looked_for()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


class Simulator:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="clients-")
        folder = pathlib.Path(self._folder.name)
        self.ca = folder / "ca.pem"
        key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", str(key), "-out", str(self.ca)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ready = folder / "ready"
        program = pathlib.Path(os.environ["EVERBIT_BUILD_DIR"]) / "bin/upbit-sim"
        self._log = open(folder / "log", "wb")
        self._process = subprocess.Popen(
            [str(program), "--scenario", "still", "--markets", "KRW-BTC,KRW-ETH", "--history-days", "3",
             "--matching-delay", "0", "2", "--ready-file", str(ready), "--exit-with-stdin",
             "--tls-cert", str(self.ca), "--tls-key", str(key)],
            stdin=subprocess.PIPE, stdout=self._log, stderr=self._log)
        line = wait_for("upbit-sim", lambda: ready.is_file() and ready.read_text().strip())
        words = dict(word.split("=", 1) for word in line.split() if "=" in word)
        self.host = "localhost:" + words["rest"].rsplit(":", 1)[1]
        self._control = words["control"]
        self.control("/book/KRW-BTC", {"asks": [["150001000", "1"]], "bids": [["150000000", "1"]]})
        self.trade("150000000")

    def control(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._control + path, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return json.load(answer)

    def trade(self, price, volume="0.01", side="ask"):
        """A trade of others."""
        self.control("/trades/KRW-BTC", {"trades": [{"price": price, "volume": volume, "side": side}]})

    def orders(self):
        return self.control("/ledger")["orders"]

    def stop(self):
        self._process.stdin.close()
        self._process.wait(DEADLINE_S)
        self._log.close()
        self._folder.cleanup()
