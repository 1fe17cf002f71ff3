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
    """Tell the supplier that it was paid."""
    payment, rows = queries.with_invoices(event.subject_id)
    emails.about_payment("payment_registered", payment, letter_facts(rows[0].id),
                         invoices=", ".join(i.number for i in rows),
                         ppd=any(i.payment_method == "PPD" for i in rows))


def on_voided(event: events.PaymentVoided, _actor: Actor) -> None:
    """Tell the supplier that a payment does not stand."""
    payment, rows = queries.with_invoices(event.subject_id)
    emails.about_payment("payment_voided", payment, letter_facts(rows[0].id), reason=event.reason)
