"""SAT's lists of taxpayers, read row by row from the published CSV. A file that cannot be whole is refused.

What the files are like (measured on SAT's own, 2026): Windows-1252, now and then one undefined byte inside a name; two
lines before the 69-B's titles, none before the 69's; names with line breaks inside quotes; rows of commas alone; RFCs
blacked out by court order (XXXXXXXXXXXX); cells with two dates; titles that differ from list to list. What cannot be
read is kept as written and counted; it never makes anybody clean.
"""
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from portal.sat.kinds import Kind

_UNDEFINED: Final = b"\x81\x8d\x8f\x90\x9d"  # of Windows-1252
_MOST_UNDEFINED: Final = 10
_RFC: Final = re.compile(r"[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}", re.ASCII)
_SWALLOWED: Final = re.compile(r"\n[^\n]*(?<![A-ZÑ&])[A-ZÑ&]{3,4}\d{6}[A-Z0-9]{3}", re.ASCII)
_SUPPRESSED: Final = re.compile(r"X{10,}")
_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?!\d)", re.ASCII)
_UPDATED: Final = re.compile(r"actualizada al\s+(\d{1,2}) de ([a-z]+) del? (\d{4})", re.ASCII)
_MONTHS: Final = {name: number for number, name in enumerate(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(), 1)}
_LONGEST_CELL: Final = 2_000
_BEFORE_TITLES: Final = 10


class Refused(ValueError):
    """The file cannot be the whole list; the message says why, for the operator. The list that was there stays."""


class Situation(StrEnum):
    """What a list says of a taxpayer. The 69-B's words are SAT's; being on another list is LISTED."""

    PRESUMED = "Presunto"
    CLEARED = "Desvirtuado"
    DEFINITIVE = "Definitivo"
    FAVOURABLE_RULING = "Sentencia Favorable"
    LISTED = "listed"
    UNKNOWN = "unknown"  # on the list, with a word that is not among those: the entry keeps it as written


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `since`: the publication that counts, the DOF's before SAT's page; `cells`: the rest, as written."""

    rfc: str
    name: str
    situation: Situation
    written: str
    since: date | None
    amount: Decimal | None = None
    cells: dict[str, str] = field(default_factory=dict)


_SITUATIONS: Final = {one.value.casefold(): one for one in Situation
                      if one not in (Situation.UNKNOWN, Situation.LISTED)}
# The word in the titles of the columns that belong to each situation.
_COLUMNS: Final = {Situation.PRESUMED: "presunto", Situation.CLEARED: "desvirtu",
                   Situation.DEFINITIVE: "definitivo", Situation.FAVOURABLE_RULING: "sentencia"}


def normalise(rfc: str) -> str:
    """An RFC without blanks, hyphens and points, in capitals."""
    return re.sub(r"[\s.\-]", "", rfc).upper()


def valid(rfc: str) -> bool:
    """Say whether a normalised RFC has an RFC's shape."""
    return _RFC.fullmatch(rfc) is not None


def decoded(data: bytes) -> str:
    """The text of a published file. Raises Refused for what is no list, or damaged beyond a stray byte."""
    if data.lstrip()[:1] == b"<":
        raise Refused("a web page, not a list")
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"\x1f\x8b")) or b"\0" in data:
        raise Refused("not a text file in an encoding that SAT uses")
    if not data.endswith(b"\n"):
        raise Refused("the last row is cut")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if data.startswith(b"\xef\xbb\xbf"):
            raise Refused("it says UTF-8 and is not") from None
    undefined = sum(data.count(byte) for byte in _UNDEFINED)
    if undefined > _MOST_UNDEFINED:
        raise Refused(f"{undefined} bytes that Windows-1252 does not have")
    return data.decode("windows-1252", "replace")


