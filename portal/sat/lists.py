"""SAT's 69-B list (Listado_completo_69-B.csv): who is on it, in which situation, with every date and oficio."""
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ENCODING: Final = "windows-1252"


class Situation(StrEnum):
    """SAT's words; any other is UNKNOWN and the entry keeps it as written."""

    PRESUMED = "Presunto"
    CLEARED = "Desvirtuado"
    DEFINITIVE = "Definitivo"
    FAVOURABLE_RULING = "Sentencia Favorable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; `details` are SAT's column titles with the dates and oficios as written."""

    rfc: str
    name: str
    situation: Situation
    written: str
    details: tuple[tuple[str, str], ...]


_SITUATIONS: Final = {one.value.casefold(): one for one in Situation if one is not Situation.UNKNOWN}


def normalise(rfc: str) -> str:
    """An RFC without blanks, in capitals."""
    return "".join(rfc.split()).upper()


def parse(lines: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of the file, streamed. Raises ValueError when the header is missing: no list is not a clean one."""
    rows = csv.reader(line.decode(ENCODING, "replace") for line in lines)
    try:
        header = next((row for row in rows if [cell.strip() for cell in row[:2]] == ["No", "RFC"]), None)
        if header is None or len(header) < 4:
            raise ValueError("not the 69-B list: no header")
        for row in rows:
            if len(row) >= 4 and normalise(row[1]):
                yield _entry(header, row)
    except csv.Error as problem:
        raise ValueError(f"not the 69-B list: {problem}") from problem


def _entry(header: list[str], row: list[str]) -> Entry:
    written = " ".join(row[3].split())
    details = tuple((title.strip(), cell.strip()) for title, cell in zip(header[4:], row[4:], strict=False))
    situation = _SITUATIONS.get(written.casefold(), Situation.UNKNOWN)
    return Entry(normalise(row[1]), row[2].strip(), situation, written, details)


class Listing:
    """The list in memory, by RFC."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            self._entries.setdefault(entry.rfc, []).append(entry)

    def of(self, rfc: str) -> tuple[Entry, ...]:
        """Every entry of an RFC, however it is written. Raises ValueError for a blank one: that is not clean."""
        if not (key := normalise(rfc)):
            raise ValueError("no RFC")
        return tuple(self._entries.get(key, ()))
