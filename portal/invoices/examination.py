"""The verdict on files that a supplier brings: the core's judgement, and what only the portal knows.

The core judges the document; here it is asked whether it is ours: its type, its issuer (the supplier), its receiver
(one of the client's RFCs), whether it came before, and whether another one looks the same. Nothing is written.
"""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.accounts.models import FiscalProfile
from portal.cfdi.check import Limits, judge
from portal.cfdi.context import TaxProfile
from portal.cfdi.model import Comprobante, Unreadable
from portal.cfdi.report import Report, Status, Step, StepState
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Invalid
from portal.core.types import Upload
from portal.documents.problems import Refused
from portal.documents.structured_model import StructuredInvoice
from portal.invoices import findings, trust
from portal.invoices.facts import number
from portal.invoices.models import Invoice, InvoiceSettings, InvoiceStatus, StampState
from portal.invoices.rules import RECEIVED_TYPES, shown_name
from portal.storage import services as storage
from portal.suppliers.models import Relationship

XML_MB = 5  # 200 conceptos are some 92 KB
LIMITS = Limits(bytes=XML_MB * 1024 * 1024)
END_OF_3_3 = date(2023, 3, 31)
TOO_MUCH = Decimal(10) ** 12  # what the amount columns hold
GONE = (InvoiceStatus.DELETED, InvoiceStatus.WITHDRAWN)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Who brings files, to whom, under what settings; `replacing` is the draft whose files are exchanged."""

    actor: Actor
    relationship: Relationship
    profiles: Sequence[FiscalProfile]
    settings: InvoiceSettings
    replacing: Invoice | None = None

    @property
    def own_id(self) -> UUID | None:
        """The id of the invoice that is being replaced: it is no duplicate of itself."""
        return self.replacing.id if self.replacing else None


@dataclass(frozen=True)
class Examined:
    """The verdict: kept findings, and the core's report when there was an XML to judge."""

    findings: list[dict[str, Any]]
    report: Report | None = None
    abroad: StructuredInvoice | None = None  # an electronic invoice from abroad, when that was judged

    @property
    def refused(self) -> bool:
        """Whether anything refuses the files."""
        return findings.refuses(self.findings)

    @property
    def verdict(self) -> str:
        """accepted, warned or rejected."""
        if self.refused:
            return "rejected"
        unfinished = self.report is not None and bool(self.report.unfinished)
        warned = any(f["status"] == Status.WARNING for f in self.findings)
        return "warned" if warned or unfinished else "accepted"

    @property
    def read(self) -> Report:
        """The core's report. Raises ValueError when no XML was judged."""
        if self.report is None:
            raise ValueError("no XML was judged")
        return self.report

    @property
    def document(self) -> Comprobante:
        """The read document. Raises ValueError when there is none."""
        if self.read.document is None:
            raise ValueError("nothing was read")
        return self.read.document


@dataclass(frozen=True)
class Likeness:
    """By what two invoices of one supplier look the same."""

    number: str
    total: Decimal
    issued_on: date
    uuid: str = ""


def examine(intake: Intake, xml: Upload | None, pdf: Upload | None) -> Examined:
    """Judge an XML with its PDF. Raises nothing for bad files: whatever is wrong is a finding."""
    about_pdf = list(_pdf_wanted(intake, pdf))
    if xml is None:
        return Examined([findings.own("ACUSE-IN-NO-XML", found=shown_name(pdf.name) if pdf else ""), *about_pdf])
    report = judged(xml.data, intake.profiles)
    return Examined([*_ours(intake, report), *about_pdf, *findings.keep(report)], report)


def examine_pdf(examined: Examined, pdf: Upload | None) -> Examined:
    """Return the verdict with what is wrong with the PDF, if anything; for files that will not be kept."""
    if pdf is None:
        return examined
    try:
        storage.accept(pdf, allowed=("pdf",))
    except Invalid as refused:
        return add(examined, unkept("pdf", pdf, refused))
    return examined


def unkept(kind: str, file: Upload, refused: Invalid) -> dict[str, Any]:
    """Return the finding of a file that the storage refused: its own sentence says what is wrong with it."""
    name, why = shown_name(file.name)[:100], refused.__cause__
    found = findings.own(f"ACUSE-IN-{kind.upper()}", found=f"{name}: {refused.message}")
    if isinstance(why, Refused):  # kept as what it is, so that each reader gets it in their own language
        found["problem"] = {"file": name, "code": why.code, "values": dict(why.problem.values)}
    return found


def judged(data: bytes, profiles: Sequence[FiscalProfile]) -> Report:
    """Return the core's report on `data`, judged for the profile that it is addressed to, when it is one of ours."""
    at, store = now(), trust.store()
    report = judge(data, store, at=at, limits=LIMITS)
    profile = next((p for p in profiles if p.rfc == receiver_of(report)), None)
    if profile is None:
        return report
    receiver = TaxProfile(rfc=profile.rfc, name=profile.name, postcode=profile.postcode,
                          regimes=frozenset(profile.regimes))
    return judge(data, store, at=at, receiver=receiver, limits=LIMITS)


