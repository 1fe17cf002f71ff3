"""Pure decisions about records: which fields are demanded of whom, what is missing, and where the record stands."""
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from portal.suppliers.models import Expiry, RecordField, RecordStatus, RecordValue, ReviewState

SOON = timedelta(days=30)
GIVEN = (ReviewState.DRAFT, ReviewState.SENT, ReviewState.APPROVED)


@dataclass(frozen=True)
class Standing:
    """Where a record stands, and why."""

    status: RecordStatus
    missing: tuple[UUID, ...]  # mandatory fields without a usable value
    bank_missing: bool
    can_send: bool
    next_expiry: date | None


def demanded(fields: Iterable[RecordField], kind: str) -> list[RecordField]:
    """Return the fields that are demanded of a supplier of `kind`, in their order."""
    return [f for f in fields if f.archived_at is None and (not f.kinds or kind in f.kinds)]


def usable(value: RecordValue | None, on: date) -> bool:
    """Say whether a value counts as given on a day."""
    return value is not None and value.state in GIVEN and not (value.expires_on and value.expires_on <= on)


def expiry_of(field: RecordField, document_date: date | None, given_on: date) -> date | None:
    """Return the day from which a value is no longer valid, or None when it does not grow old."""
    if field.expiry is Expiry.NONE or not field.lifetime_days:
        return document_date if field.expiry is Expiry.DOCUMENT_DATE else None
    start = document_date if field.expiry is Expiry.DOCUMENT_DATE else given_on
    return start + timedelta(days=field.lifetime_days) if start else None


def standing(fields: Collection[RecordField], values: Mapping[UUID, RecordValue], accounts: Collection[ReviewState],
             bank_required: bool, on: date) -> Standing:
    """Return where a record stands on a day.

    `fields` are those demanded; `values` the current value per field; `accounts` the states of the bank accounts.
    """
    missing = tuple(f.id for f in fields if f.mandatory and not usable(values.get(f.id), on))
    bank_missing = bank_required and not any(s in GIVEN for s in accounts)
    states = [v.state for f in fields if (v := values.get(f.id))] + list(accounts)
    dates = [v.expires_on for f in fields if (v := values.get(f.id)) and v.expires_on
             and v.state is not ReviewState.REJECTED]
    ahead = [v.expires_on for f in fields if (v := values.get(f.id)) and v.expires_on and v.state in GIVEN]
    complete = not missing and not bank_missing
    status = _status(states, dates, complete, on)
    can_send = complete and ReviewState.DRAFT in states and ReviewState.REJECTED not in states
    # A day that has come stays the next one until the daily job has expired its value and told the supplier.
    return Standing(status, missing, bank_missing, can_send, min(ahead, default=None))


def _status(states: list[ReviewState], dates: list[date], complete: bool, on: date) -> RecordStatus:
    ranked = (
        (not states, RecordStatus.EMPTY),
        (ReviewState.REJECTED in states, RecordStatus.CORRECTIONS),
        (ReviewState.EXPIRED in states or any(d <= on for d in dates), RecordStatus.EXPIRED),
        (not complete, RecordStatus.INCOMPLETE),
        (ReviewState.DRAFT in states, RecordStatus.READY),
        (ReviewState.SENT in states, RecordStatus.SENT),
        (any(d - on <= SOON for d in dates), RecordStatus.EXPIRING),
    )
    return next((status for holds, status in ranked if holds), RecordStatus.APPROVED)
