"""Which processes belong to a data folder, as the kernel sees it."""

import pathlib


def of_folder(folder):
    """Process id to program, for those that run in the folder or were given a path in it."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if place.startswith(str(folder)) or any(str(folder) in word for word in words[1:]):
            found[int(entry.name)] = pathlib.Path(words[0].split(" ")[0].rstrip(":")).name
    return found
