"""What the letters of a link say, to whom, and in whose language."""
from datetime import UTC, datetime

import pytest
import time_machine

from portal.access.actor import ANONYMOUS
from portal.accounts import links
from portal.accounts.models import LinkKind, Organization
from portal.core import db
from tests.accounts.steps import contents, letters
from tests.factories import World

NOW = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(("kind", "locale", "letter", "expires"), [
    (LinkKind.PASSWORD_RESET, "es", "reset", "26 nov 2026, 13:30"),
    (LinkKind.COLLEAGUE_INVITATION, "en", "colleague_invitation", "Dec 3, 2026"),
    (LinkKind.SUPPLIER_INVITATION, "es", "activation", "3 dic 2026"), (LinkKind.SETUP, "en", "setup", "Nov 28, 2026")])
def test_a_letter_says_until_when_in_its_readers_language(world: World, kind: LinkKind, locale: str, letter: str,
                                                          expires: str) -> None:
    buyer = world.client()
    with world.owner():
        name = db.session.get_one(Organization, buyer.id).name
    giver = ANONYMOUS.on(organization_id=buyer.id, organization_name=name)
    with db.transaction(db.DOOR), time_machine.travel(NOW, tick=False):
        _row, address = links.issue(kind, "ana@x.example", actor=giver, name="Ana", locale=locale)
    row = letters(world)[0]
    said = contents(row)
    assert (row.name, row.to_email, row.to_name, row.locale) == (letter, "ana@x.example", "Ana", locale)
    assert said["expires"] == expires
    assert address.endswith(said["link"]) and address.startswith("http://localhost/")
    invited = kind is LinkKind.SUPPLIER_INVITATION
    assert row.client_id == (buyer.id if invited else None) and said.get("client") == (name if invited else None)
    assert said.get("organization") == (None if kind is LinkKind.PASSWORD_RESET else name)
