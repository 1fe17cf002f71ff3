"""Dates and payments: to the cent, never over the balance, all or nothing, undone by voiding."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from portal.audit import queries as trail
from portal.core import db
from portal.core.clock import now, today
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from portal.core.types import Upload
from portal.documents import reading
from portal.invoices.models import Invoice, InvoiceStatus
from portal.payments import engine, queries, remittances, services
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Line
from portal.payments.models import METHOD_WORDS, Payment, PaymentDate, PaymentLine, PaymentMethod
from portal.payments.queries import ArchiveFilter, DueFilter
from portal.sat.models import SatStatus
from portal.sat.status import Cancelable, Cancellation, Efos, State
from portal.web import listing
from tests.factories import Buyer, Seller, World
from tests.papers import PDF

ZONE = "America/Mexico_City"


def command(seller: Seller, *lines: tuple[Invoice, str], **more: object) -> RegisterPayment:
    values: dict[str, object] = {
        "relationship_id": seller.id, "number": "P-1", "paid_on": today(ZONE), "method": PaymentMethod.TRANSFER,
        "currency": "MXN", "lines": tuple(Line(i.id, Decimal(a)) for i, a in lines),
        "amount": sum((Decimal(a) for _i, a in lines), Decimal(0)), **more}
    return RegisterPayment(**values)  # type: ignore[arg-type]


def approved(world: World, seller: Seller, total: str = "1160.00", **more: object) -> Invoice:
    return world.invoice(seller, status=InvoiceStatus.APPROVED, total=total, **more)  # type: ignore[arg-type]


def pay(world: World, buyer: Buyer, wanted: RegisterPayment) -> Payment:
    with world.acting(world.actor(buyer, "treasury")) as actor:
        return services.register(wanted, actor)


def fresh(world: World, invoice: Invoice) -> Invoice:
    with world.owner():
        return db.session.get_one(Invoice, invoice.id)


def test_a_date_is_given_moved_and_taken_away(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller)
    days = [today(ZONE) + timedelta(days=n) for n in (5, 9)]
    with world.acting(world.actor(buyer, "treasury")) as actor:
        for day in days:
            services.schedule([invoice.id], day, actor)
            assert db.session.get_one(Invoice, invoice.id).scheduled_on == day
        with pytest.raises(Invalid):
            services.unschedule(invoice.id, "", actor)
        services.unschedule(invoice.id, "el banco no opera", actor)
    row = fresh(world, invoice)
    assert (row.status, row.scheduled_on) == (InvoiceStatus.APPROVED, None)
    with world.owner():
        assert [d.pay_on for d in db.session.scalars(select(PaymentDate).order_by(PaymentDate.id))] == [*days, None]


@pytest.mark.parametrize("days", [-1, 367])
def test_a_date_that_is_a_slip_of_the_pen_is_refused(world: World, buyer: Buyer, seller: Seller, days: int) -> None:
    invoice = approved(world, seller)
    with world.acting(world.actor(buyer, "treasury")) as actor, pytest.raises(Invalid):
        services.schedule([invoice.id], today(ZONE) + timedelta(days=days), actor)


@pytest.mark.parametrize("status", [InvoiceStatus.IN_REVIEW, InvoiceStatus.PAID, InvoiceStatus.REJECTED])
def test_only_approved_invoices_get_a_date(world: World, buyer: Buyer, seller: Seller, status: InvoiceStatus) -> None:
    more = {"paid": Decimal("1160")} if status is InvoiceStatus.PAID else {}
    invoice = world.invoice(seller, status=status, **more)
    with world.acting(world.actor(buyer, "treasury")) as actor, pytest.raises(Conflict):
        services.schedule([invoice.id], today(ZONE), actor)


def test_a_credit_note_and_one_for_zero_are_never_paid(world: World, buyer: Buyer, seller: Seller) -> None:
    note, nothing = approved(world, seller, cfdi_type="E"), approved(world, seller, total="0")
    owed = approved(world, seller)
    with world.acting(world.actor(buyer, "treasury")) as actor:
        assert [i.id for i in queries.due(actor, DueFilter(), None).rows] == [owed.id]
        assert [i.id for i in queries.payable(actor, seller.id)] == [owed.id]
        assert [i.id for i in queries.chosen(actor, [note.id, nothing.id, owed.id])] == [owed.id]
        assert listing.count(actor, queries.UNDATED) == "1"
        with pytest.raises(Conflict):
            services.schedule([note.id], today(ZONE), actor)
    with pytest.raises(Conflict):
        pay(world, buyer, command(seller, (note, "10")))


def test_what_sat_says_is_cancelled_is_not_paid(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller)
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.schedule([invoice.id], today(ZONE), actor)
    with world.owner():
        db.session.add(SatStatus(
            client_id=buyer.id, relationship_id=seller.id, invoice_id=invoice.id, asked_at=now(),
            expression=f"&id={invoice.uuid}&",
            state=State.CANCELLED, reason="", code="S", cancelable=Cancelable.UNKNOWN, cancellation=Cancellation.NONE,
            efos=Efos.NOT_LISTED, evidence=b""))
    with world.acting(world.actor(buyer, "treasury")) as actor:
        for act in (lambda: services.preview(command(seller, (invoice, "10")), actor),
                    lambda: services.register(command(seller, (invoice, "10")), actor),
                    lambda: services.schedule([invoice.id], today(ZONE), actor)):
            with pytest.raises(Conflict, match=invoice.number):
                act()
        services.unschedule(invoice.id, "está cancelada", actor)  # its date is still taken away


def test_one_payment_settles_several_in_part_and_in_whole(world: World, buyer: Buyer, seller: Seller) -> None:
    one, two = approved(world, seller), approved(world, seller, "500.00")
    payment = pay(world, buyer, command(seller, (one, "1160.00"), (two, "200.00"),
                                        evidence=Upload("prueba.pdf", PDF)))
    assert (fresh(world, one).status, fresh(world, two).status) == (InvoiceStatus.PAID, InvoiceStatus.PARTLY_PAID)
    assert fresh(world, two).balance == Decimal(300) and payment.evidence_file_id
    pay(world, buyer, command(seller, (two, "300.00"), number="P-2"))
    assert fresh(world, two).status is InvoiceStatus.PAID
    with world.acting(world.actor(seller)) as actor:
        rows = queries.archive(actor, ArchiveFilter(), None).rows
        assert [p.number for p in rows] == ["P-2", "P-1"]
        assert [x.balance_after for x in queries.contents(rows[1]).invoices] == [0, 300]
        drawn = remittances.draw(rows[1], queries.contents(rows[1]), "es")
        assert drawn.startswith(b"%PDF-")


def test_the_trail_of_an_invoice_holds_its_payments(world: World, buyer: Buyer, seller: Seller) -> None:
    one, other = approved(world, seller, number="F-71"), approved(world, seller, number="F-8")
    pay(world, buyer, command(seller, (one, "1160.00"), number="T-1"))
    pay(world, buyer, command(seller, (other, "10.00"), number="T-2"))
    auditor = world.actor(buyer, "auditor")
    with world.acting(auditor):
        def found(words: str) -> list[str]:
            return [e.subject_label for e in trail.search(auditor, trail.Filter(words=words), None).rows]

        assert (found("f-71"), found("T-1"), found("F-9")) == (["T-1"], ["T-1"], [])


@pytest.mark.parametrize(
    ("amounts", "more", "field"),
    [
        (["1160.01"], {}, "amount"),
        (["0.00"], {"amount": Decimal(0)}, "amount"),
        (["100.00"], {"amount": Decimal(99)}, "amount"),
        (["100.00"], {"paid_on": "tomorrow"}, "paid_on"),
        (["100.00"], {"currency": "USD"}, "rate"),
        (["100.00"], {"currency": "USD", "rate": Decimal("17.1234567")}, "rate"),
        (["100.005"], {}, "amount"),
        (["0.0000001"], {}, "amount"),
        (["100.50"], {"currency": "JPY", "rate": Decimal("0.12")}, "amount"),
        ([], {}, "amount"),
    ],
)
def test_what_does_not_add_up_is_refused_whole(world: World, buyer: Buyer, seller: Seller, amounts: list[str],
                                               more: dict[str, object], field: str) -> None:
    invoice = approved(world, seller)
    if more.get("paid_on"):
        more = {"paid_on": today(ZONE) + timedelta(days=1)}
    with pytest.raises(Invalid) as refused:
        pay(world, buyer, command(seller, *[(invoice, a) for a in amounts], **more))
    assert field in refused.value.fields
    assert fresh(world, invoice).paid == 0
    with world.owner():
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_number_is_used_once(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller)
    pay(world, buyer, command(seller, (invoice, "100.00")))
    with pytest.raises(Invalid) as refused:
        pay(world, buyer, command(seller, (invoice, "100.00")))
    assert "number" in refused.value.fields and fresh(world, invoice).paid == Decimal(100)


def test_every_way_to_pay_has_its_word() -> None:
    assert set(METHOD_WORDS) == set(PaymentMethod)


def test_invoices_of_another_supplier_do_not_go_into_a_payment(world: World, buyer: Buyer, seller: Seller) -> None:
    other = world.supplier(buyer, "Otra", "OTR030303AB1")
    with pytest.raises(Invalid):
        pay(world, buyer, command(seller, (approved(world, other), "10.00")))


def test_dollars_are_settled_at_the_rate_of_the_cfdi(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller, "100.00", currency="USD", exchange_rate=Decimal("20"))
    pay(world, buyer, command(seller, (invoice, "1000.00")))
    assert fresh(world, invoice).paid == Decimal(50)
    with pytest.raises(Invalid):
        pay(world, buyer, command(seller, (invoice, "1000.20"), number="P-2"))
    pay(world, buyer, command(seller, (invoice, "50.00"), number="P-3", currency="USD", rate=Decimal("21")))
    assert fresh(world, invoice).status is InvoiceStatus.PAID


def test_without_a_rate_a_foreign_invoice_is_paid_in_its_own_currency(
    world: World, buyer: Buyer, seller: Seller
) -> None:
    invoice = approved(world, seller, "100.00", currency="USD", exchange_rate=None)
    with pytest.raises(Invalid) as refused:
        pay(world, buyer, command(seller, (invoice, "1000.00")))
    assert "rate" in refused.value.fields


def test_what_settles_nothing_is_not_paid(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller, currency="USD", exchange_rate=Decimal("17.5"))
    with pytest.raises(Invalid) as refused:
        pay(world, buyer, command(seller, (invoice, "0.05")))
    assert "amount" in refused.value.fields


def test_a_balance_with_more_decimals_than_its_currency_can_still_be_paid(world: World, buyer: Buyer,
                                                                         seller: Seller) -> None:
    invoice = approved(world, seller, total="100.005")
    pay(world, buyer, command(seller, (invoice, "100.005")))
    assert fresh(world, invoice).status is InvoiceStatus.PAID


def test_voiding_gives_the_balance_back(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice = approved(world, seller)
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.schedule([invoice.id], today(ZONE), actor)
    payment = pay(world, buyer, command(seller, (invoice, "1160.00")))
    with world.acting(world.actor(buyer, "treasury")) as actor:
        with pytest.raises(Invalid):
            services.void(payment.id, "", actor)
        voided = services.void(payment.id, "el banco la devolvió", actor)
        drawn = remittances.draw(voided, queries.contents(voided), "es")
        assert "fue anulado" in (said := reading.pdf_text(drawn)) and "el banco la devolvió" in said
        with pytest.raises(Conflict):
            services.void(payment.id, "otra vez", actor)
    row = fresh(world, invoice)
    assert (row.status, row.paid, row.paid_at) == (InvoiceStatus.SCHEDULED, 0, None)


@pytest.mark.parametrize("role", ["accounts_payable", "administrator", "approver", "auditor"])
def test_only_treasury_pays(world: World, buyer: Buyer, seller: Seller, role: str) -> None:
    invoice = approved(world, seller)
    with world.acting(world.actor(buyer, role)) as actor:
        for act in (lambda: services.register(command(seller, (invoice, "1.00")), actor),
                    lambda: services.schedule([invoice.id], today(ZONE), actor),
                    lambda: services.void(uuid4(), "por si acaso", actor)):
            with pytest.raises(NotAllowed):
                act()


@pytest.mark.parametrize("role", ["accounts_payable", "administrator", "approver", "auditor"])
def test_what_treasury_began_nobody_else_goes_on_with(world: World, buyer: Buyer, seller: Seller, role: str) -> None:
    """Where no status changes, nothing but the verb's own question stands in the way."""
    day = today(ZONE) + timedelta(days=3)
    dated = world.invoice(seller, status=InvoiceStatus.SCHEDULED, scheduled_on=day)
    begun = world.invoice(seller, status=InvoiceStatus.PARTLY_PAID, paid=Decimal(160))
    with world.acting(world.actor(buyer, role)) as actor:
        for act in (lambda: services.schedule([dated.id], day + timedelta(days=1), actor),
                    lambda: services.unschedule(dated.id, "por si acaso", actor),
                    lambda: services.preview(command(seller, (begun, "1.00")), actor),
                    lambda: services.register(command(seller, (begun, "1.00")), actor),
                    lambda: queries.due(actor, DueFilter(), None), lambda: queries.payable(actor, seller.id),
                    lambda: queries.applicable(actor, [seller.id]), lambda: queries.chosen(actor, [dated.id])):
            with pytest.raises(NotAllowed):
                act()
    assert (fresh(world, dated).scheduled_on, fresh(world, begun).paid) == (day, 160)


