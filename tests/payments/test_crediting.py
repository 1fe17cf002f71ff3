"""Credit notes in payments: to the cent, never more than the invoice gets or the note has, undone by voiding."""
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from portal.audit.models import AuditEvent
from portal.core import db
from portal.core.clock import now, today
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound, PortalError
from portal.documents import reading
from portal.invoices import facts
from portal.invoices.models import Invoice
from portal.invoices.models import InvoiceStatus as S
from portal.mail import render, sealing
from portal.mail.models import Letter
from portal.payments import crediting, queries, remittances, services
from portal.payments.effects import RegisterPayment
from portal.payments.engine import Credit, Line
from portal.payments.forms import credits_of
from portal.payments.models import Payment, PaymentLine, PaymentMethod
from portal.sat.models import SatStatus
from portal.sat.status import Cancelable, Cancellation, Efos, State
from tests.factories import Buyer, Seller, World

ZONE = "America/Mexico_City"
D = Decimal
Applied = tuple[Invoice, Invoice, str]


def command(seller: Seller, lines: list[tuple[Invoice, str]], credits: list[Applied], **more: Any) -> RegisterPayment:
    paid = sum((D(a) for _i, a in lines), D(0)) - sum((D(a) for _n, _i, a in credits), D(0))
    values: dict[str, Any] = {
        "relationship_id": seller.id, "number": "P-1", "paid_on": today(ZONE), "currency": "MXN", "amount": paid,
        "method": PaymentMethod.TRANSFER if paid else PaymentMethod.COMPENSATION,
        "lines": tuple(Line(i.id, D(a)) for i, a in lines),
        "credits": tuple(Credit(n.id, i.id, D(a)) for n, i, a in credits), **more}
    return RegisterPayment(**values)


@pytest.fixture()
def invoice(world: World, seller: Seller) -> Invoice:
    return world.invoice(seller, status=S.APPROVED, number="A-1")


def note_of(world: World, seller: Seller, total: str = "160.00", names: tuple[str | None, ...] = (), kind: str = "01",
            **more: Any) -> Invoice:
    relations = [{"type": kind, "uuids": [str(n).lower() for n in names]}]
    return world.invoice(seller, total=total, cfdi_type="E", facts={"relations": relations},
                         **{"status": S.APPROVED, "number": "NC-1", **more})


@pytest.fixture()
def note(world: World, seller: Seller, invoice: Invoice) -> Invoice:
    return note_of(world, seller, names=(invoice.uuid,))


def pay(world: World, buyer: Buyer, wanted: RegisterPayment) -> Payment:
    with world.acting(world.actor(buyer, "treasury")) as actor:
        return services.register(wanted, actor)


def void(world: World, buyer: Buyer, payment: Payment) -> None:
    with world.acting(world.actor(buyer, "treasury")) as actor:
        services.void(payment.id, "el banco la devolvió", actor)


def stand(world: World, *documents: Invoice) -> list[tuple[S, Decimal]]:
    with world.owner():
        return [(row.status, row.balance) for row in (db.session.get_one(Invoice, d.id) for d in documents)]


def test_a_whole_note_lowers_what_goes_out(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                           note: Invoice) -> None:
    payment = pay(world, buyer, command(seller, [(invoice, "1160")], [(note, invoice, "160")]))
    assert payment.amount == 1000
    assert stand(world, invoice, note) == [(S.PAID, 0), (S.APPLIED, 0)]
    with world.owner():
        rows = db.session.scalars(select(PaymentLine).order_by(PaymentLine.amount)).all()
        assert [(r.amount, r.settled, r.against_id, r.balance_before) for r in rows] == [
            (-160, -160, invoice.id, 160), (1160, 1160, None, 1160)]
        assert sum(r.amount for r in rows) == payment.amount


