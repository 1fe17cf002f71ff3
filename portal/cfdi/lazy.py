"""How the read model reads: typed properties over an element, computed when asked for and kept.

A non-data descriptor fills the instance at the first reading, so that the second one is a plain attribute.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar, cast, overload

from lxml import etree

_DECIMAL: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_MOMENT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
BLANKS: Final = " \t\r\n"

T = TypeVar("T")
N = TypeVar("N", bound="Node")


class Unreadable(ValueError):
    """A required attribute or node is absent or malformed; `args[0]` names it."""


@lru_cache(maxsize=4096)  # the same amounts stand in concepto, base, tax and summary
def decimal(text: str) -> Decimal:
    """An amount as XML Schema's xs:decimal writes it. Raises Unreadable for NaN, Infinity, exponents, underscores."""
    if not text.replace(".", "", 1).isdecimal() or not text.isascii():  # nearly every amount is digits and a point
        text = text.strip(BLANKS)
        if _DECIMAL.fullmatch(text) is None:
            raise Unreadable(text[:40])
    if len(text) > 64:
        raise Unreadable(text[:40])
    return Decimal(text)


def moment(text: str) -> datetime:
    """A local date and time as SAT writes it (no zone). Raises Unreadable."""
    text = text.strip(BLANKS)
    if _MOMENT.fullmatch(text) is None:
        raise Unreadable(text[:40])
    try:
        return datetime.fromisoformat(text)
    except ValueError as problem:
        raise Unreadable(text[:40]) from problem


def count_decimals(text: str) -> int:
    """nd(x): how many decimals were written in the amount."""
    return len(text.strip(BLANKS).partition(".")[2])


def modestly_kept(compute: Callable[..., T]) -> Callable[..., T]:
    """A cache of what few documents differ in. What is long is not kept: a hostile document must not fill it."""
    known: dict[Any, T] = {}

    def answer(*key: Any) -> T:
        value = known.get(key)
        if value is None:
            value = compute(*key)
            if len(repr(key)) <= 4000:
                if len(known) >= 1024:
                    known.clear()
                known[key] = value
        return value

    return answer


class kept(Generic[T]):
    """A property computed once; the second reading is a plain attribute (functools' own takes a lock)."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> "kept[T]": ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: Any, kind: type) -> "T | kept[T]":
        if owner is None:
            return self
        value = owner.__dict__[self.name] = self.compute(owner)
        return value


class _Lazy(Generic[T]):
    """A property computed once and kept in the instance (a non-data descriptor: the second reading is a plain one)."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, node: None, owner: type) -> "_Lazy[T]": ...
    @overload
    def __get__(self, node: "Node", owner: type) -> T: ...
    def __get__(self, node: "Node | None", owner: type) -> "T | _Lazy[T]":
        if node is None:
            return self
        value = node.__dict__[self.name] = self.read(node)
        return value

    def read(self, node: "Node") -> T:
        """The value from the node's element."""
        raise NotImplementedError


class _Attribute(_Lazy[T]):
    def __init__(self, attribute: str, convert: Callable[[str], Any] | None, required: bool, absent: Any) -> None:
        self.attribute, self.convert, self.required, self.absent = attribute, convert, required, absent

    @overload
    def __get__(self, node: None, owner: type) -> "_Attribute[T]": ...
    @overload
    def __get__(self, node: "Node", owner: type) -> T: ...
    def __get__(self, node: "Node | None", owner: type) -> "T | _Attribute[T]":
        """As any lazy reading, in one call: this is the core's most frequent one."""
        if node is None:
            return self
        text = node.element.get(self.attribute)
        if text is None:
            if self.required:
                raise Unreadable(self.attribute)
            value: T = self.absent
        else:
            value = text if self.convert is None else self.convert(text)  # type: ignore[assignment]
        node.__dict__[self.name] = value
        return value


def text(attribute: str) -> _Attribute[str]:
    """A text attribute; "" when absent."""
    return _Attribute(attribute, None, required=False, absent="")


def amount(attribute: str) -> _Attribute[Decimal]:
    """A required amount."""
    return _Attribute(attribute, decimal, required=True, absent=None)


def maybe_amount(attribute: str) -> _Attribute[Decimal | None]:
    """An optional amount; None when absent."""
    return _Attribute(attribute, decimal, required=False, absent=None)


