"""PostgreSQL's own programs for dump and restore: which ones, and how they are called."""
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from portal.local.postgres import ClusterError, wheel_binaries

DISTRIBUTION = Path("/usr/lib/postgresql")
NEEDED = ("pg_dump", "pg_restore", "psql")
# pg_restore 17 and later set what earlier servers do not know.
UNKNOWN_BEFORE_17 = "SET transaction_timeout = 0;"


class ToolError(Exception):
    """A program is missing or failed; the message says which and why."""


@dataclass(frozen=True)
class Tools:
    """The programs of one version of PostgreSQL."""

    folder: Path
    version: int

    def dump(self, url: str, target: Path, owner: str) -> None:
        """Write the database at `url` to `target` (PostgreSQL's custom format), seen as `owner`. Raises ToolError."""
        self._run(url, "pg_dump", "--format=custom", "--no-owner", f"--role={owner}", f"--file={target}")

    def restore(self, url: str, source: Path, server: int, owner: str, scratch: Path) -> None:
        """Fill the empty database at `url` from `source`, whole or not at all. Raises ToolError.

        `server` is its version; `owner` the role that all is to belong to; `scratch` a folder with room for a script.
        """
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            script = Path(folder) / "restore.sql"
            self._run(url, "pg_restore", "--no-owner", f"--file={script}", str(source))
            if server < 17:
                _without(script, UNKNOWN_BEFORE_17)
            self._run(url, "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
                      "--command", f'SET ROLE "{owner}"', "--file", str(script))

    def _run(self, url: str, program: str, *arguments: str) -> None:
        ran = subprocess.run([self.folder / program, *arguments], env=_environment(url), stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if ran.returncode:
            raise ToolError(f"{program} failed: {ran.stderr.decode(errors='replace').strip()[-600:]}")


def tools(least: int) -> Tools:
    """Return the programs of the lowest version that is at least `least`. Raises ToolError when there are none."""
    found = sorted((version, folder) for folder in _folders() if (version := _version(folder)) >= least)
    if not found:
        raise ToolError(f"pg_dump, pg_restore and psql of PostgreSQL {least} or later are needed. On Debian and "
                        f"Ubuntu: apt install postgresql-client-{least}")
    return Tools(found[0][1], found[0][0])


def server_version(url: str) -> int:
    """Return the major version of a server. Raises ToolError when it does not answer."""
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 10})
    try:
        with engine.connect() as connection:
            return int(connection.scalar(text("SHOW server_version_num"))) // 10_000
    except DBAPIError as problem:
        raise ToolError(f"the database does not answer: {str(problem.orig).strip()}") from problem


def _folders() -> Iterator[Path]:
    yield from DISTRIBUTION.glob("*/bin")
    if path := shutil.which("pg_dump"):
        yield Path(path).parent
    try:
        yield wheel_binaries()
    except ClusterError:
        return


def _version(folder: Path) -> int:
    if not all((folder / program).exists() for program in NEEDED):
        return 0
    ran = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)
    number = re.search(r"(\d+)", ran.stdout)
    return int(number[1]) if number else 0


def _environment(url: str) -> dict[str, str]:
    """Tell the programs where to connect by variables: what is on a command line, everybody on the machine can read."""
    parts = make_url(url)
    given = {"PGHOST": parts.host or parts.query.get("host"), "PGPORT": parts.port, "PGUSER": parts.username,
             "PGPASSWORD": parts.password, "PGDATABASE": parts.database, "PGSSLMODE": parts.query.get("sslmode"),
             "PGSSLROOTCERT": parts.query.get("sslrootcert")}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**kept, **{k: str(v) for k, v in given.items() if v}}


def _without(script: Path, line: str) -> None:
    """Take the first occurrence of a line out of a script, which may be larger than memory."""
    draft, wanted = script.with_suffix(".draft"), line.encode() + b"\n"
    with script.open("rb") as source, draft.open("wb") as target:
        for found in source:
            if found == wanted:
                break
            target.write(found)
        shutil.copyfileobj(source, target)
    draft.replace(script)
