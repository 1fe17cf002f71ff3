"""The supplier's verbs on its record: give a field, send; and where the record stands.

The bank accounts in it are given and taken out in `bank_accounts`.
"""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Purpose
from portal.core.clock import now, today
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import _, either
from portal.core.types import Upload
from portal.storage import services as files
from portal.suppliers import engine, events, queries, services
from portal.suppliers.layout import layout_for
from portal.suppliers.models import (
    BankAccount,
    Expiry,
    FieldType,
    Record,
    RecordField,
    RecordStatus,
    RecordValue,
    Relationship,
    ReviewState,
)

PROOFS = ("pdf", "png", "jpeg")


@dataclass(frozen=True)
class GiveField:
    """What a supplier gives for one field: a value or a file, and the document's date when it is asked."""

    relationship_id: UUID
    field_id: UUID
    value: str = ""
    upload: Upload | None = None
    document_date: date | None = None


def give(command: GiveField, actor: Actor) -> RecordValue:
    """Keep what was given for a field; the earlier version stays in the history.

    Raises Invalid with the sentence for the field, NotFound when the field is not demanded of this supplier.
    """
    actor.require(Permission.Record.EDIT)
    relationship = mine(command.relationship_id, actor)
    field = layout_for(relationship).field(command.field_id)
    locked(relationship.id)  # before its items, as a review does: otherwise each would wait for the other
    old = _current(relationship.id, field.id)
    row = RecordValue(client_id=relationship.client_id, relationship_id=relationship.id, field_id=field.id,
                      given_by=actor.user_id, **_content(field, command, relationship, actor, old))
    if old is not None:
        old.state = ReviewState.REPLACED
        session.flush()
    session.add(row)
    announce(events.RecordFieldGiven(**services.about(relationship), field=field.label_es,
                                     replaced=old is not None), actor)
    restate(relationship, actor)
    return row


def send(relationship_id: UUID, actor: Actor) -> Record:
    """Send the record for review: everything in draft becomes sent.

    Raises Conflict when there is nothing to send, Invalid (naming them) when mandatory fields are missing.
    """
    actor.require(Permission.Record.EDIT)
    relationship = mine(relationship_id, actor)
    record = locked(relationship.id)
    standing = restate(relationship, actor)
    if not standing.can_send:
        raise _not_ready(relationship, standing)
    for row in items(relationship):
        if row.state is ReviewState.DRAFT:
            row.state = ReviewState.SENT
    record.sent_at = now()
    announce(events.RecordSent(**services.about(relationship)), actor)
    restate(relationship, actor)
    return record


def restate(relationship: Relationship, actor: Actor) -> engine.Standing:
    """Work out where the record stands today and keep it; returns it."""
    session.flush()
    standing = standing_of(relationship, today(actor.zone))
    record = locked(relationship.id)
    record.status, record.next_expiry = standing.status, standing.next_expiry
    return standing


def standing_of(relationship: Relationship, on: date) -> engine.Standing:
    """Return where a relationship's record stands on a day."""
    layout = layout_for(relationship)
    states = [a.state for a in accounts(relationship.id)]
    return engine.standing(layout.fields, current_values(relationship.id), states, layout.bank_required, on)


def current_values(relationship_id: UUID) -> dict[UUID, RecordValue]:
    """Return the version that counts of every field that was given, by field."""
    rows = session.scalars(select(RecordValue).filter_by(relationship_id=relationship_id)
                           .where(RecordValue.state != ReviewState.REPLACED))
    return {r.field_id: r for r in rows}


def items(relationship: Relationship) -> list[RecordValue | BankAccount]:
    """Return all of a record that is sent and reviewed: the values of what is demanded now, and its bank accounts."""
    given = current_values(relationship.id)
    return [*(given[f.id] for f in layout_for(relationship).fields if f.id in given), *accounts(relationship.id)]


def begun(actor: Actor) -> list[UUID]:
    """Return the relationships of the actor's client in whose record something was given."""
    return list(session.scalars(select(Record.relationship_id).where(
        Record.client_id == actor.client_id, Record.status != RecordStatus.EMPTY)))