def test_a_note_is_applied_in_parts_to_several_invoices_and_voiding_restores_all(
        world: World, buyer: Buyer, seller: Seller, invoice: Invoice, note: Invoice) -> None:
    other, second = world.invoice(seller, status=S.APPROVED, total="500"), note_of(world, seller, "60", number="NC-2")
    payment = pay(world, buyer, command(
        seller, [(invoice, "1000"), (other, "500")],
        [(note, invoice, "100"), (note, other, "20.50"), (second, other, "60")]))
    assert payment.amount == D("1319.50")
    assert stand(world, invoice, other, note, second) == [
        (S.PARTLY_PAID, 160), (S.PAID, 0), (S.PARTLY_APPLIED, D("39.50")), (S.APPLIED, 0)]
    with world.acting(world.actor(seller)):
        contents = queries.contents(payment)
        assert [(c.note.number, c.amount, c.before, c.after) for c in contents.credits] == [
            ("NC-1", 100, 160, 60), ("NC-1", D("20.5"), 60, D("39.5")), ("NC-2", 60, 60, 0)]
        assert (contents.settled, contents.credited) == (1500, D("180.5"))
    rest = pay(world, buyer, command(seller, [(invoice, "160")], [(note, invoice, "39.50")], number="P-2"))
    assert stand(world, invoice, note) == [(S.PAID, 0), (S.APPLIED, 0)]
    void(world, buyer, rest)
    assert stand(world, invoice, note) == [(S.PARTLY_PAID, 160), (S.PARTLY_APPLIED, D("39.50"))]
    void(world, buyer, payment)
    assert stand(world, invoice, other, note, second) == [
        (S.APPROVED, 1160), (S.APPROVED, 500), (S.APPROVED, 160), (S.APPROVED, 60)]


def test_a_compensation_moves_no_money_and_needs_no_rate(world: World, buyer: Buyer, seller: Seller) -> None:
    dollars: dict[str, Any] = {"currency": "USD", "exchange_rate": D(20)}
    invoice = world.invoice(seller, status=S.APPROVED, total="100", **dollars)
    note = note_of(world, seller, "250", currency="USD", exchange_rate=D(18))
    payment = pay(world, buyer, command(seller, [(invoice, "100")], [(note, invoice, "100")], currency="USD"))
    assert (payment.amount, payment.method, payment.exchange_rate) == (0, PaymentMethod.COMPENSATION, None)
    assert stand(world, invoice, note) == [(S.PAID, 0), (S.PARTLY_APPLIED, 150)]


Wrong = Callable[[Invoice, Invoice], tuple[list[tuple[Invoice, str]], list[Applied], dict[str, Any]]]


@pytest.mark.parametrize(("wrong", "said"), [
    (lambda i, n: ([(i, "1160")], [(n, i, "160.01")], {}), "quedan"),
    (lambda i, n: ([(i, "100")], [(n, i, "100.01")], {"amount": D(0)}), "menos las notas"),
    (lambda i, n: ([(i, "100"), (i, "50")], [(n, i, "160")], {}), ""),
    (lambda i, n: ([(i, "1160")], [(n, i, "100"), (n, i, "61")], {}), "quedan"),
    (lambda i, n: ([(i, "1160")], [(n, i, "-1")], {}), "mayor que cero"),
    (lambda i, n: ([(i, "1160")], [(n, i, "0")], {}), "mayor que cero"),
    (lambda i, n: ([(i, "1160")], [(n, n, "160")], {}), "no salda"),
    (lambda i, n: ([], [(n, i, "160")], {"amount": D(0)}), "Elige al menos una"),
    (lambda i, n: ([(i, "1160")], [(n, i, "160")], {"amount": D(1160)}), "menos las notas"),
    (lambda i, n: ([(i, "160")], [(n, i, "160")], {"method": PaymentMethod.TRANSFER}), "No sale dinero"),
    (lambda i, n: ([(i, "161")], [(n, i, "160")], {"method": PaymentMethod.COMPENSATION}), "sí. Elige"),
    (lambda i, n: ([(i, "160")], [(n, i, "160")], {"bank_account_id": i.id}), "deja la cuenta"),
])
def test_what_does_not_fit_is_refused_whole(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                            note: Invoice, wrong: Wrong, said: str) -> None:
    lines, credits, more = wrong(invoice, note)
    with pytest.raises(Invalid) as refused:
        pay(world, buyer, command(seller, lines, credits, **more))
    assert said in " ".join(map(str, (refused.value.message, *refused.value.fields.values())))
    assert stand(world, invoice, note) == [(S.APPROVED, 1160), (S.APPROVED, 160)]
    with world.owner():
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 0


