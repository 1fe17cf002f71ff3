"""A record as a screen shows it: tabs with what is missing, rows with how each item stands. For both sides."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.access.actor import Actor
from portal.core.clock import today
from portal.suppliers import engine, queries, records
from portal.suppliers.layout import Layout, layout_for
from portal.suppliers.models import (
    BankAccount,
    Record,
    RecordField,
    RecordSection,
    RecordValue,
    Relationship,
    ReviewState,
)

BANK = "bank"


@dataclass(frozen=True)
class Row:
    """One field with what was given for it."""

    field: RecordField
    value: RecordValue | None
    missing: bool
    expired: bool


@dataclass(frozen=True)
class Tab:
    """One section; `key` is its id, or `bank`."""

    key: str
    section: RecordSection | None
    missing: bool
    active: bool
    rejected: bool = False  # something in it was given and has to be given again


@dataclass(frozen=True)
class Board:
    """Everything that the page of one record shows."""

    relationship: Relationship
    record: Record
    standing: engine.Standing
    layout: Layout
    tabs: Sequence[Tab]
    active: Tab
    rows: Sequence[Row]
    ageing: Sequence[Row]  # of all sections: what expires soon or has expired, the soonest first
    accounts: Sequence[BankAccount]
    on: date


def board_of(relationship: Relationship, actor: Actor, chosen: str | None = None) -> Board:
    """Return a record for its page; `chosen` names the open tab, by default the first that lacks something."""
    on, layout = today(actor.zone), layout_for(relationship)
    standing, values = records.standing_of(relationship, on), records.current_values(relationship.id)
    accounts = records.accounts(relationship.id)
    keys = _keys(layout, standing, accounts)
    active = chosen if chosen in dict(keys) else next((k for k, missing in keys if missing), keys[0][0])
    sections = {str(s.id): s for s in layout.sections}
    wrong = _rejected(layout, values, accounts)
    tabs = [Tab(key, sections.get(key), missing, key == active, key in wrong) for key, missing in keys]
    open_tab = next(t for t in tabs if t.active)
    fields = layout.of(open_tab.section) if open_tab.section else []
    return Board(relationship, queries.record_of(actor, relationship.id), standing, layout, tabs, open_tab,
                 [row_of(f, values, standing, on) for f in fields], _ageing(layout, values, standing, on), accounts, on)


def _ageing(layout: Layout, values: dict[UUID, RecordValue], standing: engine.Standing, on: date) -> list[Row]:
    dated = [(value.expires_on, field) for field in layout.fields
             if (value := values.get(field.id)) and value.expires_on and value.expires_on - on <= engine.SOON]
    return [row_of(field, values, standing, on) for _day, field in sorted(dated, key=lambda pair: pair[0])]


def rows_of(board: Board) -> list[tuple[RecordSection, list[Row]]]:
    """Return every section with its rows: the reviewer sees all at once."""
    values = records.current_values(board.relationship.id)
    return [(s, [row_of(f, values, board.standing, board.on) for f in board.layout.of(s)])
            for s in board.layout.sections]


def row_of(field: RecordField, values: dict[UUID, RecordValue], standing: engine.Standing, on: date) -> Row:
    """Return one field as a row."""
    value = values.get(field.id)
    expired = value is not None and (value.state is ReviewState.EXPIRED
                                     or bool(value.expires_on and value.expires_on <= on))
    return Row(field, value, field.id in standing.missing, expired)


def _rejected(layout: Layout, values: dict[UUID, RecordValue], accounts: Sequence[BankAccount]) -> set[str]:
    fields = {str(f.section_id) for f in layout.fields
              if (value := values.get(f.id)) and value.state is ReviewState.REJECTED}
    return fields | ({BANK} if any(a.state is ReviewState.REJECTED for a in accounts) else set())


def _keys(layout: Layout, standing: engine.Standing, accounts: Sequence[BankAccount]) -> list[tuple[str, bool]]:
    missing = set(standing.missing)
    keys = [(str(s.id), any(f.id in missing for f in layout.of(s))) for s in layout.sections]
    bank = standing.bank_missing or any(a.state is ReviewState.REJECTED for a in accounts)
    return [*keys, (BANK, bank)]

