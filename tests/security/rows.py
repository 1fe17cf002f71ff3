"""A rich world: one row in every table that speaks of a client or of a pair, so that no wall is tried on nothing.

The rows are made from the tables' own columns: a new table is filled, and attacked, without a line here.
"""
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Table,
    Text,
    select,
)

from portal.approvals.models import ApprovalStep, StepState
from portal.core import db
from portal.core.clock import now
from portal.core.db import Base
from portal.core.ids import new_id
from portal.invoices.models import Invoice, InvoiceStatus
from portal.mail import sealing
from portal.mail.models import Letter
from portal.storage import stores
from portal.storage.models import FilePreview, StoredFile
from portal.suppliers import bank_accounts
from portal.suppliers.models import BankAccount
from portal.web import parking
from portal.web.parking import ParkedForm
from tests.factories import Buyer, Person, Seller, World
from tests.papers import PDF

# What must be as the portal itself would write it. A draft is its supplier's alone: the invoice has been sent.
MARKED = "<svg onload=alert(1)>"
FIXED: dict[tuple[str, str], Any] = {
    ("invoices", "status"): "in_review", ("invoices", "sent_at"): now(), ("files", "state"): "clean",
    ("files", "media_type"): "application/pdf", ("intake_attempts", "verdict"): "rejected",
    ("letters", "name"): "mail_check", ("invoice_moments", "what"): "sent", ("sat_lists", "state"): "replaced",
    ("record_values", "state"): "sent", ("bank_accounts", "state"): "sent", ("sessions", "side"): "client",
}
# Columns that point at a row in another case than the one that stands here: a line of an invoice is of no credit note.
ABSENT = {("payment_lines", "against_id")}
# Columns that hold words of the portal's own, and never what somebody typed.
OWN_WORDS = {"side", "kind", "subject_kind", "locale", "zone", "theme", "country", "currency", "cfdi_version", "queue",
             "cfdi_type", "uuid", "verdict", "what", "key", "digest", "token_hash", "secret_hash", "password_hash",
             "sha256", "media_type", "number_kind", "number_index", "number_last4", "path", "email_key", "ip",
             "request_id", "context", "message_id", "document", "version", "postcode", "rfc", "payment_form",
             "payment_method"}
# Columns that point at a row without saying so by a foreign key.
WHERE = {"client_id": "organizations", "organization_id": "organizations", "user_id": "users",
         "relationship_id": "relationships", "event_id": "audit_events"}


@dataclass
class Holding:
    """What one client and its suppliers have: the id of one row of every table."""

    buyer: Buyer
    seller: Seller
    other: Seller
    ids: dict[str, UUID] = field(default_factory=dict)


def holding(world: World, letter: str, typed: str = "", state: str = "in_review") -> Holding:
    """Return a client with two suppliers and a row of the first in every table; `letter` tells its names apart.

    `typed`: what stands in every column that holds what somebody typed. `state`: of the invoice.
    """
    buyer = world.client(f"Compradora {letter}", f"CO{letter}010101AB1")
    seller = world.supplier(buyer, f"Vendedora {letter}", f"VE{letter}020202CD2")
    made = Holding(buyer, seller, world.supplier(buyer, f"Otra {letter}", f"OT{letter}030303EF3"))
    made.ids = fill(world, buyer.people["administrator"], seller)
    if typed:
        _type(world, made, typed)
    with world.owner():
        invoice = db.session.get_one(Invoice, made.ids["invoices"])
        invoice.status, invoice.sent_at = InvoiceStatus(state), None if state == "draft" else invoice.sent_at
    return made


def fill(world: World, person: Person, seller: Seller) -> dict[str, UUID]:
    """Put a row that belongs to `person`'s client and to `seller` in every table; return the ids by table."""
    ids = {"organizations": person.organization.id, "users": person.user.id, "relationships": seller.id}
    with world.owner():
        for table in Base.metadata.sorted_tables:
            if table.name not in ids:
                ids[table.name] = _existing(table, ids) or _insert(table, ids)
        real(ids)
    return ids


