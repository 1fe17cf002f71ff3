"""What screens read of invoices. Every query takes the actor and starts from `visible`, so tenancy is applied once.

The lists read only the columns that their rows show, by one index, and never count.
"""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    String,
    Text,
    Uuid,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    literal,
    or_,
    select,
)

from portal.access import binds
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.accounts.models import Organization
from portal.core.db import Money, session
from portal.core.errors import NotFound
from portal.core.types import Page
from portal.invoices import einvoices, facts, findings, history, rules, wording
from portal.invoices.demands import demands
from portal.invoices.lifecycle import CLOSED, OPEN
from portal.invoices.models import (
    IntakeAttempt,
    Invoice,
    InvoiceKind,
    InvoiceMoment,
    InvoiceSettings,
    InvoiceStatus,
    RequirementAnswer,
)
from portal.storage import services as storage
from portal.storage.models import FileState, StoredFile
from portal.suppliers.models import Relationship
from portal.web import listing

# A credit note is in the client's favour, and one for zero owes nothing: neither is ever paid.
OWES = (Invoice.cfdi_type != "E", Invoice.total > 0)
# A supplier's drafts, counted beside the navigation.
DRAFTS = select(Invoice.id).where(Invoice.relationship_id == any_(binds.RELATIONSHIPS),
                                  Invoice.status == InvoiceStatus.DRAFT)
# What a row of a list shows; the big columns (findings, facts) stay in the table. The stages come as they are written:
# a row is read only when it was not drawn before (`rows.drawn`).
ROW: tuple[Any, ...] = (
    Invoice.id, Invoice.client_id, Invoice.number, Invoice.supplier_name, Invoice.issued_on, Invoice.sent_at,
    Invoice.currency, Invoice.total, Invoice.status, Invoice.stamp, cast(Invoice.stages, Text).label("stages"),
    Invoice.waiting_since, Invoice.scheduled_on, Invoice.reason, Invoice.cfdi_type)
# What a client received, its longest list, and what a supplier has: built once (and once for each way to narrow it).
RECEIVED = select(*ROW).where(Invoice.client_id == binds.CLIENT, Invoice.sent_at.is_not(None),
                              Invoice.status != InvoiceStatus.DELETED)
OWN = select(*ROW).where(Invoice.relationship_id == any_(binds.RELATIONSHIPS), Invoice.status != InvoiceStatus.DELETED)
# Of one client alone, as most suppliers have: only then does an index give the rows in their order.
OWN_OF_ONE = select(*ROW).where(Invoice.relationship_id == binds.RELATIONSHIP, Invoice.status != InvoiceStatus.DELETED)


def _matching(words: ColumnElement[Any]) -> ColumnElement[bool]:
    # In a CASE, PostgreSQL makes no guess of how rare the words are: it walks the list's index until the page is full.
    return case((Invoice.search.like(all_(words)), True), else_=False)


# What a list may be narrowed to, each by a value of its name; MATCHES also narrows the lists of others.
MATCHES = _matching(bindparam("words", type_=ARRAY(Text)))
NARROWING: dict[str, ColumnElement[bool]] = {
    "words": MATCHES,
    "client": Invoice.client_id == bindparam("client", type_=Uuid()),
    "relationship": Invoice.relationship_id == bindparam("relationship", type_=Uuid()),
    "owing": and_(*OWES),
    # With one status an index gives the rows in their order; with several PostgreSQL chooses.
    "status": Invoice.status == bindparam("status", type_=String(32)),
    "statuses": Invoice.status == any_(bindparam("statuses", type_=ARRAY(String(32)))),
    "since": Invoice.issued_on >= bindparam("since", type_=Date()),
    "until": Invoice.issued_on <= bindparam("until", type_=Date()),
    "minimum": Invoice.total >= bindparam("minimum", type_=Money),
    "maximum": Invoice.total <= bindparam("maximum", type_=Money),
}
ATTEMPT: tuple[Any, ...] = (IntakeAttempt.id, IntakeAttempt.created_at, IntakeAttempt.client_id,
                            IntakeAttempt.file_name, IntakeAttempt.uuid, IntakeAttempt.verdict,
                            IntakeAttempt.invoice_id,
                            Relationship.name.label("supplier_name"))


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; everything is optional."""

    search: str = ""
    statuses: tuple[InvoiceStatus, ...] = ()
    owing: bool = False  # only what is ever paid: no credit notes, nothing for zero
    client_id: UUID | None = None
    relationship_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None


def visible(actor: Actor) -> Select[Invoice]:
    """Return the query of the invoices that `actor` may see: a supplier its own, a client those sent to it."""
    return select(Invoice).where(*_mine(actor))


def get(actor: Actor, invoice_id: UUID) -> Invoice:
    """Return an invoice; raises NotFound when it is absent, deleted or somebody else's."""
    found = session.scalar(visible(actor).where(Invoice.id == invoice_id))
    if found is None:
        raise NotFound
    return found


