"""The bank accounts of a record: never in the clear, given once, approved by a second person, paid to when approved."""
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from portal.core import db, vault
from portal.core.crypto import Cipher
from portal.core.errors import Invalid, NotAllowed, NotFound, StepUpNeeded
from portal.core.types import Upload
from portal.suppliers import bank_accounts, queries, records, reviews
from portal.suppliers.models import BankAccount, RecordStatus
from portal.suppliers.reviews import DecideItem, Item
from tests.factories import Buyer, Seller, World
from tests.papers import PDF
from tests.suppliers.steps import CLABE, account, complete, decide_account, give, send, status


def test_an_account_number_is_never_in_the_clear(world: World, seller: Seller) -> None:
    complete(world, seller)
    with world.owner():
        row = db.session.scalars(select(BankAccount)).one()
        assert CLABE not in row.number and row.number_last4 == CLABE[-4:] and row.bank_name
        everything = db.session.execute(text("SELECT string_agg(details::text, ' ') FROM audit_events")).scalar()
    assert CLABE not in (everything or "") and CLABE[:10] not in (everything or "")


@pytest.mark.parametrize(("more", "field"), [
    ({"number": CLABE[:-1] + str((int(CLABE[-1]) + 1) % 10)}, "number"),
    ({"number": "12345"}, "number"), ({"country": "USA", "number": "1234567890", "bic": ""}, "bic"),
    ({"country": "DEU", "number": "DE89370400440532013001", "bic": "COBADEFF"}, "number"),
])
def test_wrong_account_numbers(world: World, seller: Seller, more: dict[str, str], field: str) -> None:
    with world.acting(world.actor(seller)) as actor:
        with pytest.raises(Invalid) as refused:
            bank_accounts.give(account(seller, **more), actor)
    assert field in refused.value.fields


def test_an_account_abroad_needs_no_invented_clabe(world: World, seller: Seller) -> None:
    with world.acting(world.actor(seller)) as actor:
        row = bank_accounts.give(account(seller, country="DEU", currency="EUR", bank_name="Commerzbank",
                                           number="DE89 3704 0044 0532 0130 00", bic="COBADEFF"), actor)
    assert (row.number_kind, row.number_last4, row.bic) == ("iban", "3000", "COBADEFF")


def test_the_same_account_is_given_once_and_seen_elsewhere(world: World, buyer: Buyer, seller: Seller) -> None:
    twin = world.supplier(buyer, "Otra", "OTR030303AB1")
    for one in (seller, twin):
        with world.acting(world.actor(one)) as actor:
            bank_accounts.give(account(one), actor)
    with world.acting(world.actor(seller)) as actor, pytest.raises(Invalid):
        bank_accounts.give(account(seller), actor)
    with world.acting(world.actor(buyer, "accounts_payable")):
        assert bank_accounts.same_elsewhere(records.accounts(twin.id)[0]) == [seller.relationship.name]


def test_an_account_is_recognized_after_the_key_was_changed(world: World, buyer: Buyer, seller: Seller,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    with world.acting(world.actor(seller)) as actor:
        bank_accounts.give(account(seller), actor)
        changed = Cipher({"new": bytes(range(32)), **vault.cipher()._keys})
    monkeypatch.setattr(vault, "cipher", lambda: changed)
    twin = world.supplier(buyer, "Otra", "OTR030303AB1")
    with world.acting(world.actor(twin)) as actor:
        assert changed.is_current(bank_accounts.give(account(twin), actor).number)
    with world.acting(world.actor(buyer, "accounts_payable")):
        for each, other in ((seller, twin), (twin, seller)):
            assert bank_accounts.same_elsewhere(records.accounts(each.id)[0]) == [other.relationship.name]
    with world.acting(world.actor(seller)) as actor, pytest.raises(Invalid):
        bank_accounts.give(account(seller), actor)


def test_bank_data_need_the_password_again(world: World, seller: Seller) -> None:
    with world.acting(world.actor(seller, stepped_up_at=None)) as actor, pytest.raises(StepUpNeeded):
        bank_accounts.give(account(seller), actor)


def test_who_registered_the_supplier_does_not_approve_its_account(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    send(world, seller)
    person = buyer.people["accounts_payable"]
    with world.owner():
        db.session.merge(seller.relationship).registered_by = person.user.id
    with world.acting(world.actor_of(person)) as actor, pytest.raises(Invalid):
        reviews.decide(DecideItem(seller.id, Item.ACCOUNT, records.accounts(seller.id)[0].id, approve=True), actor)


def test_the_full_number_is_shown_to_treasury_and_written_down(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    with world.acting(world.actor(buyer, "accounts_payable")) as actor, pytest.raises(NotAllowed):
        reviews.reveal(seller.id, uuid4(), actor)
    with world.acting(world.actor(buyer, "treasury")) as actor:
        _row, number = reviews.reveal(seller.id, records.accounts(seller.id)[0].id, actor)
    assert number == CLABE
    with world.owner():
        seen = db.session.execute(text("SELECT count(*) FROM audit_events WHERE kind LIKE '%BankNumberRevealed%'"))
        assert seen.scalar() == 1


def test_only_an_approved_account_is_paid_to_and_none_that_was_taken_out(world: World, buyer: Buyer, seller: Seller,
                                                                         ) -> None:
    other = world.supplier(buyer, "Otra", "OTR030303AB1")
    complete(world, seller)
    complete(world, other)
    treasurer = world.actor(buyer, "treasury")

    def payable() -> list[str]:
        with world.acting(treasurer):
            return [a.mask[-10:] for a in queries.approved_accounts(treasurer, seller.id)]

    mask = f"{CLABE[-4:]} (MXN)"
    send(world, seller)
    send(world, other)
    with world.acting(treasurer):
        (row,), (theirs,) = records.accounts(seller.id), records.accounts(other.id)
    assert payable() == []
    decide_account(world, buyer, other, theirs, approve=True)
    assert payable() == []
    decide_account(world, buyer, seller, row, approve=True)
    assert payable() == [mask]
    with world.acting(treasurer):
        assert queries.approved_account(treasurer, seller.id, row.id).id == row.id
        for wrong in (theirs.id, uuid4()):
            with pytest.raises(NotFound):
                queries.approved_account(treasurer, seller.id, wrong)
    with world.acting(world.actor(seller)) as actor:
        with pytest.raises(NotFound):
            bank_accounts.remove(seller.id, theirs.id, actor)
        bank_accounts.remove(seller.id, row.id, actor)
        with pytest.raises(NotFound):
            bank_accounts.remove(seller.id, row.id, actor)
    assert payable() == [] and status(world, seller) is RecordStatus.INCOMPLETE
    with world.acting(world.actor(seller)) as actor:
        bank_accounts.give(account(seller), actor)  # taken out, it may be given again
    assert payable() == []


def test_each_change_of_the_accounts_is_seen_in_where_the_record_stands(world: World, buyer: Buyer, seller: Seller,
                                                                        ) -> None:
    give(world, seller, "Constancia", upload=Upload("c.pdf", PDF))
    give(world, seller, "Teléfono", value="55 1234 5678")
    assert status(world, seller) is RecordStatus.INCOMPLETE
    with world.acting(world.actor(seller)) as actor:
        row = bank_accounts.give(account(seller), actor)
    assert status(world, seller) is RecordStatus.READY
    with world.acting(world.actor(seller)) as actor:
        bank_accounts.remove(seller.id, row.id, actor)
    assert status(world, seller) is RecordStatus.INCOMPLETE
