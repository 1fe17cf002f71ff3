"""What screens and other features read of suppliers and records. Tenancy is applied here, once."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, any_, exists, or_, select

from portal.access import binds
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Side
from portal.accounts.models import Organization
from portal.core import db
from portal.core.db import session
from portal.core.errors import NotFound
from portal.core.folding import fold
from portal.core.types import Page
from portal.suppliers.models import (
    BankAccount,
    Record,
    RecordStatus,
    RecordValue,
    Relationship,
    RelationshipStatus,
    ReviewState,
)
from portal.web import listing

LACKING = (RecordStatus.EMPTY, RecordStatus.INCOMPLETE, RecordStatus.READY, RecordStatus.CORRECTIONS,
           RecordStatus.EXPIRED)
# Counted beside the navigation: records that wait for a client's review, and a supplier's that lack something.
# A review goes on until all of it is decided, whatever else has become of the record since (rejected in part, expired).
REVIEWING = and_(
    or_(Record.reviewed_at.is_(None), Record.reviewed_at < Record.sent_at),
    or_(*(exists().where(item.relationship_id == Record.relationship_id, item.state == ReviewState.SENT)
          for item in (RecordValue, BankAccount))))
TO_REVIEW = select(Record.id).where(Record.client_id == binds.CLIENT, REVIEWING)
MISSING = select(Record.id).where(Record.relationship_id == any_(binds.RELATIONSHIPS), Record.status.in_(LACKING))


@dataclass(frozen=True)
class Account:
    """A bank account as screens may show it."""

    id: UUID
    mask: str
    holder: str
    currency: str


@dataclass(frozen=True)
class SupplierFilter:
    """What the list of suppliers is narrowed to."""

    search: str = ""
    status: str = ""


def reach(organization_id: UUID) -> tuple[tuple[UUID, ...], tuple[UUID, ...]]:
    """Return the relationships that a supplier's organization acts for, and their clients. For the actor's making."""
    rows = session.execute(select(Relationship.id, Relationship.client_id).where(
        Relationship.organization_id == organization_id, Relationship.status != RelationshipStatus.INVITED)).all()
    return tuple(r.id for r in rows), tuple(dict.fromkeys(r.client_id for r in rows))


def relationship(actor: Actor, relationship_id: UUID) -> Relationship:
    """Return a relationship of the actor's client, or one of its own as a supplier; raises NotFound."""
    row = session.get(Relationship, relationship_id)
    mine = row is not None and (row.client_id == actor.client_id or row.id in actor.relationships)
    if row is None or not mine:
        raise NotFound
    return row


def listed(actor: Actor, wanted: SupplierFilter, cursor: str | None) -> Page[Relationship]:
    """Return a client's suppliers by name."""
    actor.require(Permission.Supplier.READ)
    query = select(Relationship).where(Relationship.client_id == actor.client_id)
    if wanted.status in set(RelationshipStatus):
        query = query.where(Relationship.status == RelationshipStatus(wanted.status))
    for word in wanted.search.casefold().split():
        query = query.where(Relationship.name_key.contains(word, autoescape=True)
                            | Relationship.tax_id.icontains(word, autoescape=True))
    return listing.read(query, (Relationship.name_key, Relationship.id), cursor, descending=False)


def my_clients(actor: Actor) -> Sequence[tuple[Relationship, Organization]]:
    """Return the clients that a supplier serves, by name."""
    if actor.side is not Side.SUPPLIER:
        return []
    query = select(Relationship, Organization).join(Organization, Organization.id == Relationship.client_id).where(
        Relationship.id.in_(actor.relationships)).order_by(Organization.name)
    return [(r, o) for r, o in session.execute(query)]


def group_of(relationship_id: UUID | None) -> str:
    """Return the group that the client put a supplier in."""
    return session.scalar(select(Relationship.group).filter_by(id=relationship_id)) or ""


def groups(actor: Actor) -> list[str]:
    """Return the groups that the client has put suppliers in, by name."""
    query = select(Relationship.group).filter_by(client_id=actor.client_id).where(Relationship.group != "").distinct()
    return sorted(session.scalars(query), key=fold)


def record_of(actor: Actor, relationship_id: UUID) -> Record:
    """Return the record of a relationship that the actor may see; raises NotFound."""
    relationship(actor, relationship_id)
    row = session.scalar(select(Record).filter_by(relationship_id=relationship_id))
    if row is None:
        raise NotFound
    return row


def approved_accounts(actor: Actor, relationship_id: UUID) -> list[Account]:
    """Return a supplier's approved bank accounts, masked."""
    relationship(actor, relationship_id)
    rows = session.scalars(select(BankAccount).filter_by(relationship_id=relationship_id, state=ReviewState.APPROVED)
                           .order_by(BankAccount.id))
    return [_account(r) for r in rows]


def approved_account(actor: Actor, relationship_id: UUID, account_id: UUID) -> Account:
    """Return one approved account of a supplier; raises NotFound for any other."""
    found = [a for a in approved_accounts(actor, relationship_id) if a.id == account_id]
    if not found:
        raise NotFound
    return found[0]


def records_to_review(actor: Actor, cursor: str | None, status: str = "") -> Page[Record]:
    """Return the records of a client's suppliers; by default those under review, what has waited longest first."""
    actor.require(Permission.Supplier.READ)
    mine = select(Record).where(Record.client_id == actor.client_id)
    if status in set(RecordStatus) - {RecordStatus.SENT}:
        return listing.read(mine.where(Record.status == RecordStatus(status)), (Record.id,), cursor, descending=False)
    return listing.read(mine.where(REVIEWING), (Record.sent_at, Record.id), cursor, descending=False)


def record_states(relationships: Sequence[Relationship]) -> dict[UUID, Record]:
    """Return the records of a page of suppliers, by relationship."""
    rows = session.scalars(select(Record).where(Record.relationship_id.in_({r.id for r in relationships})))
    return {r.relationship_id: r for r in rows}


def letter_facts(relationship_id: UUID | None) -> tuple[Relationship, str]:
    """Return a relationship and its client's name, for the letters that follow from an event, in any scope."""
    with db.door():
        row = session.get_one(Relationship, relationship_id)
        return row, session.get_one(Organization, row.client_id).name


def client_name(row: Relationship) -> str:
    """Return the name of a relationship's client; a supplier may read it of its own clients."""
    return session.get_one(Organization, row.client_id).name


def names(records: Sequence[Record]) -> dict[UUID, Relationship]:
    """Return the suppliers of a page of records, by relationship."""
    rows = session.scalars(select(Relationship).where(Relationship.id.in_({r.relationship_id for r in records})))
    return {r.id: r for r in rows}


def _account(row: BankAccount) -> Account:
    return Account(id=row.id, mask=f"{row.bank_name} •••• {row.number_last4} ({row.currency})", holder=row.holder,
                   currency=row.currency)
