"""upbit-sim: the exchange that the daemon trades against, over TLS with a certificate of its own."""

import json
import pathlib
import re
import signal
import subprocess
import urllib.request

from servers.process import StartError, last_lines, start_process

# Its documented keys; worth nothing elsewhere.
ACCESS_KEY = "upbit-sim-access-key"
SECRET_KEY = "upbit-sim-secret-key-0123456789abcdef"
_READY = re.compile(r"listening rest=(\S+) control=(\S+)")


class Simulator:
    """Runs until its process is ended; addresses and markets are known once ready() is true."""

    def __init__(self, asked, program, folder):
        self.certificate = folder / "certificate.pem"
        self.log = folder / "log"
        self._ready_file = folder / "ready"
        key = folder / "key.pem"
        done = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "30", "-subj", "/CN=upbit-sim", "-addext",
             "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", self.certificate],
            capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise StartError(f"openssl makes no certificate\n{done.stderr}")
        market = ["--replay", *asked.replay] if asked.replay else ["--scenario", asked.scenario]
        market += ["--trades-per-minute", str(asked.trades)]
        self.process = start_process(
            [program, *market, "--seed", asked.seed, "--ready-file", self._ready_file,
             "--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY,
             "--tls-cert", self.certificate, "--tls-key", key],
            self.log, cwd=folder, tied_by=signal.SIGTERM)

    def ready(self):
        if self.process.poll() is not None:
            raise StartError(f"upbit-sim ended (status {self.process.returncode})\n"
                             + last_lines(self.log))
        try:
            found = _READY.search(pathlib.Path(self._ready_file).read_text())
        except FileNotFoundError:
            return False
        self.rest, self.control = found.groups()
        with urllib.request.urlopen(f"{self.control}/state", timeout=10) as answer:
            self.markets = [market["code"] for market in json.load(answer)["markets"]]
        return True
