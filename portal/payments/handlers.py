"""What follows from what treasury does: letters to the supplier. Subscribed in `portal/subscriptions.py`."""
from datetime import date

from portal.access.actor import Actor
from portal.invoices.queries import letter_facts
from portal.payments import emails, events, queries


def on_scheduled(event: events.PaymentScheduled, _actor: Actor) -> None:
    """Tell the supplier the date, and from which day it was moved."""
    dates = {"pay_on": date.fromisoformat(event.pay_on),
             "before": date.fromisoformat(event.before) if event.before else None}
    emails.about_invoice("payment_scheduled", letter_facts(event.subject_id), dates)


def on_unscheduled(event: events.PaymentUnscheduled, _actor: Actor) -> None:
    """Tell the supplier that the date is gone, and why."""
    emails.about_invoice("payment_unscheduled", letter_facts(event.subject_id),
                         {"before": date.fromisoformat(event.before)}, note=event.note)


def on_registered(event: events.PaymentRegistered, _actor: Actor) -> None:
    """Tell the supplier that it was paid, and which of its credit notes were applied to which invoices."""
    payment, contents = queries.with_contents(event.subject_id)
    emails.about_payment("payment_registered", payment, letter_facts(contents.invoices[0].invoice.id),
                         invoices=", ".join(x.invoice.number for x in contents.invoices),
                         credits=[emails.credit(x, payment.currency) for x in contents.credits],
                         paid=payment.amount > 0, ppd=contents.asks_for_rep, reference=payment.reference,
                         note=payment.note)


def on_voided(event: events.PaymentVoided, _actor: Actor) -> None:
    """Tell the supplier that a payment does not stand."""
    payment, contents = queries.with_contents(event.subject_id)
    emails.about_payment("payment_voided", payment, letter_facts(contents.invoices[0].invoice.id), reason=event.reason,
                         credits=bool(contents.credits))
