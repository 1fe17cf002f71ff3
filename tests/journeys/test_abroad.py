"""A supplier abroad brings the electronic invoice of its own country: what the file says stands on the screen."""
from pathlib import Path
from typing import Any

import pytest

from portal.core.types import Upload
from portal.local.demo import cast
from tests.journeys import story
from tests.journeys.pages import BIG_LIGHT, PHONE_DARK

pytestmark = pytest.mark.browser
UBL = Path(__file__).parents[1] / "documents" / "data" / "invoice.ubl.xml"
CHANGED = {"2026-11-26": "2026-11-02", "CNO101010AB1": cast.CLIENT.rfc,
           "Muster GmbH": cast.NORTHWIND.company.name, "DE123456789": cast.NORTHWIND.company.rfc}


def test_a_ubl_invoice_becomes_the_draft(visit: Any) -> None:
    text = UBL.read_text()
    for old, new in CHANGED.items():
        text = text.replace(old, new)
    supplier = visit("billing@northwind.example", screens=(BIG_LIGHT, PHONE_DARK))
    story.bring(supplier, Upload("invoice.xml", text.encode()))
    supplier.sees("2026-117")
    for words in ("$890.00", "Widget", "Unit (C62)", "PO-9", "UBL 2.1"):
        supplier.sees(words)
    supplier.look("ubl draft")
