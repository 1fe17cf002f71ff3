"""What a person sets for themselves: name, language, zone, appearance."""
from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.accounts.configuration import checked_zone
from portal.accounts.events import ProfileChanged
from portal.accounts.models import NewInvoiceLetters, User
from portal.core.db import session
from portal.core.errors import Invalid, NotFound
from portal.core.events import announce
from portal.core.i18n import LOCALES, lazy

THEMES = ("auto", "light", "dark")


def get(actor: Actor) -> User:
    """Return the actor's own row."""
    row = session.scalar(select(User).filter_by(id=actor.user_id))
    if row is None:
        raise NotFound
    return row


def change(name: str, locale: str, zone: str, theme: str, actor: Actor,
           new_invoice_letters: NewInvoiceLetters | None = None) -> User:
    """Change the own profile; `new_invoice_letters` stays when it is not given. Raises Invalid."""
    actor.require(Permission.Own.PROFILE)
    if not name.strip():
        raise Invalid(fields={"name": lazy("Write your name.")})
    if locale not in LOCALES or theme not in THEMES:
        raise Invalid(lazy("Choose from the lists."))
    letters = {"new_invoice_letters": new_invoice_letters} if new_invoice_letters else {}
    return _put({"name": name.strip()[:120], "locale": locale, "zone": checked_zone(zone), "theme": theme, **letters},
                actor)


def speak(locale: str, actor: Actor) -> User:
    """Change only the language."""
    actor.require(Permission.Own.PROFILE)
    if locale not in LOCALES:
        raise NotFound
    return _put({"locale": locale}, actor)


def _put(wanted: dict[str, str], actor: Actor) -> User:
    row = get(actor)
    changed = tuple(k for k, v in wanted.items() if getattr(row, k) != v)
    for key in changed:
        setattr(row, key, wanted[key])
    session.flush()
    if changed:
        announce(ProfileChanged(client_id=actor.client_id, subject_id=row.id, subject_label=row.email, changed=changed),
                 actor)
    return row
