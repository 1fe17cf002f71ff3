"""Each payment and the documents that it pays."""

import pytest

from tests.cfdi.rules.documents import (
    DOCTO,
    PAGO,
    Case,
    add,
    both,
    drop,
    judged,
    payment,
    payment_in_dollars,
    prove,
    put,
)

DR = f"{DOCTO}/pago:ImpuestosDR"
CHAIN = put(PAGO, TipoCadPago="01", CertPago="YQ==", CadPago="a", SelloPago="YQ==")
CASES: list[Case] = [
    ("CRP20212", payment, put(PAGO, FormaDePagoP="99")),
    ("CRP20213", payment, put(PAGO, MonedaP="XXX")),
    ("CRP20214", payment, put(PAGO, MonedaP="USD", TipoCambioP=None)),
    ("CRP20215", payment, put(PAGO, TipoCambioP="1.5")),
    ("CRP20217", payment, put(PAGO, Monto="1275.99")),
    ("CRP20218", payment, put(PAGO, Monto="0")),
    ("CRP20219", payment, put(PAGO, Monto="1276.000")),
    ("CRP20221", payment, put(PAGO, FormaDePagoP="01", RfcEmisorCtaOrd="BSM970519DU8")),
    ("CRP20223", payment, put(PAGO, RfcEmisorCtaOrd="XEXX010101000")),
    ("CRP20224", payment, put(PAGO, FormaDePagoP="01", CtaOrdenante="1234567890")),
    ("CRP20225", payment, put(PAGO, CtaOrdenante="12345678901")),
    ("CRP20226", payment, put(PAGO, CtaBeneficiario="1234567890123456")),
    ("CRP20227", payment, put(PAGO, FormaDePagoP="01", RfcEmisorCtaBen="BSM970519DU8")),
    ("CRP20228", payment, put(PAGO, FormaDePagoP="17", CtaBeneficiario="1234567890")),
    ("CRP20229", payment, both(CHAIN, put(PAGO, FormaDePagoP="02"))),
    ("CRP20230", payment, both(CHAIN, put(PAGO, CertPago=None))),
    ("CRP20231", payment, put(PAGO, CertPago="YQ==")),
    ("CRP20232", payment, both(CHAIN, put(PAGO, CadPago=None))),
    ("CRP20233", payment, put(PAGO, CadPago="a")),
    ("CRP20234", payment, both(CHAIN, put(PAGO, SelloPago=None))),
    ("CRP20235", payment, put(PAGO, SelloPago="YQ==")),
    ("CRP20236", payment, put(DOCTO, MonedaDR="XXX")),
    ("CRP20237", payment, put(DOCTO, MonedaDR="USD", EquivalenciaDR=None)),
    ("CRP20238", payment, put(DOCTO, EquivalenciaDR="1.1")),
    ("CRP20238", payment, put(DOCTO, EquivalenciaDR=None)),
    ("CRP20239", payment, put(DOCTO, ImpSaldoAnt="0")),
    ("CRP20240", payment, put(DOCTO, ImpSaldoAnt="1160.000")),
    ("CRP20241", payment, put(DOCTO, ImpPagado="0")),
    ("CRP20242", payment, put(DOCTO, ImpPagado="1160.000")),
    ("CRP20243", payment, put(DOCTO, ImpSaldoInsoluto="0.000")),
    ("CRP20244", payment, put(DOCTO, ImpSaldoInsoluto="0.01")),
    ("CRP20244", payment, put(DOCTO, ImpSaldoAnt="1000.00", ImpSaldoInsoluto="-160.00")),
    ("CRP20246", payment, drop(DR)),
    ("CRP20247", payment, put(DOCTO, ObjetoImpDR="01")),
    ("CRP20275", payment_in_dollars, put(PAGO, Monto="1849.00")),
    ("CRP20276", payment_in_dollars, put(PAGO, Monto="1849.00")),
    ("CRP20278", payment, put(DOCTO, ObjetoImpDR="06")),
    ("CRP20279", payment, put(DOCTO, ObjetoImpDR="07")),
    ("CRP20279", payment, both(put(DOCTO, ObjetoImpDR="07"), drop(DR))),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


def test_an_equivalence_with_ten_decimals_is_one() -> None:
    document = payment()
    put(DOCTO, EquivalenciaDR="1.0000000000")(document)
    assert judged(document) == []


def test_accounts_of_the_right_form() -> None:
    document = payment()
    both(put(PAGO, CtaOrdenante="012180001234567897", CtaBeneficiario="1234567890", RfcEmisorCtaOrd="BSM970519DU8"),
         CHAIN)(document)  # fmt: skip
    assert judged(document) == []


def test_part_of_a_payment_in_another_currency_may_be_applied_to_nothing() -> None:
    document = payment_in_dollars()
    put(PAGO, Monto="1900.00")(document)
    assert not {finding.code for finding in judged(document)} & {"CRP20275", "CRP20276"}


def test_a_foreign_bank_with_its_name() -> None:
    document = payment()
    put(PAGO, RfcEmisorCtaOrd="XEXX010101000", NomBancoOrdExt="BANK")(document)
    assert judged(document) == []
    add(PAGO, "pago:ImpuestosP")(document)  # a second, empty node changes nothing for the rules
    assert judged(document) == []
