"""Faults in names that no seal covers: left out, said, and nothing else touched."""

from collections.abc import Callable

import pytest

from portal.cfdi.mending import without_addenda, without_schema_location
from portal.cfdi.reader import read
from portal.cfdi.report import Report, Step, StepState, Verdict

END = b"</cfdi:Comprobante>"
Judge = Callable[[bytes], Report]


def told(report: Report) -> list[str]:
    """Every code, the notes too."""
    return [finding.code for finding in report.findings]


def with_addenda(invoice: bytes, inside: bytes) -> bytes:
    """The sealed and stamped invoice with an addenda, as issuers add it afterwards."""
    return invoice.replace(END, b"<cfdi:Addenda>" + inside + b"</cfdi:Addenda>" + END)


@pytest.mark.parametrize(
    "inside",
    [
        b'<vol:Pedido numero="1"><vol:Linea/></vol:Pedido>',
        b'<Pedido vol:numero="1"/>',
        b'<Pedido xmlns="http://una direccion con espacios"/>',
        b'<Addenda><vol:Pedido/></Addenda>',
        b'<cfdi:Addenda><vol:Pedido/></cfdi:Addenda>',
    ],
)  # fmt: skip
def test_an_addenda_with_undeclared_prefixes_is_accepted_and_said(
    invoice: bytes, verdict: Judge, inside: bytes
) -> None:
    report = verdict(with_addenda(invoice, inside))
    assert report.verdict is Verdict.ACCEPTED
    assert report.steps == verdict(invoice).steps
    assert "ACUSE-NOTE-ADDENDA-NAMES" in told(report)


def test_an_addenda_without_a_prefix_may_use_undeclared_ones(invoice: bytes, verdict: Judge) -> None:
    report = verdict(invoice.replace(END, b"<Addenda><vol:Pedido numero='1'/></Addenda>" + END))
    assert report.verdict is Verdict.ACCEPTED
    assert "ACUSE-NOTE-ADDENDA-NAMES" in told(report)


def test_both_faults_at_once(invoice: bytes, verdict: Judge) -> None:
    data = with_addenda(invoice, b'<vol:Pedido xmlns:schemaLocation="http://a http://b.xsd"/>')
    report = verdict(data)
    assert report.verdict is Verdict.ACCEPTED
    assert {"ACUSE-NOTE-SCHEMALOCATION", "ACUSE-NOTE-ADDENDA-NAMES"} <= set(told(report))


@pytest.mark.parametrize(
    "data",
    [
        lambda invoice: with_addenda(invoice, b"<vol:Pedido>"),
        lambda invoice: with_addenda(invoice, b"<vol:Pedido a='1' a='2'/>"),
        lambda invoice: with_addenda(invoice, b"<vol:Pedido/>")[:-3],
        lambda invoice: with_addenda(invoice, b"<vol:Pedido/>").replace(b"<cfdi:Conceptos>", b"<x:y/><cfdi:Conceptos>"),
        lambda invoice: invoice.replace(b"<cfdi:Conceptos>", b"<x:y/><cfdi:Conceptos>"),
    ],
)
def test_anything_else_stays_refused(invoice: bytes, verdict: Judge, data: Callable[[bytes], bytes]) -> None:
    report = verdict(data(invoice))
    assert report.verdict is Verdict.REJECTED
    assert told(report) == ["ACUSE-XML-MALFORMED"]


def test_what_hides_behind_an_addenda_is_not_believed(invoice: bytes, verdict: Judge) -> None:
    """Sealed content cannot be left out with the addenda: the seal no longer matches."""
    data = invoice.replace(b"<cfdi:Conceptos>", b"<cfdi:Addenda><x:y/></cfdi:Addenda><cfdi:Conceptos>", 1)
    hidden = data.replace(b"</cfdi:Conceptos>", b"</cfdi:Conceptos><cfdi:Addenda></cfdi:Addenda>", 1)
    report = verdict(hidden)
    assert report.verdict is Verdict.REJECTED
    assert report.steps[Step.SEAL] is StepState.FAILED


@pytest.mark.parametrize(
    "behind",
    [
        b"<Addenda><Pedido numero='1'/></Addenda>",
        b"<a:Addenda xmlns:a='http://cliente.example'/>",
        b"<cfdi:Addenda/><cfdi:Addenda/>",
        b"<Pedido/><cfdi:Addenda/><cfdi:Addenda/><Otro/>",
    ],
)
def test_an_addenda_that_was_only_put_behind_is_accepted_and_said(
    invoice: bytes, verdict: Judge, behind: bytes
) -> None:
    report = verdict(invoice.replace(END, behind + END))
    assert report.verdict is Verdict.ACCEPTED
    assert report.steps == verdict(invoice).steps
    assert [code for code in told(report) if code != "ACUSE-NOTE-ADDENDA"][0] == "ACUSE-NOTE-ADDENDA-PLACE"


@pytest.mark.parametrize(
    "data",
    [
        lambda invoice: invoice.replace(b"<cfdi:Conceptos>", b"<Pedido/><cfdi:Conceptos>"),
        lambda invoice: invoice.replace(b"<cfdi:Conceptos>", b"<cfdi:Conceptos><Pedido/>"),
        lambda invoice: invoice.replace(END, b"<Pedido/><cfdi:Emisor/>" + END),
        lambda invoice: invoice.replace(END, b"<cfdi:Pedido/>" + END),
    ],
)
def test_what_stands_elsewhere_or_bears_sats_name_stays_refused(
    invoice: bytes, verdict: Judge, data: Callable[[bytes], bytes]
) -> None:
    report = verdict(data(invoice))
    assert (report.verdict, report.steps[Step.SCHEMA]) == (Verdict.REJECTED, StepState.FAILED)
    assert "ACUSE-XSD-ELEMENT" in told(report)


def test_nothing_to_leave_out_is_left_alone() -> None:
    for data in (
        b"",
        b"<a/>",
        b"<cfdi:Comprobante/>",
        b"</cfdi:Addenda><cfdi:Comprobante><cfdi:Addenda>",
        b"<Comprobante>",
    ):
        assert without_addenda(data) == without_schema_location(data) == data
    assert without_addenda(b"<Comprobante><Addenda ><b/></Addenda ></Comprobante>") == b"<Comprobante></Comprobante>"
    assert without_addenda(b"<c:Comprobante><Addenda/></c:Comprobante>") == b"<c:Comprobante><Addenda/></c:Comprobante>"


def test_without_names_to_mend_the_first_reason_is_told() -> None:
    reading = read(b"<cfdi:Comprobante><cfdi:Addenda/></cfdi:Comprobante>")
    assert [finding.code for finding in reading.findings] == ["ACUSE-XML-MALFORMED"]
