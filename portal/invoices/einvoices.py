"""Electronic invoices of suppliers abroad (UBL, CII, Factur-X): judged, and read into the same invoice as a CFDI.

The file is the truth: number, date, currency, totals, lines, taxes and parties come from it and are not typed.
"""
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.cfdi.report import Status
from portal.core.db import session
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import _
from portal.core.types import Upload
from portal.documents import structured, structured_rules
from portal.documents.box import BoxFailure
from portal.documents.problems import Refused
from portal.documents.structured_model import Line, Party, StructuredInvoice, Tax
from portal.invoices import findings, rules
from portal.invoices.examination import GONE, TOO_MUCH, XML_MB, Examined, Intake
from portal.invoices.facts import CONCEPTS, RELATED
from portal.invoices.models import Invoice, InvoiceKind
from portal.jobs.outbox import key_lock
from portal.storage import services as storage

CFDI_MARK = b"sat.gob.mx/cfd"
UNTAXED = ("E", "O")  # exempt, outside the scope: no rate to speak of (UNCL 5305)
SYNTAX = {"ubl": "UBL 2.1", "cii": "CII"}


def source(xml: Upload | None, pdf: Upload | None) -> Upload | None:
    """Return the electronic invoice among the files: the XML that is no CFDI, or what the PDF carries; else None."""
    if xml is not None:
        return None if CFDI_MARK in xml.data else xml
    try:
        carried = structured.attached_xml(pdf.data) if pdf is not None else None
    except (Refused, BoxFailure):
        return None  # the storage says what is wrong with the PDF
    return None if pdf is None or carried is None else Upload(_stem(pdf.name) + ".xml", carried)


def picture(xml: Upload) -> Upload | None:
    """Return the PDF that the file itself carries (BT-125) and that can be kept, or None."""
    try:
        carried = structured.embedded_pdf(_modest(xml.data))
        pdf = Upload(_stem(xml.name) + ".pdf", carried) if carried else None
        if pdf is not None:
            storage.accept(pdf, allowed=("pdf",))
        return pdf
    except (Refused, Invalid):
        return None  # what the file says counts; a picture of it that cannot be shown is left out


def examine(intake: Intake, xml: Upload) -> Examined:
    """Judge an electronic invoice. Raises nothing for a bad file: whatever is wrong is a finding."""
    try:
        document = structured.read_xml(_modest(xml.data))
    except Refused as refused:
        name = rules.shown_name(xml.name)[:100]
        wrong = findings.own("ACUSE-IN-EINVOICE", found=f"{name}: {refused.sentence('en')}")
        wrong["problem"] = {"file": name, "code": refused.code, "values": dict(refused.problem.values)}
        return Examined([wrong])
    return Examined([*_ours(intake, document), *_sums(document)], abroad=document)


def write(invoice: Invoice, document: StructuredInvoice, *, inside_pdf: bool) -> None:
    """Write what the document says into the invoice."""
    for name, value in columns(document).items():
        setattr(invoice, name, value)
    typed = (invoice.facts or {}).get("description", "") if describable(invoice) else ""
    invoice.facts = facts(document, inside_pdf)
    if typed and describable(invoice):
        invoice.facts |= {"description": typed, "described": True}


def columns(document: StructuredInvoice) -> dict[str, Any]:
    """Return the columns that the document decides. The total is what is asked (BT-115); a credit note's, its whole."""
    return {
        "number": document.number, "issued_on": document.issued, "currency": document.currency,
        "cfdi_type": "E" if document.is_credit_note else "", "receiver_rfc": document.buyer.tax_id[:30],
        "subtotal": document.net, "taxes": document.tax, "total": asked(document),
    }


def asked(document: StructuredInvoice) -> Decimal:
    """Return what the invoice asks to be paid; of a credit note, all that it gives back."""
    return document.total if document.is_credit_note else document.payable


def facts(document: StructuredInvoice, inside_pdf: bool) -> dict[str, Any]:
    """Return what the pages show of the document, JSON-ready; the lines capped as those of a CFDI are."""
    return {
        "einvoice": {"syntax": SYNTAX[document.syntax], "profile": document.profile[:200], "inside_pdf": inside_pdf},
        "description": document.note[:300], "order": document.order[:80], "reference": document.buyer_reference[:80],
        "due": document.due.isoformat() if document.due else None,
        "issuer": _party(document.seller), "receiver": _party(document.buyer),
        "total_with_tax": f"{document.total:f}", "prepaid": f"{document.prepaid:f}",
        "rounding": f"{document.rounding:f}",
        "adjustments": [{"charge": a.is_charge, "reason": a.reason[:200], "amount": f"{a.amount:f}"}
                        for a in document.adjustments[:CONCEPTS]],
        "taxes": [_tax(row) for row in document.taxes[:CONCEPTS]],
        "relations": [{"type": "", "uuids": [n[:80] for n in document.preceding[:RELATED]]}],
        "concepts": [_concept(line) for line in document.lines[:CONCEPTS]], "concepts_total": len(document.lines),
    }


def describable(invoice: Invoice) -> bool:
    """Say whether what is invoiced is typed: the file has no lines (Factur-X MINIMUM, BASIC WL) and no note."""
    known = invoice.facts or {}
    silent = "einvoice" in known and not known["concepts_total"]
    return silent and (not known["description"] or known.get("described", False))


