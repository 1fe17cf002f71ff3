"""The letters about access. `link` is a path: the letter puts the configured base URL before it, never a request's."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import Link, LinkKind
from portal.core import i18n
from portal.mail.services import Recipient, post

LETTER_OF = {LinkKind.SUPPLIER_INVITATION: "activation", LinkKind.COLLEAGUE_INVITATION: "colleague_invitation",
             LinkKind.PASSWORD_RESET: "reset", LinkKind.SETUP: "setup"}

# A sample of what each letter is given: tests and the preview of letters draw them with it.
LETTERS: dict[str, dict[str, Any]] = {
    "activation": {"client": "Comercializadora del Valle", "organization": "Comercializadora del Valle",
                   "link": "/activate/secret", "expires": "28 nov 2026"},
    "colleague_invitation": {"organization": "Papelería Ruiz", "link": "/join/secret", "expires": "28 nov 2026"},
    "setup": {"organization": "", "link": "/setup/secret", "expires": "28 nov 2026"},
    "reset": {"link": "/reset/secret", "expires": "26 nov 2026, 14:05"},
    "registered": {"organization": "Comercializadora del Valle", "link": "/sign-in"},
    "password_changed": {"when": "26 nov 2026, 14:05", "ip": "203.0.113.7", "link": "/recover"},
    "new_sign_in": {"when": "26 nov 2026, 14:05", "ip": "203.0.113.7", "link": "/recover"},
    "roles_changed": {"organization": "Papelería Ruiz", "link": "/sign-in"},
    "new_link_asked": {"email": "ana@proveedor.example", "link": "/sign-in"},
}


def send_link(link: Link, path: str, organization: str) -> None:
    """Send a link to its address, in its language, with the day on which it ends."""
    with i18n.speaking(link.locale):
        hour = link.kind is LinkKind.PASSWORD_RESET
        expires = i18n.moment(link.expires_at) if hour else i18n.day(link.expires_at)
    context = {"link": path, "expires": expires}
    if not hour:
        context["organization"] = organization
    if link.kind is LinkKind.SUPPLIER_INVITATION:
        context["client"] = organization  # it stands in the sender's name, so that the supplier knows who writes
    client_id = link.organization_id if link.kind is LinkKind.SUPPLIER_INVITATION else None
    post(LETTER_OF[link.kind], Recipient(link.email, link.name, link.locale), context, client_id=client_id,
         relationship_id=link.relationship_id)


def registered(person: Recipient, organization: str) -> None:
    """Welcome a person who has just chosen a password."""
    post("registered", person, {"organization": organization, "link": "/sign-in"})


def password_changed(person: Recipient, when: datetime, zone: str, ip: str) -> None:
    """Tell a person that the password is another now."""
    post("password_changed", person, _notice(person, when, zone, ip))


def new_sign_in(person: Recipient, when: datetime, zone: str, ip: str) -> None:
    """Tell a person of a sign-in from a browser that was not seen before."""
    post("new_sign_in", person, _notice(person, when, zone, ip))


def roles_changed(person: Recipient, organization: str) -> None:
    """Tell a person that what they may do has changed."""
    post("roles_changed", person, {"organization": organization, "link": "/sign-in"})


def new_link_asked(people: Iterable[Recipient], email: str) -> None:
    """Tell those who can that somebody with a dead link asks for another."""
    for person in people:
        post("new_link_asked", person, {"email": email, "link": "/sign-in"})


def _notice(person: Recipient, when: datetime, zone: str, ip: str) -> dict[str, Any]:
    with i18n.speaking(person.locale):
        moment = i18n.moment(when, zone)
    return {"when": moment, "ip": ip, "link": "/recover"}
