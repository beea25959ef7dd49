"""What the owner of a real installation would write: everbit.toml, plugins.lock, secrets."""

import hashlib
import json
import os
import shutil

# id, kind, file, what the host gives it, and the strategy's form of saved state.
PLUGINS = (
    ("kr.everbit.extreme-flip", "strategy", "strategy-extreme-flip", ["eb.decimal/1"],
     "extreme-flip:1:1"),
    ("kr.everbit.exchange-upbit", "exchange", "exchange-upbit", ["eb.decimal/1"], None),
    ("kr.everbit.bus-postgres", "event_bus", "bus-postgres", [], None),
)


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n  " + ",\n  ".join(_toml(item) for item in value) + "\n]"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(text):
    return text if text.isidentifier() else json.dumps(text)


def install_plugins(programs, folder, plugins=PLUGINS):
    """Puts the plugins into a store named by content and lists them, as `everbit plugin install` does."""
    store = folder / "plugins"
    store.mkdir()
    entries = []
    for identity, kind, name, grants, state in plugins:
        source = programs.plugin(name)
        sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
        target = store / f"{sha256}.so"
        shutil.copyfile(source, target)
        target.chmod(0o444)
        if kind == "strategy":
            _certify(store, sha256)
        entry = {"id": identity, "kind": kind, "sha256": sha256, "grants": grants}
        if state:
            entry["stateSchema"] = state
        entries.append("[[plugin]]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in entry.items()))
    (folder / "plugins.lock").write_text("\n".join(entries))


def _certify(store, sha256):
    """REAL mode runs only what `everbit verify` has passed, which takes 10,000 candles and minutes. The
    exchange here is a simulator: nobody's money depends on it, and the strategy is taken as verified."""
    checks = {name: {"passed": True, "detail": "not run: the exchange is a simulator"}
              for name in ("prefix", "determinism", "restore", "warm-up", "cost")}
    certificate = {"certificate": "everbit-verify", "verifyVersion": 1, "sha256": sha256,
                   "passed": True, "checks": checks}
    target = store / f"{sha256}.cert.json"
    target.write_text(json.dumps(certificate))
    target.chmod(0o444)


def write_everbit_toml(folder, simulator, changes=None):
    """Signals on one-minute candles, so that the first one is not hours away. REAL: orders go out to
    the exchange of these addresses, which is the simulator. changes: {section: {key: value}}."""
    state = folder / "everbit"
    state.mkdir()
    streams = simulator.rest.replace("http", "ws", 1) + "/websocket/v1"
    sections = {
        "data": {"dir": str(state)},
        # Free ports; the log says which.
        "http": {"listen": "127.0.0.1:0"},
        "ops": {"listen": "127.0.0.1:0"},
        "exchange": {"plugin": "kr.everbit.exchange-upbit", "restUrl": simulator.rest,
                     "wsUrl": streams, "wsPrivateUrl": streams + "/private",
                     "caFile": str(simulator.certificate)},
        "bus": {"plugin": "kr.everbit.bus-postgres"},
        "strategy": {"key": "EXTREME_FLIP", "plugin": "kr.everbit.extreme-flip", "timeframe": "1m",
                     "macroTimeframe": "15m", "longTimeframe": "60m",
                     "markets": [{"code": code, "priority": number, "enabled": True}
                                 for number, code in enumerate(simulator.markets)]},
        "plugins": {"dir": str(folder / "plugins"), "lock": str(folder / "plugins.lock"),
                    "requireRootOwner": os.geteuid() == 0},
    }
    for name, values in (changes or {}).items():
        sections.setdefault(name, {}).update(values)
    text = "# Written by deploy/quickstart; config/everbit.toml explains every key.\nmode = \"REAL\"\n"
    for name, values in sections.items():
        text += f"\n[{name}]\n" + "".join(f"{_key(k)} = {_toml(v)}\n" for k, v in values.items())
    file = folder / "everbit.toml"
    file.write_text(text)
    return file


def write_secret(folder, name, value):
    """A file of mode 0600; the daemon is told its name in <NAME>_FILE."""
    path = folder / name
    path.write_text(value + "\n")
    path.chmod(0o600)
    return path
