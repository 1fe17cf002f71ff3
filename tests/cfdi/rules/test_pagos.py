"""The envelope of a payment document and the complement's totals."""

import pytest

from portal.cfdi.report import Status
from tests.cfdi.rules.documents import (
    CONCEPTO,
    TOTALES,
    TRASLADO_DR,
    TRASLADO_P,
    Case,
    Document,
    add,
    both,
    double,
    judged,
    payment,
    payment_exempt,
    payment_withheld,
    prove,
    put,
)


def at_rate(rate: str, name: str) -> Document:
    """The payment with another rate of IVA."""
    document = payment().put(TOTALES, TotalTrasladosBaseIVA16=None, TotalTrasladosImpuestoIVA16=None)
    tax = {"0.080000": ("80.00", "8.00", "88.00"), "0.000000": ("0.00", "0.00", "0.00")}[rate]
    for row, amount in zip(document.root.iter(f"{{{SPACE}}}TrasladoDR"), tax, strict=False):
        row.attrib.update({"TasaOCuotaDR": rate, "ImporteDR": amount})
    document.put(TRASLADO_P, TasaOCuotaP=rate, ImporteP=tax[2])
    return document.put(TOTALES, **{f"TotalTrasladosBaseIVA{name}": "1100.00",
                                    f"TotalTrasladosImpuestoIVA{name}": tax[2]})  # fmt: skip


SPACE = "http://www.sat.gob.mx/Pagos20"


def eight() -> Document:
    """At 8 %."""
    return at_rate("0.080000", "8")


def zero() -> Document:
    """At 0 %."""
    return at_rate("0.000000", "0")


def withheld_as(impuesto: str, name: str) -> Document:
    """The withholding of another tax."""
    document = payment_withheld().put(TOTALES, TotalRetencionesISR=None)
    for row in document.root.iter(f"{{{SPACE}}}RetencionDR", f"{{{SPACE}}}RetencionP"):
        key = "ImpuestoDR" if "ImpuestoDR" in row.attrib else "ImpuestoP"
        row.set(key, impuesto)
    if impuesto == "003":
        row = next(document.root.iter(f"{{{SPACE}}}RetencionDR"))
        row.attrib.update({"TasaOCuotaDR": "0.090000", "ImporteDR": "90.00"})
        next(document.root.iter(f"{{{SPACE}}}RetencionP")).set("ImporteP", "90.00")
    return document.put(TOTALES, **{f"TotalRetenciones{name}": "90.00" if impuesto == "003" else "100.00"})


CASES: list[Case] = [
    ("CRP20101", payment, put("", TipoDeComprobante="I")),
    ("CRP20102", payment, put("", Exportacion="02")),
    ("CRP20103", payment, put("", SubTotal="1")),
    ("CRP20104", payment, put("", Moneda="MXN")),
    ("CRP20105", payment, put("", FormaPago="03")),
    ("CRP20106", payment, put("", MetodoPago="PUE")),
    ("CRP20107", payment, put("", CondicionesDePago="contado")),
    ("CRP20108", payment, put("", Descuento="0")),
    ("CRP20109", payment, put("", TipoCambio="1")),
    ("CRP20110", payment, put("", Total="1")),
    ("CRP20111", payment, double(CONCEPTO)),
    ("CRP20112", payment, add(CONCEPTO, "CuentaPredial", Numero="1")),
    ("CRP20113", payment, put(CONCEPTO, ClaveProdServ="84111505")),
    ("CRP20114", payment, put(CONCEPTO, NoIdentificacion="1")),
    ("CRP20115", payment, put(CONCEPTO, Cantidad="2")),
    ("CRP20116", payment, put(CONCEPTO, ClaveUnidad="E48")),
    ("CRP20117", payment, put(CONCEPTO, Unidad="Actividad")),
    ("CRP20118", payment, put(CONCEPTO, Descripcion="Abono")),
    ("CRP20119", payment, put(CONCEPTO, ValorUnitario="1")),
    ("CRP20120", payment, put(CONCEPTO, Importe="1")),
    ("CRP20121", payment, put(CONCEPTO, Descuento="0")),
    ("CRP20122", payment, put(CONCEPTO, ObjetoImp="02")),
    ("CRP20123", payment, add(CONCEPTO, "Impuestos")),
    ("CRP20123", payment, add("Conceptos", "Impuestos")),
    ("CRP20123", payment, add("", "Impuestos", 3)),
    ("CRP20201", lambda: withheld_as("002", "IVA"), put(TOTALES, TotalRetencionesIVA="100.01")),
    ("CRP20202", payment_withheld, put(TOTALES, TotalRetencionesISR="100.01")),
    ("CRP20203", lambda: withheld_as("003", "IEPS"), put(TOTALES, TotalRetencionesIEPS="90.01")),
    ("CRP20204", payment, put(TOTALES, TotalTrasladosBaseIVA16="1100.01")),
    ("CRP20205", payment, put(TOTALES, TotalTrasladosImpuestoIVA16="176.01")),
    ("CRP20206", eight, put(TOTALES, TotalTrasladosBaseIVA8="1100.01")),
    ("CRP20207", eight, put(TOTALES, TotalTrasladosImpuestoIVA8="88.01")),
    ("CRP20208", zero, put(TOTALES, TotalTrasladosBaseIVA0="1100.01")),
    ("CRP20209", zero, put(TOTALES, TotalTrasladosImpuestoIVA0="0.01")),
    ("CRP20210", payment_exempt, put(TOTALES, TotalTrasladosBaseIVAExento="1100.01")),
    ("CRP20211", payment, put(TOTALES, MontoTotalPagos="1276.01")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_fault_is_found(case: Case) -> None:
    prove(case)


def test_zero_written_with_decimals_only_warns() -> None:
    document = payment()
    both(put("", Total="0.00", SubTotal="0.0"), put(CONCEPTO, Cantidad="1.00"))(document)
    found = {finding.code: finding.status for finding in judged(document)}
    assert found == dict.fromkeys(("CRP20103", "CRP20110", "CRP20115"), Status.WARNING)


def test_the_base_of_the_totals_is_in_pesos() -> None:
    document = payment()
    put(TRASLADO_DR.rsplit("/", 3)[0].rpartition("/")[0], MonedaP="USD", TipoCambioP="20.000000")(document)
    codes = {finding.code for finding in judged(document)}
    assert {"CRP20204", "CRP20205", "CRP20211"} <= codes
