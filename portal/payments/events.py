"""What happens in payments, and how the audit trail says it."""
from dataclasses import dataclass
from typing import ClassVar

from portal.core.events import Event
from portal.core.i18n import lazy


@dataclass(frozen=True, kw_only=True)
class PaymentScheduled(Event):
    """Treasury gave an invoice a payment date, or another one."""

    kind: ClassVar[str] = "invoice"
    pay_on: str
    before: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentUnscheduled(Event):
    """Treasury took the date of an invoice away."""

    kind: ClassVar[str] = "invoice"
    before: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PaymentRegistered(Event):
    """Money went out, to one supplier, for one or more invoices; `credits` say what was taken off which of them."""

    kind: ClassVar[str] = "payment"
    amount: str
    currency: str
    invoices: tuple[str, ...]
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PaymentVoided(Event):
    """A registered payment turned out not to stand; its invoices owe again."""

    kind: ClassVar[str] = "payment"
    amount: str
    currency: str
    reason: str


SENTENCES = {
    "PaymentScheduled": lazy("Payment of %(subject)s scheduled for %(pay_on)s"),
    "PaymentUnscheduled": lazy("Payment date of %(subject)s taken away (it was %(before)s)"),
    "PaymentRegistered": lazy("Payment %(subject)s registered: %(amount)s %(currency)s"),
    "PaymentVoided": lazy("Payment %(subject)s voided: %(reason)s"),
}
