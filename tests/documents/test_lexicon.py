"""SAT's words on our PDF."""

from decimal import Decimal

import pytest

from portal.documents import cfdi_pdf
from portal.documents.lexicon import SatLexicon

from .test_cfdi_pdf import invoice, text_of


@pytest.mark.parametrize(
    ("catalog", "code", "es"),
    [
        ("RegimenFiscal", "601", "General de Ley Personas Morales"),
        ("UsoCFDI", "G03", "Gastos en general"),
        ("FormaPago", "03", "Transferencia electrónica de fondos"),
        ("MetodoPago", "PUE", "Pago en una sola exhibición"),
        ("Moneda", "MXN", "Peso Mexicano"),
        ("ClaveUnidad", "H87", "Pieza"),
    ],
)
def test_descriptions(catalog, code, es):
    lexicon = SatLexicon()
    assert lexicon.describe(catalog, code, "es").casefold() == es.casefold()
    assert lexicon.describe(catalog, code, "en") not in ("", es)


def test_the_unknown_has_no_words():
    assert SatLexicon().describe("UsoCFDI", "Z99", "es") == ""
    assert SatLexicon().describe("Nothing", "1", "es") == ""
    assert SatLexicon().in_words(Decimal(0), "XXX", "es") == ""


def test_the_pdf_speaks_with_them():
    text = text_of(cfdi_pdf.render(invoice()))
    for words in ("601 · General de Ley", "G03 · Gastos en general", "CIENTO DIECISÉIS PESOS 00/100 M.N."):
        assert words in text
    english = text_of(cfdi_pdf.render(invoice(), language="en"))
    assert "ONE HUNDRED SIXTEEN PESOS 00/100 MXN" in english
