"""Small shared shapes."""
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One screenful of a long list, paged by key: `before`/`after` are opaque cursors for the neighbours."""

    rows: Sequence[T]
    before: str | None = None
    after: str | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: its bytes and the name that the person's machine gave it (never used as a path)."""

    name: str
    data: bytes

    def __bool__(self) -> bool:
        return bool(self.name or self.data)


def columns(command: "DataclassInstance") -> dict[str, Any]:
    """Return the fields of a command, named as the columns of its table, as these keep them: tuples as lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(command).items()}