def test_what_is_listed_waits_for_its_payment_and_is_of_this_client(world: World, buyer: Buyer, seller: Seller) -> None:
    days = [today(ZONE) + timedelta(days=n) for n in (2, 9)]
    other = world.supplier(buyer, "Otra", "OTR030303AB1")
    plain = approved(world, seller, number="Z-1")
    soon = world.invoice(seller, status=InvoiceStatus.SCHEDULED, scheduled_on=days[0])
    begun = world.invoice(seller, status=InvoiceStatus.PARTLY_PAID, paid=Decimal(10))
    late = world.invoice(other, status=InvoiceStatus.SCHEDULED, scheduled_on=days[1])
    gone = [world.invoice(seller, status=status, **more) for status, more in (
        (InvoiceStatus.IN_REVIEW, {}), (InvoiceStatus.PAID, {"paid": Decimal(1160)}), (InvoiceStatus.REJECTED, {}))]
    treasurer, stranger = world.actor(buyer, "treasury"), world.actor(world.client("Ajena", "AJE010101AA1"), "treasury")
    everything = [i.id for i in (plain, soon, begun, late, *gone)]

    def due(**wanted: object) -> list[object]:
        return [i.id for i in queries.due(treasurer, DueFilter(**wanted), None).rows]  # type: ignore[arg-type]

    for scope in (world.acting(treasurer), world.owner()):  # the first wall holds by itself
        with scope:
            assert due() == [plain.id, soon.id, begun.id, late.id]
            assert due(state="scheduled") == [soon.id, late.id] and due(state="unscheduled") == [plain.id, begun.id]
            assert listing.count(treasurer, queries.UNDATED) == "2", "as many as the list shows"
            assert due(until=days[0]) == [soon.id] and due(relationship_id=other.id) == [late.id]
            assert due(search="z-1") == [plain.id]
            assert [i.id for i in queries.payable(treasurer, seller.id)] == [soon.id, plain.id, begun.id]
            assert [i.id for i in queries.chosen(treasurer, everything)] == [plain.id, soon.id, begun.id, late.id]
    with world.owner():
        assert not queries.due(stranger, DueFilter(), None).rows and not queries.payable(stranger, seller.id)
        assert not queries.chosen(stranger, everything)
    with world.acting(treasurer), pytest.raises(Conflict):
        services.unschedule(plain.id, "no tiene fecha", treasurer)


