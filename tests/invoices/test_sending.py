""""Sending data", sending, taking back: what is refused names what is missing."""
from decimal import Decimal

import pytest

from portal.accounts.models import FiscalProfile
from portal.core.db import session
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.types import Upload
from portal.invoices import demands, queries, services
from portal.invoices.models import Invoice, InvoiceStatus, RequirementAnswer, RequirementType, StampState
from portal.invoices.services import SaveRequirement
from portal.mail.models import Letter
from portal.suppliers.models import RecordGate, RecordPolicy, Relationship, RelationshipStatus
from tests.invoices.conftest import detached, pdf


@pytest.fixture()
def asks(world, buyer):
    """Let the client ask for something."""
    admin = world.actor(buyer, "administrator")

    def ask(label, kind=RequirementType.TEXT, **more):
        with world.acting(admin):
            return detached(services.add_requirement(SaveRequirement(type=kind, label_es=label, **more), admin))

    return ask


def lines(world, actor, invoice_id):
    with world.acting(actor):
        return [(d.label, d.mandatory, d.answer.value if d.answer else None)
                for d in demands.demands(actor, queries.get(actor, invoice_id))]


def give(world, actor, invoice_id, requirement, value="", upload=None):
    with world.acting(actor):
        return services.answer_requirement(invoice_id, requirement.id, value, upload, actor)


def send(world, actor, invoice_id, version=None):
    with world.acting(actor):
        return services.send(invoice_id, version or queries.get(actor, invoice_id).version, actor)


def test_a_draft_for_an_rfc_that_the_client_gave_up_is_not_sent(world, supplier, draft, buyer):
    with world.owner():
        session.query(FiscalProfile).filter_by(client_id=buyer.id).one().rfc = "NUE010101AB1"
    with pytest.raises(Invalid, match="CVA010101AB1"):
        send(world, supplier, draft.invoice.id)


def test_sending_without_a_mandatory_requirement_names_it(world, supplier, draft, asks):
    asks("Orden de compra")
    asks("Nota de entrega", RequirementType.FILE, file_types=("pdf",))
    asks("Comentario", mandatory=False)
    with pytest.raises(Invalid) as refused:
        send(world, supplier, draft.invoice.id)
    assert "Orden de compra" in str(refused.value.message) and "Nota de entrega" in str(refused.value.message)
    assert "Comentario" not in str(refused.value.message)
    with world.acting(supplier):
        assert queries.get(supplier, draft.invoice.id).status is InvoiceStatus.DRAFT


def test_what_was_given_turns_blue_and_the_invoice_can_be_sent(world, supplier, draft, asks):
    order = asks("Orden de compra")
    note = asks("Nota de entrega", RequirementType.FILE, file_types=("pdf",))
    give(world, supplier, draft.invoice.id, order, "OC-981")
    given = give(world, supplier, draft.invoice.id, note, upload=pdf("nota.pdf"))
    assert given.file_id is not None
    assert lines(world, supplier, draft.invoice.id) == [("Orden de compra", True, "OC-981"),
                                                        ("Nota de entrega", True, "")]
    sent = send(world, supplier, draft.invoice.id)
    assert sent.status is InvoiceStatus.IN_REVIEW and sent.sent_at and sent.sent_by == supplier.user_id


def test_replacing_an_answer_keeps_the_history(world, supplier, draft, asks):
    order = asks("Orden de compra")
    give(world, supplier, draft.invoice.id, order, "OC-1")
    give(world, supplier, draft.invoice.id, order, "OC-2")
    with world.acting(supplier):
        line = demands.demand(supplier, queries.get(supplier, draft.invoice.id), order.id)
        assert line.answer.value == "OC-2"
        assert [old.value for old in line.before] == ["OC-1"] and line.before[0].replaced_at


@pytest.mark.parametrize(("kind", "more", "bad", "good"), [
    (RequirementType.TEXT, {}, "   ", "x"),
    (RequirementType.TEXT, {}, "x" * 1001, "x" * 1000),
    (RequirementType.NUMBER, {}, "doce", "1,234.50"),
    (RequirementType.NUMBER, {}, "NaN", "-3"),
    (RequirementType.DATE, {}, "26/11/2026", "2026-11-26"),
    (RequirementType.CHOICE, {"choices": ("Norte", "Sur")}, "Este", "Sur"),
])
def test_a_value_must_be_of_its_type(kind, more, bad, good, world, supplier, draft, asks):
    wanted = asks("Dato", kind, **more)
    with pytest.raises(Invalid) as refused:
        give(world, supplier, draft.invoice.id, wanted, bad)
    assert "value" in refused.value.fields
    assert give(world, supplier, draft.invoice.id, wanted, good).value == good


