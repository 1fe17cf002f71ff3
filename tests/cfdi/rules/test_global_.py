"""Global invoices."""

import pytest

from tests.cfdi.rules.documents import Case, add, both, drop, invoice, prove, public, put

NODE = "InformacionGlobal"
CASES: list[Case] = [
    ("CFDI40130", public, drop(NODE)),
    ("CFDI40130", public, put("", TipoDeComprobante="E")),
    ("CFDI40130", invoice, add("", NODE, 0, Periodicidad="04", Meses="11", Año="2026")),
    ("CFDI40146", invoice, put("Receptor", Nombre="PUBLICO EN GENERAL")),
    ("CFDI40146", invoice, add("", NODE, 0, Periodicidad="04", Meses="11", Año="2026")),
    ("CFDI40132", public, put(NODE, Periodicidad="05", Meses="18")),
    ("CFDI40134", public, put(NODE, Meses="13")),
    ("CFDI40135", public, both(put(NODE, Periodicidad="05"), put("Emisor", RegimenFiscal="621"))),
    ("CFDI40136", public, put(NODE, Año="2024")),
    ("CFDI40136", public, put(NODE, Año="2027")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)
