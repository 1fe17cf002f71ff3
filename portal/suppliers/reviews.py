"""The client's verbs on a record that was sent: approve or reject, item by item; see an account number."""
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.core.clock import now
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _
from portal.suppliers import bank_accounts, events, queries, records, services
from portal.suppliers.models import BankAccount, RecordField, RecordValue, Relationship, ReviewState


class Item(StrEnum):
    """What is decided on."""

    FIELD = "field"
    ACCOUNT = "account"


@dataclass(frozen=True)
class DecideItem:
    """One decision on one item that was sent."""

    relationship_id: UUID
    kind: Item
    item_id: UUID
    approve: bool
    reason: str = ""


def decide(command: DecideItem, actor: Actor) -> None:
    """Approve or reject one item. When it was the last one, the supplier is told the outcome of the whole.

    Raises Conflict when it is not waiting any more, Invalid without a reason for a rejection, or when the one who
    decides on a bank account registered the supplier.
    """
    actor.require(Permission.Supplier.REVIEW)
    relationship = queries.relationship(actor, command.relationship_id)
    records.locked(relationship.id)
    row, label = _item(command, relationship)
    if row.state is not ReviewState.SENT:
        raise Conflict(_("This item is not waiting for review any more. Look at the record again."))
    _check(command, relationship, actor)
    row.state = ReviewState.APPROVED if command.approve else ReviewState.REJECTED
    row.decided_by, row.decided_at, row.reason = actor.user_id, now(), command.reason.strip()
    _tell(command, relationship, label, actor)
    records.restate(relationship, actor)
    _close(relationship, actor)


def follow_layout(relationship_id: UUID, actor: Actor) -> None:
    """Work out anew where a record stands, after its client changed what it demands. Doing it twice changes nothing.

    When all that still waited for review is demanded no more, the review is over.
    """
    relationship = queries.relationship(actor, relationship_id)
    record = records.locked(relationship.id)
    records.restate(relationship, actor)
    sent, done = record.sent_at, record.reviewed_at
    decided = [row.decided_at for row in records.items(relationship) if row.decided_at]
    if sent and (done is None or done < sent) and max(decided, default=sent) > sent:
        _close(relationship, actor)


def approve_all(relationship_id: UUID, actor: Actor) -> int:
    """Approve every field that waits (bank accounts one by one); returns how many."""
    actor.require(Permission.Supplier.REVIEW)
    relationship = queries.relationship(actor, relationship_id)
    waiting = [v for v in records.items(relationship) if isinstance(v, RecordValue) and v.state is ReviewState.SENT]
    for value in waiting:
        decide(DecideItem(relationship_id, Item.FIELD, value.id, approve=True), actor)
    return len(waiting)


def reveal(relationship_id: UUID, account_id: UUID, actor: Actor) -> tuple[BankAccount, str]:
    """Return an account with its full number; the look is written in the audit trail."""
    actor.require(Permission.Supplier.REVEAL_BANK)
    actor.step_up()
    relationship = queries.relationship(actor, relationship_id)
    row = session.scalar(select(BankAccount).filter_by(id=account_id, relationship_id=relationship.id))
    if row is None:
        raise NotFound
    announce(events.BankNumberRevealed(**services.about(relationship), bank=row.bank_name,
                                       last4=row.number_last4), actor)
    return row, bank_accounts.number_of(row)


def _item(command: DecideItem, relationship: Relationship) -> tuple[RecordValue | BankAccount, str]:
    table: type[RecordValue] | type[BankAccount] = RecordValue if command.kind is Item.FIELD else BankAccount
    row: Any = session.scalar(
        select(table).filter_by(id=command.item_id, relationship_id=relationship.id).with_for_update())
    if row is None:
        raise NotFound
    if isinstance(row, BankAccount):
        return row, f"{row.bank_name} •••• {row.number_last4}"
    return row, session.get_one(RecordField, row.field_id).label_es


def _check(command: DecideItem, relationship: Relationship, actor: Actor) -> None:
    if not command.approve and len(command.reason.strip()) < 5:
        raise Invalid(fields={"reason": _("Say what is wrong and how to mend it: the supplier reads this.")})
    if command.kind is Item.ACCOUNT and command.approve and relationship.registered_by == actor.user_id:
        raise Invalid(_("You registered this supplier, so its bank account needs another person's approval."))


def _tell(command: DecideItem, relationship: Relationship, label: str, actor: Actor) -> None:
    about = services.about(relationship)
    if command.approve:
        announce(events.RecordItemApproved(**about, item=label), actor)
    else:
        announce(events.RecordItemRejected(**about, item=label, reason=command.reason.strip()), actor)


def _close(relationship: Relationship, actor: Actor) -> None:
    rows = records.items(relationship)
    if any(r.state is ReviewState.SENT for r in rows):
        return
    records.locked(relationship.id).reviewed_at = now()
    rejected = sum(r.state is ReviewState.REJECTED for r in rows)
    announce(events.RecordReviewed(**services.about(relationship), rejected=rejected), actor)
