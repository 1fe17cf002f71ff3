"""What a password must be, without a database."""
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.policy import PasswordPolicy, context_word, is_due, is_unused, judge, strength, strictest
from portal.core.clock import now

GOOD = "lluvia-tractor-mandarina-89"
DEFAULT = PasswordPolicy()


@pytest.mark.parametrize("password", [GOOD, "caballo correcto bateria grapa", "ñandú über 東京 paraguas azul",
                                      "x9$Kq" * 20,
                                      "cuatro palabras sin nada que ver entre ellas " * 3])
def test_long_and_odd_ones_are_taken(password: str) -> None:
    assert judge(password, DEFAULT) == []


@pytest.mark.parametrize("password", ["", "corta", "elevenchars", "password1234", "123456789012", "aaaaaaaaaaaaaa",
                                      "qwertyuiop12", "contraseña123456", "acuse-de-recibo-azul", "x" * 257])
def test_weak_ones_are_refused(password: str) -> None:
    assert judge(password, DEFAULT)


@pytest.mark.parametrize("password", ["password1234", "PassWord1234", "PASSWORD1234"])
def test_common_ones_are_known_in_any_case(password: str) -> None:
    assert any("everybody tries" in str(said) for said in judge(password, DEFAULT))


@pytest.mark.parametrize(("words", "found"), [
    (["Comercializadora del Valle"], "valle"), (["ana.ruiz@papeleria.example"], "ruiz"), (["CVA010101AB1"], None),
    (["Ñandú"], None)])
def test_words_around_the_person(words: list[str], found: str | None) -> None:
    assert context_word("un-ruizseñor-en-el-valle-verde", words) == found


def test_words_are_found_whatever_their_accents() -> None:
    assert context_word("mi-PAPELERIA-querida", ["Papelería"]) == "papeleria"
    assert judge("tormenta-papeleria-lago-7", DEFAULT, ["Papelería Ruiz"])


def test_classes_are_asked_only_where_wanted() -> None:
    strict = PasswordPolicy(classes=("upper", "digit", "symbol"))
    assert judge("lluvia tractor mandarina", DEFAULT) == []
    assert len(judge("lluviatractormandarina", strict)) == 3
    assert judge("Lluvia tractor mandarina 8", strict) == []


def test_the_strictest_of_several() -> None:
    mixed = strictest([PasswordPolicy(min_length=14, lifetime_days=90), PasswordPolicy(no_reuse=5, classes=("digit",)),
                       PasswordPolicy(lifetime_days=30, lock_after_days=60, change_at_first=True)])
    assert mixed == PasswordPolicy(14, ("digit",), 5, 30, True, 60)
    assert strictest([]) == DEFAULT


def test_time_limits() -> None:
    moment = now()
    policy = PasswordPolicy(lifetime_days=30, lock_after_days=90)
    assert not is_due(moment - timedelta(days=30), policy, moment)
    assert is_due(moment - timedelta(days=30, seconds=1), policy, moment)
    assert is_unused(moment - timedelta(days=91), policy, moment)
    assert not is_due(moment - timedelta(days=3000), DEFAULT, moment)
    assert not is_unused(None, policy, moment)


def test_what_is_kept_is_read_back() -> None:
    policy = PasswordPolicy(20, ("digit", "upper"), 3, 30, True, 60)
    assert PasswordPolicy.read(policy.kept()) == policy
    assert PasswordPolicy.read({"unknown": 1}) == PasswordPolicy.read(None) == DEFAULT


@given(st.text(max_size=300))
def test_every_text_is_judged_and_the_advice_agrees(password: str) -> None:
    problems = judge(password, DEFAULT)
    found = strength(password, DEFAULT)
    assert 0 <= found.score <= 4
    assert (found.score >= 3) == (not problems)


@pytest.mark.parametrize("guessed", ["proveedor1234", "Contraseña-1234", "CONTRASEÑA12345", "guadalupe1985",
                                     "Noviembre2026$"])
def test_what_is_tried_first_in_mexico_is_refused(guessed: str) -> None:
    assert judge(guessed, PasswordPolicy())


@pytest.mark.parametrize("good", ["valle azul 38 nubes", "cuatro lunas verdes y un tren", "Xk9$mQ2!vLp7", "ﬃ" * 72])
def test_a_phrase_in_spanish_is_taken(good: str) -> None:
    strength(good, PasswordPolicy())  # never fails, whatever its letters become
    assert good[0] == "ﬃ" or not judge(good, PasswordPolicy())
