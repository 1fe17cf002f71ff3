"""The judgement: read, schema, catalogs, rules, seal, certificate, stamp; one report, whatever the bytes are.

    report = judge(data, TrustStore.production(folder), at=now, receiver=TaxProfile(rfc, name, postcode, regimes))

What depends on what: everything needs the reading; the seal needs a readable certificate. Catalogs and rules also run
when the schema failed, because SAT's code says more than a schema's: a rule that meets an unreadable value is skipped.
The parts that this file calls (each yields findings that it weighs by `severity`):
`schema.validate(root, version)`, `catalogs.check.check(document, context)`, `rules.run.run(document, context)`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from portal.cfdi import issuer, reader, schema, seal, stamp
from portal.cfdi.catalogs import check as catalogs
from portal.cfdi.certificates import Certificate
from portal.cfdi.context import Context, TaxProfile
from portal.cfdi.model import Comprobante, Unreadable
from portal.cfdi.reader import DEFAULT_LIMITS, Limits
from portal.cfdi.report import Finding, Report, Status, Step, StepState
from portal.cfdi.rules import run as rules
from portal.cfdi.sentences import Family, Sentence, register
from portal.cfdi.severity import Situation, weigh
from portal.cfdi.trust import TrustStore

__all__ = ["Limits", "TaxProfile", "judge", "warm"]

_MOST: Final = 1000  # findings of one step: more teach nobody, and saying the place of each takes time
_ALIVE: Final = 5000
_ALL: Final = frozenset(Step)
_PASSED: Final = StepState.PASSED
_FAILED: Final = Status.FAILED
_NONE_RUN: Final = dict.fromkeys(Step, StepState.NOT_RUN)
_EXPECTED: Final = {
    Situation.STAMPED: _ALL,
    Situation.UNSTAMPED: _ALL,
    Situation.EMISSION: _ALL - {Step.STAMP},
}
_SMALLEST: Final = (
    b'<c:Comprobante xmlns:c="http://www.sat.gob.mx/cfd/%s" Version="%s" LugarExpedicion="0" Moneda="0">'
    b'<c:Receptor ResidenciaFiscal="0"/><c:Conceptos><c:Concepto ClaveProdServ="0" ClaveUnidad="0"/></c:Conceptos>'
    b'<c:Complemento><t:TimbreFiscalDigital xmlns:t="http://www.sat.gob.mx/TimbreFiscalDigital"/></c:Complemento>'
    b"</c:Comprobante>"
)
register(Family.READ, {
    "ACUSE-INTERNAL": Sentence(
        "No se pudo terminar esta revisión por un error nuestro", "This check could not be finished: our fault",
        "Avísanos y lo revisaremos; no es culpa del documento.",
        "Tell us and we will look into it; the document is not to blame."),
    "ACUSE-UNREADABLE": Sentence(
        "Falta un dato sin el que esta revisión no se puede hacer",
        "A value is missing without which this check cannot run",
        "Corrige primero lo que falta.", "Mend first what is missing."),
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
    findings: list[Finding]
    issuer: issuer.Issuer
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
    steps = _NONE_RUN.copy()
    reading = reader.read(data, limits)
    if reading.document is None:
        steps[Step.WELLFORMED] = _PASSED
        steps.update((finding.step, StepState.FAILED) for finding in reading.findings)
        return Report(sha256, len(data), steps, reading.findings, version=reading.version)
    steps[Step.WELLFORMED] = _PASSED
    alive = list(islice(reading.document.element.iter(), _ALIVE))
    situation = _situation(reading.document, stamped)
    judged = _issuer(reading.document, trust)
    context = Context(at, situation, receiver, judged.certificate)
    work = _Work(reading.document, context, trust, steps, list(reading.findings), judged)
    for step, run in _STEPS:
        _run(work, step, run)
    del alive
    return _report(work, sha256, len(data), reading.version)


def warm() -> None:
    """Make ready what the first document would wait for: stylesheets, schemas and catalogs, by judging the smallest."""
    seal.warm()
    at = datetime(2000, 1, 1, tzinfo=UTC)
    for version in ("4.0", "3.3"):
        judge(_SMALLEST % (version[:1].encode(), version.encode()), TrustStore(), at=at)


def _situation(document: Comprobante, stamped: bool) -> Situation:
    if not stamped:
        return Situation.EMISSION
    return Situation.STAMPED if document.timbres else Situation.UNSTAMPED


def _run(work: _Work, step: Step, run: "Callable[[_Work], Sequence[Finding] | None]") -> None:
    """Run one step and weigh what it found. A fault of ours is a step that did not run, never a crash."""
    try:
        found = run(work)
    except Unreadable as problem:
        _broken(work, step, Finding("ACUSE-UNREADABLE", Status.NOT_RUN, str(problem), step=step))
    except Exception as problem:  # any bytes must get a report: the promise of this file
        _broken(work, step, _internal(step, problem))
    else:
        if found:
            _weigh(work, step, found[:_MOST])
        elif found is not None:
            work.steps[step] = _PASSED


def _broken(work: _Work, step: Step, finding: Finding) -> None:
    work.steps[step] = StepState.NOT_RUN
    work.findings.append(finding)


def _internal(step: Step, problem: Exception) -> Finding:
    return Finding("ACUSE-INTERNAL", Status.NOT_RUN, f"{type(problem).__name__}: {problem}"[:200], step=step)


def _weigh(work: _Work, step: Step, findings: Sequence[Finding]) -> None:
    """Keep the findings and say how the step ended: failed by any failure; not run by what could not be checked."""
    statuses = {finding.status for finding in findings}
    if _FAILED in statuses:
        findings = [weigh(one, work.context.situation) for one in findings]
        statuses = {finding.status for finding in findings}
    if _FAILED in statuses:
        work.steps[step] = StepState.FAILED
    else:
        unfinished = Status.NOT_RUN in statuses and step not in _LISTS
        work.steps[step] = StepState.NOT_RUN if unfinished else _PASSED
    work.findings += findings


def _issuer(document: Comprobante, trust: TrustStore) -> issuer.Issuer:
    """The issuer's certificate, read first because rules look at it too."""
    try:
        return issuer.check(document, trust)
    except Exception as problem:  # as in `_run`
        return issuer.Issuer((_internal(Step.CERTIFICATE, problem),))


