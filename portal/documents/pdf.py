"""Opening a PDF: what is in it, its text, its pages as pictures (ISO 32000; pikepdf for structure, PDFium to draw).

Runs inside the box only (`portal.documents.sandbox`); callers use `portal.documents.reading`. PDFium is built without
JavaScript, and pikepdf runs none.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
import pypdfium2

from portal.documents.problems import Refused

HEADER = b"%PDF-"
END = b"%%EOF"
MAX_OBJECTS = 200_000
MAX_NESTING = 64
MAX_SIDE = 10_000

# what a key, or the value of /S or /Subtype, tells about a dictionary
BY_KEY = {
    "/JS": "javascript",
    "/JavaScript": "javascript",
    "/AA": "additional_actions",
    "/EmbeddedFiles": "embedded_files",
    "/EF": "embedded_files",
    "/RichMediaContent": "rich_media",
    "/XFA": "xfa",
}
BY_VALUE = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/RichMedia": "rich_media",
    "/Rendition": "rich_media",
    "/RichMediaExecute": "rich_media",
    "/SubmitForm": "submit_form",
    "/ImportData": "submit_form",
    "/GoToE": "embedded_files",
}
HARMLESS_OPENING = {"/GoTo", "/Named"}

Container = pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream


def inspect(data: bytes, max_pages: int = 500) -> dict[str, Any]:
    """Return {pages, version, flags, attachments, repaired} of a PDF.

    `flags` are the active contents found anywhere, sorted: additional_actions, embedded_files, javascript, launch,
    open_action, rich_media, submit_form, xfa.
    Raises Refused: file.unreadable, pdf.encrypted, pdf.no_pages, pdf.too_many_pages, file.too_heavy.
    """
    _require_frame(data)
    with _opened(data) as pdf:
        if pdf.is_encrypted:
            raise Refused("pdf.encrypted")
        pages = _count_pages(pdf, max_pages)
        repaired = bool(pdf.get_warnings())
        return {
            "pages": pages,
            "version": pdf.pdf_version,
            "flags": sorted(_flags(pdf)),
            "attachments": sorted(pdf.attachments.keys())[:20],
            "repaired": repaired,
        }


def text(data: bytes, max_pages: int = 20, max_characters: int = 200_000) -> str:
    """Return the text of the first pages, page by page, in the order in which PDFium reads it."""
    document = _drawn(data)
    parts: list[str] = []
    for number in range(min(len(document), max_pages)):
        parts.append(document[number].get_textpage().get_text_bounded())
        if sum(map(len, parts)) > max_characters:
            break
    return "\n".join(parts).replace("\r\n", "\n")[:max_characters]


def render(data: bytes, max_pages: int = 10, width: int = 1200, max_pixels: int = 4_000_000) -> list[bytes]:
    """Return the first pages as PNG, `width` pixels wide or narrower when a page would pass `max_pixels`."""
    document = _drawn(data)
    return [_draw(document[number], width, max_pixels) for number in range(min(len(document), max_pages))]


def attachment(data: bytes, names: Sequence[str], max_bytes: int = 20_000_000) -> list[bytes]:
    """Return the first attached file called by one of `names` (compared without case), as a list of one; else empty."""
    wanted = {name.casefold() for name in names}
    with _opened(data) as pdf:
        for name, spec in pdf.attachments.items():
            if name.casefold() in wanted or spec.filename.casefold() in wanted:
                content = spec.get_file().read_bytes()
                return [content] if len(content) <= max_bytes else []
    return []


def _require_frame(data: bytes) -> None:
    """A PDF begins at byte 0 and ends with its mark: what is before or after is for another program to read."""
    if not data.startswith(HEADER) or END not in data[-1024:].rstrip(b"\0 \t\r\n"):
        raise Refused("file.unreadable")


def _opened(data: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except pikepdf.PasswordError:
        raise Refused("pdf.encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refused("file.unreadable") from None


def _count_pages(pdf: pikepdf.Pdf, max_pages: int) -> int:
    try:
        pages = len(pdf.pages)
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refused("file.unreadable") from None
    if not pages:
        raise Refused("pdf.no_pages")
    if pages > max_pages:
        raise Refused("pdf.too_many_pages", found=str(pages), limit=str(max_pages))
    return pages


def _flags(pdf: pikepdf.Pdf) -> set[str]:
    found: set[str] = set()
    for seen, container in enumerate(_containers(pdf)):
        if seen > MAX_OBJECTS:
            raise Refused("file.too_heavy")
        if not isinstance(container, pikepdf.Array):
            found |= _flags_of(container)
    return found


def _containers(pdf: pikepdf.Pdf) -> Iterator[Container]:
    """Every dictionary, stream and array: the numbered objects, the trailer, and what is written directly in them."""
    waiting: list[tuple[Any, int]] = [(pdf.trailer, 0)]
    waiting += [(thing, 0) for thing in pdf.objects]
    while waiting:
        thing, depth = waiting.pop()
        if not isinstance(thing, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)):
            continue
        yield thing
        if depth > MAX_NESTING:
            raise Refused("file.too_heavy")
        waiting += [(inner, depth + 1) for inner in _inside(thing) if _is_direct_container(inner)]


def _inside(container: Container) -> list[Any]:
    if isinstance(container, pikepdf.Array):
        return list(container)
    return [container.get(key) for key in container.keys()]  # not a Python dict


def _is_direct_container(thing: Any) -> bool:
    return isinstance(thing, (pikepdf.Dictionary, pikepdf.Array)) and not thing.is_indirect


def _flags_of(dictionary: pikepdf.Dictionary | pikepdf.Stream) -> set[str]:
    keys = set(dictionary.keys())
    found = {BY_KEY[key] for key in keys & BY_KEY.keys() if not _is_empty(dictionary.get(key))}
    for key in keys & {"/S", "/Subtype"}:
        found |= {BY_VALUE.get(str(dictionary.get(key)), "")}
    if "/OpenAction" in keys and not _opens_harmlessly(dictionary.get("/OpenAction")):
        found.add("open_action")
    return found - {""}


def _is_empty(thing: Any) -> bool:
    return isinstance(thing, (pikepdf.Dictionary, pikepdf.Array)) and not len(thing)


def _opens_harmlessly(action: Any) -> bool:
    """A document may say at which page it opens; anything else that happens by itself is worth a flag."""
    if isinstance(action, pikepdf.Dictionary):
        kind = action.get("/S")
        return kind is None or (str(kind) in HARMLESS_OPENING and "/Next" not in action)
    return isinstance(action, (pikepdf.Array, pikepdf.String, pikepdf.Name))


def _drawn(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Refused("file.unreadable") from None


def _draw(page: pypdfium2.PdfPage, width: int, max_pixels: int) -> bytes:
    page_width, page_height = (max(size, 1.0) for size in page.get_size())
    scale = min(width / page_width, (max_pixels / (page_width * page_height)) ** 0.5)
    scale = min(scale, MAX_SIDE / max(page_width, page_height))
    target = io.BytesIO()
    picture = page.render(scale=scale, may_draw_forms=False).to_pil()
    picture.convert("RGB").save(target, "PNG", compress_level=6)
    return target.getvalue()
