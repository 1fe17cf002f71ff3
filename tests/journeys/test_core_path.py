"""From upload to the payment archive without JavaScript; and the keyboard."""
from typing import Any

import pytest

from portal.local.demo import cast
from tests.journeys import story

pytestmark = pytest.mark.browser
SUPPLIER = "ventas@nandu.example"


def test_without_scripts(visit: Any) -> None:
    supplier = visit(SUPPLIER, java_script_enabled=False)
    invoice = story.upload(supplier, cast.NANDU.company, "2003", "30000.00")
    supplier.go(f"{invoice}/send")
    assert supplier.page.locator("main [name=version]").count() == 0, "nothing to press while something is missing"
    supplier.sees("Orden de compra")
    story.give_what_is_asked(supplier, invoice)
    story.send(supplier, invoice)
    story.approve(visit("cuentas@valle.example", java_script_enabled=False), invoice)
    story.approve(visit("direccion@valle.example", java_script_enabled=False), invoice)
    treasury = visit("tesoreria@valle.example", java_script_enabled=False)
    story.schedule(treasury, "2003")
    story.type_payment(treasury, "2003", "34800.00")
    assert story.remittance(supplier, "2003").startswith(b"%PDF")
    kinds = {kind for kind, _subject in supplier.site.letters(SUPPLIER)}
    assert {"invoice_sent", "invoice_approved", "payment_scheduled", "payment_registered"} <= kinds


def test_approving_with_the_keyboard(visit: Any) -> None:
    supplier = visit(SUPPLIER)
    invoice = story.upload(supplier, cast.NANDU.company, "2010", "100.00")
    story.give_what_is_asked(supplier, invoice)
    story.send(supplier, invoice)
    person = visit("cuentas@valle.example")
    person.go("/inbox/?q=2010")
    person.page.locator("main tr a[href*='/inbox/']").first.wait_for()
    person.page.keyboard.press("j")
    person.leave(lambda: person.page.keyboard.press("Enter"))
    assert person.path.startswith("/inbox/0"), person.path
    person.leave(lambda: person.page.keyboard.press("a"))
    person.go("/inbox/?q=2010")
    assert person.page.locator("main tr a[href*='/inbox/']").count() == 0, "it waits for nobody's decision any more"
