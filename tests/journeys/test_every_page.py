"""Pages that no journey visits: no axe violation, no content-policy violation, no sideways scrolling; big and small."""
from typing import Any

import pytest

from tests.journeys.pages import BIG_DARK, PHONE_LIGHT

pytestmark = pytest.mark.browser
SCREENS = (BIG_DARK, PHONE_LIGHT)
PATHS = {
    "": ("/sign-in", "/recover", "/legal/terms"),
    "ventas@nandu.example": ("/", "/invoices/to-send", "/invoices/in-process", "/invoices/attempts", "/payments/",
                             "/profile", "/profile/sessions", "/people"),
    "cuentas@valle.example": ("/", "/inbox/", "/suppliers/", "/invoices/"),
    "tesoreria@valle.example": ("/treasury/", "/payments/"),
    "admin@valle.example": ("/audit", "/people", "/settings", "/settings/fiscal", "/settings/approvals/",
                            "/settings/invoices/", "/settings/record/"),
}


@pytest.mark.parametrize("email", PATHS)
def test_the_pages_are_for_everybody(visit: Any, email: str) -> None:
    visitor = visit(email, screens=SCREENS)
    for path in PATHS[email]:
        assert visitor.go(path) == 200, path
        visitor.look(path.strip("/").replace("/", "-") or "home")
