"""Every page a person meets: no axe violation, no content-policy violation, no sideways scrolling; big and small."""
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
SCREENS = [({"width": 1440, "height": 900}, "light"), ({"width": 390, "height": 844}, "dark"),
           ({"width": 1440, "height": 900}, "dark"), ({"width": 390, "height": 844}, "light")]
PATHS = {
    "": ("/sign-in", "/recover", "/legal/terms"),
    "ventas@nandu.example": ("/", "/invoices/", "/invoices/to-send", "/invoices/in-process", "/invoices/new",
                             "/record/", "/payments/", "/profile"),
    "cuentas@valle.example": ("/", "/inbox/", "/suppliers/", "/suppliers/new", "/records/", "/invoices/"),
    "tesoreria@valle.example": ("/treasury/", "/payments/"),
    "admin@valle.example": ("/audit", "/settings/approvals/", "/settings/invoices/", "/settings/record/"),
}


@pytest.mark.parametrize("email", PATHS)
def test_the_pages_are_for_everybody(visit: Any, email: str) -> None:
    visitor = visit(email)
    for path in PATHS[email]:
        assert visitor.go(path) == 200, path
        for size, scheme in SCREENS:
            visitor.page.set_viewport_size(size)
            visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            visitor.page.evaluate("document.getAnimations().forEach(a => a.finish())")
            found = Axe().run(visitor.page)
            assert found.violations_count == 0, f"{path} {size['width']} {scheme}: {found.generate_report()}"
            wide = visitor.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} scrolls sideways by {wide} at {size['width']}"
