"""What the pages of suppliers and of records offer, to whom."""
from flask.testing import FlaskClient
from lxml import html

from portal.access.policy import Role
from tests.factories import Buyer, Seller, World
from tests.suppliers.steps import complete, send


def _acts(client: FlaskClient, path: str) -> str:
    page = html.fromstring(client.get(path).text)
    return " ".join(page.xpath("//main//a/@href | //main//form/@action"))


def test_the_first_supplier_is_invited_by_those_who_may(world: World, client: FlaskClient) -> None:
    buyer = world.client()
    for role, person in buyer.people.items():
        offered = "/suppliers/new" in _acts(world.sign_in(client, person), "/suppliers/")
        assert offered == (role in ("administrator", "accounts_payable")), role


def test_bank_accounts_are_the_administrators(world: World, client: FlaskClient, seller: Seller) -> None:
    complete(world, seller)
    user = world.colleague(seller.organization, Role.SUPPLIER_USER)
    for person, may in ((seller.person, True), (user, False)):
        world.sign_in(client, person)
        tab = next(one for one in _acts(client, f"/record/{seller.id}").split() if "section=bank" in one)
        acts = _acts(client, tab)
        assert [one in acts for one in ("/accounts/new", "/remove")] == [may, may]


def test_a_record_is_decided_on_by_those_who_may_and_its_numbers_are_seen_by_treasury(
        world: World, client: FlaskClient, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    send(world, seller)
    for role, person in buyer.people.items():
        acts = _acts(world.sign_in(client, person), path := f"/records/{seller.id}")
        reviews = role in ("administrator", "accounts_payable")
        assert [f"{path}/approve" in acts, f"{path}/accounts/" in acts] == [reviews, role == "treasury"], role
        decided = html.fromstring(client.get(path).text).xpath("//main//form//input[@name='item_id']")
        assert len(decided) == (6 if reviews else 0), f"{role}: approve and reject, for two fields and an account"
