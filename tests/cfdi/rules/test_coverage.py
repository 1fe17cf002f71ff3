"""The coverage page is up to date, every rule has a proof, and every code says itself in both languages."""

import importlib
from pathlib import Path

import pytest

from portal.cfdi.rules import coverage, run
from portal.cfdi.rules.registry import RULES, State
from portal.cfdi.sentences import SENTENCES

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / coverage.PAGE).read_text("utf-8")
    assert written == coverage.page(), "run: python -m portal.cfdi.rules.coverage"


@pytest.mark.parametrize("family", run.FAMILIES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_rule_has_a_case(family: object) -> None:
    name = family.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    tests = importlib.import_module(f"tests.cfdi.rules.test_{name}")
    proved = {case[0] for case in [*tests.CASES, *getattr(tests, "OWN", [])]}
    assert {rule.code for rule in RULES if rule.family == name} == proved


def test_every_code_once() -> None:
    codes = [row.code for row in coverage.rows()]
    assert len(codes) == len(set(codes)) > 190


def test_the_matrices_are_whole() -> None:
    """CFDI40101–40221 and CRP20101–20279, without a gap."""
    codes = {row.code for row in coverage.rows()}
    assert {f"CFDI{n}" for n in range(40101, 40222)} <= codes
    assert {f"CRP{n}" for n in [*range(20101, 20124), *range(20201, 20280)]} <= codes


def test_named_tests_exist() -> None:
    for row in coverage.rows():
        assert row.test == "—" or (ROOT / row.test).is_file()


def test_only_the_clients_data_may_leave_a_rule_unrun() -> None:
    assert {rule.code for rule in RULES if rule.state is not State.CHECKED} == {
        "ACUSE-RECEIVER-RFC", "CFDI40145", "CFDI40148", "CFDI40159",
    }  # fmt: skip


@pytest.mark.parametrize("code", sorted({row.code for row in coverage.rows()}))
def test_sentences_are_whole(code: str) -> None:
    sentence = SENTENCES[code]
    assert sentence.title_es and sentence.title_en and sentence.remedy_es and sentence.remedy_en
    assert "|" not in f"{sentence.title_es}{sentence.title_en}{sentence.remedy_es}{sentence.remedy_en}"
    assert sentence.title_es[0].isupper() and not sentence.title_es.endswith(".")
