"""Hypothesis: whatever the bytes are, there is a report and no exception, and it can be written in both languages."""

import json
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.cfdi.report import Report, Step, Verdict

Judge = Callable[[bytes], Report]
NAMES = ["Total", "Fecha", "Sello", "Certificado", "Version", "UUID", "FechaTimbrado", "NoCertificadoSAT", "Importe"]
NODES = [f"cfdi:{name}" for name in ("Emisor", "Conceptos", "Concepto", "Impuestos", "Complemento")]
NODES.append("tfd:TimbreFiscalDigital")


def shown(report: Report) -> None:
    """The report says everything it promises."""
    for lang in ("es", "en"):
        data = json.loads(json.dumps(report.to_json(lang)))
        assert data["verdict"] in set(Verdict)
        assert list(data["steps"]) == [step.value for step in Step]
        assert all(finding["title"] for finding in data["findings"])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
@example(b"")
@example(b"<")
@example(b"<?xml")
@example(b"\xef\xbb\xbf<a")
def test_any_bytes(verdict: Judge, data: bytes) -> None:
    report = verdict(data)
    assert report.verdict is Verdict.REJECTED
    shown(report)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_any_damage_to_a_good_document(verdict: Judge, invoice: bytes, data: st.DataObject) -> None:
    damaged = bytearray(invoice)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    report = verdict(bytes(damaged))
    assert "ACUSE-INTERNAL" not in {finding.code for finding in report.findings}, report.to_json()
    shown(report)


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(NAMES), value=st.text(max_size=40))
def test_any_text_in_any_attribute(verdict: Judge, invoice: bytes, name: str, value: str) -> None:
    start = invoice.index(f' {name}="'.encode()) + len(name) + 3
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").encode("utf-8", "replace")
    report = verdict(invoice[:start] + text + invoice[invoice.index(b'"', start) :])
    assert "ACUSE-INTERNAL" not in {finding.code for finding in report.findings}, report.to_json()
    shown(report)


@settings(max_examples=100, deadline=None)
@given(node=st.sampled_from(NODES), into=st.sampled_from(NODES))
def test_any_node_in_any_place(verdict: Judge, invoice: bytes, node: str, into: str) -> None:
    start = invoice.index(f"<{node}".encode())
    end = invoice.index(b">", start) + 1
    piece = invoice[start:end]
    piece = piece if piece.endswith(b"/>") else piece[:-1] + b"/>"
    at = invoice.index(b">", invoice.index(f"<{into}".encode())) + 1
    removed = invoice[:start] + invoice[end:] if piece == invoice[start:end] else invoice
    for data in (invoice[:at] + piece + invoice[at:], removed):
        report = verdict(data)
        assert "ACUSE-INTERNAL" not in {finding.code for finding in report.findings}, report.to_json()
        shown(report)
