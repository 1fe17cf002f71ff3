"""Reports, sentences and severity: what a finding says, weighs and decides."""

import json
import string

import pytest

from portal.cfdi import batch, check  # noqa: F401 - importing registers every sentence
from portal.cfdi.report import Finding, Report, Status, Step, StepState, Verdict
from portal.cfdi.sentences import FAMILIES, SENTENCES, Family, Sentence, family_of, register, sentence_of
from portal.cfdi.severity import MATRIX, Situation, effect, weigh

PASSED = dict.fromkeys(Step, StepState.PASSED)


def report(*findings: Finding, steps: dict[Step, StepState] | None = None, ran: tuple[str, ...] = ()) -> Report:
    return Report("ab", 2, PASSED | (steps or {}), findings, ran)


def test_the_verdict_follows_findings_and_steps() -> None:
    assert report().verdict is Verdict.ACCEPTED
    assert report(Finding("X", Status.PASSED)).verdict is Verdict.ACCEPTED
    assert report(Finding("X", Status.NOT_RUN)).verdict is Verdict.ACCEPTED
    assert report(Finding("X", Status.WARNING)).verdict is Verdict.WARNED
    assert report(Finding("X", Status.WARNING), Finding("Y")).verdict is Verdict.REJECTED
    assert report(steps={Step.STAMP: StepState.NOT_RUN}).verdict is Verdict.WARNED
    assert report(steps={Step.SEAL: StepState.FAILED}).verdict is Verdict.REJECTED


def test_a_step_that_was_not_expected_leaves_no_warning() -> None:
    emission = Report("ab", 2, PASSED | {Step.STAMP: StepState.NOT_RUN}, expected_steps=frozenset(Step) - {Step.STAMP})
    assert emission.verdict is Verdict.ACCEPTED
    assert emission.unfinished == ()


def test_passes_are_what_ran_and_found_nothing() -> None:
    made = report(Finding("CFDI40108"), Finding("NOTE", Status.PASSED), ran=("CFDI40107", "CFDI40108", "CFDI40107"))
    assert [finding.code for finding in made.passes] == ["NOTE", "CFDI40107"]
    assert made.passed == ("CFDI40107",)
    assert made.codes() == {"CFDI40108"}
    assert [f.code for f in made.failures] == ["CFDI40108"]


def test_json_has_exactly_the_promised_shape() -> None:
    finding = Finding("ACUSE-TFD-PAC-UNKNOWN", Status.NOT_RUN, "1", "2", "/a", Step.STAMP, {"number": "00001"})
    data = json.loads(json.dumps(report(finding).to_json("en")))
    assert list(data) == ["sha256", "uuid", "version", "type", "verdict", "steps", "findings", "passed"]
    assert list(data["steps"]) == ["wellformed", "schema", "catalogs", "rules", "seal", "certificate", "stamp"]
    assert list(data["findings"][0]) == ["code", "status", "title", "found", "expected", "where", "remedy"]
    assert data["findings"][0]["status"] == "not_run"
    assert "00001" in data["findings"][0]["title"]


def test_a_sentence_without_its_parameter_is_still_shown() -> None:
    assert "…" in Finding("ACUSE-TFD-PAC-UNKNOWN").title("es")
    assert Finding("NOBODY").title("en") == "NOBODY"


def test_a_code_has_one_home() -> None:
    with pytest.raises(ValueError, match="ACUSE-XML-EMPTY"):
        register(Family.READ, {"ACUSE-XML-EMPTY": Sentence("a", "b", "c", "d")})


def test_causes_fall_back_to_their_code() -> None:
    assert sentence_of("CFDI40106", "rfc").title_es != sentence_of("CFDI40106").title_es
    assert sentence_of("CFDI40106", "nobody") == sentence_of("CFDI40106")
    assert family_of("CFDI40106", "rfc") is Family.CERTIFICATE


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_whole_in_both_languages(code: str) -> None:
    sentence = SENTENCES[code]
    assert sentence.title_es
    assert sentence.title_en
    assert sentence.title_es != sentence.title_en
    assert bool(sentence.remedy_es) == bool(sentence.remedy_en)
    for text in (sentence.title_es, sentence.title_en, sentence.remedy_es, sentence.remedy_en):
        assert not text.endswith(" ")
        list(string.Formatter().parse(text))
    assert _fields(sentence.title_es) == _fields(sentence.title_en)
    assert code in FAMILIES


def test_every_family_has_its_severities() -> None:
    assert set(MATRIX) == set(Family)


def test_a_stamp_softens_the_matrix_and_nothing_that_makes_it_void() -> None:
    hard = {Family.READ, Family.STRUCTURE, Family.RECEIVER, Family.SEAL, Family.CERTIFICATE, Family.STAMP}
    soft = {Family.CATALOG, Family.MATRIX, Family.PAYMENTS, Family.COMPLEMENT}
    assert all(effect(family, Situation.STAMPED) is Status.FAILED for family in hard)
    assert all(effect(family, Situation.STAMPED) is Status.WARNING for family in soft)
    for situation in (Situation.UNSTAMPED, Situation.EMISSION):
        assert all(effect(family, situation) is Status.FAILED for family in (hard | soft) - {Family.STAMP})
    assert effect(Family.STAMP, Situation.EMISSION) is Status.NOT_RUN


def test_only_failures_are_weighed() -> None:
    seal, rule = Finding("CFDI40102"), Finding("NOBODY")
    assert weigh(seal, Situation.STAMPED) is seal
    assert weigh(rule, Situation.STAMPED).status is Status.WARNING
    assert weigh(rule, Situation.EMISSION) is rule
    for status in (Status.WARNING, Status.PASSED, Status.NOT_RUN):
        kept = Finding("CFDI40102", status)
        assert weigh(kept, Situation.EMISSION) is kept
