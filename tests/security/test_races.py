"""The same act twice at one moment, over HTTP: one wins, the other is told, and nothing is there twice.

Each race is made certain (tests/security/races.py): both have read everything and wait, and only then is the way free.
"""
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from portal.access.policy import Role
from portal.accounts import links
from portal.accounts.models import LinkKind, Membership, Organization, User, UserSession
from portal.approvals.models import ApprovalStep, Decision, StepState
from portal.core.clock import now
from portal.core.db import DOOR, Base, db, session, transaction
from portal.factory import create_app
from portal.invoices import services as invoices
from portal.invoices import trust
from portal.invoices.models import IntakeAttempt, Invoice, InvoiceMoment, InvoiceSettings, InvoiceStatus
from portal.local.authority import Authority
from portal.payments import services as payments
from portal.payments.models import Payment, PaymentLine, PaymentStatus
from portal.suppliers import layout, records
from portal.suppliers.models import BankAccount, Expiry, FieldType, RecordField, RecordValue, ReviewState, SupplierKind
from portal.suppliers.services import InviteSupplier, invite
from tests import harness
from tests.accounts.steps import GOOD, letters, secret_in
from tests.factories import Buyer, Person, Seller, World
from tests.invoices.conftest import Papers, authority, pdf_bytes
from tests.invoices.test_einvoices import UBL
from tests.payments.test_services import command
from tests.security.races import Arena

__all__ = ["authority"]
LATE = 409