def locked(actor: Actor, invoice_id: UUID) -> Invoice:
    """Return an invoice as it is now, its row held until the end of the transaction. Raises NotFound."""
    query = visible(actor).where(Invoice.id == invoice_id).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def verdict(actor: Actor, kept: Sequence[dict[str, Any]]) -> findings.Grouped:
    """Return kept findings grouped for the reader; a link to another invoice stays only when they may see it."""
    twins = [UUID(f["twin"]) for f in kept if f.get("twin")]
    seen = set(session.scalars(select(Invoice.id).where(*_mine(actor), Invoice.id.in_(twins)))) if twins else set()
    return findings.group({**f, "twin": f["twin"] if UUID(f["twin"]) in seen else ""} if f.get("twin") else f
                          for f in kept)


def details(actor: Actor, invoice: Invoice) -> dict[str, Any]:
    """Return what the pages of one invoice show beside it, for the partials `templates/invoices/_*.html`.

    `verdict` (findings grouped), `demands` ("Sending data"), `history` (lines), `pdf` and `xml` (files or None),
    `say` (codes and amounts in words).
    """
    files = _files(invoice)
    return {"verdict": verdict(actor, invoice.findings), "demands": demands(actor, invoice),
            "history": history.lines(moments(actor, invoice), actor), "say": wording,
            "pdf": files.get(invoice.pdf_file_id), "xml": files.get(invoice.xml_file_id)}


@dataclass(frozen=True)
class LetterFacts:
    """What letters say of an invoice, and to whom they go."""

    invoice: Invoice
    client_name: str
    supplier_organization_id: UUID | None


def letter_facts(invoice_id: UUID | None) -> LetterFacts:
    """Return what letters say of an invoice. For the listeners of its events, in their transaction."""
    invoice = session.get_one(Invoice, invoice_id)
    client = session.get_one(Organization, invoice.client_id)
    relationship = session.get_one(Relationship, invoice.relationship_id)
    return LetterFacts(invoice, client.name, relationship.organization_id)


def all_concepts(actor: Actor, invoice: Invoice) -> list[dict[str, Any]]:
    """Return every concept of an invoice, read from its XML; of one that was typed, none."""
    file = _files(invoice).get(invoice.xml_file_id)
    read = einvoices.concepts_of if invoice.kind is InvoiceKind.FOREIGN else facts.concepts_of
    return read(storage.read(file)) if file and actor.can(Permission.Invoice.READ) else []


def to_send(actor: Actor, cursor: str | None = None) -> Page[Any]:
    """Return the supplier's drafts, newest first."""
    return _page(actor, _own(actor), Filters(statuses=(InvoiceStatus.DRAFT,)), cursor)


def in_process(actor: Actor, filters: Filters, cursor: str | None = None) -> Page[Any]:
    """Return the supplier's invoices that are on their way (or, by `filters.statuses`, those of the archive)."""
    wanted = tuple(s for s in filters.statuses if s in OPEN + CLOSED) or tuple(OPEN)
    return _page(actor, _own(actor), replace(filters, statuses=wanted), cursor)


def everything(actor: Actor, filters: Filters, cursor: str | None = None) -> Page[Any]:
    """Return all invoices that a client received, newest first."""
    return _page(actor, RECEIVED, filters, cursor)


def matches(text: str) -> ColumnElement[bool]:
    """Return the condition that every word of `text` occurs in number, supplier, RFC or UUID, whatever its accents."""
    return _matching(literal(patterns(text), ARRAY(Text)))


def patterns(text: str) -> list[str]:
    """Return what the words of `text` look like in `MATCHES`."""
    return [rules.like(word) for word in rules.search_key(text).split()[:8]]


