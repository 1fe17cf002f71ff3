"""What happens to invoices, said in the past tense, and the sentence that the audit trail tells of each."""
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.core.events import Event
from portal.core.i18n import lazy
from portal.invoices.models import Invoice


@dataclass(frozen=True, kw_only=True)
class InvoiceEvent(Event):
    """The root: `subject_id` is the invoice (the attempt, when refused), `subject_label` its series and folio."""

    kind: ClassVar[str] = "invoice"


@dataclass(frozen=True, kw_only=True)
class InvoiceReceived(InvoiceEvent):
    """Files were accepted and a draft made (or a draft's files replaced)."""

    verdict: str = ""
    uuid: str = ""
    replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class InvoiceRefused(InvoiceEvent):
    """Files were refused; no draft was made. `subject_id` is the attempt."""

    kind: ClassVar[str] = "intake"
    codes: tuple[str, ...] = ()
    uuid: str = ""


@dataclass(frozen=True, kw_only=True)
class RequirementAnswered(InvoiceEvent):
    """The supplier gave something that the client demands with the invoice."""

    requirement: str = ""
    replaced: bool = False


@dataclass(frozen=True, kw_only=True)
class InvoiceDescribed(InvoiceEvent):
    """The supplier wrote what a draft invoices, for its file does not say it."""


@dataclass(frozen=True, kw_only=True)
class InvoiceSent(InvoiceEvent):
    """The supplier sent it for review. Sent is not approved."""

    total: str = ""
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceWithdrawn(InvoiceEvent):
    """The supplier took it back before anybody decided."""


@dataclass(frozen=True, kw_only=True)
class InvoiceDeleted(InvoiceEvent):
    """The supplier threw a draft away."""


@dataclass(frozen=True, kw_only=True)
class InvoiceApproved(InvoiceEvent):
    """All stages passed."""


@dataclass(frozen=True, kw_only=True)
class InvoiceReturned(InvoiceEvent):
    """The client sent it back to draft, to be corrected."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceRejected(InvoiceEvent):
    """The client rejected it finally."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class InvoiceReopened(InvoiceEvent):
    """The client lets a rejected UUID come in again."""


@dataclass(frozen=True, kw_only=True)
class StampVerified(InvoiceEvent):
    """A stamp that could not be verified at reception turned out to be good."""


@dataclass(frozen=True, kw_only=True)
class StampRefused(InvoiceEvent):
    """A stamp that could not be verified at reception turned out to be bad."""

    codes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CancelledAtSat(InvoiceEvent):
    """SAT says that it is cancelled."""


@dataclass(frozen=True, kw_only=True)
class InvoiceSettingsChanged(Event):
    """The client changed what it accepts as an invoice."""

    kind: ClassVar[str] = "invoice_settings"
    pdf_required: bool = True
    accepts_foreign: bool = True
    foreign_currencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequirementChanged(Event):
    """The client changed what it demands with an invoice. `change`: added, edited, archived, restored, moved."""

    kind: ClassVar[str] = "invoice_requirement"
    change: str = ""


def about(invoice: Invoice) -> dict[str, Any]:
    """Return the fields by which every event of `invoice` says whose it is and what it is about."""
    return {"client_id": invoice.client_id, "relationship_id": invoice.relationship_id,
            "subject_id": invoice.id, "subject_label": invoice.number}


SENTENCES = {
    "InvoiceReceived": lazy("Invoice %(subject)s came in as a draft"),
    "InvoiceRefused": lazy("The file %(subject)s was refused"),
    "RequirementAnswered": lazy("“%(requirement)s” was given with invoice %(subject)s"),
    "InvoiceDescribed": lazy("What %(subject)s invoices was written"),
    "InvoiceSent": lazy("Invoice %(subject)s was sent for review"),
    "InvoiceWithdrawn": lazy("Invoice %(subject)s was withdrawn by the supplier"),
    "InvoiceDeleted": lazy("The draft %(subject)s was deleted"),
    "InvoiceApproved": lazy("Invoice %(subject)s was approved"),
    "InvoiceReturned": lazy("Invoice %(subject)s was returned to be corrected: %(reason)s"),
    "InvoiceRejected": lazy("Invoice %(subject)s was rejected: %(reason)s"),
    "InvoiceReopened": lazy("Invoice %(subject)s was re-opened: the same UUID may come in again"),
    "StampVerified": lazy("The stamp of invoice %(subject)s was verified"),
    "StampRefused": lazy("The stamp of invoice %(subject)s was refused"),
    "CancelledAtSat": lazy("SAT says that invoice %(subject)s is cancelled"),
    "InvoiceSettingsChanged": lazy("The invoice settings were changed"),
    "RequirementChanged": lazy("The requirement “%(subject)s” was changed (%(change)s)"),
}
