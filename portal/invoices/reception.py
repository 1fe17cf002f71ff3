"""Bringing an invoice in: files are judged at once; a draft is made, or a refused attempt is kept with its reasons.

Every attempt leaves a row (`IntakeAttempt`). A refusal is an answer, not an error: the page shows its findings.
"""
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Purpose
from portal.accounts import queries as accounts
from portal.cfdi.report import Status
from portal.core.db import savepoint, session
from portal.core.errors import Conflict, Invalid
from portal.core.events import announce
from portal.core.i18n import _
from portal.core.ids import new_id
from portal.core.types import Upload
from portal.invoices import einvoices, events, examination, facts, findings, printed, queries, rules
from portal.invoices.captured import ForeignInvoice, check_foreign, require_foreign
from portal.invoices.examination import Examined, Intake
from portal.invoices.lifecycle import remember, require_version
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceKind, InvoiceStatus, StampState
from portal.jobs.outbox import defer
from portal.storage import services as storage
from portal.storage.models import StoredFile
from portal.suppliers import gate
from portal.suppliers import queries as suppliers
from portal.suppliers.models import RelationshipStatus

PDF_MB = 10
UNIQUE = "uq_invoices_uuid"


@dataclass(frozen=True)
class Received:
    """What came of an attempt: the draft (None when refused), the attempt, and its findings as they are kept."""

    attempt: IntakeAttempt
    invoice: Invoice | None = None

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings, as `findings.group` reads them."""
        return self.attempt.findings


def receive(xml: Upload | None, pdf: Upload | None, relationship_id: UUID, actor: Actor) -> Received:
    """Judge a CFDI with its PDF and make a draft of it, or keep the refused attempt.

    Raises NotFound (not one of the actor's relationships), Invalid (blocked, or the client wants the record first).
    """
    intake = prepare(relationship_id, actor)
    invoice = Invoice(id=new_id(), client_id=intake.relationship.client_id, relationship_id=relationship_id,
                      kind=InvoiceKind.CFDI, created_by=actor.user_id)
    return _take(invoice, intake, examination.examine(intake, xml, pdf), xml, pdf)


def replace(invoice_id: UUID, version: int, xml: Upload | None, pdf: Upload | None, actor: Actor) -> Received:
    """Exchange the files of a draft: a corrected CFDI (or the same), its PDF, or only the PDF.

    Raises NotFound, Conflict (no draft any more, or a stale page), Invalid (nothing was chosen). What the client's
    requirements were given stays.
    """
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    _require_draft(invoice, version)
    if xml is None and pdf is None:
        raise Invalid(fields={"files": _("Choose the files first.")})
    intake = prepare(invoice.relationship_id, actor, replacing=invoice)
    if invoice.kind is InvoiceKind.FOREIGN:
        return _replace_abroad(invoice, intake, xml, pdf)
    examined = examination.examine(intake, xml, pdf) if xml else Examined([])
    return _take(invoice, intake, examined, xml, pdf)


def receive_abroad(xml: Upload | None, pdf: Upload | None, relationship_id: UUID, actor: Actor) -> Received | None:
    """Judge the electronic invoice of a supplier abroad (UBL, CII, or inside the PDF) as `receive` does a CFDI.

    None when the files hold none. Raises as `receive`, and Invalid when this client takes no foreign invoices.
    """
    intake = prepare(relationship_id, actor)
    source = einvoices.source(xml, pdf) if intake.relationship.country != "MEX" else None
    if source is None:
        return None
    require_foreign(intake)
    invoice = Invoice(id=new_id(), client_id=intake.relationship.client_id, relationship_id=relationship_id,
                      kind=InvoiceKind.FOREIGN, created_by=actor.user_id, stamp=StampState.NOT_APPLICABLE)
    return _take_abroad(invoice, intake, source, xml, pdf)


def _take_abroad(invoice: Invoice, intake: Intake, source: Upload, xml: Upload | None, pdf: Upload | None) -> Received:
    """Judge and keep the electronic invoice `source`; a PDF that it carries stands in for one that was not given."""
    shown = pdf or einvoices.picture(source)
    return _take(invoice, intake, einvoices.examine(intake, source), source, shown, xml or pdf)


def _replace_abroad(invoice: Invoice, intake: Intake, xml: Upload | None, pdf: Upload | None) -> Received:
    source = einvoices.source(xml, pdf)
    if source is not None:
        return _take_abroad(invoice, intake, source, xml, pdf)
    if xml is not None:
        raise Invalid(fields={"files": _("A foreign invoice is no CFDI: choose its PDF, or its UBL or CII file.")})
    if (invoice.facts or {}).get("einvoice", {}).get("inside_pdf"):
        raise Invalid(fields={"files": _("The data of this draft came inside its PDF, and this PDF carries none.")})
    return _take(invoice, intake, Examined([]), None, pdf, pdf)


def keep_foreign_pdf(pdf: Upload, relationship_id: UUID, actor: Actor) -> StoredFile:
    """Keep the PDF of a foreign invoice while its data is being captured. Raises Invalid, NotFound."""
    intake = prepare(relationship_id, actor)
    require_foreign(intake)
    return _kept(pdf, "pdf", intake, PDF_MB)


def receive_foreign(command: ForeignInvoice, file_id: UUID, relationship_id: UUID, actor: Actor) -> Received:
    """Make a draft of a foreign invoice from its captured data and the PDF that was kept for it.

    Raises NotFound (relationship or file of somebody else), Invalid (amounts that do not add up, and the like).
    """
    intake = prepare(relationship_id, actor)
    require_foreign(intake)
    file = storage.find(file_id, actor)
    if file.relationship_id != relationship_id or file.media_type != "application/pdf":
        raise Conflict(_("This PDF was given for another client. Choose it again."))
    check_foreign(command, intake)
    invoice = Invoice(id=new_id(), client_id=intake.relationship.client_id, relationship_id=relationship_id,
                      kind=InvoiceKind.FOREIGN, pdf_file_id=file_id, created_by=actor.user_id,
                      stamp=StampState.NOT_APPLICABLE)
    return _capture(invoice, command, intake, file)


def revise_foreign(invoice_id: UUID, version: int, command: ForeignInvoice, actor: Actor) -> Received:
    """Correct the captured data of a foreign draft. Raises NotFound, Conflict, Invalid."""
    actor.require(Permission.Invoice.SUBMIT)
    invoice = queries.locked(actor, invoice_id)
    _require_draft(invoice, version)
    einvoices.require_typed(invoice)
    if invoice.kind is not InvoiceKind.FOREIGN or invoice.pdf_file_id is None:
        raise Conflict(_("The data of a CFDI comes from its XML: replace the XML instead."))
    intake = prepare(invoice.relationship_id, actor, replacing=invoice)
    check_foreign(command, intake)
    return _capture(invoice, command, intake, storage.find(invoice.pdf_file_id, actor))


def prepare(relationship_id: UUID, actor: Actor, *, replacing: Invoice | None = None) -> Intake:
    """Gather what an intake needs. Raises NotFound, and Invalid when the client does not take invoices now."""
    actor.require(Permission.Invoice.SUBMIT)
    relationship = suppliers.relationship(actor, relationship_id)
    if relationship.status is not RelationshipStatus.ACTIVE:
        raise Invalid(_("This client does not take invoices from you now. Ask your contact there."))
    refusal = gate.refusal(relationship_id, "upload")
    if refusal:
        raise Invalid(refusal)
    return Intake(actor=actor, relationship=relationship, profiles=accounts.fiscal_profiles(relationship.client_id),
                  settings=queries.settings(relationship.client_id), replacing=replacing)


def _capture(invoice: Invoice, command: ForeignInvoice, intake: Intake, file: StoredFile) -> Received:
    like = examination.Likeness(command.number, command.total, command.issued_on)
    # What is typed may be mistyped: the same number is a warning here, where a file's own refuses it.
    same = list(examination.twins(intake, like)) or list(einvoices.same_number(intake, command.number, Status.WARNING))
    examined = Examined(same)
    invoice.number, invoice.issued_on, invoice.currency = command.number, command.issued_on, command.currency
    invoice.subtotal, invoice.taxes, invoice.total = command.subtotal, command.taxes, command.total
    invoice.facts = {"description": command.description}
    invoice.verdict, invoice.findings = examined.verdict, examined.findings
    _identify(invoice, intake)
    session.add(invoice)
    session.flush()
    return _accept(invoice, intake, examined, Upload(file.name, b""), sha256=file.sha256, again="corrected")


class _Refused(Exception):
    """Inside an intake: undo what was written, then keep the attempt with these findings."""

    def __init__(self, examined: Examined) -> None:
        super().__init__()
        self.examined = examined


def _take(invoice: Invoice, intake: Intake, examined: Examined, xml: Upload | None, pdf: Upload | None,
          file: Upload | None = None) -> Received:
    """Write the draft with its files, or nothing but the refused attempt of `file` (else of the XML, else the PDF)."""
    file = file or xml or pdf
    if examined.refused:
        return _refuse(intake, examination.examine_pdf(examined, pdf), file)
    try:
        with savepoint():
            _keep_files(invoice, intake, examined, xml, pdf)
            if examined.report is not None:
                _read_into(invoice, intake, examined)
            elif examined.abroad is not None:
                _read_abroad_into(invoice, intake, examined, inside_pdf=file is pdf)
            if invoice.kind is InvoiceKind.CFDI:
                examined = printed.beside(invoice, examined, pdf, intake.actor)
            session.add(invoice)
            session.flush()
    except _Refused as refused:
        return _refuse(intake, refused.examined, file)
    except IntegrityError as error:  # somebody brought the same UUID at the same moment
        if UNIQUE not in str(error.orig):
            raise
        return _refuse(intake, _second(examined, intake), file)
    return _accept(invoice, intake, examined, file)


def _read_into(invoice: Invoice, intake: Intake, examined: Examined) -> None:
    for name, value in facts.columns(examined.document).items():
        setattr(invoice, name, value)
    invoice.facts = facts.facts(examined.document)
    invoice.findings, invoice.verdict = examined.findings, examined.verdict
    invoice.stamp = examination.stamp_state(examined.read)
    _identify(invoice, intake)


def _read_abroad_into(invoice: Invoice, intake: Intake, examined: Examined, *, inside_pdf: bool) -> None:
    if examined.abroad is not None:
        einvoices.write(invoice, examined.abroad, inside_pdf=inside_pdf)
    invoice.findings, invoice.verdict = examined.findings, examined.verdict
    _identify(invoice, intake)


def _identify(invoice: Invoice, intake: Intake) -> None:
    supplier = intake.relationship
    invoice.supplier_name, invoice.supplier_tax_id = supplier.name, supplier.tax_id
    compact = f"{invoice.series or ''}{invoice.folio or ''}"  # "A-1023" is also found as "A1023"
    invoice.search = rules.search_key(invoice.number, compact, supplier.name, supplier.tax_id, invoice.uuid)


def _keep_files(invoice: Invoice, intake: Intake, examined: Examined, xml: Upload | None, pdf: Upload | None) -> None:
    for upload, kind, max_mb in ((xml, "xml", examination.XML_MB), (pdf, "pdf", PDF_MB)):
        if upload is None:
            continue
        try:
            file = _kept(upload, kind, intake, max_mb)
        except Invalid as wrong:
            raise _Refused(examination.add(examined, examination.unkept(kind, upload, wrong))) from wrong
        setattr(invoice, f"{kind}_file_id", file.id)


def _kept(upload: Upload, kind: str, intake: Intake, max_mb: int) -> StoredFile:
    return storage.keep(upload, purpose=Purpose.INVOICE, allowed=(kind,), client_id=intake.relationship.client_id,
                        relationship_id=intake.relationship.id, actor=intake.actor, max_mb=max_mb)


def _second(examined: Examined, intake: Intake) -> Examined:
    uuid = examined.document.uuid
    first = next(examination.duplicate(intake, uuid), findings.own(findings.DUPLICATE, found=uuid))
    return examination.add(examined, first)


def _accept(invoice: Invoice, intake: Intake, examined: Examined, file: Upload | None, sha256: str = "",
            again: str = "replaced") -> Received:
    replaced = intake.replacing is not None
    if replaced:
        invoice.version += 1
    attempt = _attempt(intake, examined, file, sha256)
    attempt.invoice_id = invoice.id
    session.add(attempt)
    remember(invoice, again if replaced else "received", intake.actor)
    announce(events.InvoiceReceived(**events.about(invoice), verdict=examined.verdict, uuid=invoice.uuid or "",
                                    replaced=replaced), intake.actor)
    if invoice.stamp is StampState.PENDING:
        defer("invoices.settle_stamp", client_id=invoice.client_id, invoice_id=invoice.id, key=str(invoice.id))
    return Received(attempt, invoice)


def _refuse(intake: Intake, examined: Examined, file: Upload | None) -> Received:
    attempt = _attempt(intake, examined, file)
    attempt.invoice_id = intake.own_id
    session.add(attempt)
    announce(events.InvoiceRefused(client_id=attempt.client_id, relationship_id=attempt.relationship_id,
                                   subject_id=attempt.id, subject_label=attempt.file_name,
                                   codes=findings.codes(examined.findings), uuid=attempt.uuid or ""), intake.actor)
    return Received(attempt)


def _attempt(intake: Intake, examined: Examined, file: Upload | None, sha256: str = "") -> IntakeAttempt:
    uuid = examined.report.uuid[:36] if examined.report else ""
    return IntakeAttempt(id=new_id(), client_id=intake.relationship.client_id, relationship_id=intake.relationship.id,
                         user_id=intake.actor.user_id, uuid=uuid or None,
                         file_name=rules.shown_name(file.name if file else ""),
                         sha256=sha256 or hashlib.sha256(file.data if file else b"").hexdigest(),
                         verdict=examined.verdict, findings=examined.findings)


def _require_draft(invoice: Invoice, version: int) -> None:
    if invoice.status is not InvoiceStatus.DRAFT:
        raise Conflict(_("This invoice has been sent, so its files cannot be changed. Withdraw it first."))
    require_version(invoice, version)
