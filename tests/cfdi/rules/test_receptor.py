"""The receiver: what any document must satisfy, and the client's own data."""

import pytest

from portal.cfdi.context import TaxProfile
from tests.cfdi.rules.documents import (
    RECEIVER,
    Case,
    abroad,
    exported,
    invoice,
    judged,
    payment,
    prove,
    public,
    put,
)

OURS = TaxProfile(RECEIVER.rfc, RECEIVER.name, RECEIVER.postcode, frozenset({"601"}))
CASES: list[Case] = [
    ("CFDI40149", public, put("Receptor", DomicilioFiscalReceptor="64000")),
    ("CFDI40149", abroad, put("Receptor", DomicilioFiscalReceptor="64000")),
    ("CFDI40151", invoice, put("Receptor", ResidenciaFiscal="USA")),
    ("CFDI40151", public, put("Receptor", ResidenciaFiscal="USA")),
    ("CFDI40152", abroad, put("Receptor", ResidenciaFiscal="MEX")),
    ("CFDI40153", abroad, put("Receptor", ResidenciaFiscal=None)),
    ("CFDI40153", exported, put("Receptor", ResidenciaFiscal=None, NumRegIdTrib=None)),
    ("CFDI40154", invoice, put("Receptor", NumRegIdTrib="123456789")),
    ("CFDI40155", exported, put("Receptor", NumRegIdTrib=None)),
    ("CFDI40156", abroad, put("Receptor", NumRegIdTrib="12345678")),
    ("CFDI40156", abroad, put("Receptor", ResidenciaFiscal="CAN", NumRegIdTrib="X")),
    ("CFDI40158", invoice, put("Receptor", RegimenFiscalReceptor="612")),
    ("CFDI40158", public, put("Receptor", RegimenFiscalReceptor="601")),
    ("CFDI40161", invoice, put("Receptor", UsoCFDI="D01")),
    ("CFDI40161", public, put("Receptor", UsoCFDI="G03")),
    ("CFDI40161", payment, put("Receptor", UsoCFDI="S01")),
]
OWN = [
    ("ACUSE-RECEIVER-RFC", put("Receptor", Rfc="OTR010101AB1")),
    ("CFDI40145", put("Receptor", Nombre="CLIENTE DEL CENTRO SA DE CV")),
    ("CFDI40148", put("Receptor", DomicilioFiscalReceptor="06000")),
    ("CFDI40159", put("Receptor", RegimenFiscalReceptor="603")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


@pytest.mark.parametrize(("code", "change"), OWN, ids=lambda value: value if isinstance(value, str) else "")
def test_the_clients_own_data(code: str, change) -> None:  # type: ignore[no-untyped-def]
    assert judged(invoice(), OURS) == []
    document = invoice()
    change(document)
    assert [finding.code for finding in judged(document, OURS)] == [code]
    assert judged(document) == []


def test_a_country_without_pattern_takes_any_number() -> None:
    document = abroad()
    put("Receptor", ResidenciaFiscal="DEU", NumRegIdTrib="DE 1")(document)
    assert judged(document) == []
