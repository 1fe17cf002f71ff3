"""Taxes of the conceptos and their summary."""

import pytest

from tests.cfdi.rules.documents import (
    RETENCION,
    ROW,
    TRASLADO,
    WITHHELD_ROW,
    Case,
    add,
    both,
    double,
    drop,
    exempt,
    invoice,
    judged,
    payment,
    prove,
    put,
    withheld,
)

CASES: list[Case] = [
    ("CFDI40174", invoice, put(TRASLADO, Base="0")),
    ("CFDI40177", exempt, put(TRASLADO, TasaOCuota="0.000000")),
    ("CFDI40177", exempt, put(TRASLADO, Importe="0.00")),
    ("CFDI40178", invoice, put(TRASLADO, TasaOCuota=None)),
    ("CFDI40178", invoice, put(TRASLADO, Importe=None)),
    ("CFDI40179", invoice, put(TRASLADO, TasaOCuota="0.150000")),
    ("CFDI40179", invoice, put(TRASLADO, TipoFactor="Cuota")),
    ("CFDI40180", invoice, put(TRASLADO, Importe="160.10")),
    ("CFDI40180", invoice, put(TRASLADO, Importe="160.06")),
    ("CFDI40181", withheld, put(RETENCION, Base="0")),
    ("CFDI40184", withheld, put(RETENCION, TipoFactor="Exento")),
    ("CFDI40185", withheld, put(RETENCION, TasaOCuota="0.360000")),
    ("CFDI40186", withheld, put(RETENCION, Importe="100.02")),
    ("CFDI40201", payment, add("", "Impuestos", TotalImpuestosTrasladados="0")),
    ("CFDI40202", withheld, put("Impuestos", TotalImpuestosRetenidos="206.670")),
    ("CFDI40203", withheld, put("Impuestos", TotalImpuestosRetenidos="206.68")),
    ("CFDI40204", invoice, put("Impuestos", TotalImpuestosTrasladados="480.240")),
    ("CFDI40205", invoice, put("Impuestos", TotalImpuestosTrasladados="480.25")),
    ("CFDI40206", withheld, put("Impuestos", TotalImpuestosRetenidos=None)),
    ("CFDI40208", withheld, double(WITHHELD_ROW)),
    ("CFDI40209", withheld, put("Impuestos", TotalImpuestosRetenidos=None)),
    ("CFDI40210", withheld, put(WITHHELD_ROW, Importe="100.000")),
    ("CFDI40211", withheld, put(WITHHELD_ROW, Importe="100.01")),
    ("CFDI40212", invoice, put("Impuestos", TotalImpuestosTrasladados=None)),
    ("CFDI40213", exempt, put(ROW, Importe="0.00")),
    ("CFDI40214", invoice, put(ROW, Base="3001.500")),
    ("CFDI40215", invoice, put(ROW, Base="3001.51")),
    ("CFDI40216", exempt, put(ROW, Base="200.01")),
    ("CFDI40218", invoice, both(double(ROW), put(ROW, TasaOCuota="0.16"))),
    ("CFDI40219", invoice, put(ROW, TasaOCuota="0.170000")),
    ("CFDI40220", invoice, put(ROW, Importe="480.240")),
    ("CFDI40221", invoice, put(ROW, Importe="480.25")),
    ("CFDI40221", invoice, put(ROW, TasaOCuota="0.080000")),
    ("ACUSE-TAX-SUMMARY", invoice, drop("Impuestos")),
    ("ACUSE-TAX-SUMMARY", withheld, drop(WITHHELD_ROW)),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


@pytest.mark.parametrize("amount", ["160.08", "160.09"])
def test_a_tax_may_be_rounded_either_way(amount: str) -> None:
    """16 % of 1000.50 (between 1000.495 and 1000.505) lies between 160.0792 and 160.0808."""
    document = invoice()
    put(TRASLADO, Importe=amount)(document)
    assert "CFDI40180" not in {finding.code for finding in judged(document)}


def test_a_rate_written_short_is_the_same_rate() -> None:
    document = invoice()
    put(TRASLADO, TasaOCuota="0.16")(document)
    assert judged(document) == []


def test_exempt_taxes_left_out_of_the_summary_change_nothing() -> None:
    document = exempt()
    drop("Impuestos")(document)
    assert judged(document) == []
