"""The daemon's log as a story: one friendly line for each step of an order's life."""

import datetime
import decimal
import json
import time

_KST = datetime.timezone(datetime.timedelta(hours=9))
_YELLOW, _RED, _GREEN, _DIM, _BOLD = 33, 31, 32, 2, 1

_STATES = {"IDLE": "대기", "EXTREME_WATCH": "반전 감시", "PENDING": "주문 중", "IN_POSITION": "보유",
           "COOLDOWN": "휴식"}
_SIDES = {"BUY": "매수", "SELL": "매도", "bid": "매수", "ask": "매도"}


def follow(log, require_alive):
    """The lines of a growing log as dictionaries, for ever; None whenever there is nothing new.
    Ends by require_alive's error."""
    rest = ""
    with open(log, errors="replace") as handle:
        while True:
            text = handle.read(65536)
            if not text:
                require_alive()
                yield None
                time.sleep(0.2)
                continue
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                yield parse(line)


def parse(line):
    try:
        value = json.loads(line)
    except ValueError:
        value = None
    # Else it is not from the log: a crash report, a sanitizer.
    return value if isinstance(value, dict) else {"event": "", "level": "error", "text": line}


def field(log, event, key):
    """A field of the first line of an event; None while there is no such line."""
    with open(log, errors="replace") as handle:
        return next((line.get(key) for line in map(parse, handle) if line.get("event") == event), None)


def is_delivered_order(line):
    return line.get("event") == "event_delivered" and line.get("type") == "OrderAccepted"


def number(value, places=8):
    """148111000 -> 148,111,000. Money and volumes are exact texts in the log, and stay exact here."""
    try:
        amount = decimal.Decimal(str(value))
    except decimal.InvalidOperation:
        return str(value)
    text = f"{amount:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def won(value):
    return f"{number(value)}원"


def volume(line):
    coin = str(line.get("market", "")).rpartition("-")[2]
    return f"{number(line.get('volume', '?'))} {coin}".strip()


def _candle(line):
    reasons = line.get("reasons") or ""
    if isinstance(reasons, list):
        reasons = ", ".join(reasons)
    state = str(line.get("state", ""))
    return _DIM, "캔들 마감 candle closed", " · ".join(
        part for part in (won(line.get("price", "?")),
                          f"{_STATES.get(state, '')} {state}".strip(), line.get("regime"), reasons)
        if part)


def _signal(line):
    side = str(line.get("side", ""))
    parts = [str(line.get("reason", ""))]
    if side == "BUY":
        parts.append(f"강도 strength {number(line.get('strength', '?'), 2)}")
    if line.get("refused"):
        parts.append(f"거절 refused {line['refused']}")
    return _BOLD, f"{_SIDES.get(side, '')} 신호 {side} signal", " · ".join(parts)


def _intent(line):
    # Buys are told in won, sells in coins; the other one is 0.
    amount = volume(line) if number(line.get("krw", "0")) == "0" else won(line["krw"])
    return _BOLD, "주문 의도 intent", f"{line.get('intent', '')} {amount}".strip()


def _refused(line):
    return _YELLOW, "주문 안 함 order refused by the gate", str(line.get("reason", ""))


def _sent(line):
    return _BOLD, "주문 전송 attempt sent", str(line.get("identifier", ""))


def _accepted(line):
    return _GREEN, "거래소 접수 accepted (ACK)", str(line.get("upbit_uuid", ""))


def _filled(line):
    side = str(line.get("side", ""))
    return _GREEN, f"{_SIDES.get(side, '')} 체결 filled", f"{volume(line)} × {won(line.get('price', '?'))}"


def _closed(line):
    return _DIM, "주문 종료 order closed", str(line.get("upbit_uuid", ""))


def _delivered(line):
    return _GREEN, "알림 전달 event delivered", str(line.get("type", ""))


_CHAPTERS = {"candle_closed": _candle, "signal": _signal, "intent_created": _intent,
             "order_refused": _refused, "attempt_sent": _sent, "order_accepted": _accepted,
             "order_filled": _filled, "order_closed": _closed, "event_delivered": _delivered}
_FRAME = ("time", "level", "event", "trace_id")


def _other(line):
    """Of all else only warnings and errors belong to the story."""
    level = line.get("level", "")
    if level not in ("warn", "error", "critical"):
        return None
    fields = " ".join(f"{key}={value}" for key, value in line.items() if key not in _FRAME)
    words = "주의 warning" if level == "warn" else "오류 error"
    return (_YELLOW if level == "warn" else _RED), f"{words} {line.get('event', '')}".rstrip(), fields


def tell(line, screen):
    """The line to print, or nothing."""
    told = _CHAPTERS.get(line.get("event"), _other)(line)
    if told is None:
        return ""
    colour, title, text = told
    return screen.paint(f"{_clock(line)}  {line.get('market', ''):<10} {title}  {text}".rstrip(), colour)


def _clock(line):
    try:
        moment = datetime.datetime.fromisoformat(str(line["time"]).replace("Z", "+00:00"))
        return moment.astimezone(_KST).strftime("%H:%M:%S")
    except (KeyError, ValueError):
        return " " * 8
