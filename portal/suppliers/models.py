"""Suppliers of a client, the layout of the digital record that it demands, and what each supplier gave."""
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, choice
from portal.core.tenancy import CLIENT_CONFIG, MY_CLIENTS, MY_RELATIONSHIPS, SHARED, Rls, among


class SupplierKind(StrEnum):
    """What kind of supplier it is; the layout may ask each for other things."""

    COMPANY = "company"
    PERSON = "person"
    FOREIGN = "foreign"


class RelationshipStatus(StrEnum):
    """Where the relationship between a client and a supplier stands."""

    INVITED = "invited"
    ACTIVE = "active"
    BLOCKED = "blocked"


class Relationship(Base):
    """One supplier seen by one client. `organization_id` is empty until the invitation is accepted."""

    __tablename__ = "relationships"
    __table_args__ = (UniqueConstraint("client_id", "country", "tax_id"), Index(None, "client_id", "name_key", "id"))
    __rls__ = Rls(read=f"{MY_CLIENTS} OR id = {among('relationships')}", door="SELECT, UPDATE")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[SupplierKind] = mapped_column(choice(SupplierKind))
    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(300))  # case-folded, without accents: search and order
    tax_id: Mapped[str] = mapped_column(String(30))
    country: Mapped[str] = mapped_column(String(3), default="MEX")
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(5), default="es")
    group: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[RelationshipStatus] = mapped_column(choice(RelationshipStatus), default=RelationshipStatus.INVITED)
    registered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    accepted_at: Mapped[datetime | None]


class FieldType(StrEnum):
    """What a field of the record takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    FILE = "file"


class Expiry(StrEnum):
    """How a field's value grows old."""

    NONE = "none"
    LIFETIME = "lifetime"
    DOCUMENT_DATE = "document_date"


class RecordGate(StrEnum):
    """What a client needs of the record before invoices."""

    NOTHING = "nothing"
    BEFORE_UPLOAD = "before_upload"
    BEFORE_SENDING = "before_sending"


class RecordPolicy(Base):
    """Whether a client needs the record: one row a client; `approved` asks for the review too, not just sending."""

    __tablename__ = "record_policies"
    __rls__ = CLIENT_CONFIG

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), unique=True)
    gate: Mapped[RecordGate] = mapped_column(choice(RecordGate), default=RecordGate.NOTHING)
    approved: Mapped[bool] = mapped_column(default=True)
    bank_account: Mapped[bool] = mapped_column(default=True)  # is one mandatory


class RecordSection(Base):
    """A section (tab) of the record that a client demands."""

    __tablename__ = "record_sections"
    __rls__ = CLIENT_CONFIG

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    position: Mapped[int]
    title_es: Mapped[str] = mapped_column(String(80))
    title_en: Mapped[str] = mapped_column(String(80), default="")
    archived_at: Mapped[datetime | None]


class RecordField(Base):
    """A field of a section. An edit of what it demands never changes what was already given."""

    __tablename__ = "record_fields"
    __rls__ = CLIENT_CONFIG

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    section_id: Mapped[UUID] = mapped_column(ForeignKey("record_sections.id"), index=True)
    position: Mapped[int]
    label_es: Mapped[str] = mapped_column(String(120))
    label_en: Mapped[str] = mapped_column(String(120), default="")
    help_es: Mapped[str] = mapped_column(String(1000), default="")
    help_en: Mapped[str] = mapped_column(String(1000), default="")
    type: Mapped[FieldType] = mapped_column(choice(FieldType))
    mandatory: Mapped[bool] = mapped_column(default=False)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)  # empty: every kind of supplier
    choices: Mapped[list[str]] = mapped_column(JSONB, default=list)
    file_types: Mapped[list[str]] = mapped_column(ARRAY(String(10)), default=list)  # pdf, png, jpeg, xml…
    max_mb: Mapped[int] = mapped_column(default=10)
    expiry: Mapped[Expiry] = mapped_column(choice(Expiry), default=Expiry.NONE)
    lifetime_days: Mapped[int | None]
    archived_at: Mapped[datetime | None]

    @property
    def is_dated(self) -> bool:
        """Whether it lives for so many days from the document's date; else that date, if asked for, is its last."""
        return self.expiry is Expiry.DOCUMENT_DATE and bool(self.lifetime_days)


class ReviewState(StrEnum):
    """Where one value (or bank account) of the record stands."""

    DRAFT = "draft"
    SENT = "sent"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLACED = "replaced"


class RecordStatus(StrEnum):
    """Where the whole record stands; derived by `suppliers.lifecycle`, kept for lists."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    READY = "ready"
    SENT = "sent"
    CORRECTIONS = "corrections"
    APPROVED = "approved"
    EXPIRING = "expiring"
    EXPIRED = "expired"


class Record(Base):
    """One supplier's record with one client."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "client_id", "status"),)
    __rls__ = Rls(read=SHARED.read, door="SELECT")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"), unique=True)
    status: Mapped[RecordStatus] = mapped_column(choice(RecordStatus), default=RecordStatus.EMPTY)
    next_expiry: Mapped[date | None] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    reviewed_at: Mapped[datetime | None]


class RecordValue(Base):
    """What was given for a field: one row per version; the newest that is not `replaced` counts."""

    __tablename__ = "record_values"
    __table_args__ = (
        Index(None, "relationship_id", "field_id"),
        Index("uq_record_values_current", "relationship_id", "field_id", unique=True,
              postgresql_where=text("state <> 'replaced'")),
    )
    __rls__ = SHARED

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    field_id: Mapped[UUID] = mapped_column(ForeignKey("record_fields.id"))
    state: Mapped[ReviewState] = mapped_column(choice(ReviewState), default=ReviewState.DRAFT)
    value: Mapped[str] = mapped_column(String(2000), default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    document_date: Mapped[date | None]
    expires_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]


class BankAccount(Base):
    """A supplier's bank account for one client. The number is encrypted; screens show its last four digits."""

    __tablename__ = "bank_accounts"
    __table_args__ = (
        Index(None, "relationship_id"),
        Index(None, "client_id", "number_index"),
        CheckConstraint("state <> 'approved' OR decided_by IS NOT NULL", name="approved_by_somebody"),
    )
    __rls__ = Rls(read=f"{MY_CLIENTS} OR {MY_RELATIONSHIPS}")

    client_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    relationship_id: Mapped[UUID] = mapped_column(ForeignKey("relationships.id"))
    state: Mapped[ReviewState] = mapped_column(choice(ReviewState), default=ReviewState.DRAFT)
    holder: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(3), default="MEX")
    currency: Mapped[str] = mapped_column(String(3), default="MXN")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    number: Mapped[str]  # encrypted: CLABE, IBAN or account number
    number_last4: Mapped[str] = mapped_column(String(4))
    number_index: Mapped[str] = mapped_column(String(64))  # keyed hash: finds the same account elsewhere
    number_kind: Mapped[str] = mapped_column(String(10))  # clabe, iban, account
    bic: Mapped[str] = mapped_column(String(11), default="")
    routing: Mapped[str] = mapped_column(String(20), default="")
    proof_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