def test_credits_never_pay_more_than_their_invoice_gets(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                                        note: Invoice) -> None:
    other = world.invoice(seller, status=S.APPROVED, total="500")
    with pytest.raises(Invalid, match="A-1"):  # what the other gets in money does not hide it
        pay(world, buyer, command(seller, [(invoice, "100"), (other, "500")], [(note, invoice, "100.01")]))
    second = note_of(world, seller, number="NC-2")
    with pytest.raises(Invalid, match="NC-2.*A-1"):  # nor do two notes together
        pay(world, buyer, command(seller, [(invoice, "100"), (other, "500")],
                                  [(note, invoice, "60"), (second, invoice, "40.01")]))


@pytest.mark.parametrize(("of_note", "of_invoice", "of_payment"), [
    ("USD", "MXN", "MXN"), ("MXN", "USD", "MXN"), ("USD", "USD", "MXN"), ("MXN", "MXN", "USD")])
def test_a_note_keeps_to_its_currency(world: World, buyer: Buyer, seller: Seller, of_note: str, of_invoice: str,
                                      of_payment: str) -> None:
    invoice = world.invoice(seller, status=S.APPROVED, currency=of_invoice, exchange_rate=D(1))
    note = note_of(world, seller, currency=of_note, exchange_rate=D(1))
    with pytest.raises(Invalid, match="está en"):
        pay(world, buyer, command(seller, [(invoice, "160")], [(note, invoice, "1")], currency=of_payment, rate=D(1)))


def test_notes_of_others_are_not_applied(world: World, buyer: Buyer, seller: Seller, invoice: Invoice) -> None:
    other = world.supplier(buyer, "Otra", "OTR030303AB1")
    with pytest.raises(Invalid):
        pay(world, buyer, command(seller, [(invoice, "1160")], [(note_of(world, other), invoice, "160")]))
    stranger = world.client("Ajena", "AJE010101AA1")
    foreign = note_of(world, world.supplier(stranger, "Tercera", "TER030303AB1"))
    with pytest.raises(NotFound):
        pay(world, buyer, command(seller, [(invoice, "1160")], [(foreign, invoice, "160")]))
    with world.acting(world.actor(stranger, "treasury")) as actor:
        assert [n.id for n in queries.applicable(actor, [seller.id, foreign.relationship_id])] == [foreign.id]


@pytest.mark.parametrize("status", [S.IN_REVIEW, S.APPLIED, S.REJECTED, S.NOTHING_OWED])
def test_only_what_is_left_is_applied(world: World, buyer: Buyer, seller: Seller, invoice: Invoice, status: S) -> None:
    late = note_of(world, seller, status=status)
    with pytest.raises(Conflict, match="NC-1"):
        pay(world, buyer, command(seller, [(invoice, "1160")], [(late, invoice, "160")]))


def test_an_invoice_is_no_note_and_a_note_no_invoice(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                                     note: Invoice) -> None:
    other = world.invoice(seller, status=S.APPROVED, total="500")
    for lines, credits in (([(invoice, "1160")], [(other, invoice, "160")]), ([(note, "160")], []),
                           ([(invoice, "1160"), (note, "160")], [(note, invoice, "160")])):
        with pytest.raises(Conflict):
            pay(world, buyer, command(seller, lines, credits))


def test_what_sat_says_is_cancelled_is_not_applied(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                                   note: Invoice) -> None:
    with world.owner():
        db.session.add(SatStatus(
            client_id=buyer.id, relationship_id=seller.id, invoice_id=note.id, asked_at=now(),
            expression=f"&id={note.uuid}&",
            state=State.CANCELLED, reason="", code="S", cancelable=Cancelable.UNKNOWN, cancellation=Cancellation.NONE,
            efos=Efos.NOT_LISTED, evidence=b""))
    with pytest.raises(Conflict, match="notas de crédito están canceladas.*NC-1"):
        pay(world, buyer, command(seller, [(invoice, "1160")], [(note, invoice, "160")]))


@pytest.mark.parametrize("role", ["accounts_payable", "administrator", "approver", "auditor"])
def test_only_treasury_applies(world: World, buyer: Buyer, seller: Seller, invoice: Invoice, note: Invoice,
                               role: str) -> None:
    with world.acting(world.actor(buyer, role)) as actor:
        for act in (lambda: services.register(command(seller, [(invoice, "160")], [(note, invoice, "160")]), actor),
                    lambda: queries.applicable(actor, [seller.id])):
            with pytest.raises(NotAllowed):
                act()


