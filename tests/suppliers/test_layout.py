"""What a client demands: its order, what is archived, what is refused, and that it is the client's own."""
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.errors import Invalid, NotFound
from portal.core.types import columns
from portal.suppliers import layout
from portal.suppliers.models import Expiry, FieldType, RecordField, RecordGate, RecordPolicy, SupplierKind
from tests.factories import Buyer, World
from tests.forms import as_shown, columns_of


def field(section_id: UUID, label: str, **more: Any) -> layout.SaveField:
    values: dict[str, Any] = {
        "section_id": section_id, "label_es": label, "label_en": "", "help_es": "", "help_en": "",
        "type": FieldType.TEXT, "mandatory": True, "kinds": (), "choices": (), "file_types": (), "max_mb": 5,
        "expiry": Expiry.NONE, "lifetime_days": None, **more}
    return layout.SaveField(**values)


@pytest.fixture()
def buyer(world: World) -> Buyer:
    made = world.client()
    with world.acting(world.actor(made, "administrator")) as actor:
        for title, labels in (("Uno", ("a", "b", "c")), ("Dos", ("d",)), ("Tres", ())):
            section = layout.save_section(title, "", actor)
            for label in labels:
                layout.save_field(field(section.id, label), actor)
    return made


def ids(world: World, buyer: Buyer) -> dict[str, UUID]:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        whole = layout.whole(actor)
        return {s.title_es: s.id for s in whole.sections} | {f.label_es: f.id for f in whole.fields}


def order(world: World, buyer: Buyer) -> list[str]:
    return [name for name in ids(world, buyer) if name.islower()]


@pytest.mark.parametrize(("kind", "name", "up", "expected"), [
    ("field", "a", True, "abcd"), ("field", "a", False, "bacd"), ("field", "c", True, "acbd"),
    ("field", "c", False, "abcd"), ("field", "d", True, "abcd"), ("section", "Dos", True, "dabc"),
    ("section", "Uno", True, "abcd"), ("section", "Dos", False, "abcd"), ("section", "Uno", False, "dabc")])
def test_neighbours_change_places_and_the_ends_stay(world: World, buyer: Buyer, kind: str, name: str, up: bool,
                                                    expected: str) -> None:
    row_id = ids(world, buyer)[name]
    with world.acting(world.actor(buyer, "administrator")) as actor:
        layout.move(kind, row_id, up, actor)
    assert order(world, buyer) == list(expected)


def test_what_is_archived_is_demanded_no_more_and_a_section_only_when_it_is_empty(world: World, buyer: Buyer) -> None:
    named = ids(world, buyer)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        with pytest.raises(Invalid):
            layout.archive("section", named["Dos"], actor)
        layout.archive("field", named["d"], actor)
        layout.archive("section", named["Dos"], actor)
        with pytest.raises(NotFound):
            layout.archive("field", named["d"], actor)
        with pytest.raises(NotFound):
            layout.save_field(field(named["Dos"], "e"), actor)
        assert [s.title_es for s in layout.whole(actor).sections] == ["Uno", "Tres"]
    assert order(world, buyer) == ["a", "b", "c"]


def test_a_change_keeps_the_place_and_says_what_was_done(world: World, buyer: Buyer) -> None:
    named = ids(world, buyer)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        layout.save_field(field(named["Uno"], "bb", kinds=("person",)), actor, named["b"])
        layout.save_section("Primera", "First", actor, named["Uno"])
        layout.move("field", named["c"], False, actor)  # it is the last one already: nothing to tell
        layout.move("field", named["c"], True, actor)
    assert order(world, buyer) == ["a", "c", "bb", "d"]
    with world.owner():
        told = db.session.scalars(select(AuditEvent).filter_by(kind="LayoutChanged").order_by(
            AuditEvent.at.desc(), AuditEvent.id.desc()).limit(3)).all()
        assert [(row.details["act"], row.subject_label) for row in told] == [
            ("moved", "c"), ("section", "Primera"), ("field", "bb")]


