"""How the trail speaks: one plain sentence per event, found beside the event itself (`SENTENCES` of its module).

The features lie above this package, so their sentences are found through the events' own classes.
"""
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from portal.access.policy import ROLE_WORDS, SIDE_OF, Side
from portal.core.events import Event
from portal.core.i18n import _, day, lazy, plain_money

AMOUNTS = ("amount", "total")  # details that are written as plain numbers: 1256.66
PLAIN = re.compile(r"-?\d+(\.\d+)?")
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")

# Values that events carry as bare words.
WORDS: dict[str, Any] = {
    "approved": lazy("approved"), "returned": lazy("returned"), "rejected": lazy("rejected"),
    "added": lazy("added"), "edited": lazy("edited"), "changed": lazy("changed"), "archived": lazy("archived"),
    "restored": lazy("restored"), "moved": lazy("moved"), "removed": lazy("removed"),
    "section": lazy("section"), "field": lazy("field"), "policy": lazy("whether it is needed"),
    "nothing": lazy("Not needed for invoices"), "before_upload": lazy("Needed before uploading invoices"),
    "before_sending": lazy("Needed before sending invoices"),
    "client": lazy("client"), "supplier": lazy("supplier"), "operator": lazy("operator"), "system": lazy("system"),
    "anonymous": lazy("not signed in"),
    "own": lazy("by the person"), "reset": lazy("by a link"), "due": lazy("because it was due"),
    "supplier_invitation": lazy("invitation of a supplier"), "colleague_invitation": lazy("invitation of a colleague"),
    "password_reset": lazy("new password"), "setup": lazy("first administrator"),
    **{role.value: name for role, (name, _does) in ROLE_WORDS.items() if SIDE_OF[role] is Side.CLIENT},
    "supplier_administrator": lazy("Supplier's administrator"), "supplier_user": lazy("Supplier's user"),
    "accepted": lazy("accepted"), "refused": lazy("refused"),
    "name": lazy("name"), "locale": lazy("language"), "zone": lazy("time zone"), "theme": lazy("appearance"),
    "group": lazy("group"), "contact_email": lazy("e-mail of the contact"),
    "new_invoice_letters": lazy("letters of new invoices"),
    "min_length": lazy("shortest length"), "classes": lazy("kinds of characters"), "no_reuse": lazy("no reuse"),
    "lifetime_days": lazy("lifetime"), "lock_after_days": lazy("lock after days without use"),
    "change_at_first": lazy("new password when joining"),
}

# What the trail is about, for the filter: the events' `kind`.
SUBJECTS: dict[str, Any] = {
    "access": lazy("Sign-in and passwords"), "member": lazy("People"), "link": lazy("Invitations and links"),
    "organization": lazy("Organization"), "supplier": lazy("Suppliers"), "record": lazy("Digital records"),
    "layout": lazy("Layout of the record"), "invoice": lazy("Invoices"), "intake": lazy("Refused files"),
    "invoice_settings": lazy("Invoice settings"), "invoice_requirement": lazy("Sending data demanded"),
    "stage": lazy("Approval stages"), "payment": lazy("Payments"), "letter": lazy("Letters"),
    "file": lazy("Files"),
}

# Names of details, for the page of one event. A name that is not here is shown as it is.
LABELS: dict[str, Any] = {
    "reason": lazy("Reason"), "verdict": lazy("Decision"), "stage": lazy("Stage"), "position": lazy("Position"),
    "amount": lazy("Amount"), "currency": lazy("Currency"), "invoices": lazy("Invoices"),
    "credits": lazy("Credit notes"), "pay_on": lazy("Date"),
    "before": lazy("Before"), "after": lazy("After"), "note": lazy("Note"), "email": lazy("E-mail"),
    "changed": lazy("Changed"), "roles": lazy("Roles"), "bank": lazy("Bank"), "last4": lazy("Last four digits"),
    "field": lazy("Field"), "fields": lazy("Fields"), "item": lazy("Item"), "rejected": lazy("Items rejected"),
    "replaced": lazy("Replaced"), "requirement": lazy("Requirement"), "codes": lazy("Codes"), "uuid": lazy("UUID"),
    "total": lazy("Total"), "act": lazy("What was done"), "change": lazy("What was done"), "side": lazy("Side"),
    "organization": lazy("Organization"), "count": lazy("How many"), "how": lazy("How"), "letter": lazy("Letter"),
    "new_device": lazy("New device"), "again": lazy("Sent again"), "rfc": lazy("RFC"), "seconds": lazy("Seconds"),
    "link_kind": lazy("Kind of link"), "is_client": lazy("Is a client"),
    "pdf_required": lazy("PDF required"), "accepts_foreign": lazy("Accepts foreign invoices"),
    "foreign_currencies": lazy("Currencies"),
}


def sentence(kind: str, label: str, details: Mapping[str, Any]) -> str:
    """Return the sentence of an event for the reader's language; the event's bare name when it has none (any more)."""
    known = table().get(kind)
    if known is None:
        return f"{kind}: {label}" if label else kind
    return str(known) % _Values({"subject": label or "—", **details})


def said(name: str, value: Any) -> str:
    """Return the value of the detail `name` as people read it: an amount with its thousands, a date in words."""
    text = str(value)
    if name in AMOUNTS and PLAIN.fullmatch(text):
        return plain_money(Decimal(text))
    return word(value)


def word(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(word(v) for v in value) or "—"
    if isinstance(value, Mapping):
        return ", ".join(f"{label(str(k))}: {word(v)}" for k, v in value.items()) or "—"
    text = "" if value is None else str(value)
    if ISO_DAY.fullmatch(text):
        with suppress(ValueError):  # the form of a date, and no day
            return day(date.fromisoformat(text))
    return str(WORDS.get(text, text)) or "—"


def label(name: str) -> str:
    """Return the name of a detail as people read it."""
    return str(LABELS.get(name, name.replace("_", " ")))


def table() -> dict[str, Any]:
    """Return every event's sentence by the event's name."""
    found: dict[str, Any] = {}
    for event in every_event():
        beside = getattr(sys.modules[event.__module__], "SENTENCES", {})
        if event.__name__ in beside:
            found[event.__name__] = beside[event.__name__]
    return found


def every_event(root: type[Event] = Event) -> Iterator[type[Event]]:
    """Yield every class of event that the running application knows."""
    for event in root.__subclasses__():
        yield event
        yield from every_event(event)


class _Values(dict[str, Any]):
    """The values of a sentence: as words; what an older event lacks is a dash."""

    def __getitem__(self, name: str) -> str:
        return said(name, self.get(name))