def test_only_notes_that_are_left_are_offered(world: World, buyer: Buyer, seller: Seller) -> None:
    note = approved(world, seller, cfdi_type="E")
    begun = world.invoice(seller, status=InvoiceStatus.PARTLY_APPLIED, cfdi_type="E", paid=Decimal(10))
    approved(world, seller)  # an invoice
    approved(world, seller, cfdi_type="E", total="0")
    world.invoice(seller, status=InvoiceStatus.IN_REVIEW, cfdi_type="E")
    world.invoice(world.supplier(buyer, "Otra", "OTR030303AB1"), status=InvoiceStatus.APPROVED, cfdi_type="E")
    treasurer, stranger = world.actor(buyer, "treasury"), world.actor(world.client("Ajena", "AJE010101AA1"), "treasury")
    with world.owner():
        assert [i.id for i in queries.applicable(treasurer, [seller.id])] == [note.id, begun.id]
        assert not queries.applicable(stranger, [seller.id])


def test_strangers_find_nothing(world: World, buyer: Buyer, seller: Seller) -> None:
    invoice, other = approved(world, seller), world.client("Ajena", "AJE010101AA1")
    payment = pay(world, buyer, command(seller, (invoice, "10.00")))
    stranger = world.supplier(other, "Otra", "OTR030303AB1")
    with world.acting(world.actor(other, "treasury")) as actor:
        assert not queries.due(actor, DueFilter(), None).rows
        for act in (lambda: queries.get(actor, payment.id), lambda: services.void(payment.id, "no es mía", actor),
                    lambda: services.schedule([invoice.id], today(ZONE), actor)):
            with pytest.raises(NotFound):
                act()
    with world.acting(world.actor(stranger)) as actor:
        assert not queries.archive(actor, ArchiveFilter(), None).rows
        with pytest.raises(NotFound):
            queries.get(actor, payment.id)


