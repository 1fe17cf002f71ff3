"""Rows of the inbox as they are drawn: every cell already in words, so that the template only fills them in."""
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from portal.core.clock import now
from portal.core.i18n import _, language
from portal.invoices import rows as invoices
from portal.invoices.models import StampState
from portal.web.templating import Cells

NOTE = Markup('<span class="cell-note nowrap">{}</span>')


def drawn(found: Sequence[Any], zone: str, address: str) -> list[Cells]:
    """Return the cells of each row of `queries.inbox`. `address`: the page of an invoice, its id left out."""
    lang, moment = language(), now()
    return [_cells(row, invoices.age(row.started_at, moment), address, zone, lang) for row in found]


@lru_cache(maxsize=4096)
def _cells(row: Any, age: int, address: str, zone: str, lang: str) -> Cells:
    """Return one row's cells: remembered, as all that they depend on is part of the question."""
    notes = [NOTE.format(_("worth a look"))] * (row.verdict == "warned") + [
        NOTE.format(_("stamp being verified"))] * (row.stamp == StampState.PENDING)
    return Cells(
        id=str(row.id), url=f"{address}{row.invoice_id}", number=row.number, party=row.supplier_name,
        stage=row.label_en if lang == "en" and row.label_en else row.label_es, notes=Markup().join(notes),
        since=invoices.since_cell(row.started_at, age, zone, lang), total=invoices.money(row.total),
        currency=row.currency)