def test_what_was_seen_is_what_is_applied(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                          note: Invoice) -> None:
    wanted = command(seller, [(invoice, "1000")], [(note, invoice, "60")], number="P-9")
    with world.acting(world.actor(buyer, "treasury")) as actor:
        seen = services.preview(wanted, actor).fingerprint
        assert seen == services.preview(wanted, actor).fingerprint
        more = command(seller, [(invoice, "1000")], [(note, invoice, "61")], number="P-9")
        assert services.preview(more, actor).fingerprint != seen
    other = world.invoice(seller, status=S.APPROVED, total="500")
    pay(world, buyer, command(seller, [(other, "100")], [(note, other, "10")]))
    with world.acting(world.actor(buyer, "treasury")) as actor, pytest.raises(services.Changed):
        services.register(wanted, actor, seen)  # the invoice is as it was, the note is not


def test_two_payments_at_once_apply_a_note_once(live_world: World) -> None:
    world, buyer = live_world, live_world.client()
    seller = world.supplier(buyer)
    note = note_of(world, seller)
    invoices = [world.invoice(seller, status=S.APPROVED) for _ in range(6)]

    def press(invoice: Invoice) -> str:
        try:
            pay(world, buyer, command(seller, [(invoice, "1160")], [(note, invoice, "160")], number=invoice.number))
        except PortalError:
            return "refused"
        return "paid"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(press, invoices)) == ["paid"] + ["refused"] * 5
    assert stand(world, note) == [(S.APPLIED, 0)]
    assert sorted(s for s, _b in stand(world, *invoices)) == [S.APPROVED] * 5 + [S.PAID]


BAD_LINES = ("amount = 1, settled = 1", "settled = -159", "amount = 0, settled = 0", "against_id = invoice_id",
             "against_id = NULL", "amount = -160.01, settled = -160.01")


@pytest.mark.parametrize("change", BAD_LINES)
def test_the_database_itself_refuses_a_line_that_does_not_fit(world: World, buyer: Buyer, seller: Seller,
                                                              invoice: Invoice, note: Invoice, change: str) -> None:
    pay(world, buyer, command(seller, [(invoice, "1160")], [(note, invoice, "160")]))
    with pytest.raises(Exception, match="amounts_signed|within_balance"), world.owner():
        db.session.execute(text(f"UPDATE payment_lines SET {change} WHERE amount < 0"))


@pytest.mark.parametrize("change", ["amount = -1", "amount = 0", "method = 'compensation'"])
def test_the_database_itself_refuses_a_payment_that_does_not_fit(world: World, buyer: Buyer, seller: Seller,
                                                                 invoice: Invoice, change: str) -> None:
    pay(world, buyer, command(seller, [(invoice, "1160")], []))
    with pytest.raises(Exception, match="amount_positive"), world.owner():
        db.session.execute(text(f"UPDATE payments SET {change}"))


@pytest.mark.parametrize(("kind", "named"), [("01", True), ("03", True), ("07", True), ("", True), ("04", False)])
def test_a_note_is_offered_to_the_invoices_that_it_names(world: World, seller: Seller, invoice: Invoice, kind: str,
                                                         named: bool) -> None:
    other = world.invoice(seller, status=S.APPROVED, total="100")
    dollars = world.invoice(seller, status=S.APPROVED, currency="USD")
    note = note_of(world, seller, names=(other.uuid, dollars.uuid, invoice.uuid), kind=kind)
    found = crediting.offers([note], [invoice, dollars, other])
    assert [o.invoice for o in found] == ([invoice, other] if named else [None])
    assert len({o.key for o in found}) == len(found)
    assert [a for _o, a in crediting.suggested(found, [other])] == ([100] if named else [])


def test_two_rows_of_a_note_for_one_invoice_are_one_credit(world: World, seller: Seller, invoice: Invoice) -> None:
    other = world.invoice(seller, status=S.APPROVED, total="100")
    first, second = crediting.offers([note_of(world, seller, names=(invoice.uuid, other.uuid))], [invoice, other])
    typed = {f"credit-{first.key}": "100.00", f"against-{first.key}": str(other.id),
             f"credit-{second.key}": "$20.50", f"against-{second.key}": str(other.id)}
    assert credits_of(typed, [first, second]) == (Credit(first.note.id, other.id, D("120.50")),)