@pytest.mark.parametrize("kind", FieldType)
def test_a_field_sent_back_as_its_page_shows_it_is_as_it_was(world: World, buyer: Buyer, client: FlaskClient,
                                                             kind: FieldType) -> None:
    """Every type is offered, and all that is kept of a field has its place on the page and is shown there as it is."""
    named = ids(world, buyer)
    whole = field(named["Dos"], "Opinión", label_en="Opinion", help_es="Del mes", help_en="Monthly", type=kind,
                  kinds=("person",), choices=("una", "dos"), file_types=("pdf", "png"), max_mb=7,
                  expiry=Expiry.LIFETIME, lifetime_days=30)
    assert set(columns(whole)) == columns_of(RecordField, but="position")
    with world.acting(world.actor(buyer, "administrator")) as actor:
        layout.save_field(whole, actor, named["d"])
    world.sign_in(client, buyer.people["administrator"])
    page = f"/settings/record/fields/{named['d']}"
    html = client.get(page).text
    assert f'<option value="{kind.value}" selected>' in html or f'<option selected value="{kind.value}">' in html
    assert client.post(page, data=as_shown(html)).status_code == 303
    with world.owner():
        kept = db.session.get_one(RecordField, named["d"])
        assert {name: getattr(kept, name) for name in columns(whole)} == columns(whole)


def test_a_supplier_is_asked_for_what_its_kind_must_give(world: World, buyer: Buyer) -> None:
    named = ids(world, buyer)
    with world.acting(world.actor(buyer, "administrator")) as actor:
        layout.save_field(field(named["Dos"], "d", kinds=("person",)), actor, named["d"])
    company = world.supplier(buyer)
    person = world.supplier(buyer, "Ana", "XAXX010101AB1", kind=SupplierKind.PERSON)
    with world.acting(world.actor(buyer, "administrator")):
        asked = [layout.layout_for(seller.relationship) for seller in (company, person)]
    assert [[f.label_es for f in one.fields] for one in asked] == [["a", "b", "c"], ["a", "b", "c", "d"]]
    assert [[s.title_es for s in one.sections] for one in asked] == [["Uno"], ["Uno", "Dos"]]


@pytest.mark.parametrize(("more", "wrong"), [
    ({"type": FieldType.CHOICE, "choices": ("uno",)}, "choices"),
    ({"expiry": Expiry.LIFETIME}, "lifetime_days")])
def test_a_field_that_nobody_could_answer_is_refused(world: World, buyer: Buyer, more: dict[str, object], wrong: str,
                                                     ) -> None:
    named = ids(world, buyer)
    with world.acting(world.actor(buyer, "administrator")) as actor, pytest.raises(Invalid) as refused:
        layout.save_field(field(named["Uno"], "x", **more), actor)
    assert set(refused.value.fields) == {wrong}


def test_the_policy_is_one_row_and_asks_for_nothing_until_it_is_set(world: World, buyer: Buyer) -> None:
    with world.acting(world.actor(buyer, "administrator")) as actor:
        unset = layout.policy_of(buyer.id)
        assert (unset.gate, unset.bank_account) == (RecordGate.NOTHING, True)
        layout.save_policy(RecordGate.BEFORE_UPLOAD, True, True, actor)
        layout.save_policy(RecordGate.BEFORE_SENDING, False, False, actor)
        assert not layout.whole(actor).bank_required
    with world.owner():
        row = db.session.scalars(select(RecordPolicy)).one()
        assert (row.gate, row.approved, row.bank_account) == (RecordGate.BEFORE_SENDING, False, False)


@pytest.mark.parametrize("act", [
    lambda named, actor: layout.find_field(named["a"], actor), lambda named, actor: layout.find_field(uuid4(), actor),
    lambda named, actor: layout.find_section(named["Uno"], actor),
    lambda named, actor: layout.save_section("Otra", "", actor, named["Uno"]),
    lambda named, actor: layout.save_field(field(named["Uno"], "x"), actor),
    lambda named, actor: layout.move("section", named["Uno"], False, actor),
    lambda named, actor: layout.move("field", named["a"], False, actor),
    lambda named, actor: layout.archive("field", named["a"], actor)])
def test_the_layout_of_another_client_does_not_exist(world: World, buyer: Buyer,
                                                     act: Callable[[dict[str, UUID], Any], object]) -> None:
    named = ids(world, buyer)
    stranger = world.actor(world.client("Ajena", "AJE010101AA1"), "administrator")
    with world.acting(stranger), pytest.raises(NotFound):
        act(named, stranger)
    with world.owner(), pytest.raises(NotFound):  # the first wall holds by itself
        act(named, stranger)
    assert order(world, buyer) == ["a", "b", "c", "d"]
