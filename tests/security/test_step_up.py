"""What moves money, opens an account number or lets people in asks for the password again, wherever it is sent from."""
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from portal.access.permissions import Permission as P
from portal.access.policy import STEP_UP_MINUTES, Role
from portal.accounts.models import UserSession
from portal.core import db
from portal.core.clock import now
from tests.security.addresses import addresses, one_of
from tests.security.conftest import Two
from tests.security.rows import prints

ASK = {P.Organization.PEOPLE: Role.ADMINISTRATOR, P.Record.BANK: Role.SUPPLIER_ADMINISTRATOR,
       P.Supplier.REVEAL_BANK: Role.TREASURY, P.Payment.REGISTER: Role.TREASURY, P.Payment.VOID: Role.TREASURY,
       P.Installation.OPERATE: Role.OPERATOR}
# They change how the organization is called here, and prepare a payment up to its confirmation, which asks.
WITHOUT = {"accounts_setup.organization", "payments_treasury.pay", "payments_treasury.register",
           "payments_treasury.start_over"}


def _prints(two: Two) -> dict[str, object]:
    return {table: rows for table, rows in prints(two.world).items() if table != "parked_forms"}


def test_every_sensitive_act_asks_for_the_password(two: Two, client: FlaskClient, app: Flask, unguarded: None) -> None:
    asked, silent = set(), set()
    for permission, role in ASK.items():
        two.world.sign_in(client, one_of(two, role))
        with two.world.owner():
            late = now() - timedelta(minutes=STEP_UP_MINUTES + 1)
            db.session.execute(update(UserSession).values(stepped_up_at=late))
        before = _prints(two)
        for address in (a for a in addresses(app) if a.permission == permission and a.method == "POST"):
            answer = client.open(address.at(app, two.mine.ids), method="POST")
            (asked if (answer.location or "").startswith("/step-up") else silent).add(address.endpoint)
        assert _prints(two) == before
    assert silent == WITHOUT and len(asked) > 10