def test_the_archive_is_found_by_number_and_by_what_was_paid_whatever_the_accents(world: World, buyer: Buyer) -> None:
    first, second = world.supplier(buyer, "Papelería Ñandú"), world.supplier(buyer, "Café 100%", "CAF010101AB1")
    for seller, number, day in ((first, "P-1", today(ZONE) - timedelta(days=3)), (second, "P-2", today(ZONE))):
        invoice = approved(world, seller, "100.00", number=f"F-{number}")
        pay(world, buyer, command(seller, (invoice, "100.00"), number=number, paid_on=day,
                                  reference=f"BNET0{number[-1]}"))
    treasurer = world.actor(buyer, "treasury")

    def found(**wanted: object) -> list[str]:
        with world.acting(treasurer):
            return [p.number for p in queries.archive(treasurer, ArchiveFilter(**wanted), None).rows]  # type: ignore[arg-type]

    assert found() == ["P-2", "P-1"]
    for words in ("p-1", "papelería ñandú", "NANDU papel", "f-p-1", "PNA020202CD2", "bnet01"):
        assert found(search=words) == ["P-1"], words
    assert found(search="100%") == ["P-2"] and found(search="P_1") == found(search="café nandu") == []
    assert found(since=today(ZONE)) == ["P-2"] and found(until=today(ZONE) - timedelta(days=1)) == ["P-1"]


