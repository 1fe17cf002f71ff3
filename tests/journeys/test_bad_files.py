"""Files that cannot be taken: each is refused on the screen with its reason, in both languages, and nothing is made."""
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import func, select

from portal.core.types import Upload
from portal.invoices.models import IntakeAttempt, Invoice
from portal.local.authority import Authority
from portal.local.demo import cast
from portal.local.demo.papers import Paper, Papers
from tests.journeys import story
from tests.journeys.pages import Visitor
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
SPANISH, ENGLISH = "ventas@nandu.example", "sales.en@nandu.example"
Files = tuple[Upload, ...]


@dataclass(frozen=True)
class Bad:
    """A pair of files with one fault, and words of the sentence that says so."""

    made: Callable[[Files, Site, Path], Files]
    es: str
    en: str


def _spoiled(change: Callable[[bytes], bytes]) -> Callable[[Files, Site, Path], Files]:
    return lambda files, _site, _folder: (Upload(files[0].name, change(files[0].data)), files[1])


def _with_pdf(change: Callable[[bytes], bytes]) -> Callable[[Files, Site, Path], Files]:
    return lambda files, _site, _folder: (files[0], Upload(files[1].name, change(files[1].data)))


def _paper(number: str, **more: Any) -> Paper:
    return Paper(cast.NANDU.company, "A", number, Decimal("500.00"), 1, **more)


def _already_sent(_files: Files, site: Site, _folder: Path) -> Files:
    sent = site.read(select(Invoice).filter_by(number="A-1006"))[0]
    return site.papers.draw(_paper("3100"), sent.uuid)


def _of_a_stranger(_files: Files, _site: Site, folder: Path) -> Files:
    return Papers(Authority.open(folder)).draw(_paper("3101"))


def _unstamped(xml: bytes) -> bytes:
    head, _begin, rest = xml.partition(b"<cfdi:Complemento>")
    return head + rest.partition(b"</cfdi:Complemento>")[2]


def _locked(data: bytes) -> bytes:
    with pikepdf.open(BytesIO(data)) as opened:
        opened.save(made := BytesIO(), encryption=pikepdf.Encryption(owner="otra", user="otra"))
    return made.getvalue()


CASES = {
    "already sent": Bad(_already_sent, "ya está aquí", "already here"),
    "doctype": Bad(_spoiled(lambda xml: xml.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY y "z">]>', 1)), "DOCTYPE",
                   "DOCTYPE"),
    "not a CFDI": Bad(_spoiled(lambda _xml: b'<?xml version="1.0"?><factura total="1"/>'), "CFDI", "CFDI"),
    "other encoding": Bad(_spoiled(lambda xml: xml.decode().encode("utf-16")), "UTF-8", "UTF-8"),
    "of another client": Bad(lambda _f, site, _d: site.papers.draw(_paper("3102", client=cast.SECOND)),
                             "dirigida a otra empresa", "addressed to somebody else"),
    "broken seal": Bad(_spoiled(lambda xml: xml.replace(b'Folio="3000"', b'Folio="3001"')), "sello", "seal"),
    "untrusted certificate": Bad(_of_a_stranger, "certificado", "certificate"),
    "without its stamp": Bad(_spoiled(_unstamped), "timbre", "stamp"),
    "encrypted PDF": Bad(_with_pdf(_locked), "protegido con contraseña", "protected by a password"),
    "renamed PDF": Bad(_with_pdf(lambda _pdf: b"\x89PNG\r\n\x1a\n" + bytes(500)), "se reciben archivos PDF",
                       "takes PDF files"),
    "empty PDF": Bad(_with_pdf(lambda _pdf: b""), "está vacío", "is empty"),
    "PDF too large": Bad(_with_pdf(lambda pdf: pdf + bytes(11 * 1024 * 1024)), "el máximo es 10 MB",
                         "the limit is 10 MB"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_refused_with_its_reason(visit: Any, site: Site, name: str, tmp_path: Path) -> None:
    good = site.papers.draw(_paper("3000"))
    files = CASES[name].made(good, site, tmp_path)
    before = _how_many(site)
    supplier = visit(SPANISH)
    story.bring(supplier, *files)
    supplier.sees(CASES[name].es)
    _in_english(visit(ENGLISH), supplier, files, CASES[name].en)
    assert _how_many(site) == before, "no draft was made"


def _in_english(colleague: Visitor, supplier: Visitor, files: Files, words: str) -> None:
    """A colleague reads the kept attempt in English; what was refused before it was kept, by trying it too."""
    if "/attempts/" in supplier.place:
        supplier.sees("no se creó ningún borrador")
        assert supplier.site.read(select(IntakeAttempt).filter_by(id=supplier.place.rpartition("/")[2]))
        colleague.go(supplier.place)
        colleague.sees("no draft was made")
    else:
        story.bring(colleague, *files)
    colleague.sees(words)


def test_the_right_pair_still_goes_in_afterwards(visit: Any, site: Site) -> None:
    supplier = visit(SPANISH)
    story.bring(supplier, Upload("nada.pdf", b""))
    supplier.press("main a[href*='/invoices/new'], main a.btn-primary")
    assert supplier.place == "/invoices/new", "one press leads back to where the files are chosen"
    story.upload(supplier, cast.NANDU.company, "3200", "500.00")
    assert len(site.read(select(Invoice).filter_by(number="A-3200"))) == 1


def _how_many(site: Site) -> int:
    return int(site.read(select(func.count()).select_from(Invoice))[0])
