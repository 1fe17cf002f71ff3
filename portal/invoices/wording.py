"""Codes and amounts of a CFDI in words, for the pages: `say.form("03")` is "03 · Electronic funds transfer"."""
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.cfdi import words
from portal.cfdi.catalogs import general, taxpayers
from portal.core import i18n
from portal.core.i18n import _, language


def form(code: str) -> str:
    """Return a FormaPago with its text."""
    return _told(general.FORMA_PAGO, code)


def method(code: str) -> str:
    """Return a MetodoPago with its text."""
    return _told(general.METODO_PAGO, code)


def use(code: str) -> str:
    """Return a UsoCFDI with its text."""
    return _told(taxpayers.USO_CFDI, code)


def relation(code: str) -> str:
    """Return a TipoRelacion with its text."""
    return _told(general.TIPO_RELACION, code)


def unit(item: Mapping[str, Any]) -> str:
    """Return the unit of a kept concept: "Service unit (E48)". SAT's c_ClaveUnidad are the codes of UN/ECE
    Recommendation 20, which UBL and CII use too; a unit that was written in words is left as it is.
    """
    written, code = item.get("unit") or "", item.get("unit_key") or item.get("unit") or ""
    known = _("Unit") if code == "C62" else words.describe("ClaveUnidad", code, language())
    if written and written != code:
        return str(written)
    return f"{known} ({code})" if known else str(code)


def amount(written: str | None) -> str:
    """Return an amount as the document wrote it, its thousands apart: "1,234.5678"; a dash for none."""
    return "—" if written is None else f"{Decimal(written):,f}"


def value(written: str | None) -> Decimal | None:
    """Return an amount that the document wrote, as a number."""
    return None if written is None else Decimal(written)


def day(written: str) -> str:
    """Return a day that is kept as text (ISO), in words."""
    return i18n.day(date.fromisoformat(written))


def decimals(written: str | None) -> int:
    """Return with how many decimals an amount is shown: as it was written, two at least."""
    return max(2, len((written or "").partition(".")[2]))


def rate(tax: Mapping[str, Any]) -> str:
    """Return the rate of a kept tax as people say it: "16 %", "8.00 per unit", "exempt"."""
    if tax["factor"] == "Exento":
        return _("exempt")
    if not tax["rate"]:
        return "—"
    value = Decimal(tax["rate"])
    if tax["factor"] == "Cuota":
        return _("%(amount)s per unit", amount=f"{value:f}")
    percent = value if tax.get("local") else value * 100  # local taxes are written in per cent already
    return f"{percent.normalize():f} %"


def _told(catalog: Mapping[str, Any], code: str) -> str:
    entry = catalog.get(code)
    return f"{code} · {entry.es if language() == 'es' else entry.en}" if entry is not None else code
