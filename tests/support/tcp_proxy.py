"""A TCP proxy that ruins what passes on command: requests of HTTP, COMMITs of PostgreSQL.

A fault is asked about each chunk that a client sends. It says whether it is meant (`matches`), and
then carries the chunk on itself, or does not. Each is used up by as many chunks as it was given.
"""

import contextlib
import socket
import struct
import threading
import time

_CHUNK = 65536
_REMEMBERED = 1 << 18
_PATIENCE_SECONDS = 10


def _messages(data):
    """PostgreSQL's messages in what a client sent: (kind, body). Of anything else, nothing or nonsense."""
    while len(data) >= 5:
        length = int.from_bytes(data[1:5], "big")
        if length < 4 or 1 + length > len(data):
            return
        yield data[:1], data[5:1 + length]
        data = data[1 + length:]


class Link:
    """One connection of a client and the one to the server that belongs to it."""

    def __init__(self, client, server):
        self.client = client
        self.server = server
        self.transaction = b""  # what the client said since its last BEGIN
        self._prepared = {}  # PostgreSQL's statements that were prepared here, by name
        self.answered = threading.Event()
        self.deaf = False  # nothing of the client is passed on any more
        self.mute = False  # nothing of the server is
        self.drip = 0.0  # seconds between the bytes of the server

    def remember(self, data):
        begin = data.rfind(b"BEGIN")
        self.transaction = data[begin:] if begin >= 0 else (self.transaction + data)[-_REMEMBERED:]
        # A statement that was prepared before is only named: its text counts as said all the same.
        for kind, body in _messages(data):
            fields = body.split(b"\0", 2)
            if kind == b"P" and len(fields) > 1:
                self._prepared[fields[0]] = fields[1]
            elif kind == b"B" and len(fields) > 1:
                self.transaction += self._prepared.get(fields[1], b"")

    def reset(self):
        """RST to the client, and the end to the server. On the thread that reads from the client."""
        with contextlib.suppress(OSError):
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.client.close()
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)

    def end(self):
        """Ends both. Any thread."""
        for side in (self.client, self.server):
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


class Fault:
    """What happens to the chunks that `is_meant(link, data)` picks, `count` times."""

    def __init__(self, is_meant, happen, count=1):
        self._is_meant = is_meant
        self._happen = happen
        self._left = count
        self._lock = threading.Lock()
        self.hit = threading.Event()

    def take(self, link, data):
        with self._lock:
            if self._left == 0 or not self._is_meant(link, data):
                return False
            self._left -= 1
        self.hit.set()
        return True

    def carry(self, link, data):
        self._happen(link, data)


def creates_order(_link, data):
    return data.startswith(b"POST /v1/orders ")


def commits(marker):
    """A COMMIT of a transaction in which the text `marker` was said."""
    return lambda link, data: b"COMMIT" in data and marker in link.transaction


def drop(link, _data):
    """Nothing arrives, the client is cut off."""
    link.reset()


def cut_inside(link, data):
    """Half of it arrives."""
    link.server.sendall(data[: len(data) // 2])
    link.reset()


def answer_lost(link, data):
    """All of it arrives and is answered; the client is cut off before the answer."""
    link.mute = True
    link.answered.clear()
    link.server.sendall(data)
    link.answered.wait(_PATIENCE_SECONDS)
    link.reset()


def swallow(link, _data):
    """Nothing arrives, and the client hears nothing: a connection that is open at one end."""
    link.deaf = True


def silence(link, data):
    """All of it arrives, and the client hears nothing more."""
    link.mute = True
    link.server.sendall(data)


def drip(seconds):
    """All of it arrives and is answered, byte by byte, `seconds` each way for a thousand bytes."""

    def happen(link, data):
        link.drip = seconds / 1000
        for position in range(0, len(data), 10):
            link.server.sendall(data[position:position + 10])
            time.sleep(link.drip * 10)

    return happen


def late(seconds):
    """It arrives after so long, whether or not the client still waits."""

    def happen(link, data):
        time.sleep(seconds)
        link.server.sendall(data)

    return happen


class Proxy:
    """Listens on a free loopback port; `target` may change, for the connections that follow."""

    def __init__(self, target):
        self.target = target
        self._fault = None
        self._links = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut_all()

    def put(self, fault):
        """The fault from now on; None ends it."""
        self._fault = fault
        return fault

    def cut_all(self):
        with self._lock:
            links, self._links = self._links, []
        for link in links:
            link.end()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target), _PATIENCE_SECONDS)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = Link(client, server)
            with self._lock:
                self._links.append(link)
            threading.Thread(target=self._up, args=(link,), daemon=True).start()
            threading.Thread(target=self._down, args=(link,), daemon=True).start()

    def _up(self, link):
        with contextlib.suppress(OSError):
            while data := link.client.recv(_CHUNK):
                link.remember(data)
                fault = self._fault
                if link.deaf:
                    continue
                if fault is not None and fault.take(link, data):
                    fault.carry(link, data)
                else:
                    link.server.sendall(data)
        with contextlib.suppress(OSError):
            link.server.shutdown(socket.SHUT_WR)

    def _down(self, link):
        with contextlib.suppress(OSError):
            while data := link.server.recv(_CHUNK):
                link.answered.set()
                if link.mute:
                    continue
                if not link.drip:
                    link.client.sendall(data)
                    continue
                for position in range(0, len(data), 10):
                    link.client.sendall(data[position:position + 10])
                    time.sleep(link.drip * 10)
        # A half-open connection stays open for the client.
        if not link.mute and not link.deaf:
            with contextlib.suppress(OSError):
                link.client.shutdown(socket.SHUT_WR)
        link.answered.set()
        with self._lock:
            if link in self._links and not (link.mute or link.deaf):
                self._links.remove(link)