def _schema(work: _Work) -> Sequence[Finding]:
    document = work.document
    return schema.validate(document.element, document.version, None if document.de_conceptos else document.extensions)


def _catalogs(work: _Work) -> Sequence[Finding]:
    return catalogs.check(work.document, work.context)


def _rules(work: _Work) -> Sequence[Finding]:
    return rules.run(work.document, work.context)


def _certificate(work: _Work) -> Sequence[Finding]:
    return work.issuer.findings


def _seal(work: _Work) -> Sequence[Finding] | None:
    return seal.check(work.document, work.issuer.certificate)


def _stamp(work: _Work) -> Sequence[Finding] | None:
    if work.context.situation is Situation.EMISSION:
        return _own_stamp(work.document)
    judged = stamp.check(work.document, work.trust, work.context.at)
    work.provider = judged.provider
    work.missing += [judged.missing] if judged.missing else []
    return judged.findings


def _own_stamp(document: Comprobante) -> Sequence[Finding] | None:
    """Before the stamp there is nothing to judge, unless somebody stamped it already."""
    if not document.timbres:
        return None
    return [Finding("ACUSE-EMISSION-STAMP", found=document.uuid, where=document.timbres[0].where(), step=Step.STAMP)]


_STEPS: Final = (
    (Step.SCHEMA, _schema),
    (Step.CATALOGS, _catalogs),
    (Step.RULES, _rules),
    (Step.SEAL, _seal),
    (Step.CERTIFICATE, _certificate),
    (Step.STAMP, _stamp),
)
# Their rules that need SAT's lists are never run offline: that does not leave the step unfinished.
_LISTS: Final = (Step.CATALOGS, Step.RULES)


def _report(work: _Work, sha256: str, size: int, version: str) -> Report:
    document = work.document
    return Report(
        sha256=sha256, size=size, steps=work.steps, findings=tuple(work.findings),
        ran=tuple(work.context.ran), version=version,
        type=document.tipo_de_comprobante, uuid=document.uuid, document=document, certificate=work.issuer.certificate,
        pac_certificate=work.provider, missing_certificates=tuple(work.missing),
        expected_steps=_EXPECTED[work.context.situation],
    )  # fmt: skip
