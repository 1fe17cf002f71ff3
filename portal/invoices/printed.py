"""The printed representation (representación impresa, Anexo 20): whether a PDF is that of the XML beside it.

Nothing refuses here: the XML is the invoice. A PDF that names another folio fiscal is worth a look before it is sent.
"""
import re
from dataclasses import replace
from typing import Any

from portal.access.actor import Actor
from portal.cfdi.report import Status
from portal.core.types import Upload
from portal.documents import reading
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.invoices import findings
from portal.invoices.examination import Examined
from portal.invoices.models import Invoice, StampState
from portal.invoices.rules import shown_name
from portal.storage import services as storage

FOLIO_FISCAL = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


def beside(invoice: Invoice, examined: Examined, pdf: Upload | None, actor: Actor) -> Examined:
    """Compare a CFDI with its PDF, the new one or the one it has, and say on it and in the verdict when that is
    another invoice's. What was said of the one before is said no more."""
    pdf = pdf or _kept(invoice, actor)
    other = another_named(pdf, invoice.uuid or "") if pdf else ""
    found = [_finding(invoice, pdf, other)] if pdf and other else []
    invoice.findings = [*found, *(f for f in invoice.findings if f["code"] != findings.OTHER_PDF)]
    examined = replace(examined, findings=[*found, *examined.findings])
    invoice.verdict = examined.verdict if examined.report else _verdict(invoice)
    return examined


def _verdict(invoice: Invoice) -> str:
    """Return the verdict on an invoice whose XML was judged before: only its PDF is new."""
    unsure = invoice.stamp is StampState.PENDING or findings.warns(invoice.findings)
    return "warned" if unsure else "accepted"


def another_named(pdf: Upload, uuid: str) -> str:
    """Return the folio fiscal that a PDF names instead of `uuid`; "" when it names this one too, or none (a scan)."""
    try:
        text = reading.pdf_text(pdf.data)
    except (Refused, BoxFailure):
        return ""  # what cannot be opened has a sentence of its own; here nothing is known
    if uuid.replace("-", "").lower() in re.sub(r"[\s-]", "", text).lower():  # a line may end within it
        return ""
    named = FOLIO_FISCAL.search(text)
    return named[0].upper() if named else ""


def _kept(invoice: Invoice, actor: Actor) -> Upload | None:
    if invoice.pdf_file_id is None:
        return None
    file = storage.find(invoice.pdf_file_id, actor)
    return Upload(file.name, storage.read(file))


def _finding(invoice: Invoice, pdf: Upload, other: str) -> dict[str, Any]:
    return findings.own(findings.OTHER_PDF, status=Status.WARNING, expected=invoice.uuid or "",
                        found=f"{shown_name(pdf.name)[:100]}: {other}")