def test_a_document_from_abroad_names_by_number(world: World, seller: Seller) -> None:
    bill = world.invoice(seller, status=S.APPROVED, uuid=None, number="NW-7", cfdi_type="")
    note = note_of(world, seller, names=("NW-7",), kind="", uuid=None)
    assert crediting.named(note, [bill]) == [bill]


def test_a_forgotten_note_is_named(world: World, seller: Seller, invoice: Invoice, note: Invoice) -> None:
    unrelated = note_of(world, seller, number="NC-2")
    assert [o.note for o in crediting.forgotten([], [note, unrelated], [invoice])] == [note]
    used = crediting.Applying(note, invoice, D(1), D(160))
    assert crediting.forgotten([used], [note, unrelated], [invoice]) == []


@pytest.mark.parametrize(("language", "words"), [
    ("es", ("Notas de crédito que se aplicaron", "Compensación", "Total de las facturas")),
    ("en", ("Credit notes that were applied", "Compensation", "Total of the invoices"))])
def test_the_supplier_reads_it_on_the_remittance_and_in_the_letter(
        world: World, buyer: Buyer, seller: Seller, invoice: Invoice, note: Invoice, language: str,
        words: tuple[str, ...]) -> None:
    payment = pay(world, buyer, command(seller, [(invoice, "160")], [(note, invoice, "160")],
                                        reference="BNET9", note="Va con el anticipo."))
    with world.acting(world.actor(seller)):
        read = " ".join(reading.pdf_text(remittances.draw(payment, queries.contents(payment), language)).split())
    for said in (*words, "A-1", "NC-1", "\u2212$160.00", "$1,000.00", "$0.00 MXN", str(note.uuid)):
        assert said in read, said
    assert "REP" not in read, "no money came in: no payment complement is owed"
    with world.owner():
        letter = db.session.scalars(select(Letter).filter_by(name="payment_registered")).one()
        context = sealing.unseal(letter.id, letter.client_id, letter.context)
        drawn = render.render(letter.name, language, "Ana", context)
        assert "NC-1 → A-1: -$160.00 MXN" in drawn.text and "REP" not in drawn.text
        assert "BNET9" in drawn.text and "> Va con el anticipo." in drawn.text
        earlier = {key: value for key, value in context.items() if key not in ("reference", "note")}
        assert "BNET9" not in render.render(letter.name, language, "Ana", earlier).text
        assert ("aplicó tus notas" if language == "es" else "applied your credit notes") in drawn.subject
        audited = db.session.scalars(select(AuditEvent).filter_by(kind="PaymentRegistered")).one()
        assert audited.details["credits"] == ["NC-1 → A-1: 160"]


def test_the_complement_is_asked_for_what_money_paid(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                                     note: Invoice) -> None:
    cash = world.invoice(seller, status=S.APPROVED, total="500", payment_method="PUE")
    credited = pay(world, buyer, command(seller, [(invoice, "160"), (cash, "500")], [(note, invoice, "160")]))
    paid = pay(world, buyer, command(seller, [(invoice, "1000")], [], number="P-2"))
    with world.acting(world.actor(seller)):
        assert not queries.contents(credited).asks_for_rep and queries.contents(paid).asks_for_rep


def test_what_both_documents_tell_of_the_payment(world: World, buyer: Buyer, seller: Seller, invoice: Invoice,
                                                 note: Invoice) -> None:
    pay(world, buyer, command(seller, [(invoice, "1160")], [(note, invoice, "160")]))
    with world.acting(world.actor(buyer, "treasury")):
        of = {d.number: [(t.line.amount, t.other and t.other.number) for t in queries.payments_of(d)]
              for d in (invoice, note)}
    assert of == {"A-1": [(1160, None), (-160, "NC-1")], "NC-1": [(-160, "A-1")]}


def test_what_was_withheld_is_told_by_tax() -> None:
    rows = [{"direction": "withheld", "tax": "001", "amount": "100.00"},
            {"direction": "withheld", "tax": "002", "amount": "60.00"},
            {"direction": "withheld", "tax": "002", "amount": "6.67"},
            {"direction": "withheld", "tax": "Cedular", "amount": "5", "local": True},
            {"direction": "transferred", "tax": "002", "amount": "160.00"}]
    assert facts.withheld({"taxes": rows}) == [("ISR", 100), ("IVA", D("66.67")), ("Cedular", 5)]
    assert facts.withheld({}) == []
