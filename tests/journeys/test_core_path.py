"""From upload to the payment archive, in Spanish, in English and without JavaScript; and the keyboard."""
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from portal.core.clock import today
from portal.core.i18n import ZONE
from portal.core.types import Upload
from portal.local.demo import cast
from portal.local.demo.papers import Paper, plain_pdf

pytestmark = pytest.mark.browser
SUPPLIER = "ventas@nandu.example"


def _upload(supplier: Any, folio: str, amount: str) -> str:
    """Upload a CFDI and its PDF; return the path of the draft."""
    papers = supplier.site.papers.draw(Paper(cast.NANDU.company, "A", folio, Decimal(amount), 1))
    supplier.go("/invoices/new")
    choice = supplier.page.locator("select[name=relationship_id]")
    if choice.count():
        choice.select_option(label=cast.CLIENT.name)
    supplier.give("[name=files]", *papers)
    supplier.submit("[name=files]")
    assert re.fullmatch(r"/invoices/[0-9a-f-]{36}", supplier.path.split("?")[0].split("#")[0]), supplier.text
    return supplier.path.split("?")[0].split("#")[0]


def _give_what_is_asked(supplier: Any, invoice: str) -> None:
    """Answer the two mandatory requirements of a large invoice."""
    hrefs = supplier.page.locator(f"a[href*='{invoice}/requirements/']").evaluate_all(
        "all => [...new Set(all.map(a => a.getAttribute('href')))]")
    for href in hrefs:
        supplier.go(href)
        if supplier.page.locator("main [name=file]").count():
            supplier.give("main [name=file]", Upload("remision.pdf", plain_pdf("Remisión", "1")))
            supplier.submit("main [name=file]")
        else:
            supplier.fill(value="OC-10482")
            supplier.submit("main [name=value]")


def _send(supplier: Any, invoice: str) -> None:
    supplier.go(f"{invoice}/send")
    supplier.submit("main [name=version]")


def _approve(person: Any, invoice: str) -> None:
    assert person.go(invoice.replace("/invoices/", "/inbox/")) == 200
    person.press("button[name=verdict][value=approved]")


def _pay(treasury: Any, folio: str, total: str) -> None:
    treasury.go(f"/treasury/?q={folio}")
    treasury.page.locator("main [name=selected]").first.check()
    treasury.press("main button[value=preview]")
    treasury.fill(pay_on=(today(ZONE) + timedelta(days=5)).isoformat())
    treasury.submit("main [name=pay_on]")
    treasury.go(f"/treasury/?q={folio}")
    treasury.press("main a[href*='/treasury/pay/']")
    if treasury.page.locator("main [name=password]").count():
        treasury.fill(password="valle azul 38 nubes")
        treasury.submit("main [name=password]")
    row = treasury.page.locator("main tr", has_text=folio)
    row.locator("input[name^=amount-]").fill(total)
    treasury.fill(number=f"P-{folio}", amount=total, paid_on=today(ZONE).isoformat())
    treasury.give("main [name=evidence]", Upload("spei.pdf", plain_pdf("SPEI", folio)))
    treasury.submit("main [name=evidence]")


@pytest.mark.parametrize(("locale", "scripts", "folio"), [("es", True, "2001"), ("en", True, "2002"),
                                                          ("es", False, "2003")])
def test_from_upload_to_the_archive(visit: Any, locale: str, scripts: bool, folio: str) -> None:
    options = {"java_script_enabled": scripts, "locale": "es-MX" if locale == "es" else "en-US"}
    supplier = visit(SUPPLIER, **options)
    invoice = _upload(supplier, folio, "30000.00")
    supplier.go(f"{invoice}/send")
    assert supplier.page.locator("main [name=version]").count() == 0, "nothing to press while something is missing"
    assert "Orden de compra" in supplier.text or "Purchase order" in supplier.text, "the refusal names what is missing"
    supplier.go(invoice)
    _give_what_is_asked(supplier, invoice)
    _send(supplier, invoice)
    _approve(visit("cuentas@valle.example", **options), invoice)
    _approve(visit("direccion@valle.example", **options), invoice)
    treasury = visit("tesoreria@valle.example", **options)
    _pay(treasury, folio, "34800.00")
    supplier.go(f"/payments/?q=P-{folio}")
    supplier.press(f"main a:has-text('P-{folio}')")
    remittance = supplier.page.locator("a[href$='/remittance']").first.get_attribute("href")
    assert supplier.context.request.get(supplier.site.url + remittance).body().startswith(b"%PDF")
    kinds = {kind for kind, _subject in supplier.site.letters(SUPPLIER)}
    assert {"invoice_sent", "invoice_approved", "payment_scheduled", "payment_registered"} <= kinds


def test_approving_with_the_keyboard(visit: Any) -> None:
    supplier = visit(SUPPLIER)
    invoice = _upload(supplier, "2010", "100.00")
    _give_what_is_asked(supplier, invoice)
    _send(supplier, invoice)
    person = visit("cuentas@valle.example")
    person.go("/inbox/?q=2010")
    assert person.page.locator("main tr a[href*='/inbox/']").count() >= 1
    person.page.keyboard.press("j")
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    assert person.path.startswith("/inbox/0"), person.path
    with person.page.expect_navigation():
        person.page.keyboard.press("a")
    person.go("/inbox/?q=2010")
    assert person.page.locator("main tr a[href*='/inbox/']").count() == 0, "it waits for nobody's decision any more"
