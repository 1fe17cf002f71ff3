"""Makes the light schemas from SAT's files: half a second, once for each release of the wheels that carry them.

What makes them lighter, and nothing else:
- enumerations of named catalog types go to `sets`, one text file a type; `catalogs.check` looks the codes up;
- Addenda is not judged, and a complement is judged when its schema is known (SAT's `xs:any` would refuse the rest).
"""

import json
import pickletools
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from lxml import etree

from portal.cfdi import resources
from portal.cfdi.light import ROOTS, SITE

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_LEFT_OUT: Final = frozenset({"3/cfdv32.xsd"})
_LIST: Final = frozenset({f"{_XS}enumeration", f"{_XS}whiteSpace"})

Key = tuple[str, str, str]
"""Namespace, element and attribute."""


def build(folder: Path) -> None:
    """Write the light schemas, the sets and the index into an empty folder."""
    site = resources.schemas() / SITE
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
    index: dict[str, Any] = {"lookups": lookups, "complements": _complements(trees), "product_dates": _product_dates()}
    (folder / "units.json").write_text(json.dumps(_units(), ensure_ascii=False), "utf-8")
    index["sizes"] = {str(p.relative_to(folder)): p.stat().st_size for p in sorted(folder.rglob("*")) if p.is_file()}
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
        if elements and name not in ROOTS.values():
            versions = [a.get("fixed") for a in root.iter(f"{_XS}attribute") if a.get("name") in ("Version", "version")]
            fixed = next((version for version in versions if version), "")
            found[root.get("targetNamespace")].append((name, fixed, [e.get("name") for e in elements]))
    return found
