""""Sending data": what a client demands with invoices, what applies to this one, and what was given for it."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import defer

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.i18n import either
from portal.invoices import rules
from portal.invoices.models import Invoice, InvoiceRequirement, InvoiceStatus, RequirementAnswer
from portal.storage.models import StoredFile
from portal.suppliers import queries as suppliers


@dataclass(frozen=True)
class Demand:
    """One line of "Sending data": what is asked, what was given for it, what was given before, and their files."""

    requirement: InvoiceRequirement | None  # None: what was asked is gone, what was given stays
    answer: RequirementAnswer | None
    before: Sequence[RequirementAnswer] = ()
    file: StoredFile | None = None

    @property
    def label(self) -> str:
        """What is asked, in the reader's language; of something given, as it was asked then."""
        row = self.answer or self.requirement
        return label_of(row) if row is not None else ""

    @property
    def help(self) -> str:
        """The client's instructions, in the reader's language."""
        wanted = self.requirement
        if wanted is None:
            return ""
        return either(wanted.help_es, wanted.help_en)

    @property
    def mandatory(self) -> bool:
        """Whether the invoice cannot be sent without it."""
        return self.requirement is not None and self.requirement.mandatory


def label_of(row: InvoiceRequirement | RequirementAnswer) -> str:
    """Return the label of a requirement, or of an answer as it was asked then, in the reader's language."""
    return either(row.label_es, row.label_en)


def demands(actor: Actor, invoice: Invoice) -> list[Demand]:
    """Return "Sending data" of an invoice: of a draft all that is asked now, of a sent one what was given with it."""
    rows = answers(actor, invoice)
    standing = {a.requirement_id: a for a in rows if a.replaced_at is None}
    asked = _asked(actor, invoice) if invoice.status is InvoiceStatus.DRAFT else {}
    files = _files([a.file_id for a in standing.values() if a.file_id])
    lines: list[Demand] = []
    for key in dict.fromkeys((*asked, *reversed(standing))):
        answer = standing.get(key)
        before = [a for a in rows if a.requirement_id == key and a.replaced_at is not None]
        file = files.get(answer.file_id) if answer is not None and answer.file_id else None
        lines.append(Demand(asked.get(key), answer, before, file))
    return lines


def lacking(actor: Actor, invoice: Invoice) -> list[Demand]:
    """Return the mandatory demands that have no answer yet."""
    return [d for d in demands(actor, invoice) if d.mandatory and d.answer is None]


def lacking_in(actor: Actor, drafts: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return, by draft, the labels of what is mandatory and not given yet: for the list of drafts."""
    actor.require(Permission.Invoice.READ)
    query = select(RequirementAnswer.invoice_id, RequirementAnswer.requirement_id).where(
        RequirementAnswer.invoice_id.in_(drafts), RequirementAnswer.replaced_at.is_(None))
    given = {(invoice_id, requirement_id) for invoice_id, requirement_id in session.execute(query)}
    mine = select(Invoice).where(Invoice.id.in_(drafts), Invoice.relationship_id.in_(actor.relationships))
    rows = session.scalars(mine.options(defer(Invoice.findings))).all()
    asked = {client: requirements(actor, client) for client in {row.client_id for row in rows}}
    groups = {key: suppliers.group_of(key) for key in {row.relationship_id for row in rows}}
    return {row.id: [label_of(r) for r in asked[row.client_id]
                     if r.mandatory and rules.demands(r, _traits(row, groups[row.relationship_id]))
                     and (row.id, r.id) not in given] for row in rows}


def answers(actor: Actor, invoice: Invoice) -> Sequence[RequirementAnswer]:
    """Return all that was given with an invoice, the newest first; what was replaced carries when."""
    actor.require(Permission.Invoice.READ)
    query = select(RequirementAnswer).filter_by(invoice_id=invoice.id)
    return session.scalars(query.order_by(RequirementAnswer.id.desc())).all()


def requirements(actor: Actor, client_id: UUID, *, archived: bool = False) -> Sequence[InvoiceRequirement]:
    """Return what a client demands with invoices, in its order."""
    actor.require(Permission.Invoice.READ)
    query = select(InvoiceRequirement).filter_by(client_id=client_id)
    if not archived:
        query = query.where(InvoiceRequirement.archived_at.is_(None))
    return session.scalars(query.order_by(InvoiceRequirement.position, InvoiceRequirement.id)).all()


def requirement(actor: Actor, client_id: UUID | None, requirement_id: UUID) -> InvoiceRequirement:
    """Return one requirement of a client; raises NotFound."""
    actor.require(Permission.Invoice.READ)
    found = session.scalar(select(InvoiceRequirement).filter_by(client_id=client_id, id=requirement_id))
    if found is None:
        raise NotFound
    return found


def demand(actor: Actor, invoice: Invoice, requirement_id: UUID) -> Demand:
    """Return one line of "Sending data"; raises NotFound when nothing of the kind is asked or was given."""
    found = next((d for d in demands(actor, invoice) if requirement_id in _ids(d)), None)
    if found is None:
        raise NotFound
    return found


def _ids(line: Demand) -> tuple[UUID, ...]:
    return (*((line.requirement.id,) if line.requirement else ()),
            *((line.answer.requirement_id,) if line.answer else ()))


def _asked(actor: Actor, invoice: Invoice) -> dict[UUID, InvoiceRequirement]:
    traits = _traits(invoice, suppliers.group_of(invoice.relationship_id))
    return {r.id: r for r in requirements(actor, invoice.client_id) if rules.demands(r, traits)}


def _traits(invoice: Invoice, group: str) -> rules.Traits:
    return rules.Traits(kind=invoice.kind_code, group=group, in_pesos=invoice.total_in_pesos)


def _files(ids: Sequence[UUID]) -> dict[UUID, StoredFile]:
    if not ids:
        return {}
    return {f.id: f for f in session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}
