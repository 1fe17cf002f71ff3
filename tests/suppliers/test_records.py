"""The digital record: giving, sending, reviewing, correcting, expiring."""
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access.actor import system
from portal.access.policy import Role
from portal.core import db
from portal.core.clock import now, today
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import ZONE
from portal.core.types import Upload
from portal.jobs import runner
from portal.mail import sealing
from portal.mail.models import Letter
from portal.suppliers import expiry, jobs, layout, queries, records, reviews
from portal.suppliers.board import board_of
from portal.suppliers.models import (
    BankAccount,
    Expiry,
    FieldType,
    Record,
    RecordField,
    RecordStatus,
    Relationship,
    ReviewState,
)
from portal.suppliers.reviews import DecideItem, Item
from portal.web import listing
from tests.factories import Buyer, Seller, World
from tests.forms import guard
from tests.suppliers.steps import complete, decide_account, fields_of, give, send, status


def test_the_way_of_a_record(world: World, buyer: Buyer, seller: Seller) -> None:
    assert status(world, seller) is RecordStatus.EMPTY
    give(world, seller, "Teléfono", value="55 1234 5678")
    assert status(world, seller) is RecordStatus.INCOMPLETE
    complete(world, seller)
    assert status(world, seller) is RecordStatus.READY
    send(world, seller)
    assert status(world, seller) is RecordStatus.SENT
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        assert reviews.approve_all(seller.id, actor) == 2
        (bank,) = records.accounts(seller.id)
        reviews.decide(DecideItem(seller.id, Item.ACCOUNT, bank.id, approve=True), actor)
    assert status(world, seller) is RecordStatus.APPROVED


def test_sending_without_what_is_mandatory_names_it(world: World, seller: Seller) -> None:
    give(world, seller, "Teléfono", value="1")
    with pytest.raises(Invalid) as refused:
        send(world, seller)
    assert "Constancia" in str(refused.value.message) and "cuenta bancaria" in str(refused.value.message)


def test_sending_twice_is_a_conflict(world: World, seller: Seller) -> None:
    complete(world, seller)
    send(world, seller)
    with pytest.raises(Conflict):
        send(world, seller)


