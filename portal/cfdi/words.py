"""SAT's codes in words: every catalog of the document, in Spanish and, where we have them, in English.

The amount in words belongs to who prints it: `portal.documents.in_words`.
"""

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from typing import Final, Protocol

from portal.cfdi import light, lighten, resources
from portal.cfdi.catalogs import countries, currencies, general, taxpayers


class _Entry(Protocol):
    @property
    def es(self) -> str: ...
    @property
    def en(self) -> str: ...


CATALOGS: Final[Mapping[str, Mapping[str, _Entry]]] = {
    "FormaPago": general.FORMA_PAGO,
    "MetodoPago": general.METODO_PAGO,
    "Impuesto": general.IMPUESTO,
    "ObjetoImp": general.OBJETO_IMP,
    "Exportacion": general.EXPORTACION,
    "Periodicidad": general.PERIODICIDAD,
    "Meses": general.MESES,
    "TipoRelacion": general.TIPO_RELACION,
    "TipoDeComprobante": general.TIPO_DE_COMPROBANTE,
    "RegimenFiscal": taxpayers.REGIMEN_FISCAL,
    "UsoCFDI": taxpayers.USO_CFDI,
    "Moneda": currencies.MONEDA,
    "Pais": countries.PAIS,
}

# c_ClaveUnidad has 2,400 codes with names in Spanish; these, in English too, cover nearly every invoice.
UNITS_EN: Final[Mapping[str, str]] = {
    "H87": "Piece", "E48": "Service unit", "ACT": "Activity", "KGM": "Kilogram", "GRM": "Gram", "TNE": "Tonne",
    "LTR": "Litre", "MLT": "Millilitre", "GLL": "Gallon", "MTR": "Metre", "CMT": "Centimetre", "KMT": "Kilometre",
    "MTK": "Square metre", "MTQ": "Cubic metre", "FOT": "Foot", "INH": "Inch", "LBR": "Pound", "XBX": "Box",
    "XPK": "Package", "XBG": "Bag", "XRO": "Roll", "XUN": "Unit", "KT": "Kit", "SET": "Set", "PR": "Pair",
    "DZN": "Dozen", "C62": "One", "HUR": "Hour", "DAY": "Day", "WEE": "Week", "MON": "Month", "ANN": "Year",
    "E51": "Job", "E54": "Trip", "A9": "Rate", "KWH": "Kilowatt hour", "EA": "Each",
}  # fmt: skip


def describe(catalog: str, code: str, lang: str = "es") -> str:
    """The words of a code in a catalog (SAT's name without c_); "" when there are none.

    ClaveProdServ and the rarer units have SAT's Spanish words only, in either language.
    """
    if catalog == "ClaveUnidad":
        spanish = light.load().units.get(code, "")
        return UNITS_EN.get(code, spanish) if lang.startswith("en") else spanish
    if catalog == "ClaveProdServ":
        return _product(code)
    entry = CATALOGS.get(catalog, {}).get(code)
    if entry is None:
        return ""
    return entry.en if lang.startswith("en") else entry.es


@lru_cache(maxsize=4096)
def _product(code: str) -> str:
    with closing(lighten.read_only(resources.product_keys())) as base:
        row = base.execute("SELECT descripcion FROM clave_prod_serv WHERE clave = ?", (code,)).fetchone()
    return str(row[0]) if row else ""
