"""Credit notes in a payment: which may be applied, to which invoice, how much; and which were perhaps forgotten.

A credit is taken off one invoice that the same payment settles, in the currency of note, invoice and payment: so no
exchange rate ever decides what a note is worth, and no payment can give more back than it pays.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from portal.core.errors import Invalid
from portal.core.i18n import _, money
from portal.invoices.models import Invoice
from portal.payments.engine import Credit, Line, is_payable

# c_TipoRelacion: credit note, return of goods, application of an advance. Documents from abroad give no type.
NAMING = ("01", "03", "07", "")


@dataclass(frozen=True)
class Offer:
    """A row of the page: a note that may be applied, and the invoice that it names, if that is to be paid."""

    note: Invoice
    invoice: Invoice | None
    key: str  # of its two fields, `credit-<key>` and `against-<key>`


@dataclass(frozen=True)
class Applying:
    """What of a note is taken off an invoice; `before` is what was left of the note."""

    note: Invoice
    invoice: Invoice
    amount: Decimal
    before: Decimal

    @property
    def after(self) -> Decimal:
        """What is left of the note afterwards."""
        return self.before - self.amount


def offers(notes: Sequence[Invoice], payable: Sequence[Invoice]) -> list[Offer]:
    """Return the rows for `notes`: one for each payable invoice that a note names, or one without an invoice."""
    return [Offer(note, invoice, f"{note.id}-{n}")
            for note in notes for n, invoice in enumerate(named(note, payable) or [None])]


def named(note: Invoice, invoices: Sequence[Invoice]) -> list[Invoice]:
    """Return those of `invoices` that `note` is related to (CfdiRelacionados) and that are in its currency."""
    names = {name.upper() for relation in (note.facts or {}).get("relations", ()) if relation["type"] in NAMING
             for name in relation["uuids"]}
    return [i for i in invoices if i.currency == note.currency and (i.uuid or i.number).upper() in names]


def suggested(found: Sequence[Offer], invoices: Sequence[Invoice]) -> list[tuple[Offer, Decimal]]:
    """Return what the notes that name `invoices` can cover of their balances: (offer, amount), nothing for zero."""
    owed, left = {i.id: i.balance for i in invoices}, {offer.note.id: offer.note.balance for offer in found}
    made = []
    for offer in found:
        amount = min(left[offer.note.id], owed.get(offer.invoice.id, Decimal(0)) if offer.invoice else Decimal(0))
        if offer.invoice and amount > 0:
            made.append((offer, amount))
            left[offer.note.id] -= amount
            owed[offer.invoice.id] -= amount
    return made


def applied(credits: Sequence[Credit], lines: Sequence[Line], currency: str,
            documents: Mapping[UUID, Invoice]) -> tuple[Applying, ...]:
    """Return what `credits` do to the notes in `documents`, in their order. Raises Invalid with what is wrong."""
    covers = {line.invoice_id: line.amount for line in lines}
    left: dict[UUID, Decimal] = {}
    made = []
    for credit in credits:
        note, invoice = documents[credit.note_id], documents.get(credit.invoice_id)
        if invoice is None or credit.invoice_id not in covers:
            raise Invalid(_("Credit note %(note)s is applied to an invoice that this payment does not settle. Give "
                            "that invoice an amount, or leave the credit note empty.", note=note.number))
        before = left.get(note.id, note.balance)
        _check(credit, note, invoice, currency, before, covers[invoice.id])
        covers[invoice.id] -= credit.amount
        left[note.id] = before - credit.amount
        made.append(Applying(note, invoice, credit.amount, before))
    return tuple(made)


def forgotten(made: Sequence[Applying], notes: Sequence[Invoice], paid: Sequence[Invoice]) -> list[Offer]:
    """Return the notes that name an invoice of the payment and are not applied to any."""
    used = {one.note.id for one in made}
    return [offer for offer in offers([n for n in notes if n.id not in used], paid) if offer.invoice is not None]


def too_fine(number: str, currency: str) -> str:
    """Return the sentence about an amount that nobody can pay."""
    return _("What you give %(number)s has more decimals than %(currency)s has. Correct it.", number=number,
             currency=currency)


def _check(credit: Credit, note: Invoice, invoice: Invoice, currency: str, left: Decimal, cover: Decimal) -> None:
    if credit.amount <= 0:
        raise Invalid(_("Credit note %(note)s needs an amount above zero.", note=note.number))
    if credit.amount != cover and not is_payable(credit.amount, currency, left):
        raise Invalid(too_fine(note.number, currency))
    if note.currency != currency or invoice.currency != currency:
        raise Invalid(_("Credit note %(note)s is in %(currency)s: it is applied to invoices in %(currency)s, in a "
                        "payment in %(currency)s.", note=note.number, currency=note.currency))
    if credit.amount > left:
        raise Invalid(_("Of credit note %(note)s there is %(left)s left to apply. Lower it.", note=note.number,
                        left=money(left, currency)))
    if credit.amount > cover:
        raise Invalid(_("Credit note %(note)s takes off more than this payment settles of invoice %(number)s. Lower "
                        "it, or settle more of the invoice.", note=note.number, number=invoice.number))