def moments(actor: Actor, invoice: Invoice) -> Sequence[InvoiceMoment]:
    """Return an invoice's history, newest first."""
    actor.require(Permission.Invoice.READ)
    query = select(InvoiceMoment).filter_by(invoice_id=invoice.id)
    return session.scalars(query.order_by(InvoiceMoment.id.desc()).limit(200)).all()


def settings(client_id: UUID) -> InvoiceSettings:
    """Return a client's choices about invoices, or the defaults when it has made none."""
    found = session.scalar(select(InvoiceSettings).filter_by(client_id=client_id))
    return found or InvoiceSettings(client_id=client_id, pdf_required=True, accepts_foreign=True,
                                    foreign_currencies=["USD", "EUR"])


def attempts(actor: Actor, cursor: str | None = None) -> Page[Any]:
    """Return the attempts to bring invoices in, newest first: (attempt's columns, supplier's name)."""
    query = select(*ATTEMPT).join(Relationship, Relationship.id == IntakeAttempt.relationship_id)
    return listing.read(query.where(_attempts_of(actor)), [IntakeAttempt.id], cursor)


def attempt(actor: Actor, attempt_id: UUID) -> IntakeAttempt:
    """Return one attempt; raises NotFound when it is absent or somebody else's."""
    found = session.scalar(select(IntakeAttempt).where(_attempts_of(actor), IntakeAttempt.id == attempt_id))
    if found is None:
        raise NotFound
    return found


def may_open(actor: Actor, file: StoredFile) -> bool:
    """Say whether `actor` may see the invoice that a file came with: to a client a draft's files are not there yet."""
    if actor.side is Side.SUPPLIER:
        return file.relationship_id in actor.relationships
    itself = or_(Invoice.xml_file_id == file.id, Invoice.pdf_file_id == file.id)
    given = Invoice.id.in_(select(RequirementAnswer.invoice_id).filter_by(file_id=file.id))
    seen = (visible(actor).with_only_columns(Invoice.id).where(condition) for condition in (itself, given))
    return any(session.scalar(query.limit(1)) is not None for query in seen)


def _files(invoice: Invoice) -> dict[UUID | None, StoredFile]:
    wanted = [i for i in (invoice.pdf_file_id, invoice.xml_file_id) if i]
    query = select(StoredFile).where(StoredFile.id.in_(wanted), StoredFile.state == FileState.CLEAN)
    return {f.id: f for f in session.scalars(query)} if wanted else {}


def _mine(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    actor.require(Permission.Invoice.READ)
    alive = Invoice.status != InvoiceStatus.DELETED
    if actor.side is Side.SUPPLIER:
        return alive, Invoice.relationship_id.in_(actor.relationships)
    return alive, Invoice.client_id == actor.client_id, Invoice.sent_at.is_not(None)


def _attempts_of(actor: Actor) -> ColumnElement[bool]:
    actor.require(Permission.Invoice.READ)
    if actor.side is Side.SUPPLIER:
        return IntakeAttempt.relationship_id.in_(actor.relationships)
    return IntakeAttempt.client_id == actor.client_id


def _own(actor: Actor) -> Select[Any]:
    return OWN_OF_ONE if len(actor.relationships) == 1 else OWN


def _page(actor: Actor, query: Select[Any], filters: Filters, cursor: str | None) -> Page[Any]:
    actor.require(Permission.Invoice.READ)
    asked = _asked(filters)
    return listing.read(_narrowed(query, tuple(asked)), [Invoice.id], cursor, values={**binds.values(actor), **asked})


@cache
def _narrowed(query: Select[Any], asked: tuple[str, ...]) -> Select[Any]:
    return query.where(*[NARROWING[name] for name in asked])


def _asked(filters: Filters) -> dict[str, Any]:
    """Return the values of those conditions in `NARROWING` that `filters` asks for."""
    statuses = [status.value for status in filters.statuses]
    given = {"words": patterns(filters.search) if filters.search else None, "client": filters.client_id,
             "relationship": filters.relationship_id, "owing": filters.owing or None,
             "status": statuses[0] if len(statuses) == 1 else None,
             "statuses": statuses if len(statuses) > 1 else None, "since": filters.since,
             "until": filters.until, "minimum": filters.minimum, "maximum": filters.maximum}
    return {name: value for name, value in given.items() if value is not None}
