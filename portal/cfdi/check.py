"""The judgement: read, schema, catalogs, rules, seal, certificate, stamp; one report, whatever the bytes are.

    report = judge(data, TrustStore.production(folder), at=now, receiver=TaxProfile(rfc, name, postcode, regimes))

What depends on what: everything needs the reading; the seal needs a readable certificate. Catalogs and rules also run
when the schema failed, because SAT's code says more than a schema's: a rule that meets an unreadable value is skipped.
The parts that this file calls (each yields findings that it weighs by `severity`):
`schema.validate(root, version)`, `catalogs.check.check(document, context)`, `rules.run.run(document, context)`.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from portal.cfdi import issuer, reader, schema, seal, stamp
from portal.cfdi.catalogs import check as catalogs
from portal.cfdi.certificates import Certificate
from portal.cfdi.context import Context, TaxProfile
from portal.cfdi.model import Comprobante
from portal.cfdi.reader import DEFAULT_LIMITS, Limits
from portal.cfdi.report import Finding, Report, Status, Step, StepState
from portal.cfdi.rules import run as rules
from portal.cfdi.sentences import Family, Sentence, register
from portal.cfdi.severity import Situation, weigh
from portal.cfdi.trust import TrustStore

__all__ = ["Limits", "TaxProfile", "judge"]

_ALL: Final = frozenset(Step)
_EXPECTED: Final = {
    Situation.STAMPED: _ALL,
    Situation.UNSTAMPED: _ALL,
    Situation.EMISSION: _ALL - {Step.STAMP},
}
register(Family.READ, {
    "ACUSE-INTERNAL": Sentence(
        "No se pudo terminar esta revisión por un error nuestro", "This check could not be finished: our fault",
        "Avísanos y lo revisaremos; no es culpa del documento.",
        "Tell us and we will look into it; the document is not to blame."),
    "ACUSE-EMISSION-STAMP": Sentence(
        "El documento que se va a timbrar ya trae un timbre", "The document to be stamped already has a stamp",
        "Emite un documento nuevo.", "Issue a new document."),
})  # fmt: skip


@dataclass(slots=True)
class _Work:
    """One judgement under way."""

    document: Comprobante
    context: Context
    trust: TrustStore
    steps: dict[Step, StepState]
    findings: list[Finding] = field(default_factory=list)
    certificate: Certificate | None = None
    provider: Certificate | None = None
    missing: list[str] = field(default_factory=list)


def judge(
    data: bytes, trust: TrustStore, *, at: datetime, receiver: TaxProfile | None = None,
    stamped: bool = True, limits: Limits = DEFAULT_LIMITS,
) -> Report:  # fmt: skip
    """Judge a document from its bytes. Never raises, whatever they are.

    `at` is the aware moment of the judgement (only the future is refused by it); `receiver` is the client's tax data,
    None leaves what depends on it not run; `stamped=False` judges our own document before it is stamped.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    steps = dict.fromkeys(Step, StepState.NOT_RUN)
    reading = reader.read(data, limits)
    if reading.document is None:
        steps[Step.WELLFORMED] = StepState.FAILED
        return Report(sha256, len(data), steps, reading.findings)
    steps[Step.WELLFORMED] = StepState.PASSED
    situation = _situation(reading.document, stamped)
    work = _Work(reading.document, Context(at, situation, receiver), trust, steps, list(reading.findings))
    for step, run in _STEPS:
        _run(work, step, run)
    return _report(work, sha256, len(data), reading.version)


def _situation(document: Comprobante, stamped: bool) -> Situation:
    if not stamped:
        return Situation.EMISSION
    return Situation.STAMPED if document.timbres else Situation.UNSTAMPED


def _run(work: _Work, step: Step, run: "Callable[[_Work], Iterable[Finding] | None]") -> None:
    """Run one step and weigh what it found. A fault of ours is a step that did not run, never a crash."""
    try:
        found = run(work)
        if found is None:
            return
        situation = work.context.situation
        findings = [weigh(finding, situation) for finding in found]
    except Exception as problem:  # any bytes must get a report: the promise of this file
        findings = [Finding("ACUSE-INTERNAL", Status.NOT_RUN, f"{type(problem).__name__}: {problem}"[:200], step=step)]
    work.findings += findings
    work.steps[step] = _state(step, findings)


def _state(step: Step, findings: list[Finding]) -> StepState:
    statuses = {finding.status for finding in findings}
    if Status.FAILED in statuses:
        return StepState.FAILED
    broken = any(f.code == "ACUSE-INTERNAL" for f in findings)
    unfinished = Status.NOT_RUN in statuses and step not in (Step.RULES, Step.CATALOGS)
    return StepState.NOT_RUN if broken or unfinished else StepState.PASSED


def _schema(work: _Work) -> Iterable[Finding]:
    return schema.validate(work.document.element, work.document.version)


def _catalogs(work: _Work) -> Iterable[Finding]:
    return catalogs.check(work.document, work.context)


def _rules(work: _Work) -> Iterable[Finding]:
    return rules.run(work.document, work.context)


def _certificate(work: _Work) -> Iterable[Finding]:
    judged = issuer.check(work.document, work.trust)
    work.certificate = judged.certificate
    work.context = replace(work.context, certificate=judged.certificate)
    return judged.findings


def _seal(work: _Work) -> Iterable[Finding] | None:
    return None if work.certificate is None else seal.check(work.document, work.certificate)


def _stamp(work: _Work) -> Iterable[Finding] | None:
    if work.context.situation is Situation.EMISSION:
        return _own_stamp(work.document)
    judged = stamp.check(work.document, work.trust, work.context.at)
    work.provider = judged.provider
    work.missing += [judged.missing] if judged.missing else []
    return judged.findings


def _own_stamp(document: Comprobante) -> Iterable[Finding] | None:
    """Before the stamp there is nothing to judge, unless somebody stamped it already."""
    if not document.timbres:
        return None
    return [Finding("ACUSE-EMISSION-STAMP", found=document.uuid, where=document.timbres[0].where(), step=Step.STAMP)]


# The certificate is read before the rules, which may look at it; the report shows the steps in their own order.
_STEPS: Final = (
    (Step.CERTIFICATE, _certificate),
    (Step.SCHEMA, _schema),
    (Step.CATALOGS, _catalogs),
    (Step.RULES, _rules),
    (Step.SEAL, _seal),
    (Step.STAMP, _stamp),
)
_ORDER: Final = {step: number for number, step in enumerate(Step)}


def _report(work: _Work, sha256: str, size: int, version: str) -> Report:
    document = work.document
    work.findings.sort(key=lambda finding: _ORDER[finding.step])
    told = {finding.code for finding in work.findings}
    return Report(
        sha256=sha256, size=size, steps=work.steps, findings=tuple(work.findings),
        passed=tuple(code for code in work.context.ran if code not in told), version=version,
        type=document.tipo_de_comprobante, uuid=document.uuid, document=document, certificate=work.certificate,
        pac_certificate=work.provider, missing_certificates=tuple(work.missing),
        expected_steps=_EXPECTED[work.context.situation],
    )  # fmt: skip