def real(ids: dict[str, UUID]) -> None:
    """Give the rows that stand for bytes their bytes."""
    parked = db.session.get_one(ParkedForm, ids["parked_forms"])
    parked.parcel = parking.vault.cipher().encrypt('{"fields": {}, "files": []}', parking._place(parked)).encode()
    letter = db.session.get_one(Letter, ids["letters"])
    letter.context = sealing.seal(letter.id, letter.client_id, {"client": "C", "name": MARKED, "link": "http://x/"})
    step = db.session.get_one(ApprovalStep, ids["approval_steps"])
    step.state, step.started_at, step.approver_roles = StepState.CURRENT, now(), ["accounts_payable", "approver"]
    account = db.session.get_one(BankAccount, ids["bank_accounts"])
    bank_accounts._seal(account, "032180000118359719")
    db.session.get_one(StoredFile, ids["files"]).sha256 = stores.current().put(PDF).sha256
    db.session.get_one(FilePreview, ids["file_previews"]).sha256 = stores.current().put(b"\x89PNG").sha256


def _type(world: World, made: Holding, typed: str) -> None:
    with world.owner():
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if type(c.type) in (String, Text) and not c.foreign_keys
                       and c.name not in OWN_WORDS and (table.name, c.name) not in FIXED]
            values = {c.name: typed[: getattr(c.type, "length", None) or 2000] for c in columns}
            if table.name == "bank_accounts":
                values.pop("number")
            if table.name in ("users", "links", "relationships"):
                values = {k: v for k, v in values.items() if "email" not in k}
            if values:
                where = table.c.id == made.ids[table.name]
                db.session.connection().execute(table.update().where(where).values(**values))


def _existing(table: Table, ids: dict[str, UUID]) -> UUID | None:
    owner = next((c for c in ("relationship_id", "user_id", "client_id") if c in table.c), None)
    if table.name not in ("records", "memberships", "fiscal_profiles") or owner is None:
        return None
    found = select(table.c.id).where(table.c[owner] == ids[WHERE[owner]])
    return db.session.connection().scalar(found)


def _insert(table: Table, ids: dict[str, UUID]) -> UUID:
    key = new_id()
    values = {c.name: _value(c, ids) for c in table.columns if _wanted(c)}
    db.session.connection().execute(table.insert().values(id=key, **values))
    return key


def _wanted(column: Column[Any]) -> bool:
    pointer = bool(column.foreign_keys) or column.name in WHERE
    fixed = (column.table.name, column.name) in FIXED
    bare = not column.nullable and column.default is None and column.server_default is None
    absent = (column.table.name, column.name) in ABSENT
    return not column.primary_key and not absent and (pointer or bare or fixed)


def _value(column: Column[Any], ids: dict[str, UUID]) -> Any:
    target = next((f.column.table.name for f in column.foreign_keys), WHERE.get(column.name, ""))
    if target:
        return ids.get(target)
    kind = column.type
    fixed = FIXED.get((column.table.name, column.name))
    if isinstance(kind, Enum):
        return kind.enum_class(fixed or kind.enums[0])  # type: ignore[misc]
    if fixed is not None:
        return fixed
    simple: tuple[tuple[type, Any], ...] = (
        (Boolean, False), (Integer, 1), (Numeric, Decimal(1)), (DateTime, now()), (Date, date.today()),
        (LargeBinary, b""), (ARRAY, []), (JSON, {}))
    words = {"locale": "es", "country": "MEX", "currency": "MXN"}
    text = words.get(column.name, f"{column.name[:8]}-{new_id().hex[-12:]}")[-(getattr(kind, "length", None) or 40):]
    return next((v for t, v in simple if isinstance(kind, t)), text)


def prints(world: World) -> dict[str, str]:
    """Return a fingerprint of every table's rows, without what merely looking changes (when somebody was last seen)."""
    found = {}
    with world.owner():
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if c.name not in ("last_seen_at", "ip")]
            rows = db.session.connection().execute(select(*columns).order_by(table.c.id)).all()
            found[table.name] = repr([[_plain(v) for v in row] for row in rows])
    return found


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
