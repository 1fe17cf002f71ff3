"""The whole story, from the invitation to the payment archive, in Spanish and in English."""
from typing import Any

import pytest
from sqlalchemy import select

from portal.invoices.models import Invoice, InvoiceStatus
from portal.local.demo import cast
from portal.payments.models import Payment
from portal.suppliers.models import BankAccount
from tests.journeys import story
from tests.journeys.pages import SCREENS, Visitor
from tests.journeys.story import Invited

pytestmark = pytest.mark.browser
TORNILLOS = Invited("es", cast.Company("Tornillos de Anáhuac, S.A. de C.V.", "TORNILLOS DE ANAHUAC", "TAN110304QX2",
                                       "64000"), "cobranza@tornillos.example", "Julia Ordaz", "01218000999888777")
BOLTS = Invited("en", cast.Company("Bolts of Texcoco, S.A. de C.V.", "BOLTS OF TEXCOCO", "BTE150821M37", "56100"),
                "billing@bolts.example", "Grace Bell", "07222500111222333")
PEOPLE = {"es": ("admin@valle.example", "cuentas@valle.example", "direccion@valle.example", "tesoreria@valle.example"),
          "en": tuple(f"{word}.en@valle.example" for word in ("admin", "payable", "approver", "treasury"))}
SAYS = {
    "es": {"weak": "todo el mundo prueba", "clabe": "Esta CLABE no existe", "valid": "Tu expediente está vigente",
           "reason": "Motivo", "not yet": "Antes de enviar", "missing": "Orden de compra",
           "sent": "Enviada no es aprobada", "scheduled": "Pago programado", "paid": "Pagada"},
    "en": {"weak": "everybody tries", "clabe": "This CLABE cannot exist", "valid": "Your record is valid",
           "reason": "Reason", "not yet": "Before sending", "missing": "Purchase order",
           "sent": "Sent is not approved", "scheduled": "Payment scheduled", "paid": "Paid"},
}
LETTERS = {"activation", "registered", "record_reviewed", "invoice_sent", "invoice_approved", "payment_scheduled",
           "payment_registered"}
REASON = "La constancia está vieja; sube la de este mes."
GREETING = {"es": "Hola", "en": "Hello"}


@pytest.mark.parametrize("who", [TORNILLOS, BOLTS], ids=["es", "en"])
def test_from_the_invitation_to_the_archive(visit: Any, who: Invited) -> None:
    locale = {"locale": "es-MX" if who.locale == "es" else "en-US", "screens": SCREENS[who.locale]}
    admin, payable, approver, treasury = (visit(email, **locale) for email in PEOPLE[who.locale])
    story.invite(admin, who)
    supplier = visit(**locale)
    story.try_a_weak_password(supplier, who)
    supplier.sees(SAYS[who.locale]["weak"])
    story.come_in(supplier)
    record = _complete_the_record(supplier, who)
    _correct_what_was_rejected(supplier, payable, record, who)
    invoice = _send_an_invoice(supplier, who)
    story.approve(payable, invoice)
    story.approve(approver, invoice)
    _pay(treasury, supplier, invoice, who)
    _letters_of_each_step(supplier, who)


def _complete_the_record(supplier: Visitor, who: Invited) -> str:
    """Fields, a file with its bar, a bank account; then send it all for review."""
    record = story.open_record(supplier)
    fields = story.fields_of(supplier, record)
    assert len(fields) == 3, fields
    story.give_file_with_progress(supplier, fields[0])
    for field in fields[1:]:
        story.give_field(supplier, field)
    story.type_account(supplier, record, who.wrong_clabe)
    supplier.sees(SAYS[who.locale]["clabe"])
    supplier.look("wrong CLABE")
    assert supplier.page.input_value("main [name=holder]") == "Tornillos", "what was typed is still there"
    assert _accounts(supplier, who) == [], "nothing half done"
    story.type_account(supplier, record, who.whole_clabe)
    assert _accounts(supplier, who) == [who.whole_clabe[-4:]]
    supplier.look("bank accounts")
    story.send_record(supplier, record)
    supplier.look("record sent")
    return record