def receiver_of(report: Report) -> str:
    """Return the RFC to which a document is addressed; "" when it cannot be read."""
    try:
        return report.document.receptor.rfc if report.document is not None else ""
    except Unreadable:
        return ""


def stamp_state(report: Report) -> StampState:
    """Return whether the stamp and its certificates were verified, or could not be yet."""
    states = {report.steps[step] for step in (Step.SEAL, Step.CERTIFICATE, Step.STAMP)}
    if StepState.FAILED in states:
        return StampState.REFUSED
    return StampState.PENDING if StepState.NOT_RUN in states else StampState.VERIFIED


def twins(intake: Intake, like: Likeness) -> Iterator[dict[str, Any]]:
    """Yield a warning for another invoice of this supplier with the same number, date and total."""
    query = select(Invoice.id, Invoice.number, Invoice.uuid).where(
        Invoice.client_id == intake.relationship.client_id, Invoice.relationship_id == intake.relationship.id,
        Invoice.number == like.number, Invoice.total == like.total, Invoice.issued_on == like.issued_on,
        Invoice.status.not_in(GONE))
    for row in session.execute(query.limit(3)):
        if row.id != intake.own_id and (not like.uuid or row.uuid != like.uuid):
            yield findings.own(findings.TWIN, status=Status.WARNING, found=f"{row.number} {row.uuid or ''}".strip(),
                               twin=row.id)


def duplicate(intake: Intake, uuid: str) -> Iterator[dict[str, Any]]:
    """Yield a refusal when this client already has the UUID in an invoice that still stands."""
    query = select(Invoice.id, Invoice.number, Invoice.status).where(
        Invoice.client_id == intake.relationship.client_id, Invoice.uuid == uuid, Invoice.status.not_in(GONE),
        Invoice.reopened_at.is_(None), Invoice.relationship_id.in_(intake.actor.relationships))
    for row in session.execute(query.limit(2)):
        if row.id != intake.own_id:
            yield findings.own(findings.DUPLICATE, found=f"{row.number} · {uuid}", twin=row.id)


def _pdf_wanted(intake: Intake, pdf: Upload | None) -> Iterator[dict[str, Any]]:
    kept = intake.replacing is not None and intake.replacing.pdf_file_id is not None
    if pdf is None and intake.settings.pdf_required and not kept:
        yield findings.own("ACUSE-IN-NO-PDF")


def _ours(intake: Intake, report: Report) -> Iterator[dict[str, Any]]:
    document = report.document
    if document is None:
        return
    try:
        yield from _type(document)
        yield from _size(document)
        yield from _issuer(intake, document)
        yield from _receiver(intake, document)
        if document.uuid:
            yield from duplicate(intake, document.uuid)
        yield from twins(intake, Likeness(number(document), document.total, document.fecha.date(), document.uuid))
    except Unreadable:
        return  # the core's own findings say what is missing


def _type(document: Comprobante) -> Iterator[dict[str, Any]]:
    if document.tipo_de_comprobante not in RECEIVED_TYPES:
        yield findings.own("ACUSE-IN-TYPE", found=document.tipo_de_comprobante, expected="I, E")
    if document.version == "3.3" and document.fecha.date() > END_OF_3_3:
        yield findings.own("ACUSE-IN-OLD-VERSION", found=f"3.3 · {document.fecha.date()}", expected="4.0")


def _size(document: Comprobante) -> Iterator[dict[str, Any]]:
    amounts = {"Total": document.total, "SubTotal": document.sub_total, "Descuento": document.descuento or Decimal(0),
               "TipoCambio": document.tipo_cambio or Decimal(0)}
    if wrong := [name for name, amount in amounts.items() if not 0 <= amount < TOO_MUCH]:
        yield findings.own("ACUSE-IN-AMOUNT", found=document.written(wrong[0]), expected=f"< {TOO_MUCH:,}")


def _issuer(intake: Intake, document: Comprobante) -> Iterator[dict[str, Any]]:
    if document.emisor.rfc != intake.relationship.tax_id:
        yield findings.own("ACUSE-IN-ISSUER", found=f"{document.emisor.rfc} {document.emisor.nombre}".strip(),
                           expected=intake.relationship.tax_id)


def _receiver(intake: Intake, document: Comprobante) -> Iterator[dict[str, Any]]:
    ours = [p.rfc for p in intake.profiles]
    if document.receptor.rfc not in ours:
        yield findings.own("ACUSE-IN-RECEIVER", found=f"{document.receptor.rfc} {document.receptor.nombre}".strip(),
                           expected=", ".join(ours))


def add(examined: Examined, finding: dict[str, Any]) -> Examined:
    """Return the verdict with one more finding in front."""
    return replace(examined, findings=[finding, *examined.findings])
