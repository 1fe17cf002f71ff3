"""Double clicks, stale pages, sessions that end in the middle of a form, and the addresses of somebody else."""
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from portal.accounts.models import User, UserSession
from portal.approvals.models import Decision
from portal.core.clock import now
from portal.invoices.models import Invoice, InvoiceStatus
from portal.local.demo import cast
from portal.suppliers.models import Relationship
from tests.journeys import story
from tests.journeys.pages import screens_of
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
SUPPLIER = "ventas@nandu.example"
# Two sendings of one form that nothing in the page holds back: a mouse that bounces, a browser that tries again.
BOUNCE = """async () => {
    const form = document.querySelector('main form:has([name=tax_id])');
    const body = () => new URLSearchParams(new FormData(form));
    const sent = () => fetch(form.action, {method: 'POST', body: body(), redirect: 'follow'});
    return (await Promise.all([sent(), sent()])).map(answer => answer.url);
}"""


def _sent(visit: Any, folio: str) -> str:
    """Have an invoice sent for review; return its path."""
    supplier = visit(SUPPLIER)
    invoice = story.upload(supplier, cast.NANDU.company, folio, "100.00")
    story.give_what_is_asked(supplier, invoice)
    story.send(supplier, invoice)
    return invoice


@pytest.mark.parametrize(("email", "words", "folio"), [("cuentas@valle.example", "antes que tú", "4001"),
                                                       ("payable.en@valle.example", "before you", "4002")])
def test_a_stale_page_decides_nothing(visit: Any, site: Site, email: str, words: str, folio: str) -> None:
    invoice = _sent(visit, folio)
    first, second = visit("cuentas@valle.example"), visit(email, screens=screens_of(email))
    for tab in (first, second):
        tab.go(invoice.replace("/invoices/", "/inbox/"))
    first.press("button[name=verdict][value=approved]")
    second.fill(reason="Falta la remisión de la entrega.")
    second.press("button[name=verdict][value=rejected]")
    second.sees(words)
    second.look("stale page")
    row = site.read(select(Invoice).filter_by(id=UUID(invoice.rpartition("/")[2])))[0]
    assert row.status is InvoiceStatus.APPROVED
    assert site.read(select(func.count()).select_from(Decision).filter_by(invoice_id=row.id)) == [1]


def test_a_double_click_registers_once(visit: Any, site: Site) -> None:
    admin = visit("admin@valle.example")
    admin.go("/suppliers/new")
    admin.fill(name="Doble", tax_id="DOB110309QX2", contact_email="doble@doble.example")
    answers = admin.page.evaluate(BOUNCE)
    assert len(set(answers)) == 1 and "/suppliers/" in answers[0], "both lead to the one that was made"
    rows = site.read(select(Relationship).filter_by(tax_id="DOB110309QX2"))
    assert len(rows) == 1
    assert [name for name, _subject in site.letters("doble@doble.example")] == ["activation"], "and one letter left"


@pytest.mark.parametrize(("email", "folio", "words"), [
    (SUPPLIER, "4010", "No se perdió nada"), ("sales.en@nandu.example", "4011", "Nothing was lost")])
def test_a_session_that_ends_in_the_middle_of_a_form(visit: Any, site: Site, email: str, folio: str,
                                                     words: str) -> None:
    person = visit(email, screens=screens_of(email), fresh=True)
    invoice = story.upload(person, cast.NANDU.company, folio, "100.00")
    wanted = person.page.locator(f"a[href*='{invoice}/requirements/']").first.get_attribute("href")
    person.go(wanted)
    person.fill(value="OC-77001")
    user = site.read(select(User.id).filter_by(email_key=email))[0]
    newest = site.read(select(UserSession.id).filter_by(user_id=user).order_by(UserSession.id.desc()))[0]
    site.write(update(UserSession).filter_by(id=newest).values(expires_at=now() - timedelta(seconds=1)))
    person.submit("main [name=value]")
    assert person.place == "/sign-in", person.text
    person.page.fill("[name=email]", email)
    person.page.fill("[name=password]", "valle azul 38 nubes")
    person.submit("[name=password]")
    person.sees(words)
    person.look("go on where you were")
    person.submit("[name=_parked]")
    assert person.place == invoice, person.text
    person.sees("OC-77001")


@pytest.mark.parametrize(("email", "words"), [("admin@serena.example", "No lo encontramos"),
                                              ("billing@northwind.example", "We could not find it")])
def test_the_addresses_of_somebody_else(visit: Any, site: Site, email: str, words: str) -> None:
    visitor = visit(email, screens=screens_of(email))
    theirs = site.read(select(Invoice.id).filter_by(number="F-5521"))[0]
    relationship = site.read(select(Relationship.id).filter_by(tax_id=cast.BAJIO.company.rfc))[0]
    for path in (f"/invoices/{theirs}", f"/record/{relationship}", f"/records/{relationship}", f"/inbox/{theirs}",
                 f"/suppliers/{relationship}", f"/treasury/pay/{relationship}"):
        assert visitor.go(path) in (404, 403), path
        assert "F-5521" not in visitor.text and "Fletes" not in visitor.text, path
    visitor.go(f"/invoices/{theirs}")
    visitor.sees(words)
    visitor.look("not found")
    assert visitor.page.locator("main a[href='/']").count() >= 1, "and there is a way on"
