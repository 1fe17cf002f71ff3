"""The letters about access. The addresses in them are made from the configured base URL, never from a request."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.accounts.models import Link, LinkKind
from portal.core import i18n
from portal.mail.services import Recipient, post
from portal.web.limits import base_url

LETTER_OF = {LinkKind.SUPPLIER_INVITATION: "activation", LinkKind.COLLEAGUE_INVITATION: "colleague_invitation",
             LinkKind.PASSWORD_RESET: "reset", LinkKind.SETUP: "setup"}

# A sample of what each letter is given: tests and the preview of letters draw them with it.
LETTERS: dict[str, dict[str, Any]] = {
    "activation": {"name": "Ana Ruiz", "organization": "Comercializadora del Valle",
                   "url": "https://acuse.example/activate/secret", "expires": "28 nov 2026"},
    "colleague_invitation": {"name": "Ana Ruiz", "organization": "Comercializadora del Valle",
                             "url": "https://acuse.example/join/secret", "expires": "28 nov 2026"},
    "setup": {"name": "Ana Ruiz", "organization": "Acuse", "url": "https://acuse.example/setup/secret",
              "expires": "28 nov 2026"},
    "reset": {"name": "Ana Ruiz", "url": "https://acuse.example/reset/secret", "expires": "26 nov 2026, 14:05"},
    "registered": {"name": "Ana Ruiz", "organization": "Comercializadora del Valle",
                   "url": "https://acuse.example/sign-in"},
    "password_changed": {"name": "Ana Ruiz", "when": "26 nov 2026, 14:05", "ip": "203.0.113.7",
                         "url": "https://acuse.example/recover"},
    "new_sign_in": {"name": "Ana Ruiz", "when": "26 nov 2026, 14:05", "ip": "203.0.113.7",
                    "url": "https://acuse.example/recover"},
    "roles_changed": {"name": "Ana Ruiz", "organization": "Comercializadora del Valle",
                      "url": "https://acuse.example/sign-in"},
    "new_link_asked": {"name": "Luis Vega", "email": "ana@proveedor.example",
                       "url": "https://acuse.example/sign-in"},
}


def send_link(link: Link, url: str, organization: str) -> None:
    """Send a link to its address, in its language, with the day on which it ends."""
    with i18n.speaking(link.locale):
        hour = link.kind is LinkKind.PASSWORD_RESET
        expires = i18n.moment(link.expires_at) if hour else i18n.day(link.expires_at)
    context = {"name": link.name, "url": url, "expires": expires}
    if not hour:
        context["organization"] = organization or "Acuse"
    client_id = link.organization_id if link.kind is LinkKind.SUPPLIER_INVITATION else None
    post(LETTER_OF[link.kind], Recipient(link.email, link.name, link.locale), context, client_id=client_id,
         relationship_id=link.relationship_id)


def registered(person: Recipient, organization: str) -> None:
    """Welcome a person who has just chosen a password."""
    post("registered", person, {"name": person.name, "organization": organization, "url": f"{base_url()}/sign-in"})


def password_changed(person: Recipient, when: datetime, zone: str, ip: str) -> None:
    """Tell a person that the password is another now."""
    post("password_changed", person, _notice(person, when, zone, ip))


def new_sign_in(person: Recipient, when: datetime, zone: str, ip: str) -> None:
    """Tell a person of a sign-in from a browser that was not seen before."""
    post("new_sign_in", person, _notice(person, when, zone, ip))


def roles_changed(person: Recipient, organization: str) -> None:
    """Tell a person that what they may do has changed."""
    post("roles_changed", person, {"name": person.name, "organization": organization, "url": f"{base_url()}/sign-in"})


def new_link_asked(people: Iterable[Recipient], email: str) -> None:
    """Tell those who can that somebody with a dead link asks for another."""
    for person in people:
        post("new_link_asked", person, {"name": person.name, "email": email, "url": f"{base_url()}/sign-in"})


def _notice(person: Recipient, when: datetime, zone: str, ip: str) -> dict[str, Any]:
    with i18n.speaking(person.locale):
        moment = i18n.moment(when, zone)
    return {"name": person.name, "when": moment, "ip": ip, "url": f"{base_url()}/recover"}