def _correct_what_was_rejected(supplier: Visitor, payable: Visitor, record: str, who: Invited) -> None:
    """Accounts payable decides item by item and rejects one; only that one is given again."""
    review = record.replace("/record/", "/records/")
    payable.go("/records/")
    payable.look("records to review")
    assert payable.page.locator(f"a[href='{review}']").count() == 1
    payable.go(review)
    payable.look("review of a record")
    _reject_first(payable, REASON)
    _approve_the_rest(payable)
    supplier.go(record)
    supplier.sees(f"{SAYS[who.locale]['reason']}: {REASON}")
    supplier.look("record to correct")
    again = story.fields_of(supplier, record)
    assert len(again) == 1, "only what was rejected is asked for again"
    story.give_field(supplier, again[0])
    story.send_record(supplier, record)
    payable.go(review)
    _approve_the_rest(payable)
    supplier.go(record)
    supplier.sees(SAYS[who.locale]["valid"])
    supplier.look("record valid")


def _reject_first(payable: Visitor, reason: str) -> None:
    opener = payable.page.locator("main [data-confirm^=reject-]").first
    name = opener.get_attribute("data-confirm")
    opener.click()
    dialog = payable.page.locator(f"#{name}")
    dialog.locator("textarea").fill(reason)
    payable.leave(dialog.locator(".dialog-foot button[type=submit]").click)


def _approve_the_rest(payable: Visitor) -> None:
    approve = "main .requirement form.inline:has([name=verdict][value=approve]) button"
    for _item in range(payable.page.locator(approve).count()):
        payable.press(approve)
    assert payable.page.locator(approve).count() == 0


def _send_an_invoice(supplier: Visitor, who: Invited) -> str:
    folio = _folio(who)
    invoice = story.upload(supplier, who.company, folio, "30000.00")
    supplier.go(f"{invoice}/send")
    supplier.sees(SAYS[who.locale]["not yet"], SAYS[who.locale]["missing"])
    supplier.look("not yet")
    assert supplier.page.locator("main [name=version]").count() == 0, "nothing to press while something is missing"
    story.give_what_is_asked(supplier, invoice)
    story.send(supplier, invoice)
    supplier.sees(SAYS[who.locale]["sent"])
    assert _invoice(supplier, invoice).status is InvoiceStatus.IN_REVIEW
    supplier.go(invoice)
    supplier.sees(SAYS[who.locale]["sent"])
    supplier.look("invoice in review")
    return invoice


def _pay(treasury: Visitor, supplier: Visitor, invoice: str, who: Invited) -> None:
    folio = _folio(who)
    story.schedule(treasury, folio)
    supplier.go(invoice)
    supplier.sees(SAYS[who.locale]["scheduled"])
    supplier.look("invoice scheduled")
    story.type_payment(treasury, folio, "34800.00")
    treasury.look("payment registered")
    assert _invoice(supplier, invoice).status is InvoiceStatus.PAID
    assert len(supplier.site.read(select(Payment).filter_by(number=f"P-{folio}"))) == 1
    supplier.go(invoice)
    supplier.sees(SAYS[who.locale]["paid"])
    assert story.remittance(supplier, folio).startswith(b"%PDF")


def _letters_of_each_step(supplier: Visitor, who: Invited) -> None:
    names = [name for name, _subject in supplier.site.letters(who.email)]
    assert set(names) >= LETTERS, names
    for name in LETTERS:
        locale, letter = supplier.site.letter(who.email, name)
        assert locale == who.locale, f"{name} is in the reader's language"
        assert letter.subject and GREETING[who.locale] in letter.text, letter.text


def _folio(who: Invited) -> str:
    return {"es": "2001", "en": "2002"}[who.locale]


def _accounts(supplier: Visitor, who: Invited) -> list[str]:
    return [a.number_last4 for a in supplier.site.read(select(BankAccount).filter_by(holder="Tornillos"))
            if a.number_last4 == who.whole_clabe[-4:]]


def _invoice(supplier: Visitor, path: str) -> Any:
    return supplier.site.read(select(Invoice).filter_by(id=path.rpartition("/")[2]))[0]