class Reading:
    """The rows of one file, once. Its counts are whole after the last row; Refused may come at any row, or at the end.

    `listed_on`: the day that the file itself names; `rows`: those with something in them; `suppressed`: without an RFC
    by court order; `unreadable`: with an RFC that is none, or with more cells than titles: of the latter the RFC
    counts, and nothing else.
    """

    def __init__(self, kind: Kind, data: bytes) -> None:
        self.kind, self.rows, self.suppressed, self.unreadable = kind, 0, 0, 0
        self._lines = csv.reader(io.StringIO(decoded(data), newline=""))
        before: list[str] = []
        self._titles = _plain_titles(self._lines, before)
        self._width = len(self._titles)
        self.listed_on = _updated(" ".join(before))
        self._place = _places(kind, self._titles)

    def __iter__(self) -> Iterator[Entry]:
        last = 0
        for row in _rows(self._lines, self._width):
            self.rows += 1
            last = self._follows(row, last)
            rfc = normalise(row[self._place["rfc"]])
            if len(row) > self._width:
                self.unreadable += 1
                if valid(rfc):
                    yield Entry(rfc, "", _doubtful(self.kind), "", None, None, {"row": ",".join(row)[:1000]})
            elif valid(rfc):
                yield self._entry(rfc, row)
            elif _SUPPRESSED.fullmatch(rfc):
                self.suppressed += 1
            else:
                self.unreadable += 1
        self._check()

    def _follows(self, row: list[str], last: int) -> int:
        """The row's own number, which must be above that of the row before; lists without numbers have none."""
        if "no" not in self._place:
            return last
        written = row[self._place["no"]].strip()
        if not (written.isascii() and written.isdigit()) or int(written) <= last:
            raise Refused(f"row {self.rows} is number {written[:20]!r}, after {last}")
        return int(written)

    def _check(self) -> None:
        if not self.rows:
            raise Refused("no rows")
        if self.unreadable > max(20, self.rows // 100):
            raise Refused(f"{self.unreadable} of {self.rows} rows cannot be read")

    def _entry(self, rfc: str, row: list[str]) -> Entry:
        place = self._place
        written = " ".join(row[place["situation"]].split())
        cells = {title: text for number, title in enumerate(self._titles)
                 if title and number not in place.values() and (text := " ".join(row[number].split()))}
        if self.kind is Kind.EFOS:
            situation = _SITUATIONS.get(written.casefold(), Situation.UNKNOWN)
            since = _since(situation, cells)
        else:
            situation, since = Situation.LISTED, _first_date(row[place["date"]])
        amount = _amount(row[place["amount"]]) if "amount" in place else None
        return Entry(rfc, " ".join(row[place["name"]].split())[:300], situation, written[:200], since, amount, cells)


def _doubtful(kind: Kind) -> Situation:
    return Situation.UNKNOWN if kind is Kind.EFOS else Situation.LISTED


def _plain_titles(lines: Iterator[list[str]], before: list[str]) -> list[str]:
    """The titles of the columns, without accents and capitals; what stood before them is added to `before`."""
    for _number, row in zip(range(_BEFORE_TITLES), _safely(lines), strict=False):
        plain = [_plain(cell) for cell in row]
        if "rfc" in plain:
            return plain
        before.extend(plain)
    raise Refused("no row of titles with an RFC in it")


def _places(kind: Kind, titles: list[str]) -> dict[str, int]:
    """Which column holds what. Raises Refused when one that is needed is missing."""
    wanted: dict[str, tuple[str, ...]] = {"rfc": ("rfc",), "name": ("nombre", "razon social"), "amount": ("monto",)}
    if kind is Kind.EFOS:
        wanted |= {"no": ("no",), "situation": ("situacion",)}
    else:
        wanted |= {"situation": ("supuesto",), "date": ("fecha de primera publicacion", "fechas de primera publicacion",
                                                        "fecha de publicacion", "fecha")}
    found = {what: place for what, names in wanted.items() if (place := _place(names, titles)) is not None}
    lacking = sorted(set(wanted) - set(found) - {"amount"})
    if lacking:
        raise Refused(f"no column for {', '.join(lacking)}")
    return found


def _place(names: tuple[str, ...], titles: list[str]) -> int | None:
    for name in names:
        for number, title in enumerate(titles):
            if title.rstrip(".") == name or (len(name) > 3 and title.startswith(name)):
                return number
    return None


def _safely(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    try:
        yield from lines
    except csv.Error as problem:
        raise Refused(f"not a list: {problem}") from None


def _rows(lines: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    """The rows that hold anything, each with a cell for every title. Raises Refused for a shorter row, and for a
    cell in which a quotation that was not closed has swallowed others."""
    for number, row in enumerate(_safely(lines), 1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) < width:
            raise Refused(f"row {number} has {len(row)} cells, and there are {width} titles")
        if any(len(cell) > _LONGEST_CELL or ("\n" in cell and _SWALLOWED.search(cell)) for cell in row):
            raise Refused(f"row {number}: a quotation that does not end")
        yield row


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def _updated(text: str) -> date | None:
    found = _UPDATED.search(text)
    month = _MONTHS.get(found[2].replace("setiembre", "septiembre")) if found else None
    return _date(int(found[3]), month, int(found[1])) if found and month else None


def _since(situation: Situation, cells: dict[str, str]) -> date | None:
    """When the present situation was published: in the DOF, which is what counts, else on SAT's page."""
    word = _COLUMNS.get(situation, "?")
    published = [title for title in cells if title.startswith("publicacion") and word in title]
    for title in sorted(published, key=lambda one: "dof" not in one):
        if (found := _first_date(cells[title])) is not None:
            return found
    return None


def _first_date(written: str) -> date | None:
    """The earliest date of a cell: a situation that was published twice began with the first."""
    years = ((int(d), int(m), int(y) + (2000 if len(y) == 2 else 0)) for d, m, y in _DATE.findall(written))
    return min((made for day, month, year in years if (made := _date(year, month, day))), default=None)


def _date(year: int, month: Any, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _amount(written: str) -> Decimal | None:
    plain = re.sub(r"[$,\s]", "", written)
    return Decimal(plain) if re.fullmatch(r"\d{1,15}(\.\d{1,6})?", plain, re.ASCII) else None