def concepts_of(data: bytes) -> list[dict[str, Any]]:
    """Return every line of a document that was accepted before; none when it cannot be read any more."""
    try:
        return [_concept(line) for line in structured.read_xml(data).lines]
    except Refused:
        return []


def require_typed(invoice: Invoice) -> None:
    """Raise Conflict for an invoice that was read from a file: what it says is not typed."""
    if "einvoice" in invoice.facts:
        raise Conflict(_("The data of this invoice comes from its file: replace the file instead."))


def _modest(data: bytes) -> bytes:
    """Return the bytes when they are no more than what is kept: nothing larger is even parsed. Raises Refused."""
    if len(data) > XML_MB * 2**20:
        raise Refused("file.too_large", found=f"{len(data) / 2**20:.1f}", limit=str(XML_MB))
    return data


def _ours(intake: Intake, document: StructuredInvoice) -> Iterator[dict[str, Any]]:
    yield from same_number(intake, document.number)
    allowed = intake.settings.foreign_currencies
    if document.currency not in allowed:
        yield findings.own("ACUSE-IN-CURRENCY", found=document.currency, expected=", ".join(allowed))
    if document.issued > rules.latest_day():
        yield findings.own("ACUSE-IN-DATE", found=document.issued, expected=f"≤ {rules.latest_day()}")
    amounts = (document.net, document.tax, document.total, document.payable)
    if max(map(abs, amounts)) >= TOO_MUCH or document.net < 0 or document.tax < 0 or document.total <= 0:
        yield findings.own("ACUSE-IN-AMOUNT", found=f"{document.total:f}", expected=f"> 0, < {TOO_MUCH:,}")
    elif asked(document) <= 0:
        yield findings.own("ACUSE-IN-NOTHING-DUE", found=f"{document.payable:f}", expected="> 0")
    yield from _parties(intake, document)


def same_number(intake: Intake, number: str, status: Status = Status.FAILED) -> Iterator[dict[str, Any]]:
    """Yield a finding when this supplier's number is here already. Two at once wait for each other."""
    key = number.casefold()
    session.execute(select(func.pg_advisory_xact_lock(key_lock("invoices.number", f"{intake.relationship.id}|{key}"))))
    query = select(Invoice.id, Invoice.number).where(
        Invoice.client_id == intake.relationship.client_id, Invoice.relationship_id == intake.relationship.id,
        Invoice.kind == InvoiceKind.FOREIGN, func.lower(Invoice.number) == func.lower(number),
        Invoice.status.not_in(GONE), Invoice.reopened_at.is_(None))
    for row in session.execute(query.limit(2)):
        if row.id != intake.own_id:
            yield findings.own(findings.SAME_NUMBER, status=status, found=row.number, twin=row.id)


def _parties(intake: Intake, document: StructuredInvoice) -> Iterator[dict[str, Any]]:
    us = intake.profiles
    if not _is(document.buyer, [p.rfc for p in us], [p.name for p in us]):
        yield findings.own("ACUSE-IN-BUYER", status=Status.WARNING, found=_said(document.buyer),
                           expected=", ".join(f"{p.rfc} {p.name}" for p in us))
    them = intake.relationship
    if not _is(document.seller, [them.tax_id], [them.name]):
        yield findings.own("ACUSE-IN-SELLER", status=Status.WARNING, found=_said(document.seller),
                           expected=f"{them.tax_id} {them.name}")


def _is(party: Party, ids: list[str], names: list[str]) -> bool:
    """Compare by identifiers, with or without the country in front; by name only where there is no tax number."""
    if party.tax_id:
        return bool(_forms(ids, party.country) & _forms(party.ids, party.country))
    wanted = {rules.search_key(name) for name in names}
    return any(rules.search_key(name) in wanted for name in party.names)


def _sums(document: StructuredInvoice) -> Iterator[dict[str, Any]]:
    for one in structured_rules.check(document):
        status = Status.FAILED if one.refuses else Status.WARNING
        yield findings.own(one.code, status=status, found=one.found, expected=one.expected) | {"where": one.where}


def _forms(identifiers: Iterable[str], country: str) -> set[str]:
    plain = {re.sub(r"[^0-9A-ZÑ&]", "", one.upper()) for one in identifiers}
    return {form for one in plain for form in (one, one.removeprefix(country.upper())) if form}


def _said(party: Party) -> str:
    return " ".join((*party.ids[:3], party.name))[:300]


def _party(party: Party) -> dict[str, str]:
    return {"name": party.name[:300], "tax_id": party.tax_id[:60], "country": party.country[:2]}


def _concept(line: Line) -> dict[str, Any]:
    return {"key": "", "sku": line.sku[:100], "description": line.description[:1000], "unit": line.unit[:20],
            "quantity": _text(line.quantity), "price": _text(line.price), "amount": f"{line.amount:f}", "taxes": [],
            "discount": _text(structured_rules.total(line.adjustments, charges=False) or None)}


def _tax(row: Tax) -> dict[str, Any]:
    free = row.category in UNTAXED
    return {"direction": "transferred", "tax": row.scheme[:20] or "VAT", "factor": "Exento" if free else "Tasa",
            "rate": None if row.percent is None else f"{row.percent / 100:f}", "base": f"{row.base:f}",
            "amount": f"{row.amount:f}"}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _stem(name: str) -> str:
    return rules.shown_name(name).rpartition(".")[0] or "factur-x"

