"""Runs a script of Node with the pinned packages, which are installed once for each content of package.json.

usage: node.py FOLDER SCRIPT

Ends with 77 (skipped) when there is no Node or npm, or the registry cannot be reached, and only then.
"""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
PACKAGE = pathlib.Path(__file__).resolve().parent / "package.json"
# How npm says that it could not connect, as opposed to not finding something.
NO_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ECONNRESET", "ENETUNREACH")


def install(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(PACKAGE, folder / "package.json")
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"],
        cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return
    print(done.stdout)
    if any(sign in done.stdout for sign in NO_NETWORK):
        print("skipped: the npm registry cannot be reached")
        sys.exit(SKIPPED)
    sys.exit("npm could not install the oracles")


def main():
    folder = pathlib.Path(sys.argv[1])
    if shutil.which("node") is None or shutil.which("npm") is None:
        print("skipped: there is no Node with npm")
        sys.exit(SKIPPED)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several tests may start at once
        mark = folder / "installed"
        if not mark.is_file() or mark.read_text() != PACKAGE.read_text():
            install(folder)
            mark.write_text(PACKAGE.read_text())
    environment = dict(os.environ, NODE_PATH=str(folder / "node_modules"))
    os.execvpe("node", ["node", sys.argv[2]], environment)


if __name__ == "__main__":
    main()