@pytest.mark.parametrize("upload", [None, Upload("x.pdf", b""), Upload("x.pdf", b"<svg onload=alert(1)>"),
                                    Upload("x.pdf", b"\x89PNG\r\n\x1a\n"), Upload("x.exe", b"MZ")])
def test_a_file_must_be_what_was_asked(upload, world, supplier, draft, asks):
    wanted = asks("Nota", RequirementType.FILE, file_types=("pdf",))
    with pytest.raises(Invalid) as refused:
        give(world, supplier, draft.invoice.id, wanted, upload=upload)
    assert "file" in refused.value.fields
    assert lines(world, supplier, draft.invoice.id)[0][2] is None


def test_invisible_characters_are_left_out(world, supplier, draft, asks):
    assert give(world, supplier, draft.invoice.id, asks("Dato"), "OC\x00-\u202e1\n2").value == "OC-1\n2"


def test_requirements_apply_by_kind_group_and_amount(world, supplier, draft, asks):
    asks("Todos")
    asks("Sólo notas de crédito", kinds=("E",))
    asks("Sólo transporte", groups=("transporte",))
    asks("Desde diez mil", minimum=Decimal(10000))
    assert [line[0] for line in lines(world, supplier, draft.invoice.id)] == ["Todos"]


def test_the_list_of_drafts_says_what_each_lacks(world, supplier, draft, asks, client, seller):
    key = draft.invoice.id
    order = asks("Orden de compra")
    asks("Desde diez mil", minimum=Decimal(10000))
    asks("Notas", mandatory=False)
    with world.acting(supplier):
        assert demands.lacking_in(supplier, [key]) == {key: ["Orden de compra"]}
    browser = world.sign_in(client, seller.person)
    assert "Orden de compra" in browser.get("/invoices/to-send").text
    give(world, supplier, key, order, "OC-1")
    with world.acting(supplier):
        assert demands.lacking_in(supplier, [key]) == {key: []}
    stranger = world.actor(world.supplier(world.client("Otra", "OTR010101AA1"), "Ajena", "AJE010101AA1"))
    with world.acting(stranger):
        assert demands.lacking_in(stranger, [key]) == {}
    listed = browser.get("/invoices/to-send").text
    assert "Orden de compra" not in listed and "Completos" in listed


def test_an_edit_never_changes_what_was_given(world, supplier, draft, asks, buyer):
    order = asks("Orden de compra")
    give(world, supplier, draft.invoice.id, order, "OC-981")
    send(world, supplier, draft.invoice.id)
    admin = world.actor(buyer, "administrator")
    with world.acting(admin):
        services.edit_requirement(order.id, SaveRequirement(type=RequirementType.TEXT, label_es="Pedido"), admin)
    with world.acting(admin):
        services.archive_requirement(order.id, admin)
    assert lines(world, supplier, draft.invoice.id) == [("Orden de compra", False, "OC-981")]
    assert lines(world, admin, draft.invoice.id) == [("Orden de compra", False, "OC-981")]


def test_an_archived_requirement_is_asked_no_more(world, supplier, draft, asks, buyer):
    order, admin = asks("Orden de compra"), world.actor(buyer, "administrator")
    with world.acting(admin):
        services.archive_requirement(order.id, admin)
    with pytest.raises(Conflict):
        give(world, supplier, draft.invoice.id, order, "OC-1")
    assert send(world, supplier, draft.invoice.id).status is InvoiceStatus.IN_REVIEW


def test_a_requirement_of_another_client_is_not_found(world, supplier, draft):
    other = world.client("Otra", "OCO050505IJ6")
    admin = world.actor(other, "administrator")
    with world.acting(admin):
        theirs = services.add_requirement(SaveRequirement(type=RequirementType.TEXT, label_es="Suyo"), admin)
    with pytest.raises(NotFound):
        give(world, supplier, draft.invoice.id, theirs, "x")


def test_nothing_can_be_given_once_it_was_sent(world, supplier, draft, asks):
    order = asks("Orden de compra", mandatory=False)
    send(world, supplier, draft.invoice.id)
    with pytest.raises(Conflict):
        give(world, supplier, draft.invoice.id, order, "OC-1")
    with world.owner():
        assert session.query(RequirementAnswer).count() == 0


def test_sending_tells_both_sides_and_freezes_the_rate(world, supplier, draft):
    sent = send(world, supplier, draft.invoice.id)
    assert sent.exchange_rate == 1
    with world.owner():
        assert sorted(row.name for row in session.query(Letter) if row.name.startswith("invoice_")) == [
            "invoice_received", "invoice_sent"]


def test_the_rate_of_a_foreign_currency_is_the_cfdis(world, supplier, papers):
    upload = papers.upload(moneda="USD", tipo_cambio=Decimal("18.3412"))
    with world.acting(supplier):
        invoice = services.receive(upload, pdf(), papers.seller.id, supplier).invoice
    assert invoice.exchange_rate is None and invoice.total_in_pesos == Decimal("1160.00") * Decimal("18.3412")
    assert send(world, supplier, invoice.id).exchange_rate == Decimal("18.3412")


