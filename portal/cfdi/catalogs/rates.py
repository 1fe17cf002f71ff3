"""Rates: c_TasaOCuota, the fixed values and ranges of each tax and factor, transferred (T) and withheld (R).

Source: SAT's catalogs of CFDI 4.0 (Anexo 20), as published until August 2026; texts in English are ours.
"""

from decimal import Decimal
from typing import Final

D = Decimal

_IEPS: Final = frozenset(map(D, "0.06 0.07 0.08 0.09 0.25 0.265 0.30 0.304 0.50 0.53 1.60".split()))
# (impuesto, factor, "T" or "R") → fixed values
FIXED: Final[dict[tuple[str, str, str], frozenset[Decimal]]] = {
    ("002", "Tasa", "T"): frozenset(map(D, "0.000000 0.080000 0.160000".split())),
    ("003", "Tasa", "T"): _IEPS | frozenset(map(D, "0.000000 0.030000".split())),
    ("003", "Tasa", "R"): _IEPS,
}
# (impuesto, factor, "T" or "R") → least and greatest value
RANGE: Final[dict[tuple[str, str, str], tuple[Decimal, Decimal]]] = {
    ("002", "Tasa", "R"): (D("0.000000"), D("0.160000")),
    ("003", "Cuota", "T"): (D("0.000000"), D("72.160500")),
    ("003", "Cuota", "R"): (D("0.000000"), D("72.160500")),
    ("001", "Tasa", "R"): (D("0.000000"), D("0.350000")),
}


def allowed(impuesto: str, factor: str, kind: str, rate: Decimal) -> bool:
    """Whether SAT has the rate for a tax and factor, transferred ("T") or withheld ("R")."""
    key = (impuesto, factor, kind)
    if rate in FIXED.get(key, ()):
        return True
    limits = RANGE.get(key)
    return limits is not None and limits[0] <= rate <= limits[1]


def told(impuesto: str, factor: str, kind: str) -> str:
    """The rates that SAT has for a tax and factor, in words."""
    key = (impuesto, factor, kind)
    limits = RANGE.get(key)
    if limits is not None:
        return f"{limits[0]} – {limits[1]}"
    return ", ".join(str(rate) for rate in sorted(FIXED.get(key, ()))) or "—"
