"""Invitations that go wrong: links that open nothing any more, addresses that cannot be, weak passwords."""
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import Link, User
from portal.core.clock import now
from portal.local.demo import cast
from portal.suppliers.models import Relationship
from tests.journeys import story
from tests.journeys.pages import SCREENS, Visitor, screens_of
from tests.journeys.site import Site
from tests.journeys.story import Invited

pytestmark = pytest.mark.browser
WORDS = {
    "expired": ("Este enlace ya venció", "This link has expired"),
    "revoked": ("Este enlace se reemplazó o se retiró", "This link was replaced or revoked"),
    "used": ("Este enlace ya se usó", "This link was already used"),
    "foreign": ("No conocemos este enlace", "We do not know this link"),
}


def _newcomer(number: int) -> Invited:
    company = cast.Company(f"Vidrios {number}, S.A. de C.V.", f"VIDRIOS {number}", f"VID11030{number}QX2", "64000")
    return Invited("es", company, f"ventas{number}@vidrios.example", "Rosa Luna", "01218000999888777")


def _invited(visit: Any, who: Invited) -> tuple[Visitor, UUID]:
    admin = visit("admin@valle.example")
    story.invite(admin, who)
    return admin, UUID(admin.place.rpartition("/")[2])


def _says_it_is_dead(visit: Any, link: str, state: str) -> Visitor:
    """Open a dead link in both languages; return who reads English."""
    for locale, words in zip(("es-MX", "en-US"), WORDS[state], strict=True):
        visitor = visit(locale=locale, screens=SCREENS[locale[:2]])
        visitor.go(f"{link}?lang={locale[:2]}")
        visitor.sees(words)
        assert visitor.page.locator("[name=password]").count() == 0, "nothing to type into"
        visitor.look(state)
    return visitor


def test_an_expired_link_lets_the_newcomer_ask_for_another(visit: Any, site: Site) -> None:
    who = _newcomer(1)
    _admin, relationship_id = _invited(visit, who)
    link = site.link(who.email)
    site.write(update(Link).filter_by(relationship_id=relationship_id).values(expires_at=now() - timedelta(minutes=1)))
    visitor = _says_it_is_dead(visit, link, "expired")
    visitor.press("main form[action*='/link/'] button")
    assert visitor.place == "/link/asked", visitor.text
    assert "new_link_asked" in {name for name, _subject in site.letters("admin@valle.example")}


def test_a_link_that_was_taken_back_or_replaced(visit: Any, site: Site) -> None:
    who = _newcomer(2)
    admin, relationship_id = _invited(visit, who)
    first = site.link(who.email)
    admin.press(f"form[action$='/{relationship_id}/resend'] button")
    second = site.link(who.email)
    assert first != second
    _says_it_is_dead(visit, first, "revoked")
    admin.press(f"form[action$='/{relationship_id}/revoke'] button")
    _says_it_is_dead(visit, second, "revoked")
    assert site.read(select(func.count()).select_from(User).filter_by(email_key=who.email)) == [0]


def test_a_link_that_was_used(visit: Any, site: Site) -> None:
    who = _newcomer(3)
    _invited(visit, who)
    newcomer = visit()
    story.try_a_weak_password(newcomer, who)
    story.come_in(newcomer)
    _says_it_is_dead(visit, site.link(who.email), "used")
    assert site.read(select(func.count()).select_from(User).filter_by(email_key=who.email)) == [1]


def test_a_link_that_nobody_sent(visit: Any, site: Site) -> None:
    _says_it_is_dead(visit, f"{site.url}/activate/{'x' * 43}", "foreign")


@pytest.mark.parametrize(("email", "words"), [("admin@valle.example", "Esto no es un correo"),
                                              ("admin.en@valle.example", "This is not an e-mail address")])
def test_an_address_that_cannot_be(visit: Any, site: Site, email: str, words: str) -> None:
    admin = visit(email, screens=screens_of(email))
    admin.go("/suppliers/new")
    admin.fill(name="Vidrios", tax_id="VID110309QX2", contact_email="no es un correo")
    admin.submit("main [name=tax_id]")
    admin.sees(words)
    admin.look("address that cannot be")
    assert admin.page.input_value("main [name=contact_email]") == "no es un correo", "what was typed is still there"
    assert admin.page.input_value("main [name=name]") == "Vidrios"
    assert site.read(select(Relationship).filter_by(tax_id="VID110309QX2")) == [], "nobody was registered"


@pytest.mark.parametrize(("email", "words"), [("admin@valle.example", "ya es tu proveedor"),
                                              ("admin.en@valle.example", "is already one of your suppliers")])
def test_a_supplier_who_is_there_already(visit: Any, site: Site, email: str, words: str) -> None:
    admin = visit(email)
    admin.go("/suppliers/new")
    admin.fill(name="Papelería", tax_id=cast.NANDU.company.rfc, contact_email=cast.NANDU.email)
    admin.submit("main [name=tax_id]")
    admin.sees(words)
    assert admin.page.input_value("main [name=contact_email]") == cast.NANDU.email
    rows = site.read(select(Relationship).filter_by(tax_id=cast.NANDU.company.rfc, name="Papelería"))
    assert rows == [], "nobody was registered twice"