def test_only_what_was_rejected_is_given_again(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    send(world, seller)
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        values = {v.field_id: v for v in records.current_values(seller.id).values()}
        bad = values[fields_of(seller)["Teléfono"]]
        with pytest.raises(Invalid):
            reviews.decide(DecideItem(seller.id, Item.FIELD, bad.id, approve=False), actor)
        reviews.decide(DecideItem(seller.id, Item.FIELD, bad.id, approve=False, reason="falta la lada"), actor)
        with pytest.raises(Conflict):
            reviews.decide(DecideItem(seller.id, Item.FIELD, bad.id, approve=True), actor)
    assert status(world, seller) is RecordStatus.CORRECTIONS
    give(world, seller, "Teléfono", value="33 1234 5678")
    send(world, seller)
    with world.acting(world.actor(seller)):
        history = records.history(seller.id, fields_of(seller)["Teléfono"])
    assert [v.state for v in history] == [ReviewState.SENT, ReviewState.REPLACED]


def test_what_was_rejected_and_what_expires_are_named_on_the_page(world: World, buyer: Buyer, seller: Seller,
                                                                  client: FlaskClient) -> None:
    complete(world, seller)
    give(world, seller, "Opinión", value="positiva", document_date=today(ZONE))
    send(world, seller)
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        values = {v.field_id: v for v in records.current_values(seller.id).values()}
        bad = values[fields_of(seller)["Teléfono"]]
        reviews.decide(DecideItem(seller.id, Item.FIELD, bad.id, approve=False, reason="falta la lada"), actor)
    world.sign_in(client, seller.person)
    page = client.get(f"/record/{seller.id}").text
    assert "Hay algo que corregir" in page and "Faltan datos obligatorios" not in page
    assert "por corregir</span>" in page and "requirement-rejected" in page
    asked = client.get(f"/record/{seller.id}/fields/{bad.field_id}").text
    assert "falta la lada" in asked.partition("<h1")[2].partition("<form")[0]
    with world.acting(world.actor(seller)) as actor:
        assert [r.field.label_es for r in board_of(records.mine(seller.id, actor), actor).ageing] == ["Opinión"]


def test_a_review_waits_until_all_of_it_is_decided(world: World, buyer: Buyer, seller: Seller,
                                                   client: FlaskClient) -> None:
    complete(world, seller)
    send(world, seller)
    world.sign_in(client, buyer.people["accounts_payable"])
    page, address = client.get(f"/records/{seller.id}").text, f"/records/{seller.id}"
    assert "Aprobar 2 campos" in page and "· México" in page, "the country has a name"
    with world.acting(world.actor(seller)):
        bad, *others = (i for i in records.items(db.session.get_one(Relationship, seller.id)))
    data = {"kind": "field", "item_id": str(bad.id), "verdict": "reject"}
    refused = client.post(address, data={**guard(page), **data, "reason": "mal"})
    box = refused.text.partition(f'id="reason-{bad.id}"')[2].partition("</textarea>")[0]
    assert refused.status_code == 422 and "invalid" in box and box.endswith(">mal"), "what was typed is still there"
    assert refused.text.count("data-open") == 1 and f'href="#reason-{bad.id}"' in refused.text
    done = client.post(address, data={**guard(refused.text), **data, "reason": "no se lee"})
    assert done.headers["Location"].endswith(f"#item-{bad.id}")
    assert status(world, seller) is RecordStatus.CORRECTIONS
    for left in (others, []):
        with world.acting(world.actor(buyer, "accounts_payable")) as actor:
            waiting = [r.relationship_id for r in queries.records_to_review(actor, None).rows]
            assert waiting == ([seller.id] if left else [])
            assert listing.count(actor, queries.TO_REVIEW) == ("1" if left else "")
            for item in left:
                kind = Item.ACCOUNT if isinstance(item, BankAccount) else Item.FIELD
                reviews.decide(DecideItem(seller.id, kind, item.id, approve=True), actor)


@pytest.mark.parametrize(("label", "more", "field"), [
    ("Constancia", {"upload": Upload("x.pdf", b"no es un pdf")}, None),
    ("Constancia", {"upload": Upload("x.pdf", b"")}, None),
    ("Constancia", {}, "file"), ("Teléfono", {"value": "  "}, "value"), ("Crédito", {"value": "treinta"}, "value"),
    ("Crédito", {"value": "NaN"}, "value"), ("Opinión", {"value": "positiva"}, "document_date"),
])
def test_bad_answers_teach(
    world: World, seller: Seller, label: str, more: dict[str, object], field: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        give(world, seller, label, **more)
    assert field is None or field in refused.value.fields
    assert status(world, seller) is RecordStatus.EMPTY


def test_a_document_that_has_expired_already_is_refused(world: World, seller: Seller) -> None:
    with pytest.raises(Invalid):
        give(world, seller, "Opinión", value="positiva", document_date=today("UTC") - timedelta(days=60))


def test_a_document_lives_from_a_day_that_has_come(world: World, seller: Seller) -> None:
    with pytest.raises(Invalid) as refused:
        give(world, seller, "Opinión", value="positiva", document_date=today(ZONE) + timedelta(days=1))
    assert "document_date" in refused.value.fields


def test_a_field_asks_by_its_name_and_shows_what_was_given(world: World, seller: Seller, client: FlaskClient) -> None:
    give(world, seller, "Crédito", value="30")
    world.sign_in(client, seller.person)
    with world.acting(world.actor(seller)):
        names = fields_of(seller)
    credit, opinion = (client.get(f"/record/{seller.id}/fields/{names[n]}").text for n in ("Crédito", "Opinión"))
    assert '<label for="value">Crédito' in credit and 'value="30"' in credit
    assert "Tiene 30 días de vigencia" in opinion
    wrong = client.post(f"/record/{seller.id}/fields/{names['Crédito']}", data={**guard(credit), "value": "treinta"})
    assert "Crédito: Esto no es un número" in wrong.text


def test_what_reaches_its_date_expires_once(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    give(world, seller, "Opinión", value="positiva", document_date=today("America/Mexico_City") - timedelta(days=29))
    with world.owner():
        for value in records.current_values(seller.id).values():
            if value.expires_on:
                value.expires_on = today("America/Mexico_City")
        db.session.scalars(select(Record)).one().next_expiry = today("America/Mexico_City")
    with db.transaction(db.DOOR):
        assert (buyer.id, seller.id) in expiry.due()
    with world.acting(world.actor(buyer, "administrator")) as actor:
        assert expiry.expire(seller.id, actor) == ["Opinión"]
        assert expiry.expire(seller.id, actor) == []
    assert status(world, seller) is RecordStatus.EXPIRED


@pytest.mark.parametrize(("kind", "good", "bad"), [
    (FieldType.CHOICE, "sí", "tal vez"), (FieldType.YES_NO, "yes", "sí"), (FieldType.DATE, "2026-11-21", "21/11/2026"),
    (FieldType.NUMBER, "1,234.50", "1.2.3"), (FieldType.TEXT, " x ", "   ")])
def test_an_answer_is_of_the_kind_that_is_asked(kind: FieldType, good: str, bad: str) -> None:
    field = RecordField(type=kind, choices=["sí", "no"])
    assert records._value(field, good) == good.strip()
    with pytest.raises(Invalid) as refused:
        records._value(field, bad)
    assert set(refused.value.fields) == {"choice" if kind in (FieldType.CHOICE, FieldType.YES_NO) else "value"}


def letters(world: World) -> list[tuple[str, str]]:
    with world.owner():
        rows = db.session.scalars(select(Letter).order_by(Letter.id)).all()
        return [(row.name, row.to_email) for row in rows]


def test_the_letters_go_to_those_whom_they_concern(world: World, buyer: Buyer, seller: Seller) -> None:
    colleague = world.colleague(seller.organization, Role.SUPPLIER_ADMINISTRATOR)
    ours = {seller.person.user.email, colleague.user.email}
    desk = {buyer.people[role].user.email for role in ("accounts_payable", "administrator")}

    def new(name: str) -> set[str]:
        found = [to for letter, to in letters(world) if letter == name]
        assert len(found) == len(set(found))
        return set(found)

    complete(world, seller)
    assert new("bank_account_given") == ours and not new("record_sent")
    send(world, seller)
    assert new("record_sent") == desk and not new("record_reviewed")
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        assert reviews.approve_all(seller.id, actor) == 2
        (row,) = records.accounts(seller.id)
    assert not new("record_reviewed")  # its account still waits: the outcome is told once, of the whole
    decide_account(world, buyer, seller, row, approve=False)
    assert new("record_reviewed") == ours
    with world.owner():
        letter = db.session.scalars(select(Letter).filter_by(name="record_reviewed").limit(1)).one()
        assert sealing.unseal(letter.id, letter.client_id, letter.context)["rejected"] == 1
        assert db.session.scalars(select(Record)).one().reviewed_at is not None


def test_what_expires_by_itself_is_told_and_its_job_does_it(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    give(world, seller, "Opinión", value="positiva", document_date=today(ZONE) - timedelta(days=20))
    with world.owner():
        assert db.session.scalars(select(Record)).one().next_expiry == today(ZONE) + timedelta(days=10)
    with db.transaction(db.DOOR):
        assert expiry.due() == []
    with time_machine.travel(now() + timedelta(days=10)):
        with db.transaction(db.DOOR):
            jobs.expire_records(system())
        runner.drain()
        assert status(world, seller) is RecordStatus.EXPIRED
    assert ("record_expired", seller.person.user.email) in letters(world)


def test_another_supplier_and_another_client_see_nothing(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    stranger, outsider = world.supplier(buyer, "Otra", "OTR030303AB1"), world.client("Ajena", "AJE010101AA1")
    with world.acting(world.actor(stranger)) as actor:
        assert records.current_values(seller.id) == {} and records.accounts(seller.id) == []
        with pytest.raises(NotFound):
            records.send(seller.id, actor)
    with world.acting(world.actor(outsider, "accounts_payable")) as actor:
        assert records.accounts(seller.id) == []
        with pytest.raises(NotFound):
            reviews.decide(DecideItem(seller.id, Item.FIELD, uuid4(), approve=True), actor)


def change_layout(world: World, buyer: Buyer, label: str, **more: object) -> None:
    """Archive a field, or demand one more when it is not there."""
    with world.acting(world.actor(buyer, "administrator")) as actor:
        whole = layout.whole(actor)
        found = next((f for f in whole.fields if f.label_es == label), None)
        if found is not None:
            layout.archive("field", found.id, actor)
        else:
            layout.save_field(layout.SaveField(
                section_id=whole.sections[0].id, label_es=label, label_en="", help_es="", help_en="",
                type=FieldType.TEXT, mandatory=True, kinds=(), choices=(), file_types=(), max_mb=5,
                expiry=Expiry.NONE, lifetime_days=None), actor)
    runner.drain()


def approve(world: World, buyer: Buyer, seller: Seller, *, but: str = "") -> None:
    with world.acting(world.actor(buyer, "accounts_payable")) as actor:
        left = fields_of(seller).get(but)
        for row in records.items(seller.relationship):
            kind = Item.ACCOUNT if isinstance(row, BankAccount) else Item.FIELD
            if row.state is ReviewState.SENT and (kind is Item.ACCOUNT or row.field_id != left):
                reviews.decide(DecideItem(seller.id, kind, row.id, approve=True), actor)


def test_what_is_demanded_no_more_holds_up_no_review(world: World, buyer: Buyer, seller: Seller) -> None:
    complete(world, seller)
    give(world, seller, "Crédito", value="30")
    send(world, seller)
    change_layout(world, buyer, "Crédito")
    approve(world, buyer, seller)
    assert status(world, seller) is RecordStatus.APPROVED
    assert [to for name, to in letters(world) if name == "record_reviewed"] == [seller.person.user.email]


@pytest.mark.parametrize("rejected", [True, False])
def test_a_review_is_over_when_the_last_item_is_demanded_no_more(world: World, buyer: Buyer, seller: Seller,
                                                                rejected: bool) -> None:
    complete(world, seller)
    give(world, seller, "Crédito", value="30")
    send(world, seller)
    if rejected:
        with world.acting(world.actor(buyer, "accounts_payable")) as actor:
            (bank,) = records.accounts(seller.id)
            reviews.decide(DecideItem(seller.id, Item.ACCOUNT, bank.id, approve=False, reason="es de otro"), actor)
    change_layout(world, buyer, "Teléfono")
    assert "record_reviewed" not in dict(letters(world))
    approve(world, buyer, seller, but="Crédito")
    assert "record_reviewed" not in dict(letters(world))
    change_layout(world, buyer, "Crédito")
    assert status(world, seller) is (RecordStatus.CORRECTIONS if rejected else RecordStatus.APPROVED)
    assert [to for name, to in letters(world) if name == "record_reviewed"] == [seller.person.user.email]


def test_what_is_demanded_anew_is_asked_of_all_at_once_and_so_is_what_is_not(world: World, buyer: Buyer,
                                                                            seller: Seller) -> None:
    complete(world, seller)
    send(world, seller)
    approve(world, buyer, seller)
    change_layout(world, buyer, "Registro patronal")
    assert status(world, seller) is RecordStatus.INCOMPLETE
    change_layout(world, buyer, "Registro patronal")
    assert status(world, seller) is RecordStatus.APPROVED


def test_what_expires_soon_is_seen_by_itself_and_what_is_done_on_its_day_loses_no_letter(
        world: World, buyer: Buyer, seller: Seller) -> None:
    with world.owner():
        db.session.scalars(select(RecordField).filter_by(label_es="Opinión")).one().lifetime_days = 60
    complete(world, seller)
    give(world, seller, "Opinión", value="32-D", document_date=today(ZONE))
    send(world, seller)
    approve(world, buyer, seller)
    day = now().replace(hour=6, minute=5)  # 0:05 in Mexico City

    def nightly() -> None:
        with db.transaction(db.DOOR):
            jobs.expire_records(system())
        runner.drain()

    nightly()
    assert status(world, seller) is RecordStatus.APPROVED
    with time_machine.travel(day + timedelta(days=40)):
        nightly()
    assert status(world, seller) is RecordStatus.EXPIRING
    with time_machine.travel(day + timedelta(days=61)):
        give(world, seller, "Crédito", value="30")
        nightly()
        nightly()
    assert [to for name, to in letters(world) if name == "record_expired"] == [seller.person.user.email]