@pytest.fixture(scope="module")
def ground(cluster_url: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a database with real commits, without the guard against forged forms: others try that."""
    url = harness.copy_database(cluster_url, f"races_{worker_id}")
    made = create_app(harness.settings(url, tmp_path_factory.mktemp("races")))
    made.test_client_class = harness.Browser
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    with made.app_context():
        db.engine.dispose()
    harness.drop_database(cluster_url, f"races_{worker_id}")


@pytest.fixture()
def arena(ground: Flask) -> Iterator[Arena]:
    """The place of a race, emptied."""
    with ground.app_context():
        gate = create_engine(db.engine.url)
        with gate.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(Base.metadata.tables)}")
        yield Arena(ground, World(ground), gate)
        db.session.remove()
        gate.dispose()


@pytest.fixture(autouse=True)
def trusted(ground: Flask, authority: Authority) -> Iterator[None]:
    """Reception trusts the sandbox."""
    before = list(trust._held)
    trust.set_store(authority.trust())
    yield
    trust._held[:] = before


@pytest.fixture()
def buyer(arena: Arena) -> Buyer:
    made = arena.world.client()
    with arena.world.owner():
        session.add(InvoiceSettings(client_id=made.id, pdf_required=False))
    return made


@pytest.fixture()
def seller(arena: Arena, buyer: Buyer) -> Seller:
    return arena.world.supplier(buyer)


@pytest.fixture()
def sent(arena: Arena, seller: Seller) -> Invoice:
    """An invoice that waits for its first decision."""
    invoice = arena.world.invoice(seller)
    with arena.world.acting(arena.world.actor(seller)) as actor:
        return invoices.send(invoice.id, invoice.version, actor)


@pytest.fixture()
def asked(arena: Arena, buyer: Buyer) -> RecordField:
    """A field of the record."""
    with arena.world.acting(arena.world.actor(buyer, "administrator")) as actor:
        section = layout.save_section("Datos", "Data", actor)
        return layout.save_field(layout.SaveField(
            section_id=section.id, label_es="Teléfono", label_en="", help_es="", help_en="", type=FieldType.TEXT,
            mandatory=True, kinds=(), choices=(), file_types=(), max_mb=5,
            expiry=Expiry.NONE, lifetime_days=None), actor)


def again(arena: Arena, person: Person, *roles: Role) -> Person:
    return arena.world.colleague(person.organization, *roles)


def post(arena: Arena, person: Person | None, address: str, **data: Any) -> Any:
    """Return an act: a browser that sends a form."""
    browser = arena.browser(person)
    return lambda: browser.post(address, data=data)


def decision(arena: Arena, invoice: Invoice, person: Person, verdict: str = "approved") -> Any:
    step = arena.rows(ApprovalStep, invoice_id=invoice.id, state=StepState.CURRENT)[0]
    return post(arena, person, f"/inbox/{invoice.id}", step_id=str(step.id), version=str(invoice.version),
                verdict=verdict, reason="No corresponde a nuestro pedido.")


def test_sent_twice(arena: Arena, seller: Seller) -> None:
    invoice = arena.world.invoice(seller)
    acts = [post(arena, who, f"/invoices/{invoice.id}/send", version="1")
            for who in (seller.person, again(arena, seller.person, Role.SUPPLIER_USER))]
    assert arena.together("invoices", *acts) == [303, LATE]
    assert len(arena.rows(InvoiceMoment, invoice_id=invoice.id, what="sent")) == 1
    assert len(arena.rows(ApprovalStep, invoice_id=invoice.id, run=1)) == len(arena.rows(ApprovalStep))
    assert arena.happened("InvoiceSent") == 1


def test_approved_twice_by_two(arena: Arena, buyer: Buyer, sent: Invoice) -> None:
    payables = buyer.people["accounts_payable"]
    acts = [decision(arena, sent, who) for who in (payables, again(arena, payables, Role.ACCOUNTS_PAYABLE))]
    assert arena.together("invoices", *acts) == [303, LATE]
    assert len(arena.rows(Decision)) == 1 == arena.happened("InvoiceApproved") == arena.letters("invoice_approved")
    assert "before you" in arena.told(LATE) or "antes" in arena.told(LATE)


def test_approved_while_it_is_withdrawn(arena: Arena, buyer: Buyer, seller: Seller, sent: Invoice) -> None:
    approve = decision(arena, sent, buyer.people["accounts_payable"])
    withdraw = post(arena, seller.person, f"/invoices/{sent.id}/withdraw", version=str(sent.version))
    assert arena.together("invoices", approve, withdraw) == [303, LATE]
    (row,) = arena.rows(Invoice)
    approved, taken = arena.happened("InvoiceApproved"), arena.happened("InvoiceWithdrawn")
    assert (row.status, approved, taken) in ((InvoiceStatus.APPROVED, 1, 0), (InvoiceStatus.WITHDRAWN, 0, 1))
    assert len(arena.rows(Decision)) == approved and not (taken and arena.rows(ApprovalStep, state=StepState.CURRENT))


def test_returned_while_it_is_approved(arena: Arena, buyer: Buyer, sent: Invoice) -> None:
    payables = buyer.people["accounts_payable"]
    acts = [decision(arena, sent, payables),
            decision(arena, sent, again(arena, payables, Role.ACCOUNTS_PAYABLE), "returned")]
    assert arena.together("invoices", *acts) == [303, LATE]
    assert len(arena.rows(Decision)) == 1
    assert arena.happened("InvoiceApproved") + arena.happened("InvoiceReturned") == 1


def confirmed(arena: Arena, person: Person, seller: Seller, invoice: Invoice, number: str) -> Any:
    """Return the last act of a payment: its confirmation, after everything was shown."""
    browser, address = arena.browser(person), f"/treasury/pay/{seller.id}"
    typed = {"number": number, "paid_on": now().date().isoformat(), "method": "transfer", "amount": "1160.00",
             "currency": "MXN", f"amount-{invoice.id}": "1160.00"}
    assert browser.post(address, data=typed).status_code == 303
    seen = browser.get(f"{address}/confirm").text.partition('name="seen" value="')[2].partition('"')[0]
    assert seen
    return lambda: browser.post(f"{address}/confirm", data={"seen": seen})


@pytest.mark.parametrize("numbers", [("P-1", "P-2"), ("P-1", "P-1")])
def test_paid_twice(arena: Arena, buyer: Buyer, seller: Seller, numbers: tuple[str, str]) -> None:
    invoice = arena.world.invoice(seller, status=InvoiceStatus.APPROVED)
    treasury = buyer.people["treasury"]
    people = (treasury, again(arena, treasury, Role.TREASURY))
    acts = [confirmed(arena, who, seller, invoice, number) for who, number in zip(people, numbers, strict=True)]
    statuses = arena.together("invoices", *acts)
    assert statuses[0] == 303 and statuses[1] in (LATE, 422)
    assert len(arena.rows(Payment)) == len(arena.rows(PaymentLine)) == 1 == arena.happened("PaymentRegistered")
    assert arena.rows(Invoice)[0].paid == Decimal("1160") and arena.letters("payment_registered") == 1


def test_voided_twice(arena: Arena, buyer: Buyer, seller: Seller) -> None:
    """Two invoices of which the payment paid half: nothing but the lock stands against a second return."""
    invoice = arena.world.invoice(seller, status=InvoiceStatus.APPROVED)
    treasury = buyer.people["treasury"]
    with arena.world.acting(arena.world.actor(buyer, "treasury")) as actor:
        payments.register(command(seller, (invoice, "400.00"), number="P-0"), actor)
        row = payments.register(command(seller, (invoice, "400.00")), actor)
    acts = [post(arena, who, f"/treasury/void/{row.id}", reason="Se capturó dos veces.")
            for who in (treasury, again(arena, treasury, Role.TREASURY))]
    assert arena.together("payments", *acts) == [303, LATE]
    assert arena.rows(Invoice)[0].paid == Decimal("400") and arena.happened("PaymentVoided") == 1
    assert arena.letters("payment_voided") == 1
    assert [p.status for p in arena.rows(Payment, number="P-1")] == [PaymentStatus.VOIDED]


def test_an_invitation_accepted_twice(arena: Arena, buyer: Buyer) -> None:
    with arena.world.acting(arena.world.actor(buyer, "administrator")) as actor:
        invite(InviteSupplier("Papelería Ruiz", SupplierKind.COMPANY, "PRU010203AB4", "MEX", "Ana", "ana@ruiz.example",
                              "es"), actor)
    secret = secret_in(letters(arena.world, "activation")[-1])
    acts = [_by_link(arena, f"/activate/{secret}", "/activate", name="Ana Ruiz", locale="es", password=GOOD,
                     accepted="y") for _n in range(2)]
    assert arena.together("links", *acts)[0] in (200, 303) and arena.outcomes[0].status_code != 500
    assert sorted(a.status_code == 303 for a in arena.outcomes) == [False, True]
    assert len(arena.rows(User, email_key="ana@ruiz.example")) == len(arena.rows(UserSession)) == 1
    assert len(arena.rows(Organization, is_client=False)) == 1 == arena.letters("registered")


def test_a_new_password_by_one_link_twice(arena: Arena, buyer: Buyer) -> None:
    person = buyer.people["treasury"].user
    with arena.app.app_context(), transaction(DOOR):
        links.issue(LinkKind.PASSWORD_RESET, person.email, user_id=person.id, name=person.name, locale="es")
    secret = secret_in(letters(arena.world, "reset")[-1])
    acts = [_by_link(arena, f"/reset/{secret}", "/reset", password=f"{GOOD}-{n}") for n in range(2)]
    assert arena.together("links", *acts) == [303, LATE]
    assert arena.happened("PasswordChanged") == 1 == arena.letters("password_changed")
    assert len(arena.rows(UserSession, ended_at=None)) == 1


def _by_link(arena: Arena, opening: str, address: str, **data: Any) -> Any:
    browser = arena.browser()
    assert browser.get(opening).status_code == 303
    return lambda: browser.post(address, data=data)


def test_the_last_administrators_remove_each_other(arena: Arena, buyer: Buyer) -> None:
    first = buyer.people["administrator"]
    second = again(arena, first, Role.ADMINISTRATOR)
    acts = [post(arena, first, f"/people/{second.user.id}/disable"),
            post(arena, second, f"/people/{first.user.id}", roles="auditor")]
    statuses = arena.together("memberships", *acts)
    assert statuses[0] == 303 and statuses[1] in (403, 404, LATE)
    left = [m for m in arena.rows(Membership, ended_at=None) if "administrator" in m.roles]
    assert len(left) == 1 == arena.happened("MemberDisabled") + arena.happened("RolesChanged")


def test_an_answer_is_given_anew_while_the_old_one_is_approved(
        arena: Arena, buyer: Buyer, seller: Seller, asked: RecordField) -> None:
    with arena.world.acting(arena.world.actor(seller)) as actor:
        records.give(records.GiveField(seller.id, asked.id, value="55 1111 1111"), actor)
    _send_record(arena, seller)
    (given,) = arena.rows(RecordValue)
    approve = post(arena, buyer.people["accounts_payable"], f"/records/{seller.id}", kind="field",
                   item_id=str(given.id), verdict="approve")
    change = post(arena, seller.person, f"/record/{seller.id}/fields/{asked.id}", value="55 2222 2222")
    statuses = arena.together("records", approve, change)
    assert all(status in (303, LATE, 422) for status in statuses) and 303 in statuses
    approved = arena.rows(RecordValue, state=ReviewState.APPROVED)
    assert all(value.value == "55 1111 1111" for value in approved), "nobody approved what nobody had seen"
    standing = [v for v in arena.rows(RecordValue) if v.state is not ReviewState.REPLACED]
    assert len(standing) == 1


def _send_record(arena: Arena, seller: Seller) -> None:
    with arena.world.owner():
        row = session.scalars(select(RecordValue)).one()
        row.state = ReviewState.SENT


def test_one_answer_given_twice(arena: Arena, seller: Seller, asked: RecordField) -> None:
    acts = [post(arena, who, f"/record/{seller.id}/fields/{asked.id}", value=f"55 {n}")
            for n, who in enumerate((seller.person, again(arena, seller.person, Role.SUPPLIER_ADMINISTRATOR)))]
    assert arena.together("records", *acts) == [303, 303]
    assert sorted(v.state for v in arena.rows(RecordValue)) == [ReviewState.DRAFT, ReviewState.REPLACED]


def test_one_account_given_twice(arena: Arena, seller: Seller) -> None:
    acts = [post(arena, who, f"/record/{seller.id}/accounts/new", holder="Papelería", country="MEX", currency="MXN",
                 number="032180000118359719")
            for who in (seller.person, again(arena, seller.person, Role.SUPPLIER_ADMINISTRATOR))]
    assert arena.together("records", *acts) == [303, 422]
    assert len(arena.rows(BankAccount)) == 1 == arena.happened("BankAccountGiven")


def test_one_uuid_brought_by_two(arena: Arena, buyer: Buyer, seller: Seller, authority: Authority) -> None:
    xml = Papers(authority, seller, buyer).xml(uuid=uuid4())
    acts = [_upload(arena, who, seller, ("a.xml", xml), ("a.pdf", pdf_bytes()))
            for who in (seller.person, again(arena, seller.person, Role.SUPPLIER_USER))]
    assert arena.together("invoices", *acts) == [303, 303]
    assert sorted("/attempts/" in answer.headers["Location"] for answer in arena.outcomes) == [False, True]
    assert len(arena.rows(Invoice)) == 1 == arena.happened("InvoiceReceived") == arena.happened("InvoiceRefused")
    assert sorted(a.verdict for a in arena.rows(IntakeAttempt))


def test_one_number_from_abroad_brought_by_two(arena: Arena, buyer: Buyer) -> None:
    muster = arena.world.supplier(buyer, "Muster GmbH", "DE 123456789", kind=SupplierKind.FOREIGN)
    acts = [_upload(arena, who, muster, ("inv.xml", UBL.encode()))
            for who in (muster.person, again(arena, muster.person, Role.SUPPLIER_USER))]
    assert arena.together("invoices", *acts) == [303, 303]
    assert sorted("/attempts/" in answer.headers["Location"] for answer in arena.outcomes) == [False, True]
    assert len(arena.rows(Invoice)) == 1 == arena.happened("InvoiceReceived") == arena.happened("InvoiceRefused")


def _upload(arena: Arena, person: Person, seller: Seller, *files: tuple[str, bytes]) -> Any:
    browser = arena.browser(person)
    sent = [(BytesIO(data), name) for name, data in files]
    return lambda: browser.post("/invoices/new", data={"relationship_id": str(seller.id), "files": sent},
                                content_type="multipart/form-data")
