"""What suppliers and reviewers do with a record, for the tests of records and of the bank accounts in them."""
from sqlalchemy import select

from portal.banking.clabe import check_digit
from portal.core import db
from portal.core.types import Upload
from portal.suppliers import bank_accounts, layout, records, reviews
from portal.suppliers.models import BankAccount, Record, RecordStatus
from portal.suppliers.reviews import DecideItem, Item
from tests.factories import Buyer, Seller, World
from tests.papers import PDF

CLABE = "01218000123456789"
CLABE += check_digit(CLABE)


def give(world: World, seller: Seller, label: str, **more: object) -> None:
    with world.acting(world.actor(seller)) as actor:
        records.give(records.GiveField(seller.id, fields_of(seller)[label], **more), actor)  # type: ignore[arg-type]


def fields_of(seller: Seller) -> dict[str, object]:
    return {f.label_es: f.id for f in layout.layout_for(seller.relationship).fields}


def account(seller: Seller, **more: object) -> bank_accounts.GiveAccount:
    values: dict[str, object] = {"relationship_id": seller.id, "holder": "Papelería", "country": "MEX",
                                 "currency": "MXN", "number": CLABE, **more}
    return bank_accounts.GiveAccount(**values)  # type: ignore[arg-type]


def complete(world: World, seller: Seller) -> None:
    give(world, seller, "Constancia", upload=Upload("c.pdf", PDF))
    give(world, seller, "Teléfono", value="55 1234 5678")
    with world.acting(world.actor(seller)) as actor:
        bank_accounts.give(account(seller), actor)


def send(world: World, seller: Seller) -> None:
    with world.acting(world.actor(seller)) as actor:
        records.send(seller.id, actor)


def status(world: World, seller: Seller) -> RecordStatus:
    with world.owner():
        return db.session.scalars(select(Record).filter_by(relationship_id=seller.id)).one().status


def decide_account(world: World, buyer: Buyer, seller: Seller, row: BankAccount, *, approve: bool) -> None:
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        reviews.decide(DecideItem(seller.id, Item.ACCOUNT, row.id, approve=approve, reason="no coincide"), actor)
