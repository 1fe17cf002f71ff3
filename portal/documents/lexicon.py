"""The descriptions printed on the PDF of a CFDI: SAT's catalogs as the core holds them, and the commonest units."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from portal.cfdi.catalogs import countries, currencies, general, taxpayers
from portal.documents.in_words import amount_in_words
from portal.documents.writing import language_of

# c_ClaveUnidad has 2,400 codes; these cover nearly every invoice, and the others carry their own Unidad
UNITS: dict[str, tuple[str, str]] = {
    "H87": ("Pieza", "Piece"), "E48": ("Unidad de servicio", "Service unit"), "ACT": ("Actividad", "Activity"),
    "KGM": ("Kilogramo", "Kilogram"), "GRM": ("Gramo", "Gram"), "TNE": ("Tonelada", "Tonne"), "LTR": ("Litro", "Litre"),
    "MLT": ("Mililitro", "Millilitre"), "GLL": ("Galón", "Gallon"), "MTR": ("Metro", "Metre"),
    "CMT": ("Centímetro", "Centimetre"), "KMT": ("Kilómetro", "Kilometre"), "MTK": ("Metro cuadrado", "Square metre"),
    "MTQ": ("Metro cúbico", "Cubic metre"), "FOT": ("Pie", "Foot"), "INH": ("Pulgada", "Inch"),
    "LBR": ("Libra", "Pound"),
    "XBX": ("Caja", "Box"), "XPK": ("Paquete", "Package"), "XBG": ("Bolsa", "Bag"), "XRO": ("Rollo", "Roll"),
    "XUN": ("Unidad", "Unit"), "KT": ("Kit", "Kit"), "SET": ("Conjunto", "Set"), "PR": ("Par", "Pair"),
    "DZN": ("Docena", "Dozen"), "C62": ("Uno", "One"), "HUR": ("Hora", "Hour"), "DAY": ("Día", "Day"),
    "WEE": ("Semana", "Week"), "MON": ("Mes", "Month"), "ANN": ("Año", "Year"), "E51": ("Trabajo", "Job"),
    "E54": ("Viaje", "Trip"), "A9": ("Tarifa", "Rate"), "KWH": ("Kilowatt hora", "Kilowatt hour"),
    "EA": ("Elemento", "Each"),
}  # fmt: skip


class _Entry(Protocol):
    @property
    def es(self) -> str: ...
    @property
    def en(self) -> str: ...


CATALOGS: Mapping[str, Mapping[str, _Entry]] = {
    "FormaPago": general.FORMA_PAGO,
    "MetodoPago": general.METODO_PAGO,
    "Exportacion": general.EXPORTACION,
    "TipoRelacion": general.TIPO_RELACION,
    "RegimenFiscal": taxpayers.REGIMEN_FISCAL,
    "UsoCFDI": taxpayers.USO_CFDI,
    "Moneda": currencies.MONEDA,
    "Pais": countries.PAIS,
}


class SatLexicon:
    """SAT's own words in Spanish, ours in English."""

    def describe(self, catalog: str, code: str, language: str) -> str:
        """Return the description of `code` in `catalog` (SAT's name without c_); "" for an unknown one."""
        tongue = language_of(language)
        if catalog == "ClaveUnidad":
            return UNITS.get(code, ("", ""))[tongue == "en"]
        entry = CATALOGS.get(catalog, {}).get(code)
        return "" if entry is None else str(getattr(entry, tongue))

    def in_words(self, amount: Decimal, currency: str, language: str) -> str:
        """Return the amount in words; "" for XXX, the currency of documents without an amount."""
        return "" if currency == "XXX" else amount_in_words(amount, currency, language)