def history(relationship_id: UUID, field_id: UUID) -> list[RecordValue]:
    """Return every version of a field, newest first."""
    return list(session.scalars(select(RecordValue).filter_by(relationship_id=relationship_id, field_id=field_id)
                                .order_by(RecordValue.id.desc()).limit(50)))


def accounts(relationship_id: UUID) -> list[BankAccount]:
    """Return the bank accounts that count, oldest first."""
    rows = session.scalars(select(BankAccount).filter_by(relationship_id=relationship_id)
                           .where(BankAccount.state != ReviewState.REPLACED).order_by(BankAccount.id))
    return list(rows)


def mine(relationship_id: UUID, actor: Actor) -> Relationship:
    """Return a relationship that the actor serves as its supplier; raises NotFound for any other."""
    if relationship_id not in actor.relationships:
        raise NotFound
    return queries.relationship(actor, relationship_id)


def locked(relationship_id: UUID) -> Record:
    """Return the record with its row held: two windows cannot send and change it at once."""
    return session.scalars(select(Record).filter_by(relationship_id=relationship_id).with_for_update()).one()


def _current(relationship_id: UUID, field_id: UUID) -> RecordValue | None:
    query = select(RecordValue).filter_by(relationship_id=relationship_id, field_id=field_id)
    return session.scalar(query.where(RecordValue.state != ReviewState.REPLACED).with_for_update())


def _content(field: RecordField, command: GiveField, relationship: Relationship, actor: Actor,
             old: RecordValue | None) -> dict[str, object]:
    if field.expiry is Expiry.DOCUMENT_DATE and command.document_date is None:
        raise Invalid(fields={"document_date": _("Give the date that the document carries.")})
    given_on = today(actor.zone)
    if field.is_dated and command.document_date and command.document_date > given_on:
        raise Invalid(fields={"document_date": _("That day has not come yet. Give the one that the document carries.")})
    content: dict[str, object] = {"document_date": command.document_date,
                                  "expires_on": engine.expiry_of(field, command.document_date, given_on)}
    if content["expires_on"] and content["expires_on"] <= given_on:  # type: ignore[operator]
        raise Invalid(fields={"document_date": _("By its date this document has expired already. Give a current one.")})
    if field.type is not FieldType.FILE:
        return content | {"value": _value(field, command.value)}
    if command.upload is None:
        raise Invalid(fields={"file": _("Choose the file first.")})
    kept = files.keep(command.upload, purpose=Purpose.RECORD, allowed=field.file_types or PROOFS,
                      client_id=relationship.client_id, actor=actor, relationship_id=relationship.id,
                      max_mb=field.max_mb)
    return content | {"file_id": kept.id, "value": kept.name}


def _value(field: RecordField, text: str) -> str:
    value = text.strip()
    if field.type is FieldType.CHOICE and value not in field.choices:
        raise Invalid(fields={"choice": _("Choose one of the listed answers.")})
    if field.type is FieldType.YES_NO and value not in ("yes", "no"):
        raise Invalid(fields={"choice": _("Choose yes or no.")})
    if not value:
        raise Invalid(fields={"value": _("Write something, or leave the field with Cancel.")})
    if field.type is FieldType.DATE and not _is_date(value):
        raise Invalid(fields={"value": _("This is not a date. Write it as in the calendar.")})
    if field.type is FieldType.NUMBER and not _is_number(value):
        raise Invalid(fields={"value": _("This is not a number: digits, and a point for decimals.")})
    return value[:2000]


def _not_ready(relationship: Relationship, standing: engine.Standing) -> Exception:
    labels = {f.id: either(f.label_es, f.label_en) for f in layout_for(relationship).fields}
    missing = [labels[i] for i in standing.missing] + ([_("a bank account")] if standing.bank_missing else [])
    if missing:
        return Invalid(_("Before sending, give: %(fields)s.", fields=", ".join(missing)))
    return Conflict(_("There is nothing new to send: your record is where it was."))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.replace(",", "")).is_finite()
    except InvalidOperation:
        return False
