"""What the portal refuses on its way: records, payments, dates. What was typed stays; nothing is half done."""
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.accounts.models import Organization
from portal.core.clock import today
from portal.core.i18n import ZONE
from portal.invoices.models import Invoice, InvoiceStatus
from portal.local.demo import cast
from portal.payments.models import Payment
from portal.suppliers.models import Record, RecordGate, RecordPolicy, RecordStatus, Relationship
from tests.journeys import story
from tests.journeys.pages import BIG_LIGHT, PHONE_DARK, screens_of
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
SCREENS = (BIG_LIGHT, PHONE_DARK)
SUPPLIER = "ventas@nandu.example"
OVER = {"tesoreria@valle.example": "Bájalo", "treasury.en@valle.example": "Lower it"}
CREDITED = {"tesoreria@valle.example": "Registrar el pago de $3,306.00 MXN",
            "treasury.en@valle.example": "Register the payment of $3,306.00 MXN"}
PAST = {"tesoreria@valle.example": "La fecha ya pasó", "treasury.en@valle.example": "The date has passed"}


@pytest.mark.parametrize(("status", "es", "en"), [
    (RecordStatus.INCOMPLETE, "necesita primero tu expediente", "needs your digital record first"),
    (RecordStatus.EXPIRED, "Parte de tu expediente digital venció", "Part of your digital record has expired")])
def test_an_invoice_waits_for_the_record(visit: Any, site: Site, status: RecordStatus, es: str, en: str) -> None:
    client = site.read(select(Organization.id).filter_by(tax_id=cast.CLIENT.rfc))[0]
    relationship = site.read(select(Relationship.id).filter_by(client_id=client, tax_id=cast.NANDU.company.rfc))[0]
    draft = site.read(select(Invoice).filter_by(number="A-1007"))[0]
    policy = update(RecordPolicy).filter_by(client_id=client)
    record = update(Record).filter_by(relationship_id=relationship)
    supplier, colleague = visit(SUPPLIER, screens=SCREENS), visit("sales.en@nandu.example")
    story.give_what_is_asked(supplier, f"/invoices/{draft.id}")
    before = site.read(select(Record.status).filter_by(relationship_id=relationship))[0]
    site.write(policy.values(gate=RecordGate.BEFORE_SENDING))
    site.write(record.values(status=status))
    try:
        for visitor, words in ((supplier, es), (colleague, en)):
            visitor.go(f"/invoices/{draft.id}/send")
            visitor.sees(words)
            assert visitor.page.locator("main [name=version]").count() == 0, "there is nothing to press"
        supplier.look(f"record {status}")
    finally:
        site.write(policy.values(gate=RecordGate.NOTHING))
        site.write(record.values(status=before))
    assert site.read(select(Invoice.status).filter_by(id=draft.id)) == [InvoiceStatus.DRAFT]


@pytest.mark.parametrize("email", CREDITED)
def test_a_credit_note_is_filled_in_and_shown_before_anything_is_paid(visit: Any, site: Site, email: str) -> None:
    treasury = visit(email, screens=screens_of(email))
    treasury.go("/treasury/?q=1005")
    treasury.press("main a[href*='/treasury/pay/']")
    treasury.look("payment with a credit note")
    assert treasury.page.locator("main [name^=credit-]").input_value() == "348.00"
    treasury.fill(number="P-credit", paid_on=today(ZONE).isoformat())
    treasury.submit("main [name=evidence]")
    treasury.sees(CREDITED[email], "-$348.00", "NC-1012")
    treasury.look("payment with a credit note to confirm")
    treasury.press("main a[href*='/treasury/pay/'].btn")
    treasury.press("main form[action*='/forget'] button")
    assert site.read(select(Payment).filter_by(number="P-credit")) == [], "nothing was paid"


@pytest.mark.parametrize("email", OVER)
def test_a_payment_over_the_balance(visit: Any, site: Site, email: str) -> None:
    treasury = visit(email, screens=screens_of(email))
    story.type_payment(treasury, "1004", "99999.00", number="P-over", reference="MBAN-77")
    treasury.sees(OVER[email], "A-1004")
    treasury.look("over the balance")
    assert treasury.page.input_value("main [name=reference]") == "MBAN-77", "what was typed is still there"
    assert site.read(select(Payment).filter_by(number="P-over")) == [], "nothing was paid"


@pytest.mark.parametrize("email", PAST)
def test_a_payment_date_in_the_past(visit: Any, site: Site, email: str) -> None:
    treasury, yesterday = visit(email, screens=screens_of(email)), (today(ZONE) - timedelta(days=2)).isoformat()
    story.schedule(treasury, "1005", yesterday)
    treasury.sees(PAST[email], "A-1005")
    treasury.look("date in the past")
    assert treasury.page.input_value("main [name=pay_on]") == yesterday
    assert site.read(select(Invoice.scheduled_on).filter_by(number="A-1005")) == [None]
