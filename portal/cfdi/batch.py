"""Many documents from files, folders and ZIP archives, one at a time, so that memory stays flat.

A source is (name, bytes) or (name, code) when the bytes could not be had; a ZIP's member is named `archive.zip!path`.
Archives are read within limits and never unpacked to disk; what is inside one is not opened again.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from portal.cfdi.reader import DEFAULT_LIMITS
from portal.cfdi.report import Finding, Report, Step, StepState
from portal.cfdi.sentences import Family, Sentence, register

_SUFFIXES: Final = frozenset({".xml", ".zip"})
_MAX_MEMBERS: Final = 100_000
_MAX_RATIO: Final = 200
_MAX_TOTAL: Final = 4 * 1024**3
_SMALL: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_SEND_ES = "Envía los XML sueltos o en un ZIP sencillo."
_SEND_EN = "Send the XML files alone or in a plain ZIP."

register(Family.READ, {
    "ACUSE-FILE-UNREADABLE": Sentence("El archivo no se pudo abrir", "The file could not be opened", "", ""),
    "ACUSE-ZIP-BROKEN": Sentence(
        "El ZIP está dañado o cifrado", "The ZIP is damaged or encrypted", _SEND_ES, _SEND_EN),
    "ACUSE-ZIP-LIMITS": Sentence(
        "El ZIP pasa de lo permitido en número, tamaño o compresión",
        "The ZIP exceeds the limits on number, size or compression", _SEND_ES, _SEND_EN),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """One document to judge; `problem` is the code that says why there are no bytes."""

    name: str
    data: bytes = b""
    problem: str = ""


def files(paths: Iterable[Path]) -> list[Path]:
    """The files to read: those named, and the XML and ZIP files of the folders named, in order of name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())
            found += sorted(inside)
        else:
            found.append(path)
    return found


def sources(path: Path) -> Iterator[Source]:
    """The documents of one file: itself, or every member of a ZIP archive. Never raises."""
    name = str(path)
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PK\x03\x04":
                yield from _members(name, path)
                return
        yield _file(name, path)
    except OSError:
        yield Source(name, problem="ACUSE-FILE-UNREADABLE")


def _file(name: str, path: Path) -> Source:
    if path.stat().st_size > DEFAULT_LIMITS.bytes:
        return Source(name, problem="ACUSE-XML-SIZE")
    return Source(name, path.read_bytes())


def _members(name: str, path: Path) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > _MAX_MEMBERS or sum(info.file_size for info in infos) > _MAX_TOTAL:
                yield Source(name, problem="ACUSE-ZIP-LIMITS")
                return
            for info in infos:
                if Path(info.filename).suffix.lower() in _SUFFIXES:
                    yield _member(name, archive, info)
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError, OverflowError):
        yield Source(name, problem="ACUSE-ZIP-BROKEN")


def _member(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Source:
    """One member, read to its declared size and no further: a lying header is a broken archive."""
    full = f"{name}!{info.filename}"
    bomb = info.file_size > _SMALL and info.file_size > _MAX_RATIO * max(info.compress_size, 1)
    if info.file_size > DEFAULT_LIMITS.bytes or bomb:
        return Source(full, problem="ACUSE-ZIP-LIMITS")
    if info.flag_bits & _ENCRYPTED:
        return Source(full, problem="ACUSE-ZIP-BROKEN")
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        return Source(full, problem="ACUSE-ZIP-BROKEN")
    return Source(full, data) if len(data) == info.file_size else Source(full, problem="ACUSE-ZIP-BROKEN")


def refused(source: Source) -> Report:
    """The report of a source without bytes."""
    steps = dict.fromkeys(Step, StepState.NOT_RUN) | {Step.WELLFORMED: StepState.FAILED}
    return Report("", 0, steps, (Finding(source.problem, step=Step.WELLFORMED),))
