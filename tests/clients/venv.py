"""Runs a script in a virtual environment with the pinned clients, which is made once for each content of
requirements.txt.

usage: venv.py FOLDER SCRIPT [ARGUMENT…]

Ends with 77 (skipped) when the package index cannot be reached, and only then.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"

# How pip says that it could not connect, as opposed to not finding or not building something.
NO_NETWORK = (
    "NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ReadTimeoutError",
    "ProxyError", "Network is unreachable", "Temporary failure in name resolution",
)


def fingerprint():
    return hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()


def install(folder):
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    done = subprocess.run(
        [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--prefer-binary", "--retries", "2", "-r", str(REQUIREMENTS)],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return
    print(done.stdout)
    if any(sign in done.stdout for sign in NO_NETWORK):
        print("skipped: the Python package index cannot be reached")
        sys.exit(SKIPPED)
    sys.exit("pip could not install the clients")


def main():
    folder = pathlib.Path(sys.argv[1])
    mark = folder / "installed"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may start at once
        if not mark.is_file() or mark.read_text() != fingerprint():
            install(folder)
            mark.write_text(fingerprint())
    python = str(folder / "bin/python")
    os.execv(python, [python, "-B", *sys.argv[2:]])


if __name__ == "__main__":
    main()
