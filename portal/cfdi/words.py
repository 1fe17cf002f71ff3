"""SAT's codes in words: every catalog of the document, in Spanish and, where we have them, in English.

The amount in words belongs to who prints it: `portal.documents.in_words`.
"""

from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from typing import Final, Protocol

from portal.cfdi import light, resources
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


def describe(catalog: str, code: str, lang: str = "es") -> str:
    """The words of a code in a catalog (SAT's name without c_); "" when there are none.

    ClaveUnidad and ClaveProdServ have SAT's Spanish words only, in either language.
    """
    if catalog == "ClaveUnidad":
        return light.load().units.get(code, "")
    if catalog == "ClaveProdServ":
        return _product(code)
    entry = CATALOGS.get(catalog, {}).get(code)
    if entry is None:
        return ""
    return entry.en if lang.startswith("en") else entry.es


@lru_cache(maxsize=4096)
def _product(code: str) -> str:
    with closing(light.read_only(resources.product_keys())) as base:
        row = base.execute("SELECT descripcion FROM clave_prod_serv WHERE clave = ?", (code,)).fetchone()
    return str(row[0]) if row else ""
