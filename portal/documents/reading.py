"""Reading a stranger's PDF or picture. Every function opens the file in the box and raises Refused or BoxFailure."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.documents import box

MAX_PAGES = 500


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What is known of a PDF. `flags`: active contents, by the names of `portal.documents.pdf.inspect`."""

    pages: int
    version: str
    flags: tuple[str, ...]
    attachments: tuple[str, ...]
    repaired: bool


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What is known of a picture; sizes in pixels, `format` "png" or "jpeg"."""

    format: str
    width: int
    height: int


def inspect_pdf(data: bytes, max_pages: int = MAX_PAGES) -> PdfFacts:
    """Return the facts of a PDF. Raises Refused when it cannot be opened, is protected, or has too many pages."""
    facts = box.run("pdf.inspect", data, max_pages=max_pages).facts
    return PdfFacts(
        facts["pages"], facts["version"], tuple(facts["flags"]), tuple(facts["attachments"]), facts["repaired"]
    )


def pdf_text(data: bytes, max_pages: int = 20) -> str:
    """Return the text of the first pages; empty for a scanned document."""
    return box.run("pdf.text", data, max_pages=max_pages).parts[0].decode()


def pdf_attachment(data: bytes, names: Sequence[str]) -> bytes | None:
    """Return the bytes of the first attachment called by one of `names`; None when there is none."""
    parts = box.run("pdf.attachment", data, names=list(names)).parts
    return parts[0] if parts else None


def render_preview(data: bytes, max_pages: int = 10, width: int = 1200) -> list[bytes]:
    """Return the first `max_pages` pages of a PDF as PNG, `width` pixels wide or less, never above 4 megapixels."""
    return box.run("pdf.render", data, max_pages=max_pages, width=width).parts


def inspect_image(data: bytes) -> ImageFacts:
    """Return the facts of a PNG or JPEG that decodes whole."""
    return ImageFacts(**box.run("image.inspect", data).facts)


def image_preview(data: bytes, width: int = 1200) -> bytes:
    """Return a PNG or JPEG redrawn as PNG, upright, at most `width` pixels wide, without metadata."""
    return box.run("image.render", data, width=width).parts[0]
