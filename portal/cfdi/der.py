"""A small walk over DER, enough for an X.509 certificate.

SAT's certificates hold letters that their string types forbid (Ñ in a PrintableString) and authorities whose subject
strict parsers refuse; a strict library raises on them, so the fields are read by their place. X.690 §8, RFC 5280 §4.1.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OID: Final = 0x06
SEQUENCE: Final = 0x30
BMP_STRING: Final = 0x1E
UTC_TIME: Final = 0x17
EXTENSIONS: Final = 0xA3
VERSION: Final = 0xA0
_TIME: Final = re.compile(r"\d{14}Z", re.ASCII)


class Malformed(ValueError):
    """The bytes are not the DER that was expected."""


class Item(NamedTuple):
    """One element: its tag, and where it starts, its content starts, and it ends, in `data`."""

    data: bytes
    tag: int
    start: int
    inner: int
    end: int

    @property
    def content(self) -> bytes:
        """The content without its header."""
        return self.data[self.inner : self.end]

    @property
    def whole(self) -> bytes:
        """The element with its header."""
        return self.data[self.start : self.end]

    def children(self) -> Iterator["Item"]:
        """The elements inside a constructed one. Raises Malformed."""
        position = self.inner
        while position < self.end:
            item = read(self.data, position, self.end)
            yield item
            position = item.end


def read(data: bytes, position: int, end: int) -> Item:
    """The element at `position`, which must lie before `end`. Raises Malformed."""
    if position + 2 > end:
        raise Malformed("truncated")
    tag, length = data[position], data[position + 1]
    inner = position + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or inner + count > end:
            raise Malformed("length")
        length = int.from_bytes(data[inner : inner + count])
        inner += count
    if inner + length > end:
        raise Malformed("truncated")
    return Item(data, tag, position, inner, inner + length)


def sequence(data: bytes) -> Item:
    """The SEQUENCE that `data` is, whole and without a tail. Raises Malformed."""
    item = read(data, 0, len(data))
    if item.tag != SEQUENCE or item.end != len(data):
        raise Malformed("not one sequence")
    return item


@lru_cache(maxsize=256)  # certificates have the same few
def object_identifier(content: bytes) -> str:
    """An object identifier in dots. Raises Malformed."""
    numbers: list[int] = []
    value = 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        raise Malformed("oid")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))


def string(item: Item) -> str:
    """The text of any string type: UTF-8 when it is, else Latin-1; UTF-16 for a BMPString."""
    if item.tag == BMP_STRING:
        return item.content.decode("utf-16-be", "replace")
    content = item.content[1:] if item.tag == BIT_STRING else item.content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def time(item: Item) -> datetime:
    """A UTCTime or GeneralizedTime, to the second (RFC 5280 §4.1.2.5), as an aware moment. Raises Malformed."""
    text = item.content.decode("ascii", "replace")
    if item.tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    if _TIME.fullmatch(text) is None:
        raise Malformed("time")
    try:
        return datetime.fromisoformat(f"{text[:8]}T{text[8:14]}").replace(tzinfo=UTC)
    except ValueError as problem:
        raise Malformed("time") from problem
