"""What a file may be. Its name, its first bytes and a strict reading must agree; the browser's word is never asked.

A kind that a feature allows is one row of `KINDS`. To accept a new one: a row, its first bytes, its proof.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from portal.cfdi import reader
from portal.core.errors import Unavailable
from portal.documents import reading, xml
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.storage import archives
from portal.storage.names import extension, safe_name

__all__ = ["KINDS", "Kind", "Refused", "check", "extensions", "safe_name"]

MEGABYTE = 1 << 20
UTF16 = (b"\xff\xfe<\0", b"\xfe\xff\0<")
# markup that a browser would draw or run is not a document of a supplier
DRAWN = {"html", "svg", "xhtml", "mhtml", "xsl:stylesheet", "stylesheet"}
# what would happen by itself on the desk of whoever opens the file; a file within is allowed, Factur-X is one
FORBIDDEN_IN_PDF = {"additional_actions", "javascript", "launch", "open_action", "rich_media", "submit_form"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: `name` for the code, `label` for people, `extensions` without dot, `prove` a strict reading."""

    name: str
    label: str
    media_type: str
    extensions: tuple[str, ...]
    prove: Callable[[bytes], None]


def check(name: str, data: bytes, *, allowed: Sequence[str], max_bytes: int = 10 * MEGABYTE) -> Kind:
    """Return the kind of a file called `name`, one of `allowed` (names of KINDS).

    Raises Refused with the first problem, in the order in which a person would mend them: empty, too large, of another
    type, renamed, damaged or forbidden inside. Raises Unavailable when a PDF or picture could not be opened just now.
    """
    if not data:
        raise Refused("file.empty")
    if len(data) > max_bytes:
        raise Refused("file.too_large", found=_megabytes(len(data)), limit=_megabytes(max_bytes))
    kind = _kind_of(data, allowed)
    if extension(name) not in kind.extensions:
        raise Refused("file.renamed", extension=f".{extension(name)}", found=kind.label)
    try:
        kind.prove(data)
    except BoxFailure as problem:
        raise Unavailable() from problem
    return kind


def extensions(allowed: Sequence[str]) -> str:
    """Return the `accept` attribute of a file field: ".pdf,.xml"."""
    return ",".join(f".{ending}" for name in allowed for ending in KINDS[name].extensions)


def _kind_of(data: bytes, allowed: Sequence[str]) -> Kind:
    found = _sniffed(data)
    if found in allowed:
        return KINDS[found]
    expected = ", ".join(KINDS[name].label for name in allowed)
    if not found:
        raise Refused("file.unknown", expected=expected)
    raise Refused("file.kind", expected=expected, found=KINDS[found].label)


def _sniffed(data: bytes) -> str:
    """Return the kind that the first bytes claim, "" for none of ours."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_flavour(data)
    if data.startswith(UTF16):
        return "xml"
    start = data.removeprefix(xml.BOM).lstrip(xml.BLANKS)[:64]
    return "xml" if start[:1] == b"<" and start[1:2].isalpha() | (start[1:2] in (b"?", b"!", b"_")) else ""


def _zip_flavour(data: bytes) -> str:
    """An office document is a ZIP with a known main part; names alone are looked at here, `prove` judges the rest."""
    tail = data[-262_144:]
    if b"xl/workbook.xml" in tail:
        return "xlsx"
    return "docx" if b"word/document.xml" in tail else "zip"


def _prove_pdf(data: bytes) -> None:
    flags = set(reading.inspect_pdf(data).flags)
    if flags & FORBIDDEN_IN_PDF:
        raise Refused("pdf.active")
    if "xfa" in flags:
        raise Refused("pdf.form")


def _prove_image(expected: str) -> Callable[[bytes], None]:
    def prove(data: bytes) -> None:
        if reading.inspect_image(data).format != expected:
            raise Refused("file.unreadable")

    return prove


def _prove_xml(data: bytes) -> None:
    if b"xmlns:schemaLocation" in data and reader.read(data).document is not None:
        return  # SAT's own portal writes that; no strict parser takes it, the fiscal core does and says so
    root = xml.parse(data)
    if str(root.tag).rpartition("}")[2].lower() in DRAWN:
        raise Refused("file.unknown", expected="XML")


def _prove_zip(data: bytes) -> None:
    archives.check(data)


def _prove_office(main_part: str) -> Callable[[bytes], None]:
    def prove(data: bytes) -> None:
        names = archives.check(data, archives.OFFICE)
        if main_part not in names or "[Content_Types].xml" not in names:
            raise Refused("file.unreadable")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Refused("office.macros")

    return prove


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0")


OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf", ("pdf",), _prove_pdf),
        Kind("xml", "XML", "application/xml", ("xml",), _prove_xml),
        Kind("png", "PNG", "image/png", ("png",), _prove_image("png")),
        Kind("jpeg", "JPEG", "image/jpeg", ("jpg", "jpeg"), _prove_image("jpeg")),
        Kind("xlsx", "XLSX", f"{OFFICE}.spreadsheetml.sheet", ("xlsx",), _prove_office("xl/workbook.xml")),
        Kind("docx", "DOCX", f"{OFFICE}.wordprocessingml.document", ("docx",), _prove_office("word/document.xml")),
        Kind("zip", "ZIP", "application/zip", ("zip",), _prove_zip),
    )
}
