"""Lets SPIN search all states of a model, with some of its mistakes switched on.

usage: check.py MODEL.pml [-DNAME[=N]…] [--refutes ASSERTION]

Without --refutes the search has to end, in full, without an error; with it it has to find that very
assertion violated. Ends with 77 (skipped) where there is no spin.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
MEMORY_MB = 1900
DEPTH = 100_000


def run(folder, *command):
    done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}")
    return done.stdout


def search(model, defines, optimise, folder):
    """What the generated verifier prints."""
    run(folder, "spin", "-a", *defines, str(model))
    run(folder, shutil.which("cc") or "gcc", optimise, "-w", "-DSAFETY", "-DCOLLAPSE",
        f"-DMEMLIM={MEMORY_MB}", "-o", "pan", "pan.c")
    return run(folder, "./pan", f"-m{DEPTH}")


def story(model, defines, folder):
    """The way to the violation, for a person to read."""
    told = run(folder, "spin", "-t", "-p", *defines, str(model))
    steps = [line for line in told.splitlines() if "proc" in line and "assert" not in line]
    return "\n".join(steps[-60:])


def main():
    options = argparse.ArgumentParser(usage=__doc__)
    options.add_argument("model", type=pathlib.Path)
    options.add_argument("-D", dest="defines", action="append", default=[])
    options.add_argument("--refutes")
    given = options.parse_args()
    if shutil.which("spin") is None:
        print("skipped: spin is not installed (deploy/install-packages test)")
        sys.exit(SKIPPED)
    model = given.model.resolve()
    defines = ["-D" + define for define in given.defines]
    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        began = time.monotonic()
        # A mistake is found in a moment, and compiling is all that takes long.
        said = search(model, defines, "-O0" if given.refutes else "-O2", folder)
        took = time.monotonic() - began
        violated = re.search(r"pan:\d+: (.*) \(at depth", said)
        states = re.search(r"(\d+) states, stored", said)
        memory = re.search(r"([\d.]+)\s+total actual memory", said)
        print(f"{model.name} {' '.join(defines)}: {states and states[1]} states, "
              f"{memory and memory[1]} MB, {took:.1f} s; {violated[1] if violated else 'no error'}")
        if given.refutes:
            if violated is None or f"!({given.refutes})" not in violated[1]:
                sys.exit(f"this mistake has to violate {given.refutes}\n{said}")
            return
        if violated:
            sys.exit(f"{said}\n{story(model, defines, folder)}")
        if "errors: 0" not in said or "Search not completed" in said or "too small" in said:
            sys.exit(f"the search did not end\n{said}")


if __name__ == "__main__":
    main()
