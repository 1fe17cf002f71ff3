"""SAT's codes in words."""

import pytest

from portal.cfdi import light
from portal.cfdi.words import CATALOGS, UNITS_EN, describe


@pytest.mark.parametrize(
    ("catalog", "code", "lang", "words"),
    [
        ("UsoCFDI", "G03", "es", "Gastos en general"), ("UsoCFDI", "G03", "en", "General expenses"),
        ("RegimenFiscal", "601", "es", "General de Ley Personas Morales"), ("Pais", "DEU", "en", "Germany"),
        ("Moneda", "MXN", "es", "Peso Mexicano"), ("ClaveUnidad", "H87", "es", "Pieza"),
        ("ClaveProdServ", "10101501", "es", "Gatos vivos"), ("ClaveProdServ", "00000000", "es", ""),
        ("UsoCFDI", "P01", "es", ""), ("Nada", "1", "en", ""), ("ClaveUnidad", "??", "en", ""),
        ("ClaveUnidad", "H87", "en", "Piece"), ("ClaveUnidad", "XBA", "en", "Barril"),
    ],
)  # fmt: skip
def test_words(catalog: str, code: str, lang: str, words: str) -> None:
    assert describe(catalog, code, lang) == words


def test_every_code_has_both_languages() -> None:
    for catalog, entries in CATALOGS.items():
        assert all(entry.es and entry.en for entry in entries.values()), catalog


def test_every_unit_has_words() -> None:
    assert not light.load().codes("c_ClaveUnidad") - {*light.load().units}


def test_every_english_unit_is_one_of_sat() -> None:
    assert not set(UNITS_EN) - light.load().codes("c_ClaveUnidad")
