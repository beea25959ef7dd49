"""The two accounts of what happened: the database's and the simulated exchange's."""

import collections
import json
import pathlib
import subprocess
import urllib.request
from decimal import Decimal


# Past the distribution's wrapper in Perl, which takes longer than most statements.
_PSQL = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/psql"), default="psql",
            key=lambda path: int(path.parts[-3]))


class DatabaseSilent(Exception):
    """The database did not answer, or refused the statement."""


def query(database_url, sql, seconds=30):
    """Rows of texts."""
    try:
        done = subprocess.run([_PSQL, database_url, "-XAt", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c",
                               sql], capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise DatabaseSilent(str(late)) from None
    if done.returncode != 0:
        raise DatabaseSilent(done.stderr.strip())
    return [row.split("\t") for row in done.stdout.splitlines()]


def query_json(database_url, sql, seconds=30):
    """One value of type json; its numbers are exact."""
    text = "\n".join("\t".join(row) for row in query(database_url, sql, seconds))
    return json.loads(text, parse_float=Decimal)


def ask(control, path, body=None, method=None):
    """A call of the simulator's control port."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(control + path, data=data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def ledger(control):
    return ask(control, "/ledger")


def doubled(names):
    return [name for name, count in collections.Counter(names).items() if count > 1]
