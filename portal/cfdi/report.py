"""What a judgement says: steps, findings, verdict. Plain frozen values that any screen, job or file can show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from portal.cfdi.sentences import sentence_of

if TYPE_CHECKING:
    from portal.cfdi.certificates import Certificate
    from portal.cfdi.model import Comprobante


class Verdict(StrEnum):
    """The core's three verdicts; *on hold* is an invoice's state that the client's policy sets, not a verdict."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REJECTED = "rejected"


class Step(StrEnum):
    """The steps of a judgement, in their order."""

    WELLFORMED = "wellformed"
    SCHEMA = "schema"
    CATALOGS = "catalogs"
    RULES = "rules"
    SEAL = "seal"
    CERTIFICATE = "certificate"
    STAMP = "stamp"


class StepState(StrEnum):
    """How a step ended. A step after a failed one that it depends on is not run."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


class Status(StrEnum):
    """What one finding means: it refuses, it warns, it is good news worth saying, or it could not be checked."""

    FAILED = "failed"
    WARNING = "warning"
    PASSED = "passed"
    NOT_RUN = "not_run"


NO_PARAMS: Final[Mapping[str, str]] = {}


class _Missing(dict[str, str]):
    """A parameter that a sentence names and the finding lacks is shown as an ellipsis, never as an error."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of one check.

    `code` as SAT writes it ("CFDI40108", "CRP20244"), or ours where SAT has none ("ACUSE-XML-DOCTYPE");
    `reason` tells causes of one code apart; `where` is a readable XPath
    ("/Comprobante/Conceptos/Concepto[2]/@Importe").
    """

    code: str
    status: Status = Status.FAILED
    found: str = ""
    expected: str = ""
    where: str = ""
    step: Step = Step.RULES
    params: Mapping[str, str] = field(default_factory=lambda: NO_PARAMS, hash=False)
    reason: str = ""

    def title(self, lang: str = "es") -> str:
        """The sentence for people, in `lang`."""
        return _fill(sentence_of(self.code, self.reason).title(lang), self.params)

    def remedy(self, lang: str = "es") -> str:
        """How to mend it, in `lang`; empty when nothing is to be mended."""
        return _fill(sentence_of(self.code, self.reason).remedy(lang), self.params)

    def to_json(self, lang: str = "es") -> dict[str, str]:
        """The finding as plain strings."""
        return {
            "code": self.code,
            "status": self.status.value,
            "title": self.title(lang),
            "found": self.found,
            "expected": self.expected,
            "where": self.where,
            "remedy": self.remedy(lang),
        }


def _fill(text: str, params: Mapping[str, str]) -> str:
    return text.format_map(_Missing(params)) if "{" in text else text


@dataclass(frozen=True)
class Report:
    """The whole judgement of one document.

    `document` is the read model when the bytes could be read as a CFDI (also of a refused one: its properties may then
    raise `model.Unreadable`); `certificate` and `pac_certificate` are known when they could be read;
    `missing_certificates` are the 20-digit numbers that somebody should fetch before judging again.
    `ran` are the codes of the rules that were checked; those that found nothing are `passed`.
    """

    sha256: str
    size: int
    steps: Mapping[Step, StepState]
    findings: tuple[Finding, ...] = ()
    ran: tuple[str, ...] = ()
    version: str = ""
    type: str = ""
    uuid: str = ""
    document: "Comprobante | None" = None
    certificate: "Certificate | None" = None
    pac_certificate: "Certificate | None" = None
    missing_certificates: tuple[str, ...] = ()
    expected_steps: frozenset[Step] = frozenset(Step)

    @cached_property
    def verdict(self) -> Verdict:
        """Rejected by any failed finding or step; warned by a warning or an expected step that did not run."""
        if StepState.FAILED in self.steps.values() or any(f.status is Status.FAILED for f in self.findings):
            return Verdict.REJECTED
        if any(f.status is Status.WARNING for f in self.findings) or self.unfinished:
            return Verdict.WARNED
        return Verdict.ACCEPTED

    @property
    def accepted(self) -> bool:
        """True unless the document is rejected."""
        return self.verdict is not Verdict.REJECTED

    @cached_property
    def unfinished(self) -> tuple[Step, ...]:
        """The steps that this judgement should have run and could not (a PAC certificate not known yet, …)."""
        return tuple(s for s in Step if s in self.expected_steps and self.steps[s] is StepState.NOT_RUN)

    @cached_property
    def passed(self) -> tuple[str, ...]:
        """The codes of the rules that were checked and found nothing, each once."""
        told = {finding.code for finding in self.findings}
        return tuple(dict.fromkeys(code for code in self.ran if code not in told))

    @cached_property
    def passes(self) -> tuple[Finding, ...]:
        """The good news: notes that passed and every rule that was checked and found nothing."""
        notes = tuple(f for f in self.findings if f.status is Status.PASSED)
        return notes + tuple(Finding(code, Status.PASSED) for code in self.passed)

    def of(self, *statuses: Status) -> tuple[Finding, ...]:
        """The findings of some statuses, in the order of the steps."""
        return tuple(f for f in self.findings if f.status in statuses)

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What refuses the document."""
        return self.of(Status.FAILED)

    def codes(self) -> frozenset[str]:
        """The codes that failed or warned."""
        return frozenset(f.code for f in self.findings if f.status in (Status.FAILED, Status.WARNING))

    def to_json(self, lang: str = "es") -> dict[str, Any]:
        """The report as plain values: one line of `flask cfdi check --json`, or the stored verdict of an invoice."""
        return {
            "sha256": self.sha256,
            "uuid": self.uuid,
            "version": self.version,
            "type": self.type,
            "verdict": self.verdict.value,
            "steps": {step.value: self.steps[step].value for step in Step},
            "findings": [finding.to_json(lang) for finding in self.findings],
            "passed": list(self.passed),
        }
