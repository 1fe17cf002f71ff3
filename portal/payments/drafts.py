"""A payment that is being registered, between its steps: what was typed and the proof that was given.

It is kept for its author alone, encrypted, for a day (`web/parking`). So "Correct" and the browser's own Back find
everything as it was, the file too, with scripts or without.
"""
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from flask import request, url_for
from werkzeug.datastructures import CombinedMultiDict, FileStorage, MultiDict

from portal.access.actor import Actor
from portal.core.clock import today
from portal.core.db import savepoint
from portal.core.errors import Conflict, Invalid
from portal.core.i18n import _
from portal.core.money import written
from portal.invoices.models import Invoice
from portal.payments import crediting, queries
from portal.payments.crediting import offers
from portal.payments.effects import RegisterPayment
from portal.payments.forms import CURRENCIES, RegisterForm, credits_of, lines_of, tidied
from portal.payments.models import PaymentMethod
from portal.storage.names import safe_name
from portal.suppliers import queries as suppliers
from portal.web import parking
from portal.web.forms import as_uuid

T = TypeVar("T")


@dataclass
class Draft:
    """What was typed for one supplier; `evidence` is the name of the proof that is kept with it.

    `suggested`: the invoices that it was filled in for; nobody has typed anything yet.
    """

    relationship_id: UUID
    typed: MultiDict[str, str]
    form: RegisterForm
    evidence: str = ""
    suggested: Sequence[Invoice] = ()

    def payable(self, actor: Actor) -> Sequence[Invoice]:
        """Return the invoices of the page: those that were given an amount, and what else is owed."""
        return queries.payable(actor, self.relationship_id, _chosen(self.typed))

    def command(self, actor: Actor) -> RegisterPayment:
        """Return the command. Raises Invalid when an amount is no number or its document no longer waits for it."""
        self.form.rewind()
        payable = self.payable(actor)
        notes = queries.applicable(actor, [self.relationship_id])
        return self.form.to_command(self.relationship_id, lines_of(self.typed, payable),
                                    credits_of(self.typed, offers(notes, payable)))


def begun(actor: Actor, relationship_id: UUID) -> Draft | None:
    """Return what the actor had begun for this supplier, or None."""
    kept = parking.kept(actor, _path(relationship_id))
    return _draft(actor, relationship_id, *kept) if kept else None


def blank(actor: Actor, relationship_id: UUID) -> Draft:
    """Return an empty one."""
    return _draft(actor, relationship_id, MultiDict(), MultiDict())


def suggested(actor: Actor, relationship_id: UUID, invoice_ids: Collection[UUID]) -> Draft:
    """Return one that pays all of some invoices today, less the credit notes that name them, into the one account.

    It is empty without such invoices, and when they are in several currencies.
    """
    payable = queries.payable(actor, relationship_id, invoice_ids)
    chosen = [i for i in payable if i.id in invoice_ids]
    currencies = {i.currency for i in chosen}
    if len(currencies) != 1:
        return blank(actor, relationship_id)
    notes = crediting.suggested(offers(queries.applicable(actor, [relationship_id]), payable), chosen)
    left = sum((i.balance for i in chosen), Decimal(0)) - sum((amount for _offer, amount in notes), Decimal(0))
    typed = {"currency": currencies.pop(), "amount": written(left), "paid_on": today(actor.zone).isoformat()}
    typed |= {f"amount-{i.id}": written(i.balance) for i in chosen}
    typed |= {f"credit-{offer.key}": written(amount) for offer, amount in notes}
    typed |= _way(actor, relationship_id, left, typed["currency"])
    made = _draft(actor, relationship_id, MultiDict(typed), MultiDict())
    made.suggested = chosen
    return made


def sent(actor: Actor, relationship_id: UUID) -> Draft:
    """Keep what this request carries; a proof that was given before stays unless another came or it was taken out."""
    before = parking.kept(actor, _path(relationship_id))
    files = MultiDict((k, f) for k, f in request.files.items(multi=True) if f.filename)
    if not files and before and "without_evidence" not in request.form:
        files = before[1]
    parking.keep(actor, _path(relationship_id), files)
    return _draft(actor, relationship_id, MultiDict(request.form), files)


def forget(actor: Actor, relationship_id: UUID) -> None:
    """Forget it: it is registered, or begun anew."""
    parking.forget(actor, _path(relationship_id))


def tried(draft: Draft, actor: Actor, act: Callable[[RegisterPayment], T]) -> T | None:
    """Return what `act` makes of the command, or None: then nothing of it stays, and the form says why."""
    if not draft.form.validate():
        return None
    try:
        with savepoint():
            return act(draft.command(actor))
    except Invalid as refused:
        draft.form.explain(refused)
    except Conflict as late:
        draft.form.form_errors.append(late.message)
    return None


def _way(actor: Actor, relationship_id: UUID, left: Decimal, currency: str) -> dict[str, str]:
    """Return how and into which account: nothing moves for zero; the account of that currency when there is one."""
    if not left:
        return {"method": PaymentMethod.COMPENSATION.value}
    accounts = [one for one in suppliers.approved_accounts(actor, relationship_id) if one.currency == currency]
    return {"method": PaymentMethod.TRANSFER.value} | (
        {"bank_account_id": str(accounts[0].id)} if len(accounts) == 1 else {})


def _path(relationship_id: UUID) -> str:
    return url_for("payments_treasury.register", relationship_id=relationship_id)


def _draft(actor: Actor, relationship_id: UUID, typed: MultiDict[str, str],
           files: MultiDict[str, FileStorage]) -> Draft:
    form = RegisterForm(formdata=CombinedMultiDict([typed, files]) if typed else None)
    # What is owed in another currency, and has no rate, can be paid in that one only.
    owed = {invoice.currency for invoice in queries.payable(actor, relationship_id, _chosen(typed))}
    form.currency.choices = [(one, one) for one in (*CURRENCIES, *sorted(owed - set(CURRENCIES)))]
    accounts = suppliers.approved_accounts(actor, relationship_id)
    form.bank_account_id.choices = [("", _("Not stated")), *((str(a.id), a.mask) for a in accounts)]
    proof = files.get("evidence")
    name = proof.filename if proof is not None else None
    return Draft(relationship_id, MultiDict(tidied(typed)), form, safe_name(name) if name else "")


def _chosen(typed: Mapping[str, str]) -> set[UUID]:
    """Return the invoices that were given an amount."""
    return {as_uuid(key.removeprefix("amount-")) for key, value in typed.items() if key.startswith("amount-") and value}
