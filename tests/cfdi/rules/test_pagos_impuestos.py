"""Taxes of the paid documents and of the payments."""

import pytest

from tests.cfdi.rules.documents import (
    DOCTO,
    PAGO,
    RETENCION_DR,
    RETENCION_P,
    TOTALES,
    TRASLADO_DR,
    TRASLADO_P,
    Case,
    both,
    double,
    drop,
    judged,
    payment,
    payment_exempt,
    payment_withheld,
    prove,
    put,
)

IMPUESTOS_P = f"{PAGO}/pago:ImpuestosP"
RETENCIONES_P = f"{IMPUESTOS_P}/pago:RetencionesP"
CASES: list[Case] = [
    ("CRP20248", payment, drop(f"{DOCTO}/pago:ImpuestosDR/pago:TrasladosDR")),
    ("CRP20249", payment_withheld, put(RETENCION_DR, BaseDR="0")),
    ("CRP20252", payment_withheld, put(RETENCION_DR, TipoFactorDR="Exento")),
    ("CRP20253", payment_withheld, put(RETENCION_DR, TasaOCuotaDR="0.400000")),
    ("CRP20254", payment_withheld, put(RETENCION_DR, ImporteDR="100.02")),
    ("CRP20255", payment, put(TRASLADO_DR, BaseDR="0")),
    ("CRP20258", payment_exempt, put(TRASLADO_DR, ImporteDR="0.00")),
    ("CRP20259", payment, put(TRASLADO_DR, ImporteDR=None)),
    ("CRP20260", payment, put(TRASLADO_DR, TasaOCuotaDR="0.150000")),
    ("CRP20261", payment, put(TRASLADO_DR, ImporteDR="160.02")),
    ("CRP20263", payment_withheld, double(RETENCION_P)),
    ("CRP20264", payment_withheld, put(TOTALES, TotalRetencionesISR=None)),
    ("CRP20264", payment_withheld, both(put(TOTALES, TotalRetencionesISR=None), drop(RETENCIONES_P))),
    ("CRP20265", payment_withheld, put(RETENCION_P, ImporteP="100.02")),
    ("CRP20266", payment_exempt, put(TRASLADO_P, ImporteP="0.00")),
    ("CRP20266", payment_exempt, put(TRASLADO_P, TipoFactorP=None, BaseP=None, ImporteP="1.10")),
    ("CRP20266", payment_exempt, put(TRASLADO_P, TipoFactorP=None)),
    ("CRP20267", payment, put(TOTALES, TotalTrasladosBaseIVA16=None)),
    ("CRP20267", payment_exempt, put(TOTALES, TotalTrasladosBaseIVAExento=None)),
    ("CRP20267", payment_exempt, both(put(TOTALES, TotalTrasladosBaseIVAExento=None), drop(IMPUESTOS_P))),
    ("CRP20268", payment, put(TRASLADO_P, BaseP="1100.02")),
    ("CRP20269", payment_exempt, put(TRASLADO_P, BaseP="1099.98")),
    ("CRP20269", payment_exempt, put(TRASLADO_P, BaseP="1099.98", TipoFactorP=None)),
    ("CRP20271", payment, double(TRASLADO_P)),
    ("CRP20272", payment, put(TRASLADO_P, TasaOCuotaP="0.150000")),
    ("CRP20273", payment, put(TOTALES, TotalTrasladosImpuestoIVA16=None)),
    ("CRP20273", payment, both(put(TOTALES, TotalTrasladosImpuestoIVA16=None), drop(IMPUESTOS_P))),
    ("CRP20274", payment, put(TRASLADO_P, ImporteP="176.02")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


@pytest.mark.parametrize("amount", ["1100.01", "1099.99", "1100.000000"])
def test_sums_of_conversions_have_a_cent_of_room(amount: str) -> None:
    document = payment()
    put(TRASLADO_P, BaseP=amount)(document)
    codes = {finding.code for finding in judged(document)}
    assert "CRP20268" not in codes


def test_taxes_are_converted_by_the_equivalence() -> None:
    document = payment()
    both(put(DOCTO, MonedaDR="USD", EquivalenciaDR="2"), put(TRASLADO_P, BaseP="600.00", ImporteP="96.00"))(document)
    codes = {finding.code for finding in judged(document)}
    assert not codes & {"CRP20268", "CRP20274"}
