"""The document's own attributes: each code fires on its fault and not on the document made right."""

import pytest

from tests.cfdi.rules.documents import (
    CONCEPTO,
    Case,
    Document,
    abroad,
    add,
    both,
    discounted,
    dollars,
    hotel,
    invoice,
    judged,
    payment,
    prove,
    put,
    transfer,
)

CASES: list[Case] = [
    ("CFDI40103", transfer, put("", FormaPago="01")),
    ("CFDI40103", payment, put("", FormaPago="01")),
    ("CFDI40105", invoice, put("", MetodoPago="PPD")),
    ("CFDI40107", invoice, put("", SubTotal="3001.500")),
    ("CFDI40108", invoice, put("", SubTotal="3001.51")),
    ("CFDI40108", invoice, put(CONCEPTO, Importe="1000.51")),
    ("CFDI40109", transfer, put("", SubTotal="1")),
    ("CFDI40110", discounted, put("", Descuento="1050.01")),
    ("CFDI40111", discounted, put("", Descuento="100.01")),
    ("CFDI40111", discounted, put("", Descuento=None)),
    ("CFDI40111", invoice, put("", Descuento="0.00")),
    ("CFDI40112", discounted, put("", Descuento="100.000")),
    ("CFDI40114", invoice, put("", TipoCambio="1.01")),
    ("CFDI40115", dollars, put("", TipoCambio=None)),
    ("CFDI40116", payment, put("", TipoCambio="1")),
    ("CFDI40119", invoice, put("", Total="3481.75")),
    ("CFDI40119", hotel, put("", Total="3481.74")),
    ("CFDI40119", transfer, put("", Total="1")),
    ("CFDI40119", invoice, put("", Total="3481.740")),
    ("CFDI40120", invoice, put("", Total="1000000000000000000.00")),
    ("CFDI40122", abroad, put("", Exportacion="02")),
    ("CFDI40125", transfer, put("", MetodoPago="PUE")),
    ("CFDI40141", invoice, put("Emisor", RegimenFiscal="612")),
    ("CFDI40141", invoice, put("Emisor", Rfc="PEPJ800101AB1")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


def _codes(document: Document) -> set[str]:
    return {finding.code for finding in judged(document)}


def test_subtotal_rounds_half_up() -> None:
    document = invoice()
    add(CONCEPTO.rpartition("/")[0], "Concepto", ClaveProdServ="84111506", Cantidad="1", ClaveUnidad="E48",
        Descripcion="Centavos", ValorUnitario="0.005", Importe="0.005", ObjetoImp="01")(document)  # fmt: skip
    assert "CFDI40108" in _codes(document)
    put("", SubTotal="3001.51", Total="3481.75")(document)
    assert not _codes(document)


def test_zero_with_decimals_is_zero_where_nothing_is_sold() -> None:
    document = transfer()
    put("", SubTotal="0.00", Total="0.00")(document)
    assert not _codes(document)


def test_a_document_without_type_adds_up_like_an_invoice() -> None:
    document = invoice()
    put("", TipoDeComprobante=None)(document)
    assert not _codes(document)


def test_peso_rate_written_with_decimals_is_one() -> None:
    document = invoice()
    put("", TipoCambio="1.000000")(document)
    assert not _codes(document)


def test_a_currency_without_decimals_wants_none() -> None:
    document = dollars()
    both(put("", Moneda="JPY"))(document)
    assert {"CFDI40107", "CFDI40108", "CFDI40119"} <= _codes(document)


def test_an_unknown_currency_skips_what_depends_on_it() -> None:
    document = invoice()
    put("", Moneda="ZZZ", TipoCambio="1")(document)
    assert _codes(document) == {"CFDI40113"}
