"""Rows of the inbox as they are drawn: every cell already in words, so that the template only fills them in."""
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from portal.core.clock import now
from portal.core.i18n import _, language
from portal.invoices import rows as invoices
from portal.invoices.models import StampState

NOTE = Markup('<span class="cell-note nowrap">{}</span>')


def drawn(found: Sequence[Any], zone: str, address: str) -> list[dict[str, Any]]:
    """Return the cells of each row of `queries.inbox`. `address`: the page of an invoice, its id left out."""
    lang, moment = language(), now()
    worth, verified = NOTE.format(_("worth a look")), NOTE.format(_("stamp being verified"))
    notes = {(False, False): Markup(), (True, False): worth, (False, True): verified, (True, True): worth + verified}
    return [{
        "id": str(row.id), "url": f"{address}{row.invoice_id}", "number": row.number, "party": row.supplier_name,
        "stage": row.label_en if lang == "en" and row.label_en else row.label_es,
        "notes": notes[row.verdict == "warned", row.stamp is StampState.PENDING],
        "since": invoices.since_cell(row.started_at, moment, zone, lang), "total": invoices.money(row.total),
        "currency": row.currency,
    } for row in found]
