"""The catalogs: every code of a document against SAT's sets, dates and person types."""

from datetime import date

import pytest

from portal.cfdi import light
from portal.cfdi.catalogs import check as catalogs
from portal.cfdi.catalogs import general, rates
from portal.cfdi.catalogs.codes import CFDI, FORMS, PAGOS, SENTENCES_HERE
from portal.cfdi.catalogs.countries import PAIS
from portal.cfdi.catalogs.currencies import MONEDA
from portal.cfdi.catalogs.payments import FORMA_PAGO
from portal.cfdi.catalogs.taxpayers import REGIMEN_FISCAL, USO_CFDI
from portal.cfdi.context import Context
from portal.cfdi.lazy import decimal
from portal.cfdi.report import Step
from portal.cfdi.rules.registry import RULES
from tests.cfdi.rules.documents import (
    AT,
    CONCEPTO,
    DOCTO,
    PAGO,
    RETENCION,
    ROW,
    TRASLADO,
    TRASLADO_DR,
    TRASLADO_P,
    WITHHELD_ROW,
    Case,
    Document,
    add,
    both,
    invoice,
    parts,
    payment,
    payment_withheld,
    prove,
    public,
    put,
    withheld,
)
from tests.cfdi.test_schema import findings, sealed

RETENCION_DR = f"{DOCTO}/pago:ImpuestosDR/pago:RetencionesDR/pago:RetencionDR"
RETENCION_P = f"{PAGO}/pago:ImpuestosP/pago:RetencionesP/pago:RetencionP"
RELATED = "CfdiRelacionados"
CASES: list[Case] = [
    ("CFDI40104", invoice, put("", FormaPago="07")),
    ("CFDI40113", invoice, put("", Moneda="ZZZ")),
    ("CFDI40121", invoice, put("", TipoDeComprobante="X")),
    ("CFDI40123", invoice, put("", Exportacion="05")),
    ("CFDI40124", invoice, put("", MetodoPago="PIP")),
    ("CFDI40126", invoice, put("", LugarExpedicion="00001")),
    ("CFDI40131", public, put("InformacionGlobal", Periodicidad="06")),
    ("CFDI40133", public, put("InformacionGlobal", Meses="19")),
    ("CFDI40137", invoice, add("", RELATED, 0, TipoRelacion="08")),
    ("CFDI40137", invoice, add("", RELATED, 0, TipoRelacion="09")),
    ("CFDI40140", invoice, put("Emisor", RegimenFiscal="602")),
    ("CFDI40140", invoice, put("Emisor", RegimenFiscal="609")),
    ("CFDI40150", invoice, put("Receptor", ResidenciaFiscal="XYZ")),
    ("CFDI40157", invoice, put("Receptor", RegimenFiscalReceptor="630")),
    ("CFDI40160", invoice, put("Receptor", UsoCFDI="P01")),
    ("CFDI40160", invoice, put("Receptor", UsoCFDI="g03")),
    ("CFDI40162", invoice, put(CONCEPTO, ClaveProdServ="84111599")),
    ("CFDI40165", invoice, put(CONCEPTO, ClaveUnidad="e48")),
    ("CFDI40170", invoice, put(CONCEPTO, ObjetoImp="09")),
    ("CFDI40175", invoice, put(TRASLADO, Impuesto="004")),
    ("CFDI40176", invoice, put(TRASLADO, TipoFactor="tasa")),
    ("CFDI40182", withheld, put(RETENCION, Impuesto="004")),
    ("CFDI40183", withheld, put(RETENCION, TipoFactor="tasa")),
    ("CFDI40191", parts, put(f"{CONCEPTO}/ACuentaTerceros", RegimenFiscalACuentaTerceros="600")),
    ("CFDI40196", parts, put(f"{CONCEPTO}/Parte", ClaveProdServ="84111599")),
    ("CFDI40207", withheld, put(WITHHELD_ROW, Impuesto="004")),
    ("CFDI40217", invoice, put(ROW, Impuesto="004")),
    ("CRP20245", payment, put(DOCTO, ObjetoImpDR="09")),
    ("CRP20250", payment_withheld, put(RETENCION_DR, ImpuestoDR="004")),
    ("CRP20251", payment_withheld, put(RETENCION_DR, TipoFactorDR="tasa")),
    ("CRP20256", payment, put(TRASLADO_DR, ImpuestoDR="004")),
    ("CRP20257", payment, put(TRASLADO_DR, TipoFactorDR="tasa")),
    ("CRP20262", payment_withheld, put(RETENCION_P, ImpuestoP="004")),
    ("CRP20270", payment, put(TRASLADO_P, ImpuestoP="004")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_unknown_codes_are_found(case: Case) -> None:
    prove(case)


def test_every_code_of_the_step_has_a_case() -> None:
    assert {case[0] for case in CASES} | FORMS == set(SENTENCES_HERE)
    assert set(SENTENCES_HERE) == {*CFDI.values(), *PAGOS.values()} - {rule.code for rule in RULES}


def _codes(document: Document) -> list[str]:
    return [finding.code for finding in catalogs.check(document.read(), Context(AT))]


def test_blanks_around_a_code_are_collapsed_as_the_schema_does() -> None:
    assert _codes(invoice().put("Receptor", UsoCFDI=" G03 ")) == []


def test_a_code_is_refused_before_its_first_day() -> None:
    document = invoice().put(CONCEPTO, ObjetoImp="06").put("", Fecha="2024-12-12T10:00:00")
    assert _codes(document) == ["CFDI40170"]
    assert _codes(document.put("", Fecha="2024-12-13T10:00:00")) == []


def test_a_product_key_that_ended_is_refused_since() -> None:
    assert _codes(invoice().put(CONCEPTO, ClaveProdServ="15101506")) == ["CFDI40162"]
    assert _codes(invoice().put(CONCEPTO, ClaveProdServ="78111505")) == []
    assert _codes(invoice().put(CONCEPTO, ClaveProdServ="78111505").put("", Fecha="2022-12-22T10:00:00")) == [
        "CFDI40162"
    ]


def test_findings_tell_place_and_catalog() -> None:
    (one,) = catalogs.check(invoice().put(CONCEPTO, ClaveUnidad="QQ").read(), Context(AT))
    assert (one.step, one.found, one.expected) == (Step.CATALOGS, "QQ", "c_ClaveUnidad")
    assert one.where == "/Comprobante/Conceptos/Concepto[1]/@ClaveUnidad"


def test_codes_of_other_complements_are_looked_up() -> None:
    document = payment().put(PAGO, FormaDePagoP="07")
    (one,) = catalogs.check(document.read(), Context(AT))
    assert one.code == "ACUSE-CATALOG" and "FormaDePagoP" in one.title("es") and "c_FormaPago" in one.title("en")


def test_what_was_looked_up_is_reported_as_run() -> None:
    context = Context(AT)
    list(catalogs.check(payment().read(), context))
    assert {"CFDI40162", "CRP20245"} <= set(context.ran)
    context = Context(AT)
    list(catalogs.check(invoice().read(), context))
    assert "CFDI40162" in context.ran and "CRP20245" not in context.ran


def test_thousands_of_unknown_codes_are_told_a_few_times() -> None:
    document = invoice()
    for _ in range(200):
        document.double(CONCEPTO)
    for concepto in document.root.iter("{http://www.sat.gob.mx/cfd/4}Concepto"):
        concepto.set("ClaveUnidad", "QQ")
    assert 1 < len(_codes(document)) <= 40


@pytest.mark.parametrize(
    ("name", "own", "only_33"),
    [
        ("c_FormaPago", general.FORMA_PAGO, set()), ("c_MetodoPago", general.METODO_PAGO, set()),
        ("c_Impuesto", general.IMPUESTO, set()), ("c_ObjetoImp", general.OBJETO_IMP, set()),
        ("c_Exportacion", general.EXPORTACION, set()), ("c_Periodicidad", general.PERIODICIDAD, set()),
        ("c_Meses", general.MESES, set()), ("c_TipoDeComprobante", general.TIPO_DE_COMPROBANTE, set()),
        ("c_TipoRelacion", general.TIPO_RELACION, {"08", "09"}), ("c_UsoCFDI", USO_CFDI, {"P01"}),
        ("c_RegimenFiscal", REGIMEN_FISCAL, {"609", "628", "629", "630"}), ("c_Moneda", MONEDA, set()),
        ("c_Pais", PAIS, set()), ("c_FormaPago", FORMA_PAGO, set()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_our_tables_have_sats_codes(name: str, own: dict[str, object], only_33: set[str]) -> None:
    assert light.load().codes(name) - set(own) == only_33
    assert set(own) <= light.load().codes(name)


def test_large_sets_are_whole() -> None:
    sets = light.load()
    assert len(sets.codes("c_ClaveProdServ")) > 52_000 and "01010101" in sets.codes("c_ClaveProdServ")
    assert len(sets.codes("c_CodigoPostal")) > 95_000 and "64000" in sets.codes("c_CodigoPostal")
    assert len(sets.codes("c_ClaveUnidad")) > 2_400 and "H87" in sets.codes("c_ClaveUnidad")
    assert len(sets.codes("CartaPorte.c_Estaciones")) > 8_000


def test_dates_are_dates_and_uses_name_regimes() -> None:
    dated = [*general.OBJETO_IMP.values(), *general.EXPORTACION.values()]
    for entry in dated:
        assert not entry.start or date.fromisoformat(entry.start) > date(2022, 1, 1)
    for use in USO_CFDI.values():
        assert use.regimes <= set(REGIMEN_FISCAL) and set(use.persons) <= set("FM")


@pytest.mark.parametrize(
    ("impuesto", "factor", "kind", "rate", "allowed"),
    [
        ("002", "Tasa", "T", "0.16", True), ("002", "Tasa", "T", "0.080000", True), ("002", "Tasa", "T", "0.15", False),
        ("002", "Tasa", "R", "0.106667", True), ("002", "Tasa", "R", "0.160001", False),
        ("001", "Tasa", "R", "0.0125", True), ("001", "Tasa", "T", "0.1", False), ("002", "Cuota", "T", "1", False),
        ("003", "Tasa", "T", "0.265", True), ("003", "Tasa", "R", "0.03", False), ("003", "Cuota", "T", "6.1752", True),
        ("003", "Cuota", "T", "72.160501", False),
    ],
)  # fmt: skip
def test_rates(impuesto: str, factor: str, kind: str, rate: str, allowed: bool) -> None:
    assert rates.allowed(impuesto, factor, kind, decimal(rate)) is allowed


def test_a_catalog_fault_is_not_a_schema_fault() -> None:
    document = invoice()
    both(put("Receptor", UsoCFDI="ZZZ"), put(CONCEPTO, ClaveProdServ="99999999"))(document)
    assert findings(sealed(document)) == []
