"""What the left side shows: to each role its own, with how many of each wait, and where one is."""
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import update

from portal.access.policy import Role
from portal.approvals import services as approvals
from portal.core import db
from portal.core.clock import now
from portal.invoices.models import InvoiceStatus as S
from portal.navigation import viewer
from portal.suppliers.models import BankAccount, Record, RecordStatus, ReviewState
from tests.factories import Seller, World

HOME, READS = "/", ["/", "/invoices/", "/suppliers/", "/records/", "/payments/"]
SHOWN = {
    Role.ADMINISTRATOR: [HOME, "/inbox/", *READS[1:], "/settings", "/people", "/audit"],
    Role.ACCOUNTS_PAYABLE: [HOME, "/inbox/", *READS[1:]],
    Role.APPROVER: [HOME, "/inbox/", *READS[1:]],
    Role.TREASURY: [*READS[:-1], "/treasury/", "/payments/"],
    Role.AUDITOR: [*READS, "/audit"],
}
SUPPLIERS = [HOME, "/invoices/to-send", "/invoices/in-process", "/payments/", "/record/"]


def _shown(client: FlaskClient, path: str = "/") -> dict[str, tuple[str, bool]]:
    page = html.fromstring(client.get(path, follow_redirects=True).text)
    return {link.get("href"): ("".join(link.xpath(".//*[@class='nav-count']/text()")).strip(),
                               link.get("aria-current") == "page") for link in page.xpath("//a[@class='nav-link']")}


def test_each_role_is_shown_what_it_may_open(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    for role, links in SHOWN.items():
        assert list(_shown(world.sign_in(client, buyer.people[role.value]))) == links, role
    assert list(_shown(world.sign_in(client, seller.person))) == [*SUPPLIERS, "/people"]
    user = world.colleague(seller.organization, Role.SUPPLIER_USER)
    assert list(_shown(world.sign_in(client, user))) == SUPPLIERS
    operator = world.colleague(buyer.organization, Role.OPERATOR)
    assert "/clients" in _shown(world.sign_in(client, operator), "/clients")


def _hand_in(seller: Seller) -> None:
    db.session.add(BankAccount(client_id=seller.relationship.client_id, relationship_id=seller.id, number="x",
                               state=ReviewState.SENT, holder="x", number_last4="9718", number_index="x",
                               number_kind="clabe"))
    db.session.execute(update(Record).where(Record.relationship_id == seller.id)
                       .values(status=RecordStatus.SENT, sent_at=now()))


def test_what_waits_is_counted_beside_its_place(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    stranger = world.supplier(world.client("Otra", "OTR010101AB1"), "Ajena", "AJE010101AB1")
    for one in (seller, seller, stranger):
        world.invoice(one, status=S.APPROVED)
        world.invoice(one)
    world.invoice(seller)
    waiting = world.invoice(seller, status=S.IN_REVIEW)
    with world.acting(world.actor(seller)) as actor:
        approvals.begin_run_of(waiting.id, "", actor)
    with world.owner():
        for one in (seller, stranger):
            _hand_in(one)
    for role, place, count in (("treasury", "/treasury/", "2"), ("accounts_payable", "/inbox/", "1"),
                               ("administrator", "/records/", "1"), ("approver", "/records/", "")):
        shown = _shown(world.sign_in(client, buyer.people[role]))
        assert shown[place][0] == count and shown["/invoices/"][0] == "", role
    shown = _shown(world.sign_in(client, seller.person))
    assert (shown["/invoices/to-send"][0], shown["/invoices/in-process"][0]) == ("3", "")


def test_one_is_where_the_page_is_and_inside_a_list_at_the_list(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    seller = world.supplier(buyer)
    invoice = world.invoice(seller, status=S.IN_REVIEW)
    world.sign_in(client, buyer.people["administrator"])
    for path, place in (("/", "/"), ("/invoices/", "/invoices/"), (f"/inbox/{invoice.id}", "/inbox/"),
                        (f"/suppliers/{seller.id}", "/suppliers/"), ("/settings", "/settings"),
                        ("/payments/", "/payments/")):
        assert [link for link, (_count, here) in _shown(client, path).items() if here] == [place], path


def test_the_bar_says_who_one_is(world: World, ctx: Flask) -> None:
    buyer = world.client()
    for name, initials in (("maría del carmen ruiz", "MD"), ("Luz", "L"), ("", "?")):
        with world.acting(world.actor(buyer, "auditor", name=name)) as actor, ctx.test_request_context():
            said = viewer(actor)
        assert (said["initials"], said["name"], said["side"]) == (initials, name, "client")
        assert (said["email"], said["organization"]) == (actor.email, buyer.organization.name)
        assert (said["url_profile"], said["url_sign_out"]) == ("/profile", "/sign-out")


def test_the_root_that_one_request_has_is_not_all_others(world: World, client: FlaskClient) -> None:
    signed = world.sign_in(client, world.client().people["administrator"])
    below = signed.get("/", environ_overrides={"SCRIPT_NAME": "/below"}, follow_redirects=False)
    assert 'href="/below/inbox/"' in below.text
    assert list(_shown(signed)) == SHOWN[Role.ADMINISTRATOR]
