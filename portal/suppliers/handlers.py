"""What follows from what happens to suppliers and records. Subscribed in `portal/subscriptions.py`."""
from portal.access.actor import Actor
from portal.accounts.events import LinkAccepted
from portal.accounts.models import LinkKind
from portal.jobs import outbox
from portal.suppliers import emails, events, layout, queries, services


def attach(event: LinkAccepted, actor: Actor) -> None:
    """Give the relationship to the account of the person who accepted its invitation. Runs as the door."""
    if event.link_kind == LinkKind.SUPPLIER_INVITATION.value and event.relationship_id:
        services.join(event.relationship_id, event.user_id, actor)


def on_joined(event: events.SupplierJoined, _actor: Actor) -> None:
    """Tell the client."""
    row, client = queries.letter_facts(event.relationship_id)
    emails.to_client("supplier_joined", row, client, f"/suppliers/{row.id}")


def on_record_sent(event: events.RecordSent, _actor: Actor) -> None:
    """Tell the client that a record waits for review."""
    row, client = queries.letter_facts(event.relationship_id)
    emails.to_client("record_sent", row, client, f"/records/{row.id}")


def on_reviewed(event: events.RecordReviewed, _actor: Actor) -> None:
    """Tell the supplier the outcome of the whole, once."""
    row, client = queries.letter_facts(event.relationship_id)
    emails.to_supplier("record_reviewed", row, client, rejected=event.rejected)


def on_expired(event: events.RecordExpired, _actor: Actor) -> None:
    """Tell the supplier what has expired."""
    row, client = queries.letter_facts(event.relationship_id)
    emails.to_supplier("record_expired", row, client, fields=list(event.fields))


def on_account_given(event: events.BankAccountGiven, _actor: Actor) -> None:
    """Tell all of the supplier's people, so that a thief's account does not go unnoticed."""
    row, client = queries.letter_facts(event.relationship_id)
    emails.to_supplier("bank_account_given", row, client, bank=event.bank, last4=event.last4)


def on_layout_changed(event: events.LayoutChanged, _actor: Actor) -> None:
    """Have every record worked out anew when something else is demanded: its status decides what is let in."""
    if event.act in layout.DEMANDS:
        outbox.defer("suppliers.restate_records", client_id=event.client_id, key=str(event.client_id))
