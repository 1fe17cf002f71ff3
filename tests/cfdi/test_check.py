"""The judgement as a whole: what depends on what, and that nothing escapes."""

import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from portal.cfdi import check, seal
from portal.cfdi.check import judge
from portal.cfdi.context import Context
from portal.cfdi.model import Comprobante
from portal.cfdi.report import Finding, Report, Status, Step, StepState, Verdict
from portal.cfdi.trust import TrustStore
from portal.local.authority import Authority, Csd, sign
from portal.local.cfdi_maker import PaidDocument, make_pago
from tests.cfdi.conftest import AT, FECHA, ISSUER, RECEIVER, STAMPED, unsealed

Judge = Callable[[bytes], Report]
PASSED, FAILED, NOT_RUN = StepState.PASSED, StepState.FAILED, StepState.NOT_RUN


def test_a_good_invoice_is_accepted(invoice: bytes, verdict: Judge, csd: Csd, authority: Authority) -> None:
    report = verdict(invoice)
    assert report.verdict is Verdict.ACCEPTED, report.to_json()
    assert set(report.steps.values()) == {PASSED}
    assert (report.sha256, report.size) == (sha256(invoice).hexdigest(), len(invoice))
    assert (report.version, report.type) == ("4.0", "I")
    assert len(report.uuid) == 36
    assert report.document is not None
    assert report.certificate is not None
    assert report.certificate.number == csd.certificate.number
    assert report.pac_certificate is authority.provider
    assert report.missing_certificates == ()


def test_a_good_payment_is_accepted(authority: Authority, csd: Csd, verdict: Judge) -> None:
    paid = [PaidDocument("0A1B2C3D-0000-4000-8000-00000000ABCD", Decimal("1160.00"), Decimal("580.00"))]
    data = make_pago(ISSUER, RECEIVER, paid, FECHA, datetime(2026, 11, 19, 12))
    report = verdict(authority.sign_and_stamp(data, csd, STAMPED))
    assert report.verdict is Verdict.ACCEPTED, report.to_json()
    assert report.type == "P"


def test_what_cannot_be_read_runs_nothing_else(verdict: Judge) -> None:
    report = verdict(b"%PDF-1.4")
    assert report.verdict is Verdict.REJECTED
    assert report.steps[Step.WELLFORMED] is FAILED
    assert {report.steps[step] for step in Step if step is not Step.WELLFORMED} == {NOT_RUN}
    assert (report.document, report.uuid, report.version, report.type) == (None, "", "", "")


@pytest.mark.parametrize(
    ("data", "code", "version"),
    [
        (b'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/3" version="3.2"/>', "ACUSE-CFDI-32", "3.2"),
        (
            b'<r:Retenciones xmlns:r="http://www.sat.gob.mx/esquemas/retencionpago/2" Version="2.0"/>',
            "ACUSE-CFDI-RETENCIONES", "2.0",
        ),
        (b'<factura Version="4.0"/>', "ACUSE-CFDI-OTHER", ""),
    ],
)  # fmt: skip
def test_another_kind_of_document_is_well_formed_and_refused(
    verdict: Judge, data: bytes, code: str, version: str
) -> None:
    report = verdict(data)
    assert report.verdict is Verdict.REJECTED and report.version == version
    assert [finding.code for finding in report.findings] == [code]
    assert (report.steps[Step.WELLFORMED], report.steps[Step.SCHEMA]) == (PASSED, FAILED)
    assert {report.steps[step] for step in Step if step not in (Step.WELLFORMED, Step.SCHEMA)} == {NOT_RUN}


def test_an_unstamped_document_is_rejected_unless_it_is_for_emission(csd: Csd, trust: TrustStore) -> None:
    data = sign(unsealed(), csd)
    received = judge(data, trust, at=AT)
    assert received.verdict is Verdict.REJECTED
    assert "ACUSE-TFD-MISSING" in received.codes()
    emission = judge(data, trust, at=AT, stamped=False)
    assert emission.verdict is Verdict.ACCEPTED, emission.to_json()
    assert emission.steps[Step.STAMP] is NOT_RUN


