"""The folder that all parts keep their files in. Only what a quickstart made is ever removed."""

import fcntl
import pathlib
import shutil
import tempfile

from servers import postgres
from servers.process import StartError

_MARKER = ".everbit-quickstart"
_KEPT = "kept\n"


def _closed_part(path):
    """The outermost existing folder on the way to `path` that PostgreSQL's user may not enter."""
    for folder in [*reversed(path.parents)]:
        if folder.is_dir() and not postgres.can_enter(folder):
            return folder
    return None


class DataFolder:
    """Owned by one run, from entering to leaving; a second run on the same folder is refused."""

    def __init__(self, asked, screen):
        self._keep = asked.keep
        self._screen = screen
        self._lock = None
        self.path = asked.data or asked.root / "data/quickstart"
        closed = _closed_part(self.path)
        if closed is None:
            return
        if asked.data:
            raise StartError(f"PostgreSQL runs as the user postgres, who may not enter {closed}. "
                             f"Name another folder, e.g. --data /var/tmp/everbit-quickstart")
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="everbit-quickstart-", dir="/var/tmp"))
        screen.say(f"· postgres 사용자가 {closed} 에 들어갈 수 없어 데이터를 {self.path} 에 둡니다 "
                   f"(data goes there: the user postgres may not enter {closed})")

    def __enter__(self):
        if self.path.is_dir() and any(self.path.iterdir()) and not (self.path / _MARKER).exists():
            raise StartError(f"{self.path} is not empty and no quickstart made it; "
                             f"name an empty or a new folder with --data")
        for parent in reversed(self.path.parents):
            if not parent.exists():
                parent.mkdir()
                parent.chmod(0o755)
        self.path.mkdir(exist_ok=True)
        # Others may pass through (PostgreSQL's user must), and see nothing.
        self.path.chmod(0o711)
        self._lock = open(self.path / _MARKER, "a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(f"another quickstart runs on {self.path}; name another with --data") \
                from None
        self._lock.seek(0)
        if self._lock.read() == _KEPT:
            raise StartError(f"{self.path} was kept by an earlier run; remove it, or name another "
                             f"folder with --data")
        self._empty()  # What a run left that was killed.
        return self

    def __exit__(self, *_):
        if self._keep:
            self._lock.write(_KEPT)
            self._screen.say(f"· 데이터를 남겼습니다 kept: {self.path}")
        else:
            self._empty()
            shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()

    def _empty(self):
        for entry in self.path.iterdir():
            if entry.name == _MARKER:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()
