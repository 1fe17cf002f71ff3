"""The runner: what ran, what did not and why, and what it does with what cannot be read."""

import pytest

from portal.cfdi.certificates import Certificate
from portal.cfdi.context import Context, TaxProfile
from portal.cfdi.report import Finding, Status, Step
from portal.cfdi.rules import run
from portal.local.authority import Authority
from tests.cfdi.rules.documents import (
    AT,
    CONCEPTO,
    PAGO,
    RECEIVER,
    TRASLADO,
    Document,
    dollars,
    invoice,
    parts,
    payment,
    public,
    put,
    transfer,
)

LISTS = {"CFDI40138", "CFDI40139", "CFDI40143", "CFDI40144", "CFDI40147", "CFDI40163", "CFDI40164"}
OWN = {"ACUSE-RECEIVER-RFC", "CFDI40145", "CFDI40148", "CFDI40159"}


def _run(document: Document, receiver: TaxProfile | None = None, certificate: Certificate | None = None) -> Context:
    return _both(document, receiver, certificate)[0]


def _both(
    document: Document, receiver: TaxProfile | None = None, certificate: Certificate | None = None
) -> tuple[Context, list[Finding]]:
    context = Context(AT, receiver=receiver, certificate=certificate)
    return context, run.run(document.read(), context)


def _not_run(document: Document, receiver: TaxProfile | None = None) -> set[str]:
    return {one.code for one in _both(document, receiver)[1] if one.status is Status.NOT_RUN}


def test_what_sats_lists_and_the_clients_data_decide_is_said() -> None:
    assert _not_run(invoice()) == LISTS | OWN
    assert not OWN & set(_run(invoice()).ran)


def test_with_the_clients_data_they_run() -> None:
    profile = TaxProfile(RECEIVER.rfc, RECEIVER.name, RECEIVER.postcode, frozenset({"601"}))
    assert _not_run(invoice(), profile) == LISTS - {"CFDI40143", "CFDI40144", "CFDI40147"}
    assert set(_run(invoice(), profile).ran) >= OWN


def test_addressed_to_somebody_else_their_data_are_not_compared() -> None:
    found = _both(invoice(), TaxProfile("OTR010101AB1", "OTRO", "01000", frozenset({"603"})))[1]
    assert [one.code for one in found if one.status is Status.FAILED] == ["ACUSE-RECEIVER-RFC"]
    assert {"CFDI40145", "CFDI40148", "CFDI40159"} <= {one.code for one in found if one.status is Status.NOT_RUN}


def test_the_general_public_is_on_no_list() -> None:
    assert _not_run(public()) == {"CFDI40138", "CFDI40139", "CFDI40163", "CFDI40164"}


@pytest.mark.parametrize(
    ("make", "change", "codes"),
    [
        (invoice, put("", Confirmacion="ab12C"), {"CFDI40127", "CFDI40128", "CFDI40129"}),
        (dollars, put(""), {"CFDI40118"}),
        (payment, put(PAGO, MonedaP="USD", TipoCambioP="18.5"), {"CRP20216", "CRP20220"}),
        (payment, put(PAGO, RfcEmisorCtaOrd="BSM970519DU8"), {"CRP20222"}),
        (parts, put(""), {"CFDI40187", "CFDI40189", "CFDI40190", "CFDI40192", "CFDI40193"}),
    ],
)  # fmt: skip
def test_dormant_codes_are_said_where_they_matter(make, change, codes) -> None:  # type: ignore[no-untyped-def]
    document = make()
    change(document)
    assert _not_run(document) - LISTS - OWN == codes


def test_the_issuers_name_in_its_certificate_is_sats(tmp_path_factory: pytest.TempPathFactory) -> None:
    csd = Authority.open(tmp_path_factory.mktemp("authority")).issue_csd("ÑAN010203AB1", "COMPAÑÍA DEL NORTE SA DE CV")
    context, found = _both(invoice(), certificate=csd.certificate)
    assert "CFDI40139" in context.ran and "CFDI40139" not in {one.code for one in found}
    other = invoice().put("Emisor", Nombre="OTRA")
    assert "CFDI40139" in {one.code for one in _both(other, certificate=csd.certificate)[1]}


def test_what_ran_depends_on_the_document() -> None:
    ran = set(_run(invoice()).ran)
    assert {"CFDI40108", "CFDI40180", "CFDI40221"} <= ran
    assert not {"CFDI40136", "CFDI40109", "CRP20217", "CFDI40194"} & ran
    assert {"CFDI40109", "CFDI40125"} <= set(_run(transfer()).ran)
    assert {"CRP20217", "CRP20274"} <= set(_run(payment()).ran)


def test_a_rule_that_meets_the_unreadable_is_skipped_there_and_is_no_pass() -> None:
    document = invoice().put(TRASLADO, Base="mil")
    context, found = _both(document)
    assert "CFDI40180" not in context.ran and "CFDI40178" in context.ran
    assert [(one.status, one.where) for one in found if one.code == "CFDI40180"] == [(Status.NOT_RUN, "")]
    assert [one.remedy("en")[:11] for one in found if one.code == "CFDI40180"] == ["Not checked"]
    second = [e for e in document.root.iter("{http://www.sat.gob.mx/cfd/4}Traslado")][1]
    second.set("Importe", "999.00")
    assert [one.where for one in _both(document)[1] if one.code == "CFDI40180"] == [
        "/Comprobante/Conceptos/Concepto[2]/Impuestos/Traslados/Traslado/@Importe"
    ]


@pytest.mark.parametrize("path", ["Emisor", "Receptor", "Conceptos", "Impuestos"])
def test_missing_nodes_do_not_stop_the_others(path: str) -> None:
    found = _both(invoice().drop(path).put("", MetodoPago="PPD"))[1]
    assert "CFDI40105" in {one.code for one in found}


def test_an_unreadable_date_does_not_stop_what_only_needs_a_year() -> None:
    document = public().put("", Fecha="ayer").put("InformacionGlobal", Año="2020")
    assert "CFDI40136" in {one.code for one in _both(document)[1]}


def test_a_year_that_fits_today_is_not_run_beside_an_unreadable_date() -> None:
    document = public().put("", Fecha="ayer").put("InformacionGlobal", Año="2026")
    context, found = _both(document)
    assert [one.status for one in found if one.code == "CFDI40136"] == [Status.NOT_RUN]
    assert "CFDI40136" not in context.ran


def test_what_could_not_be_read_is_said_once() -> None:
    found = _both(invoice().drop("Receptor"))[1]
    codes = [one.code for one in found if one.status is Status.NOT_RUN]
    assert "CFDI40145" not in {one.code for one in found if one.status is not Status.NOT_RUN}
    assert len(codes) == len(set(codes))


def test_a_33_says_that_its_matrix_is_not_run() -> None:
    document = invoice().put("", Version="3.3")
    assert [(one.code, one.status) for one in _both(document)[1]] == [("ACUSE-RULES-33", Status.NOT_RUN)]


def test_findings_are_of_the_step_and_tell_the_place() -> None:
    document = invoice().put(CONCEPTO, ValorUnitario="0")
    one = next(one for one in _both(document)[1] if one.code == "CFDI40166")
    assert (one.step, one.found, one.expected) == (Step.RULES, "0", "> 0")
    assert one.where == "/Comprobante/Conceptos/Concepto[1]/@ValorUnitario"


def test_amounts_of_any_length_are_exact() -> None:
    document = invoice().put("", SubTotal="9" * 18 + ".01")
    one = next(one for one in _both(document)[1] if one.code == "CFDI40108")
    assert one.expected == "3001.50"
