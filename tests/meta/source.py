"""The source of the portal as the rules of the house see it: modules, their packages, their imports."""
import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.features import ORDER

ROOT = Path(__file__).resolve().parents[2]
WIRING = {"__init__", "factory", "features", "subscriptions", "schedule", "navigation", "cli", "logs", "local"}
RANK = {name: rank for rank, row in enumerate(ORDER) for name in row}


@dataclass(frozen=True)
class Module:
    """One file of the portal."""

    path: Path
    tree: ast.Module
    text: str

    @property
    def name(self) -> str:
        """Its path below `portal/`, without the ending: `invoices/services`."""
        return str(self.path.relative_to(ROOT / "portal").with_suffix(""))

    @property
    def package(self) -> str:
        """The feature it belongs to."""
        return self.name.split("/")[0]

    @property
    def kind(self) -> str:
        """The last part of its name: `services`, `views`…"""
        return self.name.split("/")[-1]


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the portal."""
    paths = sorted((ROOT / "portal").rglob("*.py"))
    return tuple(Module(p, ast.parse(p.read_text()), p.read_text()) for p in paths)


def imports(module: Module) -> Iterator[tuple[str, int]]:
    """Yield (dotted name, line) of everything that a module imports."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def functions(module: Module) -> Iterator[ast.FunctionDef]:
    """Yield every function of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node  # type: ignore[misc]
