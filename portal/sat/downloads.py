"""Where a list's file comes from: SAT's server, or a folder of files that somebody downloaded."""
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from portal.sat import fetch as http
from portal.sat.kinds import PUBLISHED, Kind
from portal.sat.services import Arrived

_TIMEOUT: Final = 300.0
_MOST: Final = 128 * 1024 * 1024


def address(kind: Kind, base: str) -> str:
    """Where a list is published."""
    return f"{base.rstrip('/')}/{PUBLISHED[kind].path}"


def fetch(kind: Kind, base: str, *, timeout: float = _TIMEOUT, most: int = _MOST) -> tuple[Arrived | None, str]:
    """Fetch a list's file: the file, or None and why not. What the file holds is judged by `services.load`."""
    got = http.get(address(kind, base), timeout=timeout, most=most)
    if got.data is None:
        return None, got.reason
    if not got.sized:
        return None, "the server does not say how long the file is, so nobody can tell whether it is whole"
    if got.media_type == "text/html":
        return None, "a web page, not a list"
    return Arrived(kind, got.data, address(kind, base), got.modified), ""


def from_folder(folder: Path) -> Iterator[Arrived]:
    """Yield the lists that a folder holds under SAT's own file names, in capitals or not."""
    there = {path.name.casefold(): path for path in sorted(folder.iterdir()) if path.is_file()}
    for kind, published in PUBLISHED.items():
        path = there.get(published.name.casefold())
        if path is not None and path.stat().st_size <= _MOST:
            yield Arrived(kind, path.read_bytes(), path.name)
