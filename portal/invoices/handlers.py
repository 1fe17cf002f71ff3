"""What follows from what happens to invoices: letters. Subscribed in `portal/subscriptions.py`."""
from portal.access.actor import Actor
from portal.invoices import at_sat, digest, emails, events
from portal.invoices.queries import letter_facts


def on_sent(event: events.InvoiceSent, _actor: Actor) -> None:
    """Tell the supplier that sent is not approved, and accounts payable that something came in."""
    known = letter_facts(event.subject_id)
    emails.to_supplier("invoice_sent", known)
    digest.tell(known)
    at_sat.ask_later(known.invoice.client_id, known.invoice.id, uuid=known.invoice.uuid)


def on_approved(event: events.InvoiceApproved, _actor: Actor) -> None:
    """Tell the supplier, and what comes next: a date, its application, or nothing."""
    known = letter_facts(event.subject_id)
    emails.to_supplier("invoice_approved", known, credit=known.invoice.is_credit, owes=known.invoice.total > 0)


def on_returned(event: events.InvoiceReturned, _actor: Actor) -> None:
    """Tell the supplier what to correct."""
    emails.to_supplier("invoice_returned", letter_facts(event.subject_id), reason=event.reason)


def on_rejected(event: events.InvoiceRejected, _actor: Actor) -> None:
    """Tell the supplier why."""
    emails.to_supplier("invoice_rejected", letter_facts(event.subject_id), reason=event.reason)


def on_stamp_refused(event: events.StampRefused, _actor: Actor) -> None:
    """Tell both sides that the stamp is not valid."""
    known = letter_facts(event.subject_id)
    emails.to_supplier("stamp_refused", known)
    if known.invoice.sent_at is not None:
        emails.to_payables("stamp_refused", known)


def on_cancelled_at_sat(event: events.CancelledAtSat, _actor: Actor) -> None:
    """Tell accounts payable, whatever stage it has reached: it may be approved already, or have a payment date."""
    emails.to_payables("sat_cancelled", letter_facts(event.subject_id))