def test_a_stamped_document_is_not_for_emission(invoice: bytes, trust: TrustStore) -> None:
    report = judge(invoice, trust, at=AT, stamped=False)
    assert report.verdict is Verdict.REJECTED
    assert report.codes() == {"ACUSE-EMISSION-STAMP"}


def test_without_a_readable_certificate_the_seal_is_not_run(invoice: bytes, verdict: Judge, csd: Csd) -> None:
    report = verdict(invoice.replace(b'Certificado="MII', b'Certificado="XII'))
    assert (report.steps[Step.CERTIFICATE], report.steps[Step.SEAL]) == (FAILED, NOT_RUN)
    assert report.verdict is Verdict.REJECTED


def test_a_document_without_a_seal_has_sats_code_for_it(invoice: bytes, verdict: Judge) -> None:
    bare = re.sub(rb' (Sello|Certificado|NoCertificado)="[^"]*"', b"", invoice)
    report = verdict(bare)
    codes = {finding.code for finding in report.findings if finding.status == "failed"}
    assert {"CFDI40102", "CFDI40106"} <= codes
    assert report.steps[Step.SEAL] == report.steps[Step.CERTIFICATE] == "failed"


def test_an_unknown_provider_is_a_warning_and_its_number_is_told(invoice: bytes, authority: Authority) -> None:
    store = authority.trust()
    store.providers.clear()
    report = judge(invoice, store, at=AT)
    assert report.verdict is Verdict.WARNED
    assert report.steps[Step.STAMP] is NOT_RUN
    assert report.unfinished == (Step.STAMP,)
    assert report.missing_certificates == (authority.provider.number,)
    store.add_provider(authority.provider)
    assert judge(invoice, store, at=AT).verdict is Verdict.ACCEPTED


def test_a_broken_stamp_with_an_unknown_provider_is_still_refused(invoice: bytes, authority: Authority) -> None:
    store = authority.trust()
    store.providers.clear()
    report = judge(invoice.replace(b'SelloCFD="', b'SelloCFD="A'), store, at=AT)
    assert report.verdict is Verdict.REJECTED
    assert report.steps[Step.STAMP] is FAILED


def test_findings_follow_the_order_of_the_steps(invoice: bytes, verdict: Judge) -> None:
    broken = b"\xef\xbb\xbf" + invoice.replace(b'Total="3481.74"', b'Total="3481.75"').replace(b"SelloSAT", b"SelloSAX")
    steps = [list(Step).index(finding.step) for finding in verdict(broken).findings]
    assert steps == sorted(steps)
    assert len(steps) > 2


def _rule(status: Status = Status.FAILED) -> Callable[[Comprobante, Context], Iterable[Finding]]:
    return lambda document, context: [Finding("CFDI40108", status)]


def test_the_stamp_softens_what_the_matrix_finds(
    invoice: bytes, csd: Csd, trust: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check.rules, "run", _rule())
    stamped = judge(invoice, trust, at=AT)
    assert (stamped.verdict, stamped.steps[Step.RULES]) == (Verdict.WARNED, PASSED)
    emission = judge(sign(unsealed(), csd), trust, at=AT, stamped=False)
    assert (emission.verdict, emission.steps[Step.RULES]) == (Verdict.REJECTED, FAILED)


def test_a_rule_that_was_not_run_changes_nothing(
    invoice: bytes, trust: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check.rules, "run", _rule(Status.NOT_RUN))
    report = judge(invoice, trust, at=AT)
    assert (report.verdict, report.steps[Step.RULES]) == (Verdict.ACCEPTED, PASSED)


def test_rules_know_the_certificate_and_report_what_ran(
    invoice: bytes, trust: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Context] = []

    def run(document: Comprobante, context: Context) -> list[Finding]:
        seen.append(context)
        context.ran.extend(["CFDI40107", "CFDI40108"])
        return [Finding("CFDI40108")]

    monkeypatch.setattr(check.rules, "run", run)
    report = judge(invoice, trust, at=AT)
    assert seen[0].certificate is report.certificate
    assert "CFDI40107" in report.passed
    assert "CFDI40108" not in report.passed


