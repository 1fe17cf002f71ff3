"""The letters of approvals: to those who hold an invoice now."""
from typing import Any

from portal.core.i18n import money
from portal.invoices.models import Invoice
from portal.mail.services import Recipient, post

LETTERS: dict[str, dict[str, Any]] = {
    "stage_started": {"client": "Comercializadora del Valle", "supplier": "Papelería Ñandú", "number": "A-1023",
                      "stage": "Compras", "total": "$1,160.00 MXN",
                      "link": "/inbox/0199c1de-0000-7000-8000-000000000000"},
}


def stage_started(to: Recipient, invoice: Invoice, stage: str, client: str) -> None:
    """Tell an approver that an invoice waits for them."""
    post("stage_started", to, {"client": client, "supplier": invoice.supplier_name, "number": invoice.number,
                               "stage": stage, "total": money(invoice.total, invoice.currency),
                               "link": f"/inbox/{invoice.id}"},
         client_id=invoice.client_id, relationship_id=invoice.relationship_id)
