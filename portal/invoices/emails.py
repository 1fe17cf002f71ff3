"""The letters about invoices: to the supplier's people, and to the client's accounts payable."""
from collections.abc import Iterable, Sequence
from typing import Any

from portal.access.policy import Role
from portal.accounts import queries as accounts
from portal.accounts.models import Organization
from portal.core.i18n import money
from portal.invoices.models import Invoice
from portal.invoices.queries import LetterFacts
from portal.mail.services import Recipient, post

_SAMPLE: dict[str, Any] = {"client": "Comercializadora del Valle", "supplier": "Papelería Ñandú", "number": "A-1023",
                           "total": "$1,160.00 MXN", "link": "/invoices/0199c1de-0000-7000-8000-000000000000"}

# A sample of what each letter is given: tests and the preview of letters draw them with it.
LETTERS: dict[str, dict[str, Any]] = {
    "invoice_sent": _SAMPLE,
    "invoice_received": _SAMPLE,
    "invoices_received": {"client": "Comercializadora del Valle", "count": 22, "more": 2, "link": "/inbox/",
                          "invoices": ["A-1023 · Papelería Ñandú · $1,160.00 MXN"]},
    "invoice_returned": {**_SAMPLE, "reason": "Falta el número de orden de compra."},
    "invoice_rejected": {**_SAMPLE, "reason": "La mercancía no se recibió."},
    "invoice_approved": {**_SAMPLE, "credit": False, "owes": True},
    "stamp_refused": _SAMPLE,
    "sat_cancelled": _SAMPLE,
}
PAYABLES = (Role.ACCOUNTS_PAYABLE,)


def to_supplier(letter: str, known: LetterFacts, **more: Any) -> None:
    """Post `letter` to the supplier's people."""
    people = accounts.contacts_of(known.supplier_organization_id) if known.supplier_organization_id else []
    _post(letter, people, known, f"/invoices/{known.invoice.id}", more)


def to_payables(letter: str, known: LetterFacts, **more: str) -> None:
    """Post `letter` to the client's accounts payable."""
    _post(letter, accounts.contacts_of(known.invoice.client_id, PAYABLES), known, f"/inbox/{known.invoice.id}", more)


def received(to: Recipient, known: LetterFacts) -> None:
    """Post the letter about one new invoice to one person of accounts payable."""
    _post("invoice_received", [to], known, f"/inbox/{known.invoice.id}", {})


def arrivals(to: Recipient, client: Organization, found: Sequence[Invoice], most: int) -> None:
    """Post one letter about the invoices that came in, of which it names `most`."""
    named = [f"{i.number} · {i.supplier_name} · {money(i.total, i.currency)}" for i in found[:most]]
    post("invoices_received", to, {"client": client.name, "count": len(found), "invoices": named,
                                   "more": len(found) - len(named), "link": "/inbox/"}, client_id=client.id)


def _post(letter: str, people: Iterable[Recipient], known: LetterFacts, link: str, more: dict[str, Any]) -> None:
    invoice = known.invoice
    context = {"client": known.client_name, "supplier": invoice.supplier_name, "number": invoice.number,
               "total": money(invoice.total, invoice.currency), "link": link, **more}
    for person in people:
        post(letter, person, context, client_id=invoice.client_id, relationship_id=invoice.relationship_id)