def test_a_second_send_and_a_stale_page_are_conflicts(world, supplier, draft):
    with pytest.raises(Conflict):
        send(world, supplier, draft.invoice.id, version=7)
    send(world, supplier, draft.invoice.id)
    with pytest.raises(Conflict):
        send(world, supplier, draft.invoice.id)


def test_the_record_may_be_needed_before_sending(world, supplier, draft, buyer):
    with world.owner():
        session.add(RecordPolicy(client_id=buyer.id, gate=RecordGate.BEFORE_SENDING))
    with pytest.raises(Invalid):
        send(world, supplier, draft.invoice.id)


def test_a_blocked_supplier_cannot_send(world, supplier, draft, papers):
    with world.owner():
        session.get_one(Relationship, papers.seller.id).status = RelationshipStatus.BLOCKED
    with pytest.raises(Invalid):
        send(world, supplier, draft.invoice.id)


def test_a_refused_stamp_cannot_be_sent(world, supplier, draft):
    with world.owner():
        session.get_one(Invoice, draft.invoice.id).stamp = StampState.REFUSED
    with pytest.raises(Invalid):
        send(world, supplier, draft.invoice.id)


def test_an_invoice_is_withdrawn_while_nobody_has_decided(world, supplier, draft):
    send(world, supplier, draft.invoice.id)
    with world.acting(supplier):
        row = queries.get(supplier, draft.invoice.id)
        assert services.withdrawable(row)
        services.withdraw(row.id, row.version, supplier)
    with world.acting(supplier):
        assert queries.get(supplier, draft.invoice.id).status is InvoiceStatus.WITHDRAWN


def test_an_invoice_somebody_decided_on_is_not_withdrawn(world, supplier, draft):
    send(world, supplier, draft.invoice.id)
    with world.owner():
        services.touch(session.get_one(Invoice, draft.invoice.id))
    with pytest.raises(Conflict), world.acting(supplier):
        services.withdraw(draft.invoice.id, queries.get(supplier, draft.invoice.id).version, supplier)


def test_a_sent_invoice_cannot_be_deleted_and_a_draft_cannot_be_withdrawn(world, supplier, draft):
    with pytest.raises(Conflict), world.acting(supplier):
        services.withdraw(draft.invoice.id, 1, supplier)
    send(world, supplier, draft.invoice.id)
    with pytest.raises(Conflict), world.acting(supplier):
        services.delete_draft(draft.invoice.id, queries.get(supplier, draft.invoice.id).version, supplier)


def test_a_stale_page_neither_takes_back_nor_throws_away_nor_opens_again(world, supplier, payables, draft):
    cases = [(InvoiceStatus.DRAFT, services.delete_draft, supplier), (InvoiceStatus.IN_REVIEW, services.withdraw,
             supplier), (InvoiceStatus.REJECTED, services.reopen, payables)]
    for status, act, actor in cases:
        with world.owner():
            row = session.get_one(Invoice, draft.invoice.id)
            row.status, row.sent_at = status, row.created_at
        with pytest.raises(Conflict), world.acting(actor):
            act(draft.invoice.id, draft.invoice.version + 1, actor)


def test_the_client_can_neither_send_nor_give_nor_withdraw(world, payables, draft, asks):
    order = asks("Orden")
    for act in (lambda: services.send(draft.invoice.id, 1, payables),
                lambda: services.withdraw(draft.invoice.id, 1, payables),
                lambda: services.delete_draft(draft.invoice.id, 1, payables),
                lambda: services.answer_requirement(draft.invoice.id, order.id, "x", None, payables)):
        with pytest.raises(NotAllowed), world.acting(payables):
            act()


def test_the_supplier_cannot_reopen(world, supplier, seller):
    row = world.invoice(seller, status=InvoiceStatus.REJECTED)
    with pytest.raises(NotAllowed), world.acting(supplier):
        services.reopen(row.id, 1, supplier)


def test_a_returned_draft_is_sent_again(world, supplier, payables, draft):
    send(world, supplier, draft.invoice.id)
    with world.acting(payables):
        services.touch(queries.locked(payables, draft.invoice.id))  # somebody had approved in part
        services.return_to_draft(queries.locked(payables, draft.invoice.id), "Falta la orden", payables)
    with world.acting(supplier):
        row = queries.get(supplier, draft.invoice.id)
        assert (row.status, row.reason) == (InvoiceStatus.DRAFT, "Falta la orden")
    again = send(world, supplier, draft.invoice.id)
    assert again.status is InvoiceStatus.IN_REVIEW and again.reason == "" and not again.decided