def date_time(attribute: str) -> _Attribute[datetime]:
    """A required local date and time, without zone."""
    return _Attribute(attribute, moment, required=True, absent=None)


class _Child(_Lazy[T]):
    """The only child of a name, as a node, or None; `required` raises Unreadable instead."""

    def __init__(self, kind: "type[Node]", local: str, required: bool) -> None:
        self.kind, self.local, self.required = kind, local, required

    def read(self, node: "Node") -> T:
        found = next(iter(node.nodes(self.local)), None)
        if found is not None:
            return cast(T, self.kind(found))
        if self.required:
            raise Unreadable(self.local)
        return cast(T, None)


class _Children(_Lazy[T]):
    """The children of a name (below a path of containers, when given), as a tuple of nodes."""

    def __init__(self, kind: "type[Node]", *path: str) -> None:
        self.kind, self.first, self.below = kind, path[0], path[1:]

    def read(self, node: "Node") -> T:
        found = node.nodes(self.first)
        for local in self.below:
            found = [child for parent in found for child in children_of(parent, local)]
        kind = self.kind
        return cast(T, tuple([kind(child) for child in found]))


def children_of(element: etree._Element, local: str) -> Iterator[etree._Element]:
    """The children in the element's own namespace, by local name."""
    return element.iterchildren(_beside(element.tag, local))


@lru_cache(maxsize=1024)
def _beside(tag: str, local: str) -> str:
    return f"{tag[: tag.index('}') + 1]}{local}"


def child(kind: type[N], local: str) -> "_Child[N | None]":
    """An optional node."""
    return _Child(kind, local, required=False)


def the_child(kind: type[N], local: str) -> "_Child[N]":
    """A required node."""
    return _Child(kind, local, required=True)


def children(kind: type[N], *path: str) -> "_Children[tuple[N, ...]]":
    """The repeated nodes at a path."""
    return _Children(kind, *path)


class Node:
    """One element of the document. Frozen: only the lazy readings above fill it."""

    __slots__ = ("__dict__", "element")
    element: etree._Element

    def __init__(self, element: etree._Element) -> None:
        object.__setattr__(self, "element", element)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a read CFDI is frozen: {name}")

    def __reduce__(self) -> Any:
        raise TypeError("a read CFDI stays in its process: hand over the bytes and read them again")

    def nodes(self, local: str) -> Iterable[etree._Element]:
        """The elements inside this one, in its namespace, by local name."""
        return children_of(self.element, local)

    def get(self, attribute: str) -> str | None:
        """The attribute as written, None when absent."""
        return self.element.get(attribute)

    def has(self, attribute: str) -> bool:
        """Whether the attribute was written at all."""
        return self.element.get(attribute) is not None

    def written(self, attribute: str) -> str:
        """The attribute's text as written; "" when absent."""
        return self.element.get(attribute) or ""

    def decimals(self, attribute: str) -> int:
        """nd(x): the decimals written in the attribute; 0 when absent."""
        return count_decimals(self.element.get(attribute) or "")

    @property
    def tag(self) -> str:
        """The element's name in Clark notation."""
        return str(self.element.tag)

    @property
    def local_name(self) -> str:
        """The element's name without namespace."""
        return str(self.element.tag).rpartition("}")[2]

    @property
    def namespace(self) -> str:
        """The element's namespace; "" when it has none."""
        tag = str(self.element.tag)
        return tag[1:].partition("}")[0] if tag[0] == "{" else ""

    def where(self, attribute: str = "") -> str:
        """The place as a readable path: /Comprobante/Conceptos/Concepto[2]/@Importe (siblings are counted)."""
        return place(self.element, attribute)


def place(element: etree._Element, attribute: str = "") -> str:
    """The element's place as a readable path, with positions among siblings of the same name when there are several."""
    parts: list[str] = []
    node: etree._Element | None = element
    while node is not None:
        parts.append(_segment(node))
        node = node.getparent()
    path = "/" + "/".join(reversed(parts))
    return f"{path}/@{attribute}" if attribute else path


def _segment(node: etree._Element) -> str:
    tag = str(node.tag)
    name = tag.rpartition("}")[2]
    before = sum(1 for _ in node.itersiblings(tag, preceding=True))
    alone = not before and next(node.itersiblings(tag), None) is None
    return name if alone else f"{name}[{before + 1}]"
