"""What happens with suppliers and their records, and how the audit trail says it."""
from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import lazy


@dataclass(frozen=True, kw_only=True)
class SupplierEvent(Event):
    """The root: `subject_id` is the relationship, `subject_label` the supplier's name."""

    kind: ClassVar[str] = "supplier"


@dataclass(frozen=True, kw_only=True)
class SupplierInvited(SupplierEvent):
    """A client registered a supplier and a letter with the link is on its way."""

    email: str
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(SupplierEvent):
    """A client took an invitation back; its link is dead."""


@dataclass(frozen=True, kw_only=True)
class SupplierJoined(SupplierEvent):
    """The supplier accepted; the relationship is active."""


@dataclass(frozen=True, kw_only=True)
class SupplierChanged(SupplierEvent):
    """A client changed what it keeps of a supplier."""

    changed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SupplierBlocked(SupplierEvent):
    """A client stopped taking invoices from a supplier."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SupplierUnblocked(SupplierEvent):
    """A client takes invoices from a supplier again."""


@dataclass(frozen=True, kw_only=True)
class RecordEvent(Event):
    """The root of what happens to a record: `subject_id` is the relationship."""

    kind: ClassVar[str] = "record"


@dataclass(frozen=True, kw_only=True)
class RecordFieldGiven(RecordEvent):
    """The supplier gave a field, or gave it again."""

    field: str
    replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class BankAccountGiven(RecordEvent):
    """The supplier gave a bank account; only its last four digits are told."""

    bank: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class BankAccountRemoved(RecordEvent):
    """The supplier took a bank account out."""

    bank: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class RecordSent(RecordEvent):
    """The supplier sent its record for review."""


@dataclass(frozen=True, kw_only=True)
class RecordItemApproved(RecordEvent):
    """The client approved a field or a bank account."""

    item: str


@dataclass(frozen=True, kw_only=True)
class RecordItemRejected(RecordEvent):
    """The client rejected a field or a bank account, saying why."""

    item: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordReviewed(RecordEvent):
    """The client has gone through all that was sent. `rejected` says how many items must be corrected."""

    rejected: int


@dataclass(frozen=True, kw_only=True)
class RecordExpired(RecordEvent):
    """Fields of a record reached their date."""

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BankNumberRevealed(RecordEvent):
    """Somebody of the client looked at a full account number."""

    bank: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class SupplierListed(SupplierEvent):
    """SAT's 69-B names the supplier."""

    situation: str


@dataclass(frozen=True, kw_only=True)
class LayoutChanged(Event):
    """The client changed what its record demands."""

    kind: ClassVar[str] = "layout"
    act: str


SENTENCES = {
    "SupplierInvited": lazy("Invitation sent to %(email)s for %(subject)s"),
    "InvitationRevoked": lazy("Invitation of %(subject)s revoked"),
    "SupplierJoined": lazy("%(subject)s accepted the invitation"),
    "SupplierChanged": lazy("Data of %(subject)s changed: %(changed)s"),
    "SupplierBlocked": lazy("%(subject)s blocked: %(reason)s"),
    "SupplierUnblocked": lazy("%(subject)s unblocked"),
    "RecordFieldGiven": lazy("%(subject)s gave “%(field)s”"),
    "BankAccountGiven": lazy("%(subject)s gave the account of %(bank)s ending in %(last4)s"),
    "BankAccountRemoved": lazy("%(subject)s removed the account of %(bank)s ending in %(last4)s"),
    "RecordSent": lazy("%(subject)s sent its record for review"),
    "RecordItemApproved": lazy("“%(item)s” of %(subject)s approved"),
    "RecordItemRejected": lazy("“%(item)s” of %(subject)s rejected: %(reason)s"),
    "RecordReviewed": lazy("Record of %(subject)s reviewed"),
    "RecordExpired": lazy("Fields of the record of %(subject)s expired: %(fields)s"),
    "BankNumberRevealed": lazy("Full account number of %(subject)s seen (%(bank)s, ending in %(last4)s)"),
    "SupplierListed": lazy("%(subject)s is on SAT's 69-B list: %(situation)s"),
    "LayoutChanged": lazy("Layout of the record changed: %(subject)s (%(act)s)"),
}