def test_a_schema_that_lacks_a_complement_leaves_the_step_not_run(
    invoice: bytes, trust: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = [Finding("X", Status.NOT_RUN, step=Step.SCHEMA)]
    monkeypatch.setattr(check.schema, "validate", lambda root, version, known: lacking)
    report = judge(invoice, trust, at=AT)
    assert (report.verdict, report.steps[Step.SCHEMA]) == (Verdict.WARNED, NOT_RUN)
    assert [one.code for one in report.findings if one.step is Step.SCHEMA] == ["X"]


def test_a_fault_of_ours_is_a_step_not_run_and_said(
    invoice: bytes, trust: TrustStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(document: Comprobante, context: Context) -> list[Finding]:
        raise KeyError("boom")

    monkeypatch.setattr(check.rules, "run", broken)
    report = judge(invoice, trust, at=AT)
    assert (report.verdict, report.steps[Step.RULES]) == (Verdict.WARNED, NOT_RUN)
    (finding,) = [f for f in report.of(Status.NOT_RUN) if f.step is Step.RULES]
    assert finding.code == "ACUSE-INTERNAL"
    assert "boom" in finding.found


def test_nothing_asks_the_time_but_the_caller(invoice: bytes, trust: TrustStore) -> None:
    assert judge(invoice, trust, at=AT + timedelta(days=36_500)).verdict is Verdict.ACCEPTED
    assert "ACUSE-TFD-FUTURE" in judge(invoice, trust, at=AT - timedelta(days=3)).codes()


@pytest.mark.parametrize("count", [10_000, 50_000])
def test_thousands_of_conceptos(authority: Authority, csd: Csd, verdict: Judge, count: int) -> None:
    data = authority.sign_and_stamp(unsealed(1), csd, STAMPED)
    start, end = data.index(b"<cfdi:Concepto "), data.index(b"</cfdi:Conceptos>")
    many = verdict(data[:start] + data[start:end] * count + data[end:])
    assert many.document is not None
    assert len(many.document.conceptos) == count
    assert many.steps[Step.WELLFORMED] is PASSED
    assert "CFDI40102" in many.codes()
    assert many.verdict is Verdict.REJECTED


WRONG = b'<cfdi:Concepto Cantidad="-1" ObjetoImp="99" Importe="x"/>'


@pytest.mark.parametrize("concepto", [b"<cfdi:Concepto/>", WRONG])
def test_thousands_of_wrong_conceptos_take_no_longer(invoice: bytes, verdict: Judge, concepto: bytes) -> None:
    """libxml2 counts the siblings of each wrong element: without care this is quadratic, a minute here."""
    start, end = invoice.index(b"<cfdi:Concepto "), invoice.index(b"</cfdi:Conceptos>")
    started = time.process_time()
    report = verdict(invoice[:start] + concepto * 30_000 + invoice[end:])
    assert time.process_time() - started < 30  # of the processor: how busy the machine is does not matter
    assert report.steps[Step.SCHEMA] is FAILED
    assert "//Concepto/@ClaveProdServ" in {f.where for f in report.failures} or report.failures


def test_what_rules_cannot_read_is_said_and_refused_by_the_schema(invoice: bytes, verdict: Judge) -> None:
    start = invoice.index(b"<cfdi:Emisor")
    report = verdict(invoice[:start] + invoice[invoice.index(b">", start) + 1 :])
    assert report.steps[Step.SCHEMA] is FAILED
    assert "ACUSE-INTERNAL" not in {finding.code for finding in report.findings}
    assert report.verdict is Verdict.REJECTED


def test_warming_up_leaves_nothing_for_the_first_document() -> None:
    check.warm()
    made = seal._transform.cache_info().currsize
    assert made >= 2
    check.warm()
    assert seal._transform.cache_info().currsize == made