def test_the_database_itself_refuses_more_than_the_total(world: World, seller: Seller) -> None:
    invoice = approved(world, seller)
    with pytest.raises(Exception, match="paid_within_total"), world.owner():
        db.session.execute(text("UPDATE invoices SET paid = 1160.01 WHERE id = :id"), {"id": invoice.id})


def test_ten_payments_at_once_pay_once(live_world: World) -> None:
    world, buyer = live_world, live_world.client()
    seller = world.supplier(buyer)
    invoice = approved(world, seller)

    def press(n: int) -> str:
        try:
            with world.acting(world.actor(buyer, "treasury")) as actor:
                services.register(command(seller, (invoice, "1160.00"), number=f"P-{n}"), actor)
        except PortalError:
            return "refused"
        return "paid"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(press, range(10))) == ["paid"] + ["refused"] * 9
    with world.owner():
        assert db.session.scalar(select(func.count()).select_from(PaymentLine)) == 1
        assert db.session.get_one(Invoice, invoice.id).paid == Decimal("1160")


@pytest.mark.parametrize(("amount", "currency", "rate", "owed", "expected"), [
    ("100", "MXN", None, ("MXN", "1"), "100"), ("100", "USD", "18", ("USD", "20"), "100"),
    ("1000", "MXN", None, ("USD", "20"), "50.00"), ("100", "USD", "18.5", ("MXN", "1"), "1850.00"),
    ("100", "USD", "18", ("EUR", "20"), "90.00"), ("100", "USD", None, ("EUR", "20"), None),
    ("100", "MXN", None, ("USD", None), None), ("1283.33", "MXN", None, ("JPY", "0.12833"), "10000"),
    ("550.28", "MXN", None, ("KWD", "55"), "10.005"), ("0.05", "MXN", None, ("USD", "20"), "0"),
])
def test_what_an_amount_settles(amount: str, currency: str, rate: str | None, owed: tuple[str, str | None],
                                expected: str | None) -> None:
    debt = engine.Owed(Decimal(1000), owed[0], Decimal(owed[1]) if owed[1] else None)
    found = engine.settled(Decimal(amount), currency, Decimal(rate) if rate else None, debt)
    assert found == (Decimal(expected) if expected else None)
