"""The lines."""

from decimal import Decimal

import pytest

from tests.cfdi.rules.documents import (
    CONCEPTO,
    TRASLADO,
    Case,
    add,
    both,
    discounted,
    drop,
    invoice,
    judged,
    parts,
    prove,
    put,
    untaxed,
    withheld,
)

PARTE = f"{CONCEPTO}/Parte"
ENTRY = "InformacionAduanera"
EXPORT = both(add("", "Complemento"), add("Complemento", "cce:ComercioExterior"))
CASES: list[Case] = [
    ("CFDI40166", invoice, put(CONCEPTO, ValorUnitario="0")),
    ("CFDI40167", invoice, put(CONCEPTO, Importe="1600.00")),
    ("CFDI40167", invoice, put(CONCEPTO, Cantidad="1.1")),
    ("CFDI40168", discounted, put(CONCEPTO, Descuento="100.000")),
    ("CFDI40169", discounted, put(CONCEPTO, Descuento="1000.01")),
    ("CFDI40171", untaxed, put(CONCEPTO, ObjetoImp="02")),
    ("CFDI40172", invoice, put(CONCEPTO, ObjetoImp="01")),
    ("CFDI40172", invoice, put(CONCEPTO, ObjetoImp="04")),
    ("CFDI40226", invoice, put(CONCEPTO, ObjetoImp="06")),
    ("CFDI40226", withheld, both(put(CONCEPTO, ObjetoImp="08"), drop(f"{CONCEPTO}/Impuestos/Traslados"))),
    ("CFDI40227", invoice, put(CONCEPTO, ObjetoImp="07")),
    ("CFDI40227", untaxed, put(CONCEPTO, ObjetoImp="07")),
    ("CFDI40173", untaxed, both(put(CONCEPTO, ObjetoImp="02"), add(CONCEPTO, "Impuestos"))),
    ("CFDI40173", invoice, drop(TRASLADO)),
    ("CFDI40188", parts, put(f"{CONCEPTO}/ACuentaTerceros", RfcACuentaTerceros="CLI990101XY2")),
    ("CFDI40194", parts, put(f"{CONCEPTO}/{ENTRY}", NumeroPedimento="26 07 3009 4708426")),
    ("CFDI40194", parts, put(f"{CONCEPTO}/{ENTRY}", NumeroPedimento="27  07  3009  4708426")),
    ("CFDI40199", parts, put(f"{PARTE}/{ENTRY}", NumeroPedimento="260730094708426")),
    ("CFDI40195", parts, EXPORT),
    ("CFDI40200", parts, EXPORT),
    ("CFDI40197", parts, put(PARTE, ValorUnitario="0", Importe="0")),
    ("CFDI40198", parts, put(PARTE, Importe="99.00")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


def _line(quantity: str, price: str, amount: str) -> set[str]:
    document = untaxed()
    value = str(Decimal(amount).quantize(Decimal("0.01")))
    put(CONCEPTO, Cantidad=quantity, ValorUnitario=price, Importe=amount)(document)
    put("", SubTotal=value, Total=value)(document)
    return {finding.code for finding in judged(document)}


@pytest.mark.parametrize("amount", ["99.75", "100.00", "100.26"])
def test_a_rounded_price_leaves_room(amount: str) -> None:
    """50 at 2.00 may stand for anything from 49.5 × 1.995 (98.75) to 50.5 × 2.005 (101.26)."""
    assert _line("50", "2.00", amount) == set()


@pytest.mark.parametrize("amount", ["98.74", "101.27"])
def test_beyond_the_limits_is_a_fault(amount: str) -> None:
    assert _line("50", "2.00", amount) == {"CFDI40167"}


@pytest.mark.parametrize("amount", ["98.75", "101.26"])
def test_the_limits_themselves_are_allowed(amount: str) -> None:
    assert _line("50", "2.00", amount) == set()


def test_thousands_of_faults_are_told_a_few_times() -> None:
    document = untaxed()
    for _ in range(300):
        document.double(CONCEPTO)
    for concepto in document.root.iter("{http://www.sat.gob.mx/cfd/4}Concepto"):
        concepto.set("ValorUnitario", "0")
    found = [finding for finding in judged(document) if finding.code == "CFDI40166"]
    assert 1 < len(found) < 50
    assert found[1].where == "/Comprobante/Conceptos/Concepto[2]/@ValorUnitario"
