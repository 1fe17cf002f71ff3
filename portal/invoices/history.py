"""The history of an invoice as both sides read it: one sentence a moment, in the reader's language."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.access.actor import Actor
from portal.access.policy import Side
from portal.core.i18n import lazy
from portal.invoices.models import InvoiceMoment

# what: (sentence, kind of mark on the timeline)
SENTENCES: dict[str, tuple[Any, str]] = {
    "received": (lazy("Received as a draft"), "info"),
    "replaced": (lazy("Its files were replaced"), "info"),
    "corrected": (lazy("Its data were corrected"), "info"),
    "described": (lazy("What is invoiced was written"), "info"),
    "sent": (lazy("Sent for review"), "info"),
    "withdrawn": (lazy("Withdrawn by the supplier"), "neutral"),
    "deleted": (lazy("Draft deleted"), "neutral"),
    "approved": (lazy("Approved"), "success"),
    "returned": (lazy("Returned to be corrected"), "warning"),
    "rejected": (lazy("Rejected finally"), "danger"),
    "reopened": (lazy("Re-opened: the same UUID may come in again"), "info"),
    "scheduled": (lazy("Payment scheduled"), "info"),
    "unscheduled": (lazy("The payment date was taken away"), "warning"),
    "partly_paid": (lazy("Paid in part"), "success"),
    "paid": (lazy("Paid"), "success"),
    "nothing_owed": (lazy("Closed: it is for zero, so there is nothing to pay"), "neutral"),
    "partly_applied": (lazy("Applied in part to other invoices"), "success"),
    "applied": (lazy("Applied to other invoices"), "success"),
    "payment_voided": (lazy("A payment was voided"), "warning"),
    "stamp_verified": (lazy("Its stamp was verified"), "success"),
    "stamp_refused": (lazy("Its stamp was refused"), "danger"),
    "sat_cancelled": (lazy("SAT says that it is cancelled"), "danger"),
}


@dataclass(frozen=True)
class Line:
    """One line of the timeline, as `ui.timeline` draws it."""

    text: str
    who: str
    at: datetime
    kind: str
    quote: str = ""


def lines(moments: Sequence[InvoiceMoment], reader: Actor) -> list[Line]:
    """Return the moments as lines. People of the other side are shown by their organization's name."""
    return [_line(m, reader) for m in moments]


def _line(moment: InvoiceMoment, reader: Actor) -> Line:
    text, kind = SENTENCES.get(moment.what, (moment.what, "neutral"))
    return Line(text=str(text), who=_who(moment, reader), at=moment.created_at, kind=kind, quote=moment.reason)


def _who(moment: InvoiceMoment, reader: Actor) -> str:
    if moment.side == Side.CLIENT and reader.side is Side.SUPPLIER:
        return moment.organization_name or moment.user_name
    if moment.side == reader.side:
        return moment.user_name
    return " · ".join(part for part in (moment.user_name, moment.organization_name) if part)
